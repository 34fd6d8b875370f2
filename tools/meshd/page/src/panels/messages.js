import { EventStream } from "../api/event_stream.js";
import { errorText, segment } from "../api/http.js";
import { byId, el, setText } from "../dom.js";
import { fromBase64, preview } from "../payload.js";
import { clock, count, peerLabel, shown } from "../text.js";
import { Log } from "./log.js";

/** The messages that arrive on one channel. */
export class MessagesPanel {
  #mesh;
  #channel = null;
  #stream = null;
  #log = new Log(byId("messages"), 200);
  #lost = 0;
  #visible = false;
  #onMessage;

  /** @param onMessage called after each message */
  constructor(mesh, onMessage) {
    this.#mesh = mesh;
    this.#onMessage = onMessage;
    byId("messages-clear").addEventListener("click", () => this.#log.clear());
  }

  /** Listens to this channel instead of the previous one; null: to none. */
  listen(channel) {
    if (channel === this.#channel) return;
    this.#stream?.stop();
    this.#stream = null;
    this.#channel = channel;
    this.#lost = 0;
    this.#log.clear();
    if (channel === null) return;
    this.#stream = new EventStream(`v1/channels/${segment(channel)}/messages`, {
      onEvent: (type, value) => this.#onEvent(type, value),
      onState: (kind, detail) => this.#onState(kind, detail),
    });
    if (this.#visible) this.#stream.start();
  }

  /** Closes the stream while the view is hidden. It later resumes where it ended. */
  setVisible(visible) {
    this.#visible = visible;
    if (visible) this.#stream?.start();
    else this.#stream?.stop();
  }

  #onState(kind, detail) {
    const lost = this.#lost ? `, ${count(this.#lost)} lost` : "";
    const text = { live: `live${lost}`, connecting: "connecting …", waiting: "reconnecting …", paused: "paused", ended: errorText(detail ?? "") }[kind];
    setText(byId("messages-state"), text);
  }

  #onEvent(type, value) {
    if (type === "overflow") {
      this.#lost += Number(value.lost) || 0;
      return this.#onState("live");
    }
    if (type !== "message") return;
    const from = String(value.from ?? "");
    const peer = this.#mesh.peers.get(from);
    this.#log.add(el("li", {},
      el("time", {}, clock()),
      el("span", { class: "untrusted who", title: shown(from) }, peerLabel(peer ?? { name: from })),
      el("span", { class: "tag" }, value.unicast ? "to us" : "to all"),
      el("pre", { class: "untrusted" }, preview(fromBase64(value.data)))));
    this.#onMessage();
  }
}
