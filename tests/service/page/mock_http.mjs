// Problem documents and event streams, for all parts of the mock of meshd.

export function problem(response, status, code, detail, hint = "") {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: detail, status, code, detail, hint }));
}

const RING = 100;

/** An event stream. A client can resume after an event that is still in the ring; otherwise it gets a first event. */
export class Feed {
  #clients = new Set();
  #ring = [];
  #number = 0;
  #epoch = Math.random().toString(16).slice(2, 10);

  /** `first()` returns the type and value of the first event; null if there is none. */
  constructor(first) {
    this.first = first;
  }

  serve(request, response, wanted = () => true) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 300\n: hello\n\n");
    const client = { response, wanted };
    const last = request.headers["last-event-id"];
    const [epoch, number] = (last ?? "").split("-");
    const known = epoch === this.#epoch && Number(number) >= this.#number - this.#ring.length;
    if (known) for (const event of this.#ring.filter((x) => x.number > Number(number))) this.#write(client, event);
    else {
      if (last) this.#write(client, { type: "reset", value: {}, number: this.#number });
      if (this.first) {
        const [type, value] = this.first();
        this.#write(client, { type, value, number: this.#number });
      }
    }
    this.#clients.add(client);
    response.on("close", () => this.#clients.delete(client));
  }

  get clients() {
    return this.#clients.size;
  }

  emit(type, value) {
    const event = { type, value, number: ++this.#number };
    this.#ring.push(event);
    if (this.#ring.length > RING) this.#ring.shift();
    for (const client of this.#clients) this.#write(client, event);
  }

  #write({ response, wanted }, { type, value, number }) {
    if (wanted(value)) response.write(`id: ${this.#epoch}-${number}\nevent: ${type}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  drop() {
    for (const { response } of this.#clients) response.destroy();
  }

  restart() {
    this.#epoch = Math.random().toString(16).slice(2, 10);
    this.#number = 0;
    this.#ring = [];
  }
}
