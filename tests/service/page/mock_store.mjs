import { Feed, problem } from "./mock_http.mjs";

/** The key-value store of the mock. */
export class MockStore {
  #entries = new Map();
  #count = 0;

  constructor(self, hostile) {
    this.self = self;
    this.feed = new Feed(() => ["snapshot", { entries: [...this.#entries].map(([key, x]) => ({ key, etag: x.etag })), more: false }]);
    for (let i = 0; i < 130; ++i) this.put(`load/${String(i).padStart(3, "0")}`, Buffer.from(`value ${i}`), self);
    this.put("config/motd", Buffer.from("Maintenance on Sunday.\nAsk ams-03."), self);
    this.put("config/limits", Buffer.from('{"rate": 100, "burst": 20}'), self);
    this.put("certificates/leaf.der", Buffer.from([0x30, 0x82, 0, 1, 2, 0xff, 0xfe]), self);
    for (const text of hostile) this.put(`hostile/${text.slice(0, 200)}`, Buffer.from(text), self);
  }

  put(key, value, owner) {
    const old = this.#entries.get(key);
    const etag = `"${(++this.#count).toString(16).padStart(8, "0")}"`;
    this.#entries.set(key, { value, etag, owner });
    this.feed.emit("put", { key, etag, old_etag: old?.etag ?? null, value: value.toString("base64") });
    return etag;
  }

  serve(request, response, url, data) {
    if (url.pathname === "/v1/kv-events") {
      const prefix = url.searchParams.get("prefix") ?? "";
      return this.feed.serve(request, response, (x) => x.key === undefined || x.key.startsWith(prefix));
    }
    if (url.pathname === "/v1/kv") return this.#list(response, url.searchParams);
    this.#one(request, response, decodeURIComponent(url.pathname.slice("/v1/kv/".length)), data);
  }

  #list(response, query) {
    const limit = Number(query.get("limit") ?? 100);
    const keys = [...this.#entries.keys()].sort().filter((x) => x.startsWith(query.get("prefix") ?? "") && x > (query.get("after") ?? ""));
    const page = keys.slice(0, limit);
    const entries = page.map((key) => {
      const x = this.#entries.get(key);
      return { key, etag: x.etag, size_bytes: x.value.length, owner: x.owner };
    });
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ entries, next: keys.length > limit ? page.at(-1) : null }));
  }

  #one(request, response, key, data) {
    const old = this.#entries.get(key);
    const { "if-match": match, "if-none-match": none } = request.headers;
    if (request.method !== "GET" && ((match && match !== old?.etag) || (none === "*" && old))) return problem(response, 412, "precondition_failed", "The entry has changed.", "Read it again.");
    if (request.method === "PUT") {
      const etag = this.put(key, data, this.self);
      return response.writeHead(old ? 200 : 201, { ETag: etag }).end();
    }
    if (!old) return problem(response, 404, "not_found", "There is no such key.");
    if (request.method === "DELETE") {
      this.#entries.delete(key);
      this.feed.emit("delete", { key, old_etag: old.etag });
      return response.writeHead(204).end();
    }
    response.writeHead(200, { "Content-Type": "application/octet-stream", ETag: old.etag });
    response.end(old.value);
  }
}
