"""A server in place of meshd. It gives the answers that a test has set."""
import http.server
import json
import socketserver
import threading

NAMES = [f"00:00:00:00:00:0{i}" for i in range(1, 4)]


def link(peer, established=True):
    return {"peer": peer, "outbound": True, "established": established, "address": "127.0.0.1:6783"}


def peer(i, **more):
    base = {"name": NAMES[i], "nickname": "abc"[i], "uid": str(1000 + i), "version": 3, "self": i == 0}
    return {**base, **more}


def connection(**more):
    traffic = {"frames_in": 10, "bytes_in": 2048, "frames_out": 20, "bytes_out": 4096}
    base = {"id": 1, "peer": NAMES[1], "nickname": "b", "address": "127.0.0.1:6783", "outbound": True,
            "established": True, "encrypted": True, "protocol_version": 2, "traffic": traffic,
            "waiting_bytes": 0, "silent_seconds": 0.5}
    return {**base, **more}


def target(**more):
    base = {"address": "10.0.0.1:6783", "state": "waiting", "wanted": True, "next_try_seconds": 2.5,
            "last_error": "socket_failed: connect: Connection refused"}
    return {**base, **more}


def channel(**more):
    counts = ("unicasts_received unicasts_sent unicasts_relayed unicasts_dropped broadcasts_received "
              "gossips_received refused overrun looped broken surplus").split()
    return {"name": "chat", "joined": True, "surrogate": False, **{x: 0 for x in counts}, **more}


def a_mesh():
    """The answers of node a in the mesh a - b - c, by method and path."""
    reachable = [peer(0, hops_next=None, reachable=True), peer(1, hops_next=NAMES[1], reachable=True),
                 peer(2, hops_next=NAMES[1], reachable=True)]
    topology = [peer(0, connections=[link(NAMES[1])]), peer(1, connections=[link(NAMES[0]), link(NAMES[2])]),
                peer(2, connections=[link(NAMES[1])])]
    node = {"name": NAMES[0], "nickname": "a", "uid": "1000", "mesh_address": "0.0.0.0:6783", "version": "0.1.0",
            "uptime_seconds": 12.5, "encryption": True, "discovery": True, "flavour": "mac", "warnings": []}
    return {
        "GET /v1/node": node,
        "GET /readyz": {"ok": True, "reasons": []},
        "GET /v1/peers": {"peers": reachable},
        "GET /v1/topology": {"self": NAMES[0], "peers": topology},
        "GET /v1/connections": {"connections": [connection()], "ended": [], "refused": []},
        "GET /v1/targets": {"targets": [target()]},
        "GET /v1/channels": {"channels": [channel()]},
        "GET /v1/actors": {"actors": [{"name": "calculator", "peer": NAMES[1], "uid": "1001",
                                       "interface": ["add"], "attributes": {"kind": "x"}}],
                            "next": None},
    }


class Reply:
    def __init__(self, status=200, body=b"", headers=None, kind="application/json", stream=None, close=False):
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = headers or {}
        self.kind = kind
        self.stream = stream  # pieces of a body that does not end
        self.close = close


def problem(status, code, detail, hint=None):
    body = {"type": "about:blank", "title": "No", "status": status, "code": code, "detail": detail}
    return Reply(status, {**body, **({"hint": hint} if hint else {})}, kind="application/problem+json")


def event(kind, data, number=1):
    return f"id: e-{number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def events(*all_of_them, end=False):
    return Reply(stream=[b"retry: 2000\n\n", *all_of_them], kind="text/event-stream", close=end)


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("content-length", 0))
        request = Request(self.command, self.path, self.headers, self.rfile.read(length))
        self.server.requests.append(request)
        line = f"{self.command} {self.path}"
        reply = self.server.replies.get(line, self.server.replies.get(line.split("?")[0]))
        if callable(reply):
            reply = reply(request)
        if reply is None:
            reply = problem(404, "not_found", f"there is no {line}")
        if not isinstance(reply, Reply):
            reply = Reply(body=reply)
        self.send(reply)

    def send(self, reply):
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        if reply.stream is None:
            if reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in reply.stream:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        if not reply.close:
            self.server.ending.wait(30)
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass

    def address_string(self):
        return "client"


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class FakeMeshd:
    def __init__(self, replies=None, path=None):
        if path:
            self.server = UnixServer(path, Handler)
            self.address = f"unix:{path}"
        else:
            self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self.server.daemon_threads = True
            self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.server.handle_error = lambda *_: None
        self.server.replies = a_mesh() if replies is None else replies
        self.server.requests = []
        self.server.ending = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def replies(self):
        return self.server.replies

    @property
    def requests(self):
        return self.server.requests

    def close(self):
        self.server.ending.set()
        self.server.shutdown()
        self.server.server_close()
