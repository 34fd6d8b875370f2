// The maximum size of an event. Without it, a server that is not meshd could fill the page's memory.
const MAX_EVENT = 64 * 1024 * 1024;

/** Parses a stream of server-sent events, as the HTML standard says. The text may arrive in pieces. */
export class SseParser {
  #rest = "";
  #data = [];
  #size = 0;
  #type = "";
  #id = null;
  #afterReturn = false;
  /** The ID of the last event that is complete. */
  lastId = "";

  /** `listener(type, data)` is called for each event, `onRetry(ms)` for each `retry:` line. */
  constructor(listener, onRetry = () => {}) {
    this.listener = listener;
    this.onRetry = onRetry;
  }

  feed(text) {
    if (this.#afterReturn && text.startsWith("\n")) text = text.slice(1);
    if (text) this.#afterReturn = text.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
    if (this.#rest.length + this.#size > MAX_EVENT) throw new Error("an event is too large");
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    this.#field(field, value);
  }

  #field(field, value) {
    if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d{1,7}$/.test(value)) this.onRetry(Number(value));
    else if (field === "data") {
      this.#data.push(value);
      this.#size += value.length;
    }
  }

  #dispatch() {
    const type = this.#type || "message";
    const data = this.#data.join("\n");
    const empty = this.#data.length === 0;
    this.#data = [];
    this.#size = 0;
    this.#type = "";
    this.lastId = this.#id ?? this.lastId;
    this.#id = null;
    if (!empty) this.listener(type, data);
  }
}
