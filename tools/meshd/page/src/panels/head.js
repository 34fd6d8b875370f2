import { getJson } from "../api/http.js";
import { Poller } from "../api/poller.js";
import { askForToken, forgetToken, token } from "../api/token.js";
import { byId, setAttribute, setHidden, setText } from "../dom.js";
import { count, duration, rate, shown } from "../text.js";
import { Warnings } from "./warnings.js";

/** The head and foot of the page: the name and state of this node, and whether the page is live. */
export class Head {
  #mesh;
  #traffic;
  #live;
  #startedAt = NaN;
  #version = "";
  #warnings = new Warnings();
  #poller = new Poller(() => this.#readNode(), 30_000);

  constructor(mesh, traffic, live) {
    this.#mesh = mesh;
    this.#traffic = traffic;
    this.#live = live;
    live.state.watch(() => this.#showState());
    setInterval(() => this.#tick(), 1000);
    byId("token-button").addEventListener("click", () => this.#onTokenButton());
  }

  start() {
    this.#poller.start();
  }

  /** Reads the state of the node at once. To be called when the node may have restarted. */
  nodeChanged() {
    this.#poller.now();
  }

  async #onTokenButton() {
    if (this.#live.state.value.kind === "ended") {
      if (!(await askForToken("Enter the token of this node.", true))) return;
      this.#live.restart();
      return this.#poller.now();
    }
    forgetToken();
    location.reload();
  }

  async #readNode() {
    const node = await getJson("v1/node");
    setText(byId("node-nickname"), shown(node.nickname || node.name, 60));
    setText(byId("node-name"), `${shown(node.name)}  ${shown(node.mesh_address)}`);
    document.title = `${shown(node.nickname || node.name, 40)} – meshd`;
    this.#warnings.show(node.warnings);
    this.#startedAt = performance.now() - 1000 * node.uptime_seconds;
    this.#version = `meshd ${shown(node.version, 40)}, ${node.encryption ? "encrypted" : "not encrypted"}, discovery ${node.discovery ? "on" : "off"}`;
    this.#tick();
  }

  #tick() {
    this.#showState();
    const up = Number.isFinite(this.#startedAt) ? `, up ${duration((performance.now() - this.#startedAt) / 1000)}` : "";
    setText(byId("node-version"), this.#version + up);
    const ended = this.#live.state.value.kind === "ended";
    setHidden(byId("token-button"), token() === "" && !ended);
    setText(byId("token-button"), ended ? "Enter token" : "Forget token");
  }

  meshChanged() {
    setText(byId("fact-peers"), count(this.#mesh.peers.size));
  }

  readingsChanged(connections) {
    const established = connections.filter((x) => x.established).length;
    const pending = connections.length - established;
    setText(byId("fact-connections"), pending ? `${count(established)} + ${count(pending)} pending` : count(established));
    setText(byId("fact-in"), rate(this.#traffic.rateIn));
    setText(byId("fact-out"), rate(this.#traffic.rateOut));
  }

  #showState() {
    const { kind, detail, since } = this.#live.state.value;
    const text = {
      live: "live", paused: "paused", connecting: "connecting …", waiting: "reconnecting", ended: shown(detail?.message ?? "ended", 100),
    }[kind];
    setText(byId("page-state-text"), text);
    // The countdown has an element of its own, because screen readers read out the status at each change.
    const left = Math.ceil((since + detail - performance.now()) / 1000);
    setText(byId("page-state-countdown"), kind !== "waiting" ? "" : left > 0 ? `in ${left} s` : "…");
    setAttribute(byId("page-state"), "data-state", kind);
  }
}
