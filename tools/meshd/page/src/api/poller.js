const LONGEST_DELAY = 10_000;

/**
 * Runs a task periodically, between `start` and `stop`, while the page is visible.
 * Runs never overlap. Each failure in a row doubles the interval, up to 10 s.
 */
export class Poller {
  #task;
  #interval;
  #timer = null;
  #running = false;
  #started = false;
  #failures = 0;

  constructor(task, interval) {
    this.#task = task;
    this.#interval = interval;
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  start() {
    if (this.#started) return;
    this.#started = true;
    this.now();
  }

  stop() {
    this.#started = false;
    clearTimeout(this.#timer);
  }

  /** Runs the task at once instead of at the next interval. */
  async now() {
    if (!this.#started || this.#running) return;
    clearTimeout(this.#timer);
    this.#running = true;
    const begin = performance.now();
    try {
      await this.#task();
      this.#failures = 0;
    } catch {
      ++this.#failures;
    } finally {
      this.#running = false;
    }
    if (!this.#started || document.hidden) return;
    const delay = Math.min(LONGEST_DELAY, this.#interval * 2 ** Math.min(this.#failures, 6));
    this.#timer = setTimeout(() => this.now(), Math.max(50, delay - (performance.now() - begin)));
  }
}
