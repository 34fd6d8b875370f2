import { call, getJson, segment, sendJson } from "../api/http.js";
import { Poller } from "../api/poller.js";
import { byId, el, setHidden, setText } from "../dom.js";
import { count, duration, shown } from "../text.js";
import { Table } from "./table.js";

const MAX_TARGETS = 5000;
const DISCOVERED = "Discovered: it stays as long as a peer names this address. Only addresses that a user gave can be forgotten.";

/** The addresses that this node dials. */
export class TargetsPanel {
  #notice;
  #targets = [];
  #readAt = 0;
  #poller = new Poller(() => this.#read(), 2000);
  #table = new Table(byId("targets-table"), { columns: this.#columns(), keyOf: (x) => x.address, empty: () => "This node dials no addresses. Peers may still dial it." });
  #visible = false;

  constructor(notice) {
    this.#notice = notice;
    byId("targets-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
    setInterval(() => this.#visible && !document.hidden && this.#table.show(this.#targets), 1000);
  }

  start() {
    this.#poller.start();
  }

  setVisible(visible) {
    this.#visible = visible;
    if (visible) this.#poller.now();
  }

  async #read() {
    const { targets } = await getJson("v1/targets");
    this.#targets = (Array.isArray(targets) ? targets : []).slice(0, MAX_TARGETS);
    this.#readAt = performance.now();
    const failing = this.#targets.filter((x) => x.last_error && x.state !== "connected").length;
    setText(byId("targets-count"), count(this.#targets.length));
    setText(byId("targets-badge"), `${count(failing)} failing`);
    setHidden(byId("targets-badge"), failing === 0);
    if (this.#visible) this.#table.show(this.#targets);
  }

  async #add() {
    const field = byId("targets-address");
    const addresses = field.value.split(/[\s,]+/).filter(Boolean);
    if (addresses.length === 0) return;
    await this.#notice.during(async () => {
      await sendJson("POST", "v1/targets", { addresses });
      field.value = "";
      await this.#poller.now();
    });
  }

  #forget(address) {
    return this.#notice.during(async () => {
      await call("DELETE", `v1/targets/${segment(address)}`);
      await this.#poller.now();
    });
  }

  #fillAction(cell, target) {
    const kind = target.wanted ? "given" : "discovered";
    if (cell.dataset.kind === kind) return;
    cell.dataset.kind = kind;
    cell.replaceChildren(target.wanted
      ? el("button", { class: "quiet", "aria-label": `Forget ${shown(target.address)}`, onclick: () => this.#forget(target.address) }, "Forget")
      : el("span", { class: "muted", title: DISCOVERED }, "kept"));
  }

  #secondsLeft(target) {
    if (!Number.isFinite(target.next_try_seconds)) return NaN;
    return Math.max(0, target.next_try_seconds - (performance.now() - this.#readAt) / 1000);
  }

  #nextTry(target) {
    const left = this.#secondsLeft(target);
    if (Number.isNaN(left)) return target.state === "connected" ? "–" : "never";
    return left < 0.5 ? "now" : `in ${duration(Math.ceil(left) < 10 ? Math.ceil(left) : left).replace(".0", "")}`;
  }

  #columns() {
    return [
      { id: "address", title: "Address", class: "code address-cell", value: (x) => x.address, fill: fillAddress },
      { id: "state", title: "State", value: (x) => x.state, fill: fillState },
      { id: "wanted", title: "Given by", wide: 1, value: (x) => (x.wanted ? 0 : 1), text: (x) => (x.wanted ? "the user" : "discovery") },
      { id: "next", title: "Next try", numeric: true, value: (x) => this.#secondsLeft(x), text: (x) => this.#nextTry(x) },
      { id: "error", title: "Last error", class: "error-cell", wide: 1, value: (x) => x.last_error ?? "", text: (x) => shown(x.last_error ?? "", 200) },
      { id: "forget", title: "", class: "action", fill: (cell, x) => this.#fillAction(cell, x) },
    ];
  }
}

/** A narrow cell breaks before the port rather than within a number. */
function fillAddress(cell, target) {
  const text = shown(target.address, 100);
  if (cell.textContent === text) return;
  const port = text.lastIndexOf(":");
  cell.replaceChildren(text.slice(0, Math.max(port, 0)), el("wbr"), text.slice(Math.max(port, 0)));
}

function fillState(cell, target) {
  if (!cell.firstChild) cell.append(el("span"), el("span", { class: "error-cell narrow-only" }));
  setText(cell.firstChild, shown(target.state, 20).replace("_", " "));
  setText(cell.lastChild, shown(target.last_error ?? "", 200));
  cell.className = `role role-${{ connected: "neighbour", attempting: "pending", given_up: "unreachable" }[target.state] ?? "distant"}`;
}

