import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

// The layout is computed here, off the page's thread. It is deterministic: peers
// begin on a ring in the order of their names, and d3-force draws its random
// numbers from a fixed seed. Messages are described in layout.js.

const FRAME = 1000 / 60;
// If at most this share of the peers has changed, only the changed peers move. Otherwise all peers
// may move.
const PATCH_LIMIT = 0.2;

const nodes = new Map();
let linkKeys = new Set();
let simulation = null;
let order = [];
let quiet = false;
let timer = null;
let dragged = null;

function createSimulation() {
  return forceSimulation([]).stop()
    .alphaDecay(0.03)
    .force("charge", forceManyBody().theta(0.9))
    .force("x", forceX())
    .force("y", forceY());
}

/** Sets the forces. In a large mesh, peers repel each other less and links are shorter, so that it fits the screen. */
function tune(links) {
  const n = order.length;
  const dense = links.length / Math.max(1, n);
  simulation.force("charge").strength(n > 300 ? -60 : -220).distanceMax(n > 300 ? 900 : 1500);
  simulation.force("x").strength(n > 300 ? 0.05 : 0.06);
  simulation.force("y").strength(n > 300 ? 0.07 : 0.09);
  // In a large picture, peers are dots, and it is not worth the time to keep them apart.
  simulation.force("collide", n > 300 ? null : forceCollide(9));
  simulation.force("link", forceLink(links).distance(n > 300 ? 40 : 60 + 4 * dense));
}

function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; ++i) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return value >>> 0;
}

function onRing(name, index, size) {
  const angle = (2 * Math.PI * index) / size;
  const radius = 12 * Math.sqrt(size) + 30;
  return { name, x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** A position beside the known peer `anchor`, or beside the centre. */
function besides(name, anchor) {
  const angle = (2 * Math.PI * hash(name)) / 2 ** 32;
  return { name, x: (anchor?.x ?? 0) + 30 * Math.cos(angle), y: (anchor?.y ?? 0) + 30 * Math.sin(angle) };
}

function place(names, pairs) {
  if (nodes.size === 0) return names.forEach((x, i) => nodes.set(x, onRing(x, i, names.length)));
  const anchors = new Map();
  for (const [a, b] of pairs) {
    if (nodes.has(a) && !nodes.has(b)) anchors.set(b, nodes.get(a));
    if (nodes.has(b) && !nodes.has(a)) anchors.set(a, nodes.get(b));
  }
  for (const name of names) if (!nodes.has(name)) nodes.set(name, besides(name, anchors.get(name)));
}

/** Fixes the positions of all peers except those that are new or have gained or lost a connection. */
function pinOthers(changed) {
  for (const node of nodes.values()) if (!changed.has(node.name)) pin(node);
}

function pin(node) {
  node.fx = node.x;
  node.fy = node.y;
}

function release(node) {
  node.fx = node.fy = null;
}

function difference(names, pairs, keys) {
  const changed = new Set(names.filter((x) => !nodes.has(x)));
  pairs.forEach(([a, b], i) => {
    if (!linkKeys.has(keys[i])) changed.add(a).add(b);
  });
  const present = new Set(keys);
  for (const key of linkKeys) if (!present.has(key)) key.split(" ").forEach((x) => changed.add(x));
  return changed;
}

function setMesh({ names, links }) {
  const pairs = [];
  for (let i = 0; i < links.length; i += 2) pairs.push([names[links[i]], names[links[i + 1]]]);
  const keys = pairs.map(([a, b]) => `${a} ${b}`);
  const first = nodes.size === 0;
  const changed = difference(names, pairs, keys);
  const wanted = new Set(names);
  for (const name of nodes.keys()) if (!wanted.has(name)) nodes.delete(name);
  place(names, pairs);
  order = names;
  linkKeys = new Set(keys);
  simulation ??= createSimulation();
  for (const node of nodes.values()) if (node !== dragged) release(node);
  const patched = !first && changed.size <= PATCH_LIMIT * names.length;
  if (patched) pinOthers(changed);
  simulation.nodes(names.map((x) => nodes.get(x)));
  tune(pairs.map(([a, b]) => ({ source: nodes.get(a), target: nodes.get(b) })));
  if (first || changed.size > 0) wake(first ? 1 : patched ? 0.2 : 0.5);
  else post(timer === null);
}

function wake(alpha) {
  simulation.alpha(Math.max(alpha, simulation.alpha()));
  timer ??= setTimeout(step, 0);
}

/** A small mesh takes several steps per frame, so that it comes to rest within about two seconds. */
function ticksPerFrame() {
  return order.length < 100 ? 3 : order.length < 400 ? 2 : 1;
}

function step() {
  const begin = performance.now();
  const until = quiet && !dragged ? Infinity : ticksPerFrame();
  for (let i = 0; i < until && simulation.alpha() > simulation.alphaMin(); ++i) simulation.tick();
  const resting = simulation.alpha() <= simulation.alphaMin() && !dragged;
  if (resting) for (const node of nodes.values()) release(node);
  post(resting);
  timer = resting ? null : setTimeout(step, Math.max(0, FRAME - (performance.now() - begin)));
}

function post(resting) {
  const positions = new Float32Array(2 * order.length);
  order.forEach((name, i) => {
    const node = nodes.get(name);
    positions[2 * i] = node.x;
    positions[2 * i + 1] = node.y;
  });
  self.postMessage({ positions, count: order.length, generation, resting }, [positions.buffer]);
}

let generation = 0;

self.onmessage = ({ data }) => {
  if (data.kind === "quiet") quiet = data.quiet;
  else if (data.kind === "mesh") {
    generation = data.generation;
    setMesh(data);
  } else if (data.kind === "drag" && nodes.has(data.name)) {
    dragged = nodes.get(data.name);
    dragged.fx = data.x;
    dragged.fy = data.y;
    simulation.alphaTarget(0.1);
    wake(0.1);
  } else if (data.kind === "drop" && dragged) {
    dragged.x = dragged.fx;
    dragged.y = dragged.fy;
    release(dragged);
    dragged = null;
    simulation.alphaTarget(0);
  }
};
