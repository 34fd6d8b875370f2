import { ApiError, call } from "./http.js";
import { SseParser } from "./sse_parser.js";

// The service sends a comment line each 15 s.
const SILENCE = 40_000;
const LONGEST_DELAY = 30_000;

/**
 * An event stream that reconnects, resumes after the last event and backs off.
 * EventSource cannot send a token, so this reads the answer of fetch.
 *
 * `onEvent(type, value)` gets each event's JSON; `onState(kind, detail)` gets
 * `connecting`, `live`, `waiting` (detail: milliseconds until the next try) or
 * `ended` (detail: the error), after which `start` may be called again.
 */
export class EventStream {
  #path;
  #onEvent;
  #onState;
  #abort = null;
  #wake = () => {};
  #lastId = "";
  #retry = 2000;

  constructor(path, { onEvent, onState = () => {} }) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#onState = onState;
    addEventListener("online", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  start() {
    if (this.#abort) return;
    this.#abort = new AbortController();
    this.#run(this.#abort);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = null;
    this.#wake();
  }

  async #run(abort) {
    let failures = 0;
    while (!abort.signal.aborted) {
      this.#onState("connecting");
      try {
        await this.#readOnce(abort, () => {
          failures = 0;
        });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
          this.#abort = null;
          return this.#onState("ended", error);
        }
      }
      if (abort.signal.aborted) return;
      await this.#pause(failures++);
    }
  }

  #pause(failures) {
    const delay = Math.min(LONGEST_DELAY, this.#retry * 1.6 ** failures) * (0.8 + 0.4 * Math.random());
    this.#onState("waiting", delay);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads until the answer ends. Throws if it is silent for too long. */
  async #readOnce(outer, onLive) {
    const abort = new AbortController();
    const signal = AbortSignal.any([outer.signal, abort.signal]);
    const headers = { Accept: "text/event-stream" };
    if (this.#lastId) headers["Last-Event-ID"] = this.#lastId;
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), SILENCE);
    };
    try {
      const response = await call("GET", this.#path, { headers, signal, lasting: true });
      onLive();
      this.#onState("live");
      alive();
      await this.#readBody(response.body, alive);
    } finally {
      clearTimeout(watchdog);
      abort.abort();
    }
  }

  async #readBody(body, alive) {
    const parser = new SseParser((type, data) => this.#dispatch(type, data), (ms) => {
      this.#retry = Math.min(Math.max(ms, 500), LONGEST_DELAY);
    });
    parser.lastId = this.#lastId;
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      parser.feed(value);
      this.#lastId = parser.lastId;
    }
  }

  #dispatch(type, data) {
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    this.#onEvent(type, value ?? {});
  }
}
