import { call, errorText, segment } from "../api/http.js";
import { byId, el, setText } from "../dom.js";
import { bytes, peerLabel, shown } from "../text.js";

const MAX_SUGGESTIONS = 500;

/** Sends what the user writes, to everyone or to one peer. */
export class SendForm {
  #mesh;
  #channelOf;
  #channel = null;

  constructor(mesh, channelOf) {
    this.#mesh = mesh;
    this.#channelOf = channelOf;
    byId("send-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("send-text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("send-form").requestSubmit();
    });
    byId("send-to").addEventListener("focus", () => this.#suggest());
    byId("send-to").addEventListener("input", () => this.#showTarget());
  }

  channelChanged() {
    if (this.#channel === this.#channelOf()) return;
    this.#channel = this.#channelOf();
    setText(byId("send-state"), "");
  }

  #suggest() {
    const peers = [...this.#mesh.peers.values()].filter((x) => x.name !== this.#mesh.self).slice(0, MAX_SUGGESTIONS);
    byId("send-peers").replaceChildren(...peers.map((x) => el("option", { value: shown(x.name, 60), label: peerLabel(x) })));
  }

  /** The peer that the user has entered, by its name or by a nickname that only one peer has. */
  #target() {
    const text = byId("send-to").value.trim();
    if (text === "" || this.#mesh.peers.has(text)) return text;
    const found = [...this.#mesh.peers.values()].filter((x) => x.nickname === text);
    if (found.length === 1) return found[0].name;
    throw new Error(found.length ? "Several peers have this nickname; use the name." : "No peer has this name.");
  }

  #showTarget() {
    setText(byId("send-button"), byId("send-to").value.trim() ? "Send to this peer" : "Send to everyone");
  }

  async #send() {
    const state = byId("send-state");
    const field = byId("send-text");
    const body = new TextEncoder().encode(field.value);
    byId("send-button").disabled = true;
    try {
      const to = this.#target();
      const query = to ? `?to=${encodeURIComponent(to)}` : "";
      await call("POST", `v1/channels/${segment(this.#channelOf())}/messages${query}`, { body, type: "application/octet-stream" });
      setText(state, `${bytes(body.length)} ${to ? "handed to the next hop" : "sent to everyone"}`);
      field.value = "";
    } catch (error) {
      setText(state, errorText(error));
    } finally {
      byId("send-button").disabled = false;
    }
  }
}
