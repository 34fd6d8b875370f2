// Peers of different roles differ in shape as well as in colour.

function polygon(path, x, y, radius, corners, turn) {
  for (let i = 0; i < corners; ++i) {
    const angle = turn + (2 * Math.PI * i) / corners;
    if (i === 0) path.moveTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    else path.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  path.closePath();
}

function circle(path, x, y, radius) {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function cross(path, x, y, r) {
  path.moveTo(x - r, y - r);
  path.lineTo(x + r, y + r);
  path.moveTo(x + r, y - r);
  path.lineTo(x - r, y + r);
}

function star(path, x, y, radius) {
  for (let i = 0; i < 10; ++i) {
    const angle = -Math.PI / 2 + (Math.PI * i) / 5;
    const r = i % 2 ? radius * 0.5 : radius;
    if (i === 0) path.moveTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
    else path.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  path.closePath();
}

/**
 * For each role: the function that traces its shape, its relative size, its colour, and whether it is filled. A
 * `closed` shape that is not filled hides the lines below it. This node also has a rim.
 */
export const SHAPES = {
  distant: { trace: circle, size: 0.75, colour: "distant", filled: false, closed: true },
  unreachable: { trace: cross, size: 0.75, colour: "unreachable", filled: false },
  pending: { trace: (p, x, y, r) => polygon(p, x, y, r * 1.1, 3, -Math.PI / 2), size: 1, colour: "pending", filled: false, closed: true },
  neighbour: { trace: circle, size: 1.1, colour: "neighbour", filled: true },
  relay: { trace: (p, x, y, r) => polygon(p, x, y, r * 1.15, 4, Math.PI / 4), size: 1.1, colour: "relay", filled: true },
  self: { trace: star, size: 1.9, colour: "self", filled: true, rim: "text" },
};

/** The lines for each state, which differ in dashes as well as in colour. Widths and dashes are in pixels. */
export const LINES = {
  others: { colour: "link", width: 1, dash: [] },
  othersPending: { colour: "pending", width: 1, dash: [2, 4] },
  encrypted: { colour: "neighbour", width: 2, dash: [] },
  plain: { colour: "unreachable", width: 2, dash: [9, 4] },
  pending: { colour: "pending", width: 2, dash: [2, 4] },
  path: { colour: "path", width: 4, dash: [] },
};

export function lineOf(link) {
  if (!link.own) return link.established ? "others" : "othersPending";
  if (!link.established) return "pending";
  return link.encrypted === false ? "plain" : "encrypted";
}

const COLOURS = ["surface", "text", "muted", "rule", "link", "self", "neighbour", "relay", "pending", "distant", "unreachable", "path"];

/** Reads the colours from the style sheet, which alone defines them for light and dark screens. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(COLOURS.map((x) => [x, style.getPropertyValue(`--${x}`).trim()]));
}

/** The radius of a neighbour in pixels. */
export function radiusFor(peers, scale) {
  const base = peers <= 40 ? 8 : peers <= 150 ? 6.5 : peers <= 400 ? 5 : 3.4;
  return base * Math.min(2, Math.max(0.8, Math.sqrt(scale)));
}
