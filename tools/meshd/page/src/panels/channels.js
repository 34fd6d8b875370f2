import { call, getJson, segment } from "../api/http.js";
import { Poller } from "../api/poller.js";
import { byId, el, setAttribute, setHidden, setText, throttled } from "../dom.js";
import { count, shown } from "../text.js";
import { MessagesPanel } from "./messages.js";
import { SendForm } from "./send_form.js";

const MAX_CHANNELS = 500;
// The order of the list. Users come for the channels that they have joined.
const STATES = ["joined", "relayed only", "in use by meshd"];
const HINTS = {
  "none": "Join a channel to send messages on it and to watch those that arrive. Messages reach all nodes that have joined the same channel.",
  "joined": "",
  "relayed only": "This node passes on what others send here, and does not keep it. Join the channel to send messages and to watch those that arrive.",
  "in use by meshd": "meshd uses this channel itself. Its messages are not shown, and clients cannot join it.",
};

/** The channels of this node; one of them is open for sending and listening. */
export class ChannelsPanel {
  #notice;
  #channels = [];
  #open = null;
  #poller = new Poller(() => this.#read(), 2000);
  #messages;
  #send;
  #buttons = new Map();

  constructor(mesh, notice) {
    this.#notice = notice;
    // Polls after each message, because the counters on the panel include it.
    this.#messages = new MessagesPanel(mesh, throttled(() => this.#poller.now(), 500));
    this.#send = new SendForm(mesh, () => this.#open);
    byId("channels-join").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#join(byId("channels-join-name").value);
    });
    byId("channel-toggle").addEventListener("click", () => (this.#current()?.joined ? this.#leave() : this.#join(this.#open)));
  }

  setVisible(visible) {
    if (visible) this.#poller.start();
    else this.#poller.stop();
    this.#messages.setVisible(visible);
  }

  async #read() {
    const { channels } = await getJson("v1/channels");
    this.#channels = (Array.isArray(channels) ? channels : []).slice(0, MAX_CHANNELS).sort((a, b) => rankOf(a) - rankOf(b));
    setText(byId("channels-count"), count(this.#channels.length));
    this.#open ??= this.#channels.find((x) => x.joined)?.name ?? null;
    this.#showList();
    this.#showOpen();
  }

  #current() {
    return this.#channels.find((x) => x.name === this.#open);
  }

  #showList() {
    const names = new Set(this.#channels.map((x) => x.name));
    for (const name of this.#buttons.keys()) if (!names.has(name)) this.#buttons.delete(name);
    const items = this.#channels.map((channel) => {
      let button = this.#buttons.get(channel.name);
      if (!button) {
        button = el("button", { onclick: () => this.#select(channel.name) }, el("span", { class: "untrusted" }, shown(channel.name)), el("span", { class: "muted" }));
        this.#buttons.set(channel.name, button);
      }
      setText(button.lastChild, stateOf(channel));
      setAttribute(button, "aria-pressed", String(channel.name === this.#open));
      return button;
    });
    const list = byId("channels-list");
    if ([...list.children].some((x, i) => x.firstChild !== items[i]) || list.children.length !== items.length)
      list.replaceChildren(...items.map((x) => el("li", {}, x)));
  }

  #select(name) {
    this.#open = name;
    this.#showList();
    this.#showOpen();
  }

  #showOpen() {
    const channel = this.#current();
    const state = channel ? stateOf(channel) : "none";
    setText(byId("channel-title"), channel ? shown(channel.name) : "No channel selected");
    setText(byId("channel-hint"), HINTS[state]);
    setHidden(byId("channel-hint"), HINTS[state] === "");
    setHidden(byId("channel-talk"), state !== "joined");
    setHidden(byId("channel-counters"), !channel);
    setHidden(byId("channel-tag"), !channel);
    setHidden(byId("channel-toggle"), !channel || state === "in use by meshd");
    this.#messages.listen(channel?.joined ? channel.name : null);
    if (!channel) return;
    setText(byId("channel-tag"), state);
    setText(byId("channel-toggle"), channel.joined ? "Leave" : "Join");
    this.#send.channelChanged();
    showFigures(channel);
  }

  #join(name) {
    return this.#notice.during(async () => {
      await call("PUT", `v1/channels/${segment(name)}`);
      byId("channels-join-name").value = "";
      this.#open = name;
      await this.#poller.now();
    });
  }

  #leave() {
    return this.#notice.during(async () => {
      this.#messages.listen(null);
      await call("DELETE", `v1/channels/${segment(this.#open)}`);
      await this.#poller.now();
    });
  }
}

/** A channel that meshd has not joined for clients is used by a part of meshd itself, or only relayed. */
function stateOf(channel) {
  if (channel.joined) return "joined";
  return channel.surrogate === false ? "in use by meshd" : "relayed only";
}

function rankOf(channel) {
  return STATES.indexOf(stateOf(channel));
}

/** Shows the counters that are not zero, and says that the others are. */
function showFigures(channel) {
  const all = Object.entries(channel).filter(([, value]) => typeof value === "number").slice(0, 30);
  const figures = all.filter(([, value]) => value !== 0);
  byId("channel-figures").replaceChildren(...figures.map(([key, value]) =>
    el("div", {}, el("dt", {}, shown(key, 40).replaceAll("_", " ")), el("dd", {}, count(value)))));
  const zero = all.filter(([, value]) => value === 0).map(([key]) => shown(key, 40).replaceAll("_", " "));
  setText(byId("channel-silent"), figures.length === 0 ? "No message has passed here yet." : zero.length === 0 ? "" : `Zero: ${zero.join(", ")}.`);
}
