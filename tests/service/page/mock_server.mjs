// A mock of meshd's HTTP API with a made-up mesh, for tests of the page.
//
//   node mock_server.mjs --root DIST [--port N] [--peers N] [--connections N]
//                        [--hostile] [--read-token T] [--write-token T]
//
// Prints one line of JSON with the port. POST /mock/ACTION changes the mesh; see
// `actions`. Serves any number of pages, and ends when its standard input is closed.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { HOSTILE, MockMesh } from "./mock_mesh.mjs";
import { MockStore } from "./mock_store.mjs";
import { Feed, problem } from "./mock_http.mjs";

const { values: options } = parseArgs({ options: {
  root: { type: "string" }, port: { type: "string", default: "0" }, peers: { type: "string", default: "12" }, connections: { type: "string", default: "0" },
  hostile: { type: "boolean", default: false }, "read-token": { type: "string", default: "" }, "write-token": { type: "string", default: "" } } });

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8" };

const mesh = new MockMesh({ peers: Number(options.peers), connections: Number(options.connections), hostile: options.hostile });
const store = new MockStore(mesh.self, options.hostile ? HOSTILE : []);
const events = new Feed(() => ["snapshot", mesh.topology()]);
const messages = new Map();
const requests = [];
let refusedUntil = 0;
let refusedPath = null;

const counts = { unicasts_received: 12, unicasts_sent: 40, unicasts_relayed: 1207, unicasts_dropped: 0, broadcasts_received: 311, gossips_received: 5210, refused: 0, overrun: 0, looped: 2, broken: 0, surplus: 0 };
const channels = new Map([
  ["chat", { joined: true, surrogate: false }], ["meshd/kv", { joined: false, surrogate: false }], ["topology", { joined: false, surrogate: false }],
  [options.hostile ? HOSTILE[0] : "metrics", { joined: false, surrogate: true }]]);
const targets = new Map([
  ["10.0.0.2:6783", { state: "connected", wanted: true, next: null, last_error: null }],
  ["down.example:6783", { state: "waiting", wanted: true, next: Date.now() + 47_000, last_error: "connection refused; check that a peer listens there" }],
  [options.hostile ? "\u202E10.9.9.9:6783" : "10.9.9.9:6783", { state: "given_up", wanted: false, next: null, last_error: options.hostile ? HOSTILE[4] : "the remote has another password" }]]);

let warnings = [{ code: "short_password", detail: `The password is shorter than 16 characters${options.hostile ? HOSTILE[1] : ""}.`, hint: "Use one of 160 bits.",
  first: new Date().toISOString(), last: new Date().toISOString(), times: 1 }];

const feedOf = (channel) => {
  if (!messages.has(channel)) messages.set(channel, new Feed(null));
  return messages.get(channel);
};

/** The changes that a test can make by POST /mock/ACTION. */
const actions = {
  kill({ name }) {
    const peer = mesh.described(mesh.peers.get(name));
    const ours = mesh.peers.get(mesh.self).links.has(name);
    mesh.remove(name);
    if (ours) events.emit("connection_removed", { peer: name, reason: "the remote closed the connection" });
    events.emit("peer_left", { peer });
    events.emit("routes_changed", {});
  },
  join({ nickname, to }) {
    const peer = mesh.addPeer(mesh.peers.size + 5000, nickname);
    mesh.link(peer, mesh.peers.get(to ?? mesh.self));
    events.emit("peer_joined", { peer: mesh.described(peer) });
    events.emit("routes_changed", {});
    return { name: peer.name };
  },
  overflow({ lost }) {
    events.emit("overflow", { lost });
  },
  drop({ refuse_seconds = 0 }) {
    refusedUntil = Date.now() + 1000 * refuse_seconds;
    for (const feed of [events, store.feed, ...messages.values()]) feed.drop();
  },
  refuse({ path }) {
    refusedPath = path;
  },
  restart() {
    events.restart();
    actions.drop({});
  },
  message({ channel, from, text, unicast = false }) {
    feedOf(channel).emit("message", { from, unicast, data: Buffer.from(text).toString("base64") });
  },
  kv({ key, value }) {
    store.put(key, Buffer.from(value), "another");
  },
  channel({ name, ...state }) {
    channels.set(name, state);
  },
  warn({ warnings: list }) {
    warnings = list;
  },
  streams() {
    return { streams: [events, store.feed, ...messages.values()].reduce((sum, x) => sum + x.clients, 0) };
  },
  requests() {
    return { requests };
  },
};

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function allowed(request, response) {
  const wanted = [options["read-token"], options["write-token"]].filter(Boolean);
  if (wanted.length === 0) return true;
  const given = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined) problem(response, 401, "token_missing", "This call needs a token.");
  else if (!wanted.includes(given) || (request.method !== "GET" && given !== options["write-token"])) problem(response, 403, "token_refused", "The token does not allow this call.");
  else return true;
  return false;
}

function json(response, value, status = 200) {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}

const lists = {
  "/v1/node": () => ({ name: mesh.self, nickname: mesh.peers.get(mesh.self).nickname, uid: "1000000000000000", mesh_address: "0.0.0.0:6783", version: "1.4.0",
    uptime_seconds: 93_784 + (Date.now() - mesh.started) / 1000, encryption: true, discovery: true, flavour: "mac", warnings }),
  "/v1/topology": () => mesh.topology(),
  "/v1/peers": () => ({ peers: mesh.peersList() }),
  "/v1/connections": () => ({ connections: mesh.connections() }),
  "/v1/targets": () => ({ targets: [...targets].map(([address, x]) => ({ address, state: x.state, wanted: x.wanted, next_try_seconds: nextTry(x), last_error: x.last_error })) }),
  "/v1/channels": () => ({ channels: [...channels].map(([name, x]) => ({ name, ...x, ...counts })) }),
};

function nextTry(target) {
  if (target.next === null) return null;
  while (target.next < Date.now()) target.next += 60_000;
  return (target.next - Date.now()) / 1000;
}

function serveTargets(request, response, path, data) {
  if (request.method === "POST") {
    for (const address of JSON.parse(data).addresses) targets.set(address, { state: "attempting", wanted: true, next: null, last_error: null });
    return json(response, {}, 202);
  }
  const address = decodeURIComponent(path[2]);
  if (!targets.get(address)?.wanted) return problem(response, 404, "no_such_target", "The address was not given, so nothing is forgotten.");
  targets.delete(address);
  response.writeHead(204).end();
}

function serveChannel(request, response, path, data, query) {
  const name = decodeURIComponent(path[2]);
  const channel = channels.get(name);
  if (path[3] === "messages") {
    if (!channel?.joined) return problem(response, 404, "not_joined", "This node has not joined the channel.", "Join it first.");
    if (request.method === "GET") return feedOf(name).serve(request, response);
    const to = query.get("to");
    if (request.headers["content-type"] !== "application/octet-stream") return problem(response, 415, "wrong_type", "Raw bytes need application/octet-stream.");
    if (to && !mesh.hops().has(to)) return problem(response, 502, "no_route", "No path leads to this peer.", "Wait until it is connected.");
    if (!to) feedOf(name).emit("message", { from: mesh.self, unicast: false, data: data.toString("base64") });
    return response.writeHead(to ? 204 : 202).end();
  }
  if (channel && !channel.joined && !channel.surrogate) return problem(response, 409, "duplicate_channel", "meshd uses this channel itself.");
  channels.set(name, request.method === "PUT" ? { joined: true, surrogate: false } : { joined: false, surrogate: true });
  response.writeHead(request.method === "PUT" ? 201 : 204).end();
}

async function serveApi(request, response, url) {
  const data = await body(request);
  requests.push({ method: request.method, path: url.pathname + url.search, last_event_id: request.headers["last-event-id"] ?? null, token: request.headers.authorization ?? null, body: data.toString("utf8").slice(0, 2000) });
  if (requests.length > 5000) requests.splice(0, 1000);
  if (!allowed(request, response)) return;
  if (Date.now() < refusedUntil || url.pathname === refusedPath) return problem(response, 503, "stopping", "The node is stopping.");
  const path = url.pathname.slice(1).split("/");
  if (request.method === "GET" && lists[url.pathname]) return json(response, lists[url.pathname]());
  if (url.pathname === "/v1/events") return events.serve(request, response);
  if (path[1] === "targets") return serveTargets(request, response, path, data);
  if (path[1] === "channels") return serveChannel(request, response, path, data, url.searchParams);
  if (path[1] === "kv" || path[1] === "kv-events") return store.serve(request, response, url, data);
  problem(response, 404, "not_found", "There is no such call.");
}

async function serveFile(response, path) {
  const file = normalize(path === "/" ? "/index.html" : path);
  try {
    const content = await readFile(join(options.root, file));
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache" });
    response.end(content);
  } catch {
    problem(response, 404, "not_found", "There is no such file.");
  }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  try {
    if (url.pathname.startsWith("/mock/")) json(response, actions[url.pathname.slice(6)](JSON.parse((await body(request)).toString() || "{}")) ?? {});
    else if (url.pathname.startsWith("/v1/")) await serveApi(request, response, url);
    else await serveFile(response, url.pathname);
  } catch (error) {
    console.error(error);
    response.destroy();
  }
});
server.listen(Number(options.port), "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on("end", () => process.exit(0)).resume();
