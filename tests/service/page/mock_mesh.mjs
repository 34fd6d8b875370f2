// A made-up mesh with the state that meshd's API shows. A seed determines all of it
// except traffic, which grows with time.

export const HOSTILE = [
  "<img src=x onerror=alert(1)>", "\u202Egnp.exe\u202C", "a\u0000b\u001b[31mred", "\u200B\u200B\u200B", "x".repeat(5000), "z" + "\u0335".repeat(400),
  "'; drop table peers; --", "مرحبا بالعالم", "line\nfeed\r\ttab", "\uFEFF\u2066iso\u2069", "</script><script>alert(2)</script>", "{{constructor}}", "__proto__",
];

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function nameOf(number) {
  const hex = (0x020000000000 + number * 0x9e3779 + 1).toString(16).padStart(12, "0");
  return hex.match(/../g).join(":");
}

const SITES = ["ams", "fra", "lon", "par", "waw", "mad", "sto", "zrh", "vie", "mil"];

export class MockMesh {
  constructor({ peers = 12, connections = 0, hostile = false, seed = 7 }) {
    this.random = random(seed);
    this.hostile = hostile;
    this.peers = new Map();
    this.started = Date.now();
    this.nextId = 1;
    this.ids = new Map();
    for (let i = 0; i < peers; ++i) this.addPeer(i);
    this.self = nameOf(0);
    this.connect(connections || Math.round(peers * 1.7));
    if (peers > 4) this.spoil();
  }

  addPeer(number = this.peers.size, nickname = null) {
    const name = nameOf(number);
    const usual = `${SITES[Math.floor(number / 5) % SITES.length]}-${String(number).padStart(2, "0")}`;
    const peer = { name, nickname: nickname ?? (this.hostile ? HOSTILE[number % HOSTILE.length] : usual), uid: String(10 ** 15 + number * 7919), version: 3 + (number % 9), links: new Map() };
    this.peers.set(name, peer);
    return peer;
  }

  link(a, b, established = true) {
    if (a === b || a.links.has(b.name)) return false;
    const address = (x) => (this.hostile ? `\u202E10.0.0.${x}:6783<b>` : `10.${x % 7}.${x % 250}.${(x * 7) % 250}:6783`);
    a.links.set(b.name, { outbound: true, established, address: address(this.peers.size + a.links.size) });
    b.links.set(a.name, { outbound: false, established, address: address(3 * a.links.size + 1) });
    return true;
  }

  /** Connects peers in groups of 5 or 25, as in real meshes: densely within a group, sparsely between groups. */
  connect(wanted) {
    const all = [...this.peers.values()];
    const size = all.length > 60 ? 25 : 5;
    let made = 0;
    for (let i = 1; i < all.length; ++i) made += this.link(all[i], all[i % size === 0 ? i - size : i - 1]);
    const most = (all.length * (all.length - 1)) / 2;
    for (let tries = 0; made < Math.min(wanted, most) && tries < 50 * wanted; ++tries) {
      const i = Math.floor(this.random() * all.length);
      const near = this.random() < 0.9;
      const j = near ? Math.floor(i / size) * size + Math.floor(this.random() * size) : Math.floor(this.random() * all.length);
      if (all[j]) made += this.link(all[i], all[j]);
    }
  }

  /** Adds a pending connection of this node, and a peer behind it that no established connection leads to. */
  spoil() {
    const pending = this.addPeer(this.peers.size, this.hostile ? HOSTILE[1] : "new-arrival");
    this.link(this.peers.get(this.self), pending, false);
    const lost = this.addPeer(this.peers.size, this.hostile ? HOSTILE[3] : "lost-site");
    this.link(lost, pending, true);
  }

  remove(name) {
    this.peers.delete(name);
    for (const peer of this.peers.values()) peer.links.delete(name);
  }

  described(peer) {
    return { name: peer.name, nickname: peer.nickname, uid: peer.uid, version: peer.version, self: peer.name === this.self };
  }

  topology() {
    const connections = (peer) => [...peer.links].map(([other, x]) => ({ peer: other, ...x }));
    return { self: this.self, peers: [...this.peers.values()].map((x) => ({ ...this.described(x), connections: connections(x) })) };
  }

  /** Computes the next hop to each peer by breadth-first search, as a node does. */
  hops() {
    const hops = new Map([[this.self, null]]);
    for (let level = [this.self]; level.length; ) {
      const next = [];
      for (const name of level)
        for (const [other, x] of this.peers.get(name).links)
          if (x.established && !hops.has(other)) {
            hops.set(other, hops.get(name) ?? other);
            next.push(other);
          }
      level = next;
    }
    return hops;
  }

  peersList() {
    const hops = this.hops();
    return [...this.peers.values()].map((x) => ({ ...this.described(x), hops_next: hops.get(x.name) ?? null, reachable: hops.has(x.name) }));
  }

  connections() {
    const seconds = (Date.now() - this.started) / 1000;
    return [...this.peers.get(this.self).links].map(([other, x], i) => {
      if (!this.ids.has(other)) this.ids.set(other, this.nextId++);
      const wave = seconds * (2500 + 900 * i) + (6000 / (1 + i)) * Math.sin(seconds / (4 + i)) * 3;
      const traffic = { frames_in: Math.round(wave / 90), bytes_in: Math.round(wave), frames_out: Math.round(wave / 100), bytes_out: Math.round(wave * 0.6) };
      return {
        id: this.ids.get(other), peer: other, nickname: this.peers.get(other).nickname, address: x.address, outbound: x.outbound, established: x.established,
        encrypted: i !== 1, protocol_version: 2, traffic, waiting_bytes: i === 2 ? 1840 : 0, silent_seconds: (seconds * (i + 1)) % 5,
      };
    });
  }
}
