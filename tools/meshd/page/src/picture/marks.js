import { LINES } from "./shapes.js";

const LABEL_CELL = 14;

/**
 * Draws everything above the lines and peers: the path to the selected peer, rings
 * around the selected peer and the peer under the pointer, and names.
 */
export function drawMarks(context, view, marks, colours, radius) {
  const { camera, positions, index } = view;
  context.clearRect(0, 0, camera.width, camera.height);
  const at = (name) => {
    const i = index.get(name);
    if (i === undefined || Number.isNaN(positions[2 * i])) return null;
    return [positions[2 * i] * camera.scale + camera.x, positions[2 * i + 1] * camera.scale + camera.y];
  };
  drawPath(context, marks.path.map(at), colours, radius);
  ring(context, at(marks.touched), radius * 1.5, 1.5, colours.muted);
  ring(context, at(marks.selected), radius * 1.8, 2.5, colours.text);
  drawNames(context, at, marks, colours, radius, camera);
}

function drawPath(context, points, colours, radius) {
  if (points.length < 2 || points.includes(null)) return;
  context.strokeStyle = context.fillStyle = colours.path;
  context.lineWidth = LINES.path.width;
  context.lineCap = "round";
  context.beginPath();
  for (let i = 1; i < points.length; ++i) hop(context, points[i - 1], points[i], radius * 1.6);
  context.stroke();
  for (let i = 1; i < points.length; ++i) arrow(context, points[i - 1], points[i], Math.max(5, 0.8 * radius));
  context.lineCap = "butt";
}

/** A line between two peers. It ends at a distance of `gap` from both, so that it does not cover their shapes. */
function hop(context, [ax, ay], [bx, by], gap) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 3 * gap) return context.moveTo(ax, ay), context.lineTo(bx, by);
  const [dx, dy] = [((bx - ax) / length) * gap, ((by - ay) / length) * gap];
  context.moveTo(ax + dx, ay + dy);
  context.lineTo(bx - dx, by - dy);
}

/** An arrow head in the middle of a hop. */
function arrow(context, [ax, ay], [bx, by], size) {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < 4 * size) return;
  const [dx, dy] = [((bx - ax) / length) * size, ((by - ay) / length) * size];
  const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
  context.beginPath();
  context.moveTo(x + dx, y + dy);
  context.lineTo(x - dx - dy, y - dy + dx);
  context.lineTo(x - dx + dy, y - dy - dx);
  context.closePath();
  context.fill();
}

function ring(context, point, radius, width, colour) {
  if (!point) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.arc(point[0], point[1], radius + 3, 0, 2 * Math.PI);
  context.stroke();
}

/** Draws names, the important ones first. Leaves out an unimportant name that would cover another. */
function drawNames(context, at, marks, colours, radius, camera) {
  const taken = new Set();
  context.font = "500 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colours.surface;
  context.fillStyle = colours.text;
  for (const { name, text, important } of marks.names) {
    const point = at(name);
    if (!point || point[0] < -50 || point[1] < -20 || point[0] > camera.width + 50 || point[1] > camera.height) continue;
    const width = context.measureText(text).width;
    const x = Math.min(Math.max(point[0], width / 2 + 4), camera.width - width / 2 - 4);
    const ringed = name === marks.selected || name === marks.touched;
    const y = point[1] + radius * 1.9 + (ringed ? 6 : 2);
    if (!claim(taken, x - width / 2, y, width) && !important) continue;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

function claim(taken, left, top, width) {
  const cells = [];
  for (let x = Math.floor(left / LABEL_CELL); x <= Math.floor((left + width) / LABEL_CELL); ++x)
    for (let y = Math.floor(top / LABEL_CELL); y <= Math.floor((top + 10) / LABEL_CELL); ++y) cells.push(x * 10_000 + y);
  if (cells.some((x) => taken.has(x))) return false;
  for (const x of cells) taken.add(x);
  return true;
}
