/**
 * Finds the shortest paths from `self` to all peers. `neighbours(name)` lists the
 * peers with an established connection to that peer. `hops` maps each peer to the
 * next hop that the node itself uses; among paths of equal length, the path over
 * that hop is taken. Returns a map from names to {parent, hop, distance}. `self`
 * has no parent.
 */
export function shortestPaths(self, neighbours, hops) {
  const paths = new Map([[self, { parent: null, hop: null, distance: 0 }]]);
  let level = [self];
  while (level.length) {
    const next = [];
    for (const name of level) {
      const path = paths.get(name);
      for (const other of neighbours(name)) {
        const hop = path.hop ?? other;
        const known = paths.get(other);
        if (!known) {
          paths.set(other, { parent: name, hop, distance: path.distance + 1 });
          next.push(other);
        } else if (known.distance === path.distance + 1 && isBetter(hop, known.hop, hops.get(other))) {
          known.parent = name;
          known.hop = hop;
        }
      }
    }
    level = next;
  }
  return paths;
}

function isBetter(hop, known, wanted) {
  return hop === wanted && known !== wanted;
}

/** The peers on the path to `target`, from `self` to `target`; empty if there is no path. */
export function pathTo(paths, target) {
  const path = [];
  for (let name = target; name !== null && paths.has(name); name = paths.get(name).parent) path.unshift(name);
  return path;
}

/** The peers, other than `self`, through which the path to another peer leads. */
export function relaysOf(paths, self) {
  const relays = new Set();
  for (const { parent } of paths.values()) if (parent !== null && parent !== self) relays.add(parent);
  return relays;
}
