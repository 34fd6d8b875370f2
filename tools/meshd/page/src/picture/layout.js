/* global WORKER_PATH */

/**
 * The layout of the picture, computed by a worker.
 *
 * Messages to the worker:
 * - `{kind: "mesh", generation, names, links}`: the links are pairs of indexes into
 *   the sorted names.
 * - `{kind: "drag", name, x, y}` and `{kind: "drop"}`: the user moves a peer.
 * - `{kind: "quiet", quiet}`: if `quiet` is true, the worker answers only once each
 *   movement has ended.
 *
 * Messages from the worker: `{positions, generation, resting}`.
 */
export class Layout {
  #worker = new Worker(WORKER_PATH);
  #generation = 0;
  #pairs = new Uint32Array(0);
  names = [];
  index = new Map();
  /** Coordinates x, y of each peer of `names`; empty until the worker has answered. */
  positions = new Float32Array(0);
  resting = false;

  /** `onMoved` is called for new positions, `onFailed` if the worker cannot run. */
  constructor(onMoved, onFailed) {
    this.#worker.onerror = onFailed;
    this.#worker.onmessage = ({ data }) => {
      if (data.generation !== this.#generation) return;
      this.positions = data.positions;
      this.resting = data.resting;
      onMoved();
    };
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const tell = () => this.#worker.postMessage({ kind: "quiet", quiet: still.matches });
    still.addEventListener("change", tell);
    tell();
  }

  /** Takes the sorted names of all peers, and links {i, j}, whose ends are indexes of names. */
  update(names, links) {
    const pairs = new Uint32Array(2 * links.length);
    links.forEach(({ i, j }, place) => pairs.set([i, j], 2 * place));
    if (same(names, this.names) && same(pairs, this.#pairs)) return;
    this.#pairs = pairs;
    this.#keepPositions(names);
    this.resting = false;
    this.#worker.postMessage({ kind: "mesh", generation: ++this.#generation, names, links: pairs });
  }

  /** Keeps the positions of known peers until the worker answers. New peers are not drawn until then. */
  #keepPositions(sorted) {
    const positions = new Float32Array(2 * sorted.length).fill(NaN);
    sorted.forEach((name, i) => {
      const old = this.index.get(name);
      if (old === undefined || 2 * old >= this.positions.length) return;
      positions[2 * i] = this.positions[2 * old];
      positions[2 * i + 1] = this.positions[2 * old + 1];
    });
    this.names = sorted;
    this.index = new Map(sorted.map((name, i) => [name, i]));
    this.positions = positions;
  }

  drag(name, x, y) {
    this.#worker.postMessage({ kind: "drag", name, x, y });
  }

  drop() {
    this.#worker.postMessage({ kind: "drop" });
  }
}

function same(a, b) {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
