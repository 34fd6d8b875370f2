import { relaysOf, shortestPaths } from "./paths.js";

// If the mesh is larger than this, the page shows only a part of it, and says so. Otherwise a
// hostile mesh could exhaust the browser's memory.
const MAX_PEERS = 5000;
const MAX_CONNECTIONS = 60_000;

// Replaces blanks, because layout_worker.js separates two names by a blank. Valid names have none.
const name = (value) => String(value ?? "").slice(0, 200).replace(/\s/g, "_");

function peerOf(value) {
  return {
    name: name(value.name), nickname: String(value.nickname ?? "").slice(0, 1000), uid: String(value.uid ?? "").slice(0, 40),
    version: Number(value.version) || 0, self: value.self === true, connections: [],
  };
}

function connectionOf(value) {
  return {
    peer: name(value.peer), outbound: value.outbound === true, established: value.established === true,
    address: String(value.address ?? "").slice(0, 300),
  };
}

/**
 * The mesh as this page knows it: the topology, the next hops and the connections
 * of this node. `derive` computes `names`, `links`, `roles`, `paths` and `relays`
 * from them; call it after changes.
 */
export class Mesh {
  self = "";
  peers = new Map();
  cut = false;
  hops = new Map();
  unreachable = new Set();
  /** This node's connections by peer: {encrypted, established}. */
  own = new Map();

  /** The names of all peers, sorted. */
  names = [];
  /** {a, b, i, j, established, own, encrypted}: a and b are the peers, i and j their indexes in `names`. */
  links = [];
  roles = new Map();
  paths = new Map();
  relays = new Set();

  setTopology(topology) {
    const list = Array.isArray(topology?.peers) ? topology.peers : [];
    this.self = name(topology?.self);
    this.cut = list.length > MAX_PEERS;
    let room = MAX_CONNECTIONS;
    this.peers = new Map();
    for (const value of list.slice(0, MAX_PEERS)) {
      const peer = peerOf(value ?? {});
      if (peer.name === "") continue;
      const connections = Array.isArray(value.connections) ? value.connections : [];
      peer.connections = connections.slice(0, room).map(connectionOf);
      this.cut ||= connections.length > room;
      room -= peer.connections.length;
      this.peers.set(peer.name, peer);
    }
  }

  setHops(list) {
    this.hops.clear();
    this.unreachable.clear();
    for (const value of (Array.isArray(list) ? list : []).slice(0, MAX_PEERS)) {
      if (value.hops_next) this.hops.set(name(value.name), name(value.hops_next));
      if (value.reachable === false) this.unreachable.add(name(value.name));
    }
  }

  /** Replaces this node's connections. Returns whether that changes the picture. */
  setOwnConnections(list) {
    const own = new Map();
    for (const value of list) {
      const before = own.get(name(value.peer));
      if (!before || value.established) own.set(name(value.peer), { encrypted: value.encrypted === true, established: value.established === true });
    }
    const changed = own.size !== this.own.size || [...own].some(([peer, x]) => {
      const old = this.own.get(peer);
      return !old || old.encrypted !== x.encrypted || old.established !== x.established;
    });
    this.own = own;
    return changed;
  }

  addPeer(value) {
    const peer = peerOf(typeof value === "string" ? { name: value } : value ?? {});
    if (peer.name && !this.peers.has(peer.name) && this.peers.size < MAX_PEERS) this.peers.set(peer.name, peer);
  }

  removePeer(value) {
    const gone = name(typeof value === "string" ? value : value?.name);
    this.peers.delete(gone);
    this.hops.delete(gone);
    for (const peer of this.peers.values())
      if (peer.connections.some((x) => x.peer === gone)) peer.connections = peer.connections.filter((x) => x.peer !== gone);
  }

  derive() {
    this.names = [...this.peers.keys()].sort();
    this.#deriveLinks();
    const lists = new Map(this.names.map((x) => [x, []]));
    // Links are sorted by names, so these lists are sorted, too.
    for (const { a, b, established } of this.links) {
      if (!established) continue;
      lists.get(a).push(b);
      lists.get(b).push(a);
    }
    this.paths = shortestPaths(this.self, (x) => lists.get(x) ?? [], this.hops);
    this.relays = relaysOf(this.paths, this.self);
    this.roles = new Map(this.names.map((x) => [x, this.#roleOf(x)]));
  }

  /** Lists each pair of connected peers once. A link is established if both peers say so. */
  #deriveLinks() {
    const index = new Map(this.names.map((x, i) => [x, i]));
    const saidBy = new Map();
    for (let i = 0; i < this.names.length; ++i) {
      for (const { peer, established } of this.peers.get(this.names[i]).connections) {
        const j = index.get(peer);
        if (j === undefined || j === i) continue;
        const key = i < j ? i * MAX_PEERS + j : j * MAX_PEERS + i;
        saidBy.set(key, (saidBy.get(key) ?? 0) | (established ? (i < j ? 1 : 2) : 0));
      }
    }
    this.links = [...Float64Array.from(saidBy.keys()).sort()].map((key) => this.#linkOf(Math.floor(key / MAX_PEERS), key % MAX_PEERS, saidBy.get(key)));
  }

  #linkOf(i, j, saidBy) {
    const link = { i, j, a: this.names[i], b: this.names[j], established: saidBy === 3, own: false, encrypted: undefined };
    if (link.a === this.self || link.b === this.self) {
      link.own = true;
      link.encrypted = this.own.get(link.a === this.self ? link.b : link.a)?.encrypted;
    }
    return link;
  }

  #roleOf(peer) {
    if (peer === this.self) return "self";
    const path = this.paths.get(peer);
    if (this.relays.has(peer)) return "relay";
    if (path?.distance === 1) return "neighbour";
    if (this.peers.get(this.self)?.connections.some((x) => x.peer === peer)) return "pending";
    return path ? "distant" : "unreachable";
  }
}

export const ROLE_TEXTS = {
  self: "this node", relay: "relay", neighbour: "neighbour", pending: "pending", distant: "distant", unreachable: "no path",
};
