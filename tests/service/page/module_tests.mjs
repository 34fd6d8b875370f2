// Tests of the page's modules that need no browser: node --test module_tests.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../../../tools/meshd/page/src/api/sse_parser.js";
import { Mesh } from "../../../tools/meshd/page/src/model/mesh.js";
import { Traffic } from "../../../tools/meshd/page/src/model/traffic.js";
import { relaysOf, shortestPaths, pathTo } from "../../../tools/meshd/page/src/model/paths.js";
import { asText, fromBase64, preview } from "../../../tools/meshd/page/src/payload.js";
import { Painter } from "../../../tools/meshd/page/src/picture/painter.js";
import { LINES, SHAPES, lineOf } from "../../../tools/meshd/page/src/picture/shapes.js";
import { bytes, duration, shown, shownBlock } from "../../../tools/meshd/page/src/text.js";
import { HOSTILE } from "./mock_mesh.mjs";

function parse(...pieces) {
  const events = [];
  const parser = new SseParser((type, data) => events.push([type, data]));
  for (const piece of pieces) parser.feed(piece);
  return { events, parser };
}

test("events are the same however the stream is cut", () => {
  const stream = "retry: 10\n: comment\n\nid: e-1\nevent: put\ndata: {\"a\":\ndata: 1}\n\r\ndata:x\r\n\r\nevent: only a type\n\nid: e-2\rdata: y\r\r";
  const whole = parse(stream).events;
  assert.deepEqual(whole, [["put", '{"a":\n1}'], ["message", "x"], ["message", "y"]]);
  for (let size = 1; size < 9; ++size) {
    const { events, parser } = parse(...stream.match(new RegExp(`[^]{1,${size}}`, "g")));
    assert.deepEqual(events, whole, `pieces of ${size}`);
    assert.equal(parser.lastId, "e-2");
  }
});

test("a client resumes after the last event that has arrived whole", () => {
  const { events, parser } = parse("id: e-1\n\n", "id: e-2\nevent: put\nda");
  assert.deepEqual([events, parser.lastId], [[], "e-1"]);
  parser.feed("ta: x\n");
  assert.equal(parser.lastId, "e-1");
  parser.feed("\ndata: y\n\n");
  assert.deepEqual([events, parser.lastId], [[["put", "x"], ["message", "y"]], "e-2"]);
});

test("an event without an end does not fill the memory", () => {
  const { parser } = parse();
  const piece = `data: ${"x".repeat(1 << 22)}\n`;
  assert.throws(() => {
    for (let i = 0; i < 20; ++i) parser.feed(piece);
  });
});

test("shown text has no control, bidirectional or invisible characters and a bounded length", () => {
  for (const text of [...HOSTILE, "\u{e0041}\u{e0042}", "\ud800", "\udc00x", null, undefined, 7, {}]) {
    assert.doesNotMatch(shown(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    assert.doesNotMatch(shownBlock(text), /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    assert.ok(shown(text, 40).length <= 81);
  }
  assert.equal(shown("a😀b"), "a😀b");
  assert.equal(shown("a😀", 2), "a…");
  assert.equal(shown("ä مرحبا"), "ä مرحبا");
});

test("sizes and durations are short", () => {
  assert.deepEqual([0, 1023, 1024, 12_345, 500_000, 2 ** 30].map(bytes), ["0 B", "1023 B", "1.0 KiB", "12.1 KiB", "488 KiB", "1.0 GiB"]);
  assert.deepEqual([1.25, 59, 61, 7384, 90_000, NaN].map(duration), ["1.3 s", "59 s", "1 min 1 s", "2 h 3 min", "1 d 1 h", "–"]);
});

test("bytes are shown as text only if they are text", () => {
  assert.equal(asText(fromBase64("aGVsbG8=")), "hello");
  assert.equal(asText(Uint8Array.of(0xff)), null);
  assert.equal(asText(Uint8Array.of(0x61, 0)), null);
  assert.match(preview(Uint8Array.of(0xff, 1)), /2 B of binary data\nff 01/);
  assert.equal(preview(fromBase64("%%%")), "(not readable)");
});

const peer = (name, ...connections) => ({ name, connections: connections.map((x) => (typeof x === "string" ? { peer: x, established: true } : x)) });

function meshOf(...peers) {
  const mesh = new Mesh();
  mesh.setTopology({ self: peers[0].name, peers });
  return mesh;
}

test("paths are shortest, over established symmetric connections, and begin with the node's own next hop", () => {
  const mesh = meshOf(peer("a", "b", "c"), peer("b", "a", "d"), peer("c", "a", "d"), peer("d", "b", "c", "e"), peer("e"), peer("f", { peer: "a", established: false }));
  mesh.setHops([{ name: "d", hops_next: "c" }]);
  mesh.derive();
  assert.deepEqual(pathTo(mesh.paths, "d"), ["a", "c", "d"]);
  assert.deepEqual(pathTo(mesh.paths, "e"), []);
  assert.deepEqual(Object.fromEntries(mesh.roles), { a: "self", b: "neighbour", c: "relay", d: "distant", e: "unreachable", f: "unreachable" });
  assert.deepEqual(mesh.links.map((x) => [x.a, x.b, x.established]), [["a", "b", true], ["a", "c", true], ["a", "f", false], ["b", "d", true], ["c", "d", true], ["d", "e", false]]);
});

test("a peer that leaves takes its connections along", () => {
  const mesh = meshOf(peer("a", "b"), peer("b", "a", "c"), peer("c", "b"));
  mesh.removePeer({ name: "b" });
  mesh.derive();
  assert.deepEqual([mesh.names, mesh.links.length, mesh.roles.get("c")], [["a", "c"], 0, "unreachable"]);
});

test("a topology that makes no sense is survived", () => {
  for (const topology of [null, {}, { self: 3, peers: "x" }, { self: "a", peers: [{}, { name: "a b", connections: 5 }, { name: "a", connections: [{ peer: "a" }, { peer: "zz" }, {}] }] }]) {
    const mesh = new Mesh();
    mesh.setTopology(topology);
    mesh.setHops(topology?.peers);
    mesh.derive();
    assert.equal(mesh.links.length, 0);
  }
});

test("a mesh beyond all bounds is cut", () => {
  const mesh = meshOf(...Array.from({ length: 6000 }, (_, i) => peer(`p${i}`, ...Array(20).fill("p0"))));
  mesh.derive();
  assert.equal(mesh.cut, true);
  assert.equal(mesh.peers.size, 5000);
  assert.ok([...mesh.peers.values()].reduce((sum, x) => sum + x.connections.length, 0) <= 60_000);
});

test("relays are peers on the paths to others, without ourselves", () => {
  const links = { a: ["b"], b: ["a", "c"], c: ["b"] };
  const paths = shortestPaths("a", (x) => links[x], new Map());
  assert.deepEqual([...relaysOf(paths, "a")], ["b"]);
});

test("traffic is counted from zero for new connections, and a pause leaves a gap", () => {
  const traffic = new Traffic();
  const reading = (id, bytes_in) => ({ id, traffic: { bytes_in, bytes_out: 0 } });
  traffic.add([reading(1, 5000)], 100);
  assert.deepEqual(traffic.totalIn, []);
  traffic.add([reading(1, 6000), reading(2, 500)], 101);
  assert.deepEqual(traffic.totalIn, [1500]);
  traffic.add([reading(2, 1500)], 111);
  assert.deepEqual(traffic.totalIn, [1500, null, 100]);
  for (let i = 0; i < 2000; ++i) traffic.add([], 112 + i);
  assert.ok(traffic.times.length <= 1200);
});

test("the chart spans all readings, at least a minute and at most ten", () => {
  const traffic = new Traffic();
  const spans = new Map();
  for (let second = 0; second < 1000; ++second) {
    traffic.add([], second);
    spans.set(traffic.span, Math.max(...traffic.times) - Math.min(...traffic.times));
  }
  assert.deepEqual([...spans], [[60, 60], [120, 120], [300, 300], [600, 600]]);
});

/** What a shape looks like in the colour of text: its outline, and whether it is filled. */
function outlineOf({ trace, filled }) {
  const calls = [];
  const path = new Proxy({}, { get: (_, method) => (...values) => calls.push([method, ...values.map((x) => x.toFixed(2))].join(" ")) });
  trace(path, 0, 0, 1);
  return `${filled} ${calls.join(", ")}`;
}

test("roles differ in shape, not only in colour or size", () => {
  const outlines = Object.values(SHAPES).map(outlineOf);
  assert.equal(new Set(outlines).size, 6);
});

test("states of our own lines differ in dashes, and all lines in dashes or width", () => {
  assert.equal(new Set([LINES.encrypted, LINES.plain, LINES.pending].map((x) => String(x.dash))).size, 3);
  assert.notEqual(String(LINES.others.dash), String(LINES.othersPending.dash));
  assert.equal(new Set(Object.values(LINES).map((x) => `${x.dash} ${x.width}`)).size, 6);
});

test("each state of a connection has its own line, and one that is not established is pending whatever is known of it", () => {
  const lines = [];
  for (const own of [false, true])
    for (const established of [false, true])
      for (const encrypted of [undefined, false, true]) lines.push(lineOf({ own, established, encrypted }));
  const others = [...Array(3).fill("othersPending"), ...Array(3).fill("others")];
  assert.deepEqual(lines, [...others, "pending", "pending", "pending", "encrypted", "plain", "encrypted"]);
});

test("a peer is pending while only one end calls the connection established, and a neighbour once both do", () => {
  const pending = { peer: "b", established: false };
  for (const [mine, its, role] of [["b", { peer: "a", established: false }, "pending"], [pending, "a", "pending"], [pending, { peer: "a", established: false }, "pending"], ["b", "a", "neighbour"]]) {
    const mesh = meshOf(peer("a", mine), peer("b", its));
    mesh.derive();
    assert.equal(mesh.roles.get("b"), role);
  }
});

/** The dashes and widths with which a painter draws so many lines of each kind. */
function strokesOf(count) {
  const kinds = { others: {}, othersPending: {}, encrypted: { own: true }, plain: { own: true, encrypted: false }, pending: { own: true } };
  const links = Object.entries(kinds).flatMap(([kind, x]) => Array(count).fill({ i: 0, j: 1, established: !/ending/.test(kind), ...x }));
  const painter = new Painter();
  painter.setMesh(links, new Map(), new Map());
  const strokes = new Set();
  let dash = [];
  const canvas = new Proxy({}, { get: (x, key) => x[key] ?? ((value) => {
    if (key === "setLineDash") dash = value;
    if (key === "stroke") strokes.add(`${x.strokeStyle} ${dash} ${x.lineWidth}`);
  }) });
  const colours = Object.fromEntries(Object.values(LINES).map((x) => [x.colour, "one colour"]));
  painter.draw(canvas, { positions: [0, 0, 1, 1], camera: { scale: 1, x: 0, y: 0, width: 9, height: 9 } }, colours, 5, false);
  return strokes;
}

test("lines of all states differ in dashes or width, however many there are", () => {
  for (const count of [1, 400, 401, 5000]) assert.equal(strokesOf(count).size, 5, `${count} of each kind`);
});
