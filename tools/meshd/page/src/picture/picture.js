import { byId, oncePerFrame, setAttribute, setHidden } from "../dom.js";
import { peerLabel, plural } from "../text.js";
import { pathTo } from "../model/paths.js";
import { Camera } from "./camera.js";
import { listenForGestures } from "./gestures.js";
import { Layout } from "./layout.js";
import { drawMarks } from "./marks.js";
import { Painter } from "./painter.js";
import { radiusFor, readColours } from "./shapes.js";

// If there are more peers than this, most names are drawn only when the user zooms in.
const NAMED = 60;

/**
 * The mesh as a picture: one canvas has the lines and peers, another above it the
 * marks and names. Each is drawn at most once per frame, and only if it has changed.
 */
export class Picture {
  camera = new Camera();
  #box = byId("picture");
  #base = byId("picture-base");
  #top = byId("picture-top");
  // An opaque canvas is faster to draw on the screen.
  #baseContext = this.#base.getContext("2d", { alpha: false });
  #topContext = this.#top.getContext("2d");
  #painter = new Painter();
  #mesh;
  #selection;
  #touched = null;
  #failed = false;
  #colours = readColours();
  #layout = new Layout(() => this.#positionsChanged(), () => this.#showFailure());
  #drawBoth = oncePerFrame(() => this.#draw(true));
  #drawTop = oncePerFrame(() => this.#draw(false));
  /** For tests: how often lines and peers were drawn. */
  frames = 0;

  constructor(mesh, selection) {
    this.#mesh = mesh;
    this.#selection = selection;
    new ResizeObserver(() => this.#resize()).observe(this.#box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#colours = readColours();
      this.moved();
    });
    listenForGestures(this.#box, this);
    this.#listenToButtons();
    selection.watch(() => this.#drawTop());
  }

  #listenToButtons() {
    const zoom = (factor) => {
      this.camera.zoom(factor);
      this.moved();
    };
    byId("zoom-in").addEventListener("click", () => zoom(1.4));
    byId("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
    byId("zoom-fit").addEventListener("click", () => this.fit());
  }

  /** Takes over the peers and links of the mesh. To be called after `Mesh.derive`. */
  meshChanged() {
    this.#layout.update(this.#mesh.names, this.#mesh.links);
    this.#painter.setMesh(this.#mesh.links, this.#mesh.roles, this.#layout.index);
    setHidden(byId("picture-empty"), this.#mesh.peers.size > 0 && !this.#failed);
    setAttribute(this.#box, "aria-label", `Picture of the mesh: ${plural(this.#mesh.peers.size, "peer")}, ` +
      `${plural(this.#mesh.links.length, "connection")}. The table of peers says the same. Arrow keys move the picture, plus and minus zoom, 0 shows all.`);
    this.#drawBoth();
  }

  #positionsChanged() {
    if (this.camera.following) this.camera.fit(this.#layout.positions);
    setAttribute(this.#box, "data-state", this.#layout.resting ? "resting" : "moving");
    this.#drawBoth();
  }

  #showFailure() {
    byId("picture-empty").textContent = "The browser does not run the layout of the picture. The table has the same peers.";
    this.#failed = true;
    setHidden(byId("picture-empty"), false);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#box;
    if (clientWidth === 0) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    for (const context of [this.#baseContext, this.#topContext]) {
      context.canvas.width = clientWidth * ratio;
      context.canvas.height = clientHeight * ratio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    if (!this.camera.following) this.camera.pan((clientWidth - this.camera.width) / 2, (clientHeight - this.camera.height) / 2);
    this.camera.width = clientWidth;
    this.camera.height = clientHeight;
    if (this.camera.following) this.camera.fit(this.#layout.positions);
    this.#draw(true);
  }

  #draw(all) {
    if (this.#box.clientWidth === 0) return;
    const view = { positions: this.#layout.positions, index: this.#layout.index, camera: this.camera };
    const radius = radiusFor(this.#layout.names.length, this.camera.scale);
    if (all) {
      this.#painter.draw(this.#baseContext, view, this.#colours, radius, !this.#layout.resting);
      ++this.frames;
    }
    drawMarks(this.#topContext, view, this.#marks(), this.#colours, radius);
  }

  #marks() {
    const selected = this.#selection.value;
    const path = selected ? pathTo(this.#mesh.paths, selected) : [];
    const names = new Set([selected, this.#touched, this.#mesh.self, ...path].filter((x) => this.#mesh.peers.has(x)));
    const important = names.size;
    if (this.#mesh.peers.size <= NAMED || this.camera.scale > 1.6) for (const x of this.#mesh.peers.keys()) names.add(x);
    const label = (name, i) => ({ name, text: peerLabel(this.#mesh.peers.get(name), 22), important: i < important });
    return { selected, touched: this.#touched, path, names: [...names].map(label) };
  }

  // The methods that gestures.js calls.

  moved() {
    this.#drawBoth();
  }

  fit() {
    this.camera.following = true;
    this.camera.fit(this.#layout.positions);
    this.moved();
  }

  selected(name) {
    this.#selection.set(name);
  }

  touched(name) {
    if (name === this.#touched) return;
    this.#touched = name;
    this.#box.classList.toggle("touching", name !== null);
    this.#drawTop();
  }

  dragged(name, x, y) {
    this.camera.following = false;
    this.#layout.drag(name, x, y);
  }

  dropped() {
    this.#layout.drop();
  }

  /** The nearest peer within reach of the pointer, or null. */
  peerAt(x, y) {
    const { positions, names } = this.#layout;
    const [px, py] = this.camera.toLayout(x, y);
    const reach = (radiusFor(names.length, this.camera.scale) * 1.3 + 5) / this.camera.scale;
    let best = null;
    let nearest = reach;
    for (let i = 0; i < names.length; ++i) {
      const distance = Math.hypot(positions[2 * i] - px, positions[2 * i + 1] - py);
      if (distance < nearest) [nearest, best] = [distance, names[i]];
    }
    return best;
  }

  /** For tests: where each peer is, in pixels of the picture. */
  places() {
    const { positions, names } = this.#layout;
    return Object.fromEntries(names.map((name, i) => [name, [
      Math.round(positions[2 * i] * this.camera.scale + this.camera.x), Math.round(positions[2 * i + 1] * this.camera.scale + this.camera.y)]]));
  }
}
