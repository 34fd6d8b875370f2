import { EventStream } from "../api/event_stream.js";
import { getJson } from "../api/http.js";
import { byId, setText } from "../dom.js";
import { bytes, count, peerLabel, plural, shown } from "../text.js";
import { EntryPanel } from "./entry.js";
import { Table } from "./table.js";

const PAGE = 100;
const MARKED = 3000;

/** The keys with a prefix, one page at a time. Events keep them up to date. */
export class StorePanel {
  #notice;
  #mesh;
  #prefix = "";
  #after = "";
  #next = null;
  #entries = new Map();
  #changed = new Map();
  #elsewhere = 0;
  #stream = null;
  #reading = null;
  #table;
  #entry;

  constructor(mesh, notice) {
    this.#mesh = mesh;
    this.#notice = notice;
    this.#table = new Table(byId("store-table"), { columns: this.#columns(), keyOf: (x) => x.key, onSelect: (key) => this.#open(key), empty: () => this.#emptyText() });
    this.#entry = new EntryPanel(notice, (key) => this.#table.select(key));
    byId("store-prefix-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choosePrefix(byId("store-prefix").value);
    });
    byId("store-new").addEventListener("click", () => {
      this.#table.select(null);
      this.#entry.create(this.#prefix);
    });
    byId("store-first").addEventListener("click", () => this.#turnTo(""));
    byId("store-next").addEventListener("click", () => this.#turnTo(this.#next));
  }

  setVisible(visible) {
    if (visible) this.#listen();
    else this.#stream?.stop();
    if (visible) this.#notice.during(() => this.#read());
  }

  #open(key) {
    this.#table.select(key);
    this.#entry.open(key);
  }

  #choosePrefix(prefix) {
    this.#prefix = prefix;
    this.#stream?.stop();
    this.#stream = null;
    this.#listen();
    this.#turnTo("");
  }

  #turnTo(after) {
    this.#after = after ?? "";
    this.#elsewhere = 0;
    return this.#notice.during(() => this.#read());
  }

  #listen() {
    this.#stream ??= new EventStream(`v1/kv-events?prefix=${encodeURIComponent(this.#prefix)}`, {
      onEvent: (type, value) => this.#onEvent(type, value),
      onState: (kind, error) => setText(byId("store-state"), { live: "live", connecting: "connecting …", waiting: "reconnecting …", paused: "paused", ended: shown(error?.message, 100) }[kind]),
    });
    this.#stream.start();
  }

  async #read() {
    const asked = { outdated: false };
    this.#reading = asked;
    const query = new URLSearchParams({ prefix: this.#prefix, limit: PAGE });
    if (this.#after) query.set("after", this.#after);
    const { entries, next } = await getJson(`v1/kv?${query}`);
    if (this.#reading !== asked) return;
    this.#entries = new Map((Array.isArray(entries) ? entries : []).slice(0, PAGE).map((x) => [x.key, x]));
    this.#next = next ?? null;
    this.#show();
    this.#reading = null;
    if (asked.outdated) this.#readSoon();
  }

  #onEvent(type, value) {
    if (type === "reset" || type === "overflow") this.#read().catch(() => {});
    if (type !== "put" && type !== "delete") return;
    this.#entry.changedElsewhere(type, value);
    // The answer to a request that is under way may be older than this event.
    if (this.#reading) this.#reading.outdated = true;
    if (!this.#isOnPage(value.key)) ++this.#elsewhere;
    else if (type === "delete") this.#entries.delete(value.key);
    else this.#put(value);
    this.#show();
  }

  #put({ key, etag, value }) {
    const old = this.#entries.get(key);
    const size = Math.floor((String(value ?? "").replace(/=+$/, "").length * 3) / 4);
    this.#entries.set(key, { key, etag, size_bytes: size, owner: old?.etag === etag ? old.owner : "" });
    this.#changed.set(key, performance.now() + MARKED);
    setTimeout(() => {
      this.#changed.delete(key);
      this.#show();
    }, MARKED);
    // Reads the keys again if the owner is unknown (events lack it) or if too many keys are shown.
    if (this.#entries.size > PAGE + 20 || old?.etag !== etag) this.#readSoon();
  }

  #soon = null;

  #readSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#read().catch(() => {});
    }, 500);
  }

  /** Whether a key is on this page. The server orders keys by UTF-8 bytes, not by UTF-16 units; the next reading corrects a mistake. */
  #isOnPage(key) {
    return key > this.#after && (this.#next === null || key <= this.#next);
  }

  #show() {
    this.#table.show([...this.#entries.values()]);
    byId("store-first").disabled = this.#after === "";
    byId("store-next").disabled = this.#next === null;
    const more = this.#elsewhere ? `, ${count(this.#elsewhere)} changed on other pages` : "";
    setText(byId("store-page"), `${plural(this.#entries.size, "key")}${this.#after ? ` after ${shown(this.#after, 30)}` : ""}${more}`);
  }

  #emptyText() {
    if (this.#after) return "No more keys.";
    return this.#prefix ? `No key begins with ${shown(this.#prefix, 60)}.` : "No keys yet. A new key is seen by all nodes of the mesh.";
  }

  #columns() {
    const owner = (x) => (x.owner ? peerLabel(this.#mesh.peers.get(x.owner) ?? { name: x.owner }) : "");
    return [
      { id: "key", title: "Key", class: "code", value: (x) => x.key, fill: (cell, x) => {
        setText(cell, shown(x.key, 120));
        cell.closest("tr").classList.toggle("changed", this.#changed.has(x.key));
      } },
      { id: "size", title: "Size", numeric: true, value: (x) => x.size_bytes, text: (x) => bytes(x.size_bytes) },
      { id: "owner", title: "Written by", class: "untrusted", wide: 1, value: owner, text: owner },
    ];
  }
}
