import { LINES, SHAPES, lineOf } from "./shapes.js";

// The maximum number of segments in one path. A path of thousands is slower to draw than several shorter ones.
const SEGMENTS = 400;
// Dashes are slow to draw. If there are more lines of one kind than this, they have few long dashes.
const MAX_DASHED = 400;
const LONGER = 4;
// While the picture moves, at most this many lines of each kind are drawn.
const MAX_MOVING = 3000;

/** Draws the lines and peers, which change only when the mesh or the camera moves. */
export class Painter {
  #links = new Map();
  #movingLinks = new Map();
  #peers = new Map();

  /** `links` and `roles` come from Mesh after `derive`. `index` maps names to indexes of positions. */
  setMesh(links, roles, index) {
    this.#links = new Map(Object.keys(LINES).map((x) => [x, []]));
    for (const link of links) this.#links.get(lineOf(link)).push(link.i, link.j);
    this.#movingLinks = new Map([...this.#links].map(([kind, pairs]) => [kind, thinned(pairs)]));
    this.#peers = new Map(Object.keys(SHAPES).map((x) => [x, []]));
    for (const [name, role] of roles) this.#peers.get(role).push(index.get(name));
    this.size = roles.size;
  }

  draw(context, view, colours, radius, moving) {
    const screen = toScreen(view);
    context.fillStyle = colours.surface;
    context.fillRect(0, 0, view.camera.width, view.camera.height);
    for (const [kind, pairs] of moving ? this.#movingLinks : this.#links) this.#drawLines(context, screen, LINES[kind], pairs, colours);
    for (const [role, places] of this.#peers) this.#drawPeers(context, screen, SHAPES[role], places, colours, radius, view.camera);
  }

  #drawLines(context, screen, line, pairs, colours) {
    if (pairs.length === 0) return;
    const many = pairs.length / 2 > MAX_DASHED;
    context.strokeStyle = colours[line.colour];
    context.lineWidth = line.width;
    context.globalAlpha = line.colour === "link" ? linkAlpha(pairs.length / 2) : 1;
    context.setLineDash(many ? line.dash.map((x) => LONGER * x) : line.dash);
    for (let begin = 0; begin < pairs.length; begin += 2 * SEGMENTS) {
      context.beginPath();
      for (let i = begin; i < Math.min(pairs.length, begin + 2 * SEGMENTS); i += 2) {
        const a = 2 * pairs[i];
        const b = 2 * pairs[i + 1];
        if (!(screen[a] === screen[a] && screen[b] === screen[b])) continue;
        context.moveTo(screen[a], screen[a + 1]);
        context.lineTo(screen[b], screen[b + 1]);
      }
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  #drawPeers(context, screen, shape, places, colours, radius, camera) {
    if (places.length === 0) return;
    context.beginPath();
    for (const place of places) {
      const x = screen[2 * place];
      const y = screen[2 * place + 1];
      if (!(x > -20 && y > -20 && x < camera.width + 20 && y < camera.height + 20)) continue;
      shape.trace(context, x, y, radius * shape.size);
    }
    fillShape(context, shape, colours, radius);
  }
}

/** Paints the traced path. A rim in the background colour separates the shape from the lines below. */
export function fillShape(context, shape, colours, radius) {
  context.lineWidth = shape.filled ? Math.min(1.5, radius / 3) : Math.max(1.5, radius / 3.5);
  context.lineJoin = "round";
  if (shape.filled || shape.closed) {
    context.fillStyle = shape.filled ? colours[shape.colour] : colours.surface;
    context.fill();
  }
  context.strokeStyle = shape.rim ? colours[shape.rim] : shape.filled ? colours.surface : colours[shape.colour];
  context.stroke();
}

/** Keeps every n-th pair, so that at most MAX_MOVING remain. */
function thinned(pairs) {
  const step = Math.ceil(pairs.length / 2 / MAX_MOVING);
  if (step <= 1) return pairs;
  return pairs.filter((_, i) => (i >> 1) % step === 0);
}

function linkAlpha(links) {
  return links > 4000 ? 0.22 : links > 1000 ? 0.35 : links > 200 ? 0.55 : 0.85;
}

/** All positions in pixels. */
function toScreen({ positions, camera }) {
  const screen = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 2) {
    screen[i] = positions[i] * camera.scale + camera.x;
    screen[i + 1] = positions[i + 1] * camera.scale + camera.y;
  }
  return screen;
}
