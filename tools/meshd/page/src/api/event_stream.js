import { ApiError, call } from "./http.js";
import { SseParser } from "./sse_parser.js";

// All in milliseconds. meshd sends a comment line every 15 s, so after 40 s of silence the connection is dead.
const SILENCE = 40_000;
const LONGEST_DELAY = 30_000;
const HIDDEN_GRACE = 5000;

/**
 * A stream of server-sent events. After a failure it reconnects, with growing
 * delays, and resumes after the last event. It uses fetch, because EventSource
 * cannot send a token. A hidden page closes its stream and resumes it when it is
 * shown, because browsers open only six connections to a host for all tabs.
 *
 * `onEvent(type, value)` is called for each event, with its JSON as a value.
 * `onState(kind, detail)` is called with `connecting`, `live`, `paused`, `waiting`
 * (detail: milliseconds until the next try) or `ended` (detail: the error). After
 * `ended`, `start` may be called again.
 */
export class EventStream {
  #path;
  #onEvent;
  #onState;
  #abort = null;
  #reading = null;
  #graceTimer = null;
  #wake = () => {};
  #lastId = "";
  #retry = 2000;

  constructor(path, { onEvent, onState = () => {} }) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  start() {
    if (this.#abort) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    addEventListener("online", () => this.#wake(), { signal });
    addEventListener("pagehide", () => this.#reading?.abort(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
    this.#run(this.#abort);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = null;
    clearTimeout(this.#graceTimer);
    this.#wake();
  }

  #visibilityChanged() {
    clearTimeout(this.#graceTimer);
    if (document.hidden) this.#graceTimer = setTimeout(() => this.#reading?.abort(), HIDDEN_GRACE);
    else this.#wake();
  }

  async #run(abort) {
    let failures = 0;
    while (!abort.signal.aborted) {
      if (document.hidden) {
        await this.#hidden();
        continue;
      }
      this.#onState("connecting");
      try {
        await this.#readOnce(abort, () => {
          failures = 0;
        });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (isFinal(error)) {
          this.stop();
          return this.#onState("ended", error);
        }
      }
      if (!abort.signal.aborted && !document.hidden) await this.#pause(failures++);
    }
  }

  #hidden() {
    this.#onState("paused");
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
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

  /** Reads the stream until it ends. Throws if nothing arrives for the time SILENCE. */
  async #readOnce(outer, onLive) {
    const abort = new AbortController();
    this.#reading = abort;
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

/** Whether the node has refused the request, so that another try would fail, too. */
function isFinal(error) {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
