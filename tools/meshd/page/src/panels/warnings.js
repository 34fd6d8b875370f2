import { byId, el, setHidden, setText } from "../dom.js";
import { count, duration, plural, shown } from "../text.js";

const MAX_WARNINGS = 100;

/** What the operator of this node should know: a button with their number, which opens their list. */
export class Warnings {
  #button = byId("warnings-button");
  #dialog = byId("warnings-dialog");

  constructor() {
    this.#button.addEventListener("click", () => this.#dialog.showModal());
  }

  show(list) {
    const warnings = (Array.isArray(list) ? list : []).slice(0, MAX_WARNINGS);
    setText(this.#button, plural(warnings.length, "warning"));
    setHidden(this.#button, warnings.length === 0);
    if (warnings.length === 0) this.#dialog.close();
    byId("warnings-list").replaceChildren(...warnings.map((x) => el("li", {},
      el("p", { class: "detail untrusted" }, shown(x?.detail, 600)),
      x?.hint ? el("p", {}, shown(x.hint, 300)) : null,
      el("p", { class: "muted" }, whenOf(x)))));
  }
}

function whenOf(warning) {
  const seconds = (Date.now() - Date.parse(warning?.last)) / 1000;
  if (!Number.isFinite(seconds)) return "";
  const age = seconds < 60 ? "just now" : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${duration(seconds)} ago`;
  return warning.times > 1 ? `${count(warning.times)} times, last ${age}` : age;
}
