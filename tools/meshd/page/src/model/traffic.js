const SECONDS = 600;
const SPANS = [60, 120, 300, SECONDS];

/**
 * The rates of this node's connections, in bytes per second, computed from
 * counters that are read about once a second. The counters of a new connection
 * are taken to have been zero at the previous reading.
 */
export class Traffic {
  times = [];
  totalIn = [];
  totalOut = [];
  /** connection ID -> {bytesIn, bytesOut, rateIn, rateOut} */
  connections = new Map();
  #last = null;

  add(list, now) {
    const seconds = this.#last === null ? NaN : now - this.#last;
    const next = new Map();
    let sumIn = 0;
    let sumOut = 0;
    for (const { id, traffic } of list) {
      const old = this.connections.get(id) ?? { bytesIn: 0, bytesOut: 0 };
      const x = { bytesIn: Number(traffic?.bytes_in) || 0, bytesOut: Number(traffic?.bytes_out) || 0 };
      x.rateIn = Math.max(0, x.bytesIn - old.bytesIn) / seconds;
      x.rateOut = Math.max(0, x.bytesOut - old.bytesOut) / seconds;
      sumIn += x.rateIn;
      sumOut += x.rateOut;
      next.set(id, x);
    }
    this.connections = next;
    this.#last = now;
    if (Number.isFinite(seconds) && seconds > 0) this.#push(now, sumIn, sumOut, seconds);
  }

  /** Adds a point to the chart. Leaves a gap before it if the previous reading is more than 5 s old. */
  #push(now, sumIn, sumOut, seconds) {
    if (seconds > 5) {
      this.times.push(now - seconds / 2);
      this.totalIn.push(null);
      this.totalOut.push(null);
    }
    this.times.push(now);
    this.totalIn.push(sumIn);
    this.totalOut.push(sumOut);
    while (this.times[0] < now - SECONDS || this.times.length > 2 * SECONDS)
      for (const list of [this.times, this.totalIn, this.totalOut]) list.shift();
  }

  /** The seconds that the chart shows: the least of a few round spans that holds all readings. */
  get span() {
    const seconds = this.times.length ? this.times.at(-1) - this.times[0] : 0;
    return SPANS.find((x) => x >= seconds) ?? SECONDS;
  }

  get rateIn() {
    return this.totalIn.at(-1) ?? NaN;
  }

  get rateOut() {
    return this.totalOut.at(-1) ?? NaN;
  }
}
