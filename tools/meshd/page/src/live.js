import { EventStream } from "./api/event_stream.js";
import { getJson } from "./api/http.js";
import { Poller } from "./api/poller.js";
import { Signal } from "./signal.js";

const MAX_OWN_CONNECTIONS = 5000;

/**
 * Keeps the model of the mesh up to date. Events report only changes of peers and
 * of this node's connections. Connections between other peers change without an
 * event, so any event causes the whole topology to be read again: at most once a
 * second, and less often if reading it takes long.
 */
export class Live {
  /** {kind, detail, since}: the state of the stream of events; see EventStream. */
  state = new Signal({ kind: "connecting" });
  connections = [];
  #mesh;
  #traffic;
  #listener;
  #dirty = false;
  #notBefore = 0;
  /** Peers that left while the topology was being read. */
  #left = [];
  #stream = new EventStream("v1/events", {
    onEvent: (type, value) => this.#onEvent(type, value),
    onState: (kind, detail) => this.state.set({ kind, detail, since: performance.now() }),
  });
  #topologyPoller = new Poller(() => this.#readIfDirty(), 1000);
  #slowPoller = new Poller(async () => this.markDirty(), 15_000);
  #connectionPoller = new Poller(() => this.#readConnections(), 1000);

  /** `listener` has the methods `meshChanged()`, `readingsChanged(list)` and `eventArrived(type, value)`. */
  constructor(mesh, traffic, listener) {
    this.#mesh = mesh;
    this.#traffic = traffic;
    this.#listener = listener;
  }

  start() {
    this.#stream.start();
    this.#topologyPoller.start();
    this.#slowPoller.start();
    this.#connectionPoller.start();
  }

  /** Connects again after the stream has ended. To be called when the user may have corrected the cause. */
  restart() {
    this.#stream.stop();
    this.#stream.start();
    for (const poller of [this.#topologyPoller, this.#connectionPoller]) poller.now();
  }

  markDirty() {
    this.#dirty = true;
  }

  #onEvent(type, value) {
    if (type === "snapshot") this.#mesh.setTopology(value);
    else if (type === "peer_joined") this.#mesh.addPeer(value.peer);
    this.#listener.eventArrived(type, value);
    if (type === "peer_left") {
      this.#left.push(value.peer);
      this.#mesh.removePeer(value.peer);
    }
    this.markDirty();
    if (["snapshot", "peer_joined", "peer_left"].includes(type)) this.#listener.meshChanged();
  }

  async #readIfDirty() {
    const begin = performance.now();
    if (!this.#dirty || begin < this.#notBefore) return;
    this.#dirty = false;
    this.#left = [];
    try {
      const [topology, { peers }] = await Promise.all([getJson("v1/topology"), getJson("v1/peers")]);
      this.#mesh.setTopology(topology);
      this.#mesh.setHops(peers);
      for (const peer of this.#left) this.#mesh.removePeer(peer);
      this.#notBefore = performance.now() + 10 * (performance.now() - begin);
      this.#listener.meshChanged();
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
  }

  async #readConnections() {
    const { connections } = await getJson("v1/connections");
    this.connections = (Array.isArray(connections) ? connections : []).slice(0, MAX_OWN_CONNECTIONS);
    this.#traffic.add(this.connections, Date.now() / 1000);
    if (this.#mesh.setOwnConnections(this.connections)) this.#listener.meshChanged();
    this.#listener.readingsChanged(this.connections);
  }
}
