import { relaysOf, shortestWays } from "./ways.js";

// A mesh beyond these is cut, with a note, so that a hostile one cannot fill the page.
const MAX_PEERS = 5000;
const MAX_CONNECTIONS = 60_000;

// Names are hex digits with colons or without; a space would break the keys of links.
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
 * The mesh as this page knows it: topology, next hops and our own connections,
 * and what follows from them. Call `derive` after changes, before reading the
 * derived part: links, roles and ways.
 */
export class Mesh {
  self = "";
  peers = new Map();
  cut = false;
  hops = new Map();
  unreachable = new Set();
  /** Our own connections by peer: {encrypted, established}. */
  own = new Map();

  links = [];
  roles = new Map();
  ways = new Map();
  relays = new Set();

  setTopology(topology) {
    const list = Array.isArray(topology?.peers) ? topology.peers : [];
    this.self = name(topology?.self);
    this.cut = list.length > MAX_PEERS;
    let room = MAX_CONNECTIONS;
    this.peers = new Map();
    for (const value of list.slice(0, MAX_PEERS)) {
      const peer = peerOf(value);
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

  /** Returns whether anything changed that the picture shows. */
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
    this.#deriveLinks();
    const lists = new Map();
    for (const { a, b, established } of this.links) {
      if (!established) continue;
      for (const [from, to] of [[a, b], [b, a]]) {
        if (!lists.has(from)) lists.set(from, []);
        lists.get(from).push(to);
      }
    }
    for (const list of lists.values()) list.sort();
    this.ways = shortestWays(this.self, (x) => lists.get(x) ?? [], this.hops);
    this.relays = relaysOf(this.ways, this.self);
    this.roles = new Map([...this.peers.keys()].map((x) => [x, this.#roleOf(x)]));
  }

  /** Each pair of connected peers once; established if both sides say so. */
  #deriveLinks() {
    const links = new Map();
    for (const peer of this.peers.values()) {
      for (const connection of peer.connections) {
        if (!this.peers.has(connection.peer) || connection.peer === peer.name) continue;
        const [a, b] = peer.name < connection.peer ? [peer.name, connection.peer] : [connection.peer, peer.name];
        const key = `${a} ${b}`;
        const link = links.get(key) ?? { key, a, b, saidBy: 0, own: a === this.self || b === this.self };
        if (connection.established) link.saidBy |= peer.name === a ? 1 : 2;
        links.set(key, link);
      }
    }
    for (const link of links.values()) {
      link.established = link.saidBy === 3;
      const other = link.a === this.self ? link.b : link.a;
      link.encrypted = link.own ? this.own.get(other)?.encrypted : undefined;
    }
    this.links = [...links.values()];
  }

  #roleOf(peer) {
    if (peer === this.self) return "self";
    const way = this.ways.get(peer);
    if (this.relays.has(peer)) return "relay";
    if (way?.distance === 1) return "neighbour";
    if (this.peers.get(this.self)?.connections.some((x) => x.peer === peer)) return "pending";
    return way ? "distant" : "unreachable";
  }
}

export const ROLE_TEXTS = {
  self: "this node", relay: "relay", neighbour: "neighbour", pending: "pending", distant: "distant", unreachable: "no way",
};
