/** A value with listeners, which are called after each change. */
export class Signal {
  #listeners = new Set();

  constructor(value) {
    this.value = value;
  }

  set(value) {
    if (Object.is(value, this.value)) return;
    this.value = value;
    this.changed();
  }

  changed() {
    for (const listener of this.#listeners) listener(this.value);
  }

  /** Calls the listener now and after each change. */
  watch(listener) {
    this.#listeners.add(listener);
    listener(this.value);
  }
}
