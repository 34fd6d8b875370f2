import { errorText } from "../api/http.js";
import { byId, el } from "../dom.js";

/** The line above the views that says what failed. */
export class Notice {
  #line = byId("notice");

  show(text) {
    this.#line.replaceChildren(text, el("button", { class: "quiet", onclick: () => this.clear() }, "Dismiss"));
    this.#line.hidden = false;
  }

  clear() {
    this.#line.hidden = true;
    this.#line.replaceChildren();
  }

  /** Runs a task for the user. Shows its failure, or clears the line. Resolves to whether it has succeeded. */
  async during(task) {
    try {
      await task();
      this.clear();
      return true;
    } catch (error) {
      this.show(errorText(error));
      return false;
    }
  }
}
