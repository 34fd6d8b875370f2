import { byId, el, setText } from "../dom.js";
import { clock, count, peerLabel, plural, shown } from "../text.js";

const LIMIT = 500;
const KINDS = ["peer_joined", "peer_left", "peer_restarted", "connection_added", "connection_established", "connection_removed", "routes_changed",
  "gossiper_ended", "overflow", "reset"];
const TEXTS = { snapshot: "the mesh was read", reset: "the node restarted, or events were missed; the mesh was read again", routes_changed: "routes changed" };

/** The log of the node's events. It keeps events of all kinds, and shows those of the kind that the user has chosen. */
export class EventsPanel {
  #mesh;
  #items = [];
  #kind = byId("events-kind");
  #dirty = false;
  #visible = false;

  constructor(mesh) {
    this.#mesh = mesh;
    this.#kind.append(...KINDS.map((x) => el("option", { value: x }, x.replaceAll("_", " "))));
    this.#kind.addEventListener("change", () => this.#show());
    byId("events-clear").addEventListener("click", () => {
      this.#items = [];
      this.#show();
    });
  }

  add(type, value) {
    const last = this.#items[0];
    if (last?.type === type && type === "routes_changed") ++last.times;
    else this.#items.unshift({ type: shown(type, 40), time: clock(), text: this.#describe(type, value), times: 1 });
    this.#items.length = Math.min(this.#items.length, LIMIT);
    const { time, text } = this.#items[0];
    setText(byId("last-event"), `${time}  ${shown(type, 40).replaceAll("_", " ")}${text ? `: ${text}` : ""}`);
    if (this.#dirty || !this.#visible) return;
    this.#dirty = true;
    setTimeout(() => {
      this.#dirty = false;
      this.#show();
    }, 200);
  }

  setVisible(visible) {
    this.#visible = visible;
    if (visible) this.#show();
  }

  #describe(type, value) {
    if (TEXTS[type]) return type === "routes_changed" ? "" : TEXTS[type];
    if (type === "overflow") return `${plural(value.lost, "event")} lost; the mesh was read again`;
    const subject = value.peer ?? value.name ?? value.channel ?? value.remote ?? "";
    const name = typeof subject === "object" ? subject.name : subject;
    const known = this.#mesh.peers.get(name) ?? (typeof subject === "object" ? subject : { name });
    return [name ? peerLabel(known) : "", value.reason ? `– ${shown(value.reason, 200)}` : ""].filter(Boolean).join(" ");
  }

  #show() {
    const wanted = this.#kind.value;
    const items = wanted ? this.#items.filter((x) => x.type === wanted) : this.#items;
    setText(byId("events-count"), wanted ? `${count(items.length)} of ${count(this.#items.length)}` : count(items.length));
    byId("events-log").replaceChildren(...items.map((x) => el("li", {},
      el("time", {}, x.time), el("span", { class: "kind", "data-kind": x.type }, x.type.replaceAll("_", " ")),
      el("span", { class: "untrusted" }, x.text + (x.times > 1 ? ` ×${count(x.times)}` : "")))));
  }
}
