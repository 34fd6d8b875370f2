/**
 * The shortest ways from `self` to all peers, over symmetric established
 * connections. `neighbours(name)` lists the peers on the other ends; `hops` maps
 * peers to the next hop that the node itself uses, which decides between equal
 * ways. Returns a map: name -> {parent, hop, distance}; `self` has no parent.
 */
export function shortestWays(self, neighbours, hops) {
  const ways = new Map([[self, { parent: null, hop: null, distance: 0 }]]);
  let level = [self];
  while (level.length) {
    const next = [];
    for (const name of level) {
      const way = ways.get(name);
      for (const other of neighbours(name)) {
        const hop = way.hop ?? other;
        const known = ways.get(other);
        if (!known) {
          ways.set(other, { parent: name, hop, distance: way.distance + 1 });
          next.push(other);
        } else if (known.distance === way.distance + 1 && isBetter(hop, known.hop, hops.get(other))) {
          known.parent = name;
          known.hop = hop;
        }
      }
    }
    level = next;
  }
  return ways;
}

function isBetter(hop, known, wanted) {
  return hop === wanted && known !== wanted;
}

/** The peers on the way to `target`, from `self` to it; empty if none leads there. */
export function wayTo(ways, target) {
  const way = [];
  for (let name = target; name !== null && ways.has(name); name = ways.get(name).parent) way.unshift(name);
  return way;
}

/** The peers that are on the way to others. */
export function relaysOf(ways, self) {
  const relays = new Set();
  for (const { parent } of ways.values()) if (parent !== null && parent !== self) relays.add(parent);
  return relays;
}
