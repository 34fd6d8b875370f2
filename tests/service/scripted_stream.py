"""A server that sends streams of events that a test has written."""
import http.server
import json
import threading


class ScriptedStream:
    """Answers each request with the next of the scripts. The stream of the last script stays open.

    A script is a list of events; each has a type, an ID or None, and data. `resumed_from` collects the
    Last-Event-ID of each request.
    """

    def __init__(self, scripts):
        self.resumed_from = []
        ended = self.ended = threading.Event()
        resumed_from = self.resumed_from

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                script = min(len(resumed_from), len(scripts) - 1)
                resumed_from.append(self.headers.get("Last-Event-ID"))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b"retry: 1000\n: hello\n\n")
                for kind, number, data in scripts[script]:
                    identity = f"id: {number}\n" if number else ""
                    self.wfile.write(f"{identity}event: {kind}\ndata: {json.dumps(data)}\n\n".encode())
                if script == len(scripts) - 1:
                    ended.wait(60)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
