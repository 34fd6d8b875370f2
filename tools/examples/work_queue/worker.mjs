#!/usr/bin/env node
// worker.mjs NAME: a worker of the queue that README.md describes. It talks to the meshd beside it.
//
// MESH_URL is where meshd serves HTTP, MESH_TOKEN_FILE has its token, and WORK_SECONDS is how long
// a job takes.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const env = process.env;
const base = env.MESH_URL ?? "http://127.0.0.1:6784";
const [lease, settle, silence] = [3000, 500, 40000]; // milliseconds; meshd sends a comment every 15 s
const me = process.argv[2] ?? (console.error("usage: worker.mjs NAME"), process.exit(2));

async function ask(method, path, { body, headers = {}, signal = AbortSignal.timeout(10000) } = {}) {
  headers = { "Content-Type": "application/octet-stream", ...headers };
  if (env.MESH_TOKEN_FILE) headers.Authorization = `Bearer ${(await readFile(env.MESH_TOKEN_FILE, "ascii")).trim()}`;
  const answer = await fetch(base + path, { method, body, headers, signal });
  if (answer.ok || [404, 412].includes(answer.status)) return answer; // the key is missing, or has a different ETag
  throw new Error(`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 1000)}`);
}

// Sends a request for one key. Returns status, content and ETag.
async function key(kind, job, method = "GET", headers = {}, body) {
  const answer = await ask(method, `/v1/kv/queue/${kind}/${encodeURIComponent(job)}`, { body, headers });
  return { status: answer.status, content: Buffer.from(await answer.arrayBuffer()), etag: answer.headers.get("ETag") };
}

async function* eventsOf(body, alive) {
  const decoder = new TextDecoder();
  let rest = "", event = {};
  for await (const piece of body) {
    alive();
    const lines = (rest + decoder.decode(piece, { stream: true })).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, ""); // a comment has no name
      if (line !== "") continue;
      if (event.event) yield event;
      event = {};
    }
  }
}

// The keys below queue/ in the local replica. Each has its ETag and the time at which this process first saw that ETag.
class Watch {
  keys = new Map();
  parts = new Map();
  lastId = null; synced = false;

  async run() {
    for (;;) {
      await this.read().catch((error) => console.log(`${me}: the stream of changes broke, trying again: ${error}`));
      this.synced = false; // otherwise live claims would seem to expire
      await sleep(1000);
    }
  }

  async read() {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new Error("it is silent")), silence);
    try {
      const headers = this.lastId ? { "Last-Event-ID": this.lastId } : {};
      const answer = await ask("GET", "/v1/kv-events?prefix=queue/&on_overflow=close", { headers, signal: end.signal });
      this.parts = new Map();
      this.synced = this.lastId !== null;
      for await (const x of eventsOf(answer.body, () => timer.refresh())) this.handle(x.event, JSON.parse(x.data), x.id);
    } finally {
      clearTimeout(timer);
    }
  }

  handle(kind, data, id) {
    if (kind === "reset" || kind === "overflow") { // events are missing: only a new snapshot tells what there is
      [this.lastId, this.parts, this.synced] = [null, new Map(), false];
    } else if (kind === "snapshot") {
      for (const x of data.entries) this.parts.set(x.key, this.seen(x.key, x.etag));
      if (data.more) return; // more parts follow; resuming after this one would miss them
      [this.keys, this.parts, this.lastId, this.synced] = [this.parts, new Map(), id, true];
    } else if (kind === "put" || kind === "delete") {
      if (kind === "put") this.keys.set(data.key, this.seen(data.key, data.etag));
      else this.keys.delete(data.key);
      this.lastId = id;
    }
  }

  seen(key, etag) {
    const before = this.keys.get(key);
    return before?.etag === etag ? before : { etag, since: performance.now() };
  }

  // The jobs without a live claim, each with its expired claim, if any.
  claimable() {
    if (!this.synced || this.keys.has("queue/paused")) return [];
    const named = [...this.keys.keys()].map((x) => /^queue\/(?:jobs|claims)\/(.*)/s.exec(x)?.[1]);
    const jobs = new Set(named.filter((x) => x !== undefined)); // a dead worker may leave only a claim
    const all = [...jobs].map((job) => ({ job, claim: this.keys.get(`queue/claims/${job}`) }));
    return all.filter((x) => !x.claim || performance.now() - x.claim.since > lease);
  }
}

// Makes or renews our claim. Returns its new ETag, or null if the replica has the claim of another worker.
async function putClaim(job, condition) {
  const answer = await key("claims", job, "PUT", condition, me);
  return answer.status === 412 ? null : answer.etag;
}

// Claims a job. If another node claims it at the same time, both replicas soon have the later
// claim. So this function waits, and then renews the claim. The renewal fails if another claim has
// replaced ours.
async function claim(job, expired) {
  const etag = await putClaim(job, expired ? { "If-Match": expired } : { "If-None-Match": "*" });
  if (!etag) return null;
  await sleep(settle);
  return putClaim(job, { "If-Match": etag });
}

async function doJob(content) {
  await sleep(1000 * (env.WORK_SECONDS ?? 0));
  return createHash("sha256").update(content).digest("hex");
}

async function work(job, etag) {
  const { status, content } = await key("jobs", job);
  if (status === 200 && (await key("results", job)).status === 404) {
    const doing = doJob(content);
    doing.catch(() => {}); // avoids an unhandled rejection before it is awaited
    while (!(await Promise.race([doing.then(() => true), sleep(lease / 3, false)]))) {
      etag = await putClaim(job, { "If-Match": etag });
      if (!etag) return console.log(`${me}: lost the claim of ${job}`);
    }
    await key("results", job, "PUT", {}, await doing); // the same result, whoever writes it
    console.log(`${me}: did ${job}`);
  }
  await key("jobs", job, "DELETE");
  await key("claims", job, "DELETE", { "If-Match": etag });
}

const watch = new Watch();
watch.run();
for (;;) {
  const ready = watch.claimable();
  const chosen = ready[Math.floor(Math.random() * ready.length)]; // so that workers seldom choose the same job
  try {
    const etag = chosen ? await claim(chosen.job, chosen.claim?.etag) : await sleep(200, null);
    if (etag) await work(chosen.job, etag);
  } catch (error) { // the claim expires, and somebody does the job
    console.log(`${me}: ${error}`);
    await sleep(1000);
  }
}
