import { byId, el } from "../dom.js";
import { fillShape } from "./painter.js";
import { LINES, SHAPES, readColours } from "./shapes.js";

const ENTRIES = [
  ["self", "this node"], ["neighbour", "neighbour"], ["relay", "relay, on the path to others"], ["distant", "distant peer"],
  ["pending", "pending peer"], ["unreachable", "no path known"],
];
const LINE_ENTRIES = [
  ["encrypted", "ours, encrypted"], ["plain", "ours, not encrypted"], ["pending", "pending connection"],
  ["others", "between others"], ["path", "path to the selected peer"],
];
const WIDTH = 30;
const HEIGHT = 16;

/** Fills the legend with the shapes and lines that the picture uses. */
export function showLegend() {
  const list = byId("legend-list");
  byId("legend").open = innerWidth >= 1100;
  const draw = () => list.replaceChildren(...ENTRIES.map(([role, text]) => entry(text, (context, colours) => drawShape(context, SHAPES[role], colours))),
    ...LINE_ENTRIES.map(([kind, text]) => entry(text, (context, colours) => drawLine(context, LINES[kind], colours))));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}

function entry(text, draw) {
  const ratio = 2;
  const canvas = el("canvas", { width: WIDTH * ratio, height: HEIGHT * ratio, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context, readColours());
  return el("li", {}, canvas, text);
}

function drawShape(context, shape, colours) {
  context.beginPath();
  shape.trace(context, WIDTH / 2, HEIGHT / 2, Math.min(7, 5.5 * shape.size));
  fillShape(context, shape, colours, 6);
}

function drawLine(context, line, colours) {
  context.strokeStyle = colours[line.colour];
  context.lineWidth = line.width;
  context.setLineDash(line.dash);
  context.beginPath();
  context.moveTo(1, HEIGHT / 2);
  context.lineTo(WIDTH - 1, HEIGHT / 2);
  context.stroke();
}
