/** A list with the newest item first. Beyond its limit, it drops the oldest items. */
export class Log {
  #list;
  #limit;
  #waiting = [];
  #asked = false;

  constructor(list, limit) {
    this.#list = list;
    this.#limit = limit;
  }

  add(item) {
    this.#waiting.push(item);
    if (this.#waiting.length > this.#limit) this.#waiting.shift();
    if (this.#asked) return;
    this.#asked = true;
    // Uses a timer, because pages in the background draw no frames.
    setTimeout(() => this.#flush(), 50);
  }

  #flush() {
    this.#asked = false;
    this.#list.prepend(...this.#waiting.reverse());
    this.#waiting = [];
    while (this.#list.children.length > this.#limit) this.#list.lastChild.remove();
  }

  clear() {
    this.#waiting = [];
    this.#list.replaceChildren();
  }
}
