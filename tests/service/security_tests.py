#!/usr/bin/python3
"""Tests of which HTTP requests meshd allows: tokens, Host, Origin, and limits."""
import collections
import concurrent.futures
import http.client
import itertools
import os
import signal
import socket
import ssl
import subprocess
import time

from http_client import self_signed
from meshd import BINARY, PATIENCE, MeshdTest, description, main, soon
from web_socket import WebSocket

WRITE, READ = "write-token-0123456789", "read-token-0123456789"


def talk(node, text):
    """Sends text. Returns what arrives until the connection closes or is silent for a while."""
    with socket.create_connection(("127.0.0.1", node.http_port), timeout=5) as client:
        client.sendall(text if isinstance(text, bytes) else text.encode())
        got = b""
        try:
            while True:
                more = client.recv(65536)
                if not more:
                    return got
                got += more
                if got.startswith(b"HTTP/1.1 4"):
                    client.settimeout(0.3)
        except OSError:
            return got


class Tokens(MeshdTest):
    def setUp(self):
        super().setUp()
        self.a = self.node(f"--token-file={self.file('token', WRITE)}", f"--read-token-file={self.file('read', READ)}")

    def call(self, token, method, path, body=None, **more):
        headers = {"Authorization": token} if token else {}
        answer = self.a.call(method, path, body, headers, **more)
        return answer.status, answer.code if answer.status >= 400 else None

    def test_reading_needs_either_token_and_writing_the_one(self):
        paths = [p for p, x in description().document["paths"].items() if "get" in x and "{" not in p]
        for path in paths:
            if path in ("/livez", "/readyz"):
                self.assertEqual(self.call(None, "GET", path), (200, None))
                continue
            self.assertEqual(self.call(None, "GET", path), (401, "token_missing"), path)
            self.assertEqual(self.call("Bearer nonsense", "GET", path), (403, "token_refused"), path)
            if "events" not in path:
                for token in (READ, WRITE):
                    self.assertEqual(self.call(f"Bearer {token}", "GET", path), (200, None), path)
        for method, path, body in (("PUT", "/v1/kv/x", b"x"), ("POST", "/v1/targets", {"addresses": ["x"]}),
                                   ("DELETE", "/v1/targets/x", None), ("PUT", "/v1/channels/x", None),
                                   ("POST", "/v1/counters/x", {"add": 1}), ("PUT", "/v1/sets/x/y", None)):
            self.assertEqual(self.call(None, method, path, body), (401, "token_missing"), path)
            self.assertEqual(self.call(f"Bearer {READ}", method, path, body), (403, "token_refused"), path)
            self.assertLess(self.call(f"Bearer {WRITE}", method, path, body)[0], 300, path)

    def test_a_socket_needs_the_token_for_writing(self):
        self.assertEqual(self.call(f"Bearer {WRITE}", "PUT", "/v1/channels/chat")[0], 201)
        for token, status in ((READ, 403), (WRITE, 101)):
            opened = WebSocket(self.a, "/v1/channels/chat/socket", [f"Authorization: Bearer {token}"])
            self.assertEqual(opened.status, status)
            opened.close()

    def test_a_reader_makes_no_replica(self):
        for path in ("/v1/counters/new", "/v1/sets/new", "/v1/sets/new/x"):
            self.assertEqual(self.call(f"Bearer {READ}", "GET", path)[0], 404, path)
        self.assertEqual(self.call(f"Bearer {WRITE}", "GET", "/v1/counters/new")[0], 200)
        self.assertEqual(self.call(f"Bearer {READ}", "GET", "/v1/counters/new")[0], 200)

    def test_a_token_that_is_withdrawn_ends_its_streams(self):
        a, old, new = self.a, WRITE, WRITE + "-of-now"
        a.token = old
        a.call("PUT", "/v1/channels/chat", status=201)
        headers = {x: {"Authorization": f"Bearer {x}"} for x in (READ, old)}
        reading, writing = (a.events("/v1/events", headers[x]) for x in (READ, old))
        for x in (reading, writing):
            x.until("snapshot")
        socket = WebSocket(a, "/v1/channels/chat/socket", [f"Authorization: Bearer {old}"])
        self.assertEqual(socket.status, 101)
        self.file("token", new)
        a.signal(signal.SIGHUP)
        self.assertTrue(writing.ended.wait(10))
        self.assertIsNone(socket.receive())
        a.token = new
        soon(lambda: b"cafmesh_event_streams 1\n" in a.call("GET", "/metrics").body, "one stream is left")
        a.call("DELETE", "/v1/channels/chat", status=204)
        reading.until("gossiper_ended")

    def test_other_forms_of_the_token_are_refused(self):
        for header in (WRITE, f"Basic {WRITE}", f"Bearer {WRITE[:-1]}", f"Bearer {WRITE}x", "Bearer"):
            self.assertIn(self.call(header, "GET", "/v1/node")[0], (401, 403), header)


class Browsers(MeshdTest):
    def test_a_foreign_host_or_origin_is_refused(self):
        a = self.node("--http-allowed-hosts=mesh.example,other.example")
        own = f"127.0.0.1:{a.http_port}"
        for host in (own, f"localhost:{a.http_port}", "mesh.example", f"other.example:{a.http_port}"):
            self.assertEqual(a.call("GET", "/v1/node", headers={"Host": host}).status, 200, host)
        for host in ("evil.example", f"evil.example:{a.http_port}", f"127.0.0.1.evil.example:{a.http_port}"):
            answer = a.call("GET", "/v1/node", headers={"Host": host})
            self.assertIn(answer.status, (403, 421), host)
            self.assertEqual(answer.code, "host_not_allowed", host)
        self.assertEqual(a.call("GET", "/v1/node", headers={"Origin": f"http://{own}"}).status, 200)
        for origin in ("http://evil.example", "null", f"https://{own}"):
            answer = a.call("PUT", "/v1/kv/x", b"x", headers={"Origin": origin}, status=403)
            self.assertEqual(answer.code, "origin_not_allowed", origin)

    def test_a_page_of_another_site_cannot_even_read(self):
        node = self.node()
        for path in ("/v1/node", "/v1/sets/x", "/v1/counters/x", "/readyz?wait=10s"):
            answer = node.call("GET", path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})
            self.assertEqual((answer.status, answer.code), (403, "origin_not_allowed"), path)
        same = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
        node.call("GET", "/v1/node", headers=same, status=200)

    def test_a_link_or_frame_of_another_site_makes_no_replica(self):
        node = self.node()
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        frame = {**link, "Sec-Fetch-Dest": "iframe"}
        self.assertEqual(node.raw("GET", "/", headers=link).status, 200)
        self.assertEqual(node.raw("GET", "/", headers=frame).status, 403)
        for headers in (link, frame):
            for path in ("/v1/counters/x", "/v1/sets/x", "/v1/sets/x/y"):
                answer = node.call("GET", path, headers=headers, status=403)
                self.assertEqual(answer.code, "origin_not_allowed", path)
        metrics = node.raw("GET", "/metrics").body.decode()
        for name in ("counters", "sets"):
            self.assertIn(f"\ncafmesh_{name} 0\n", metrics)

    def test_no_answer_allows_other_origins(self):
        a = self.node()
        for method in ("GET", "OPTIONS"):
            answer = a.raw(method, "/v1/node", headers={"Access-Control-Request-Method": "PUT"})
            self.assertFalse([x for x in answer.headers if x.lower().startswith("access-control")])


class Limits(MeshdTest):
    def test_broken_requests_end_their_connection_only(self):
        a = self.node()
        host = f"Host: 127.0.0.1:{a.http_port}\r\n"
        for text in ("nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", f"GET /{'x' * 20000} HTTP/1.1\r\n{host}\r\n",
                     f"GET /livez HTTP/1.1\r\n{host}X: {'y' * 20000}\r\n\r\n",
                     f"PUT /v1/kv/x HTTP/1.1\r\n{host}Content-Length: 99999999999\r\n\r\n",
                     f"PUT /v1/kv/x HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                     f"GET /v1/kv/%zz HTTP/1.1\r\n{host}\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
            got = talk(a, text)
            self.assertTrue(got == b"" or got[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5"), (text[:40], got[:80]))
        self.assertTrue(a.get("/livez")["ok"])

    def test_numbers_of_things_are_limited(self):
        a = self.node("--max-channels=2", "--max-counters=2", "--max-sets=2", "--max-kv-bytes=1000", "--max-streams=2")
        for i in range(2):
            a.call("PUT", f"/v1/channels/{i}", status=201)
            a.call("POST", f"/v1/counters/{i}", {"add": 1}, status=200)
            a.call("PUT", f"/v1/sets/{i}/x", status=204)
        self.assertEqual(a.call("PUT", "/v1/channels/2", status=507).code, "too_many_channels")
        for kind, answer in (("counters", a.call("POST", "/v1/counters/2", {"add": 1}, status=507)),
                             ("sets", a.call("PUT", "/v1/sets/2/x", status=507))):
            self.assertEqual(answer.code, "too_many")
            self.assertIn(f"max-{kind}", answer.json["detail"])
        a.call("DELETE", "/v1/channels/0", status=204)
        a.call("PUT", "/v1/channels/2", status=201)
        a.call("PUT", "/v1/kv/x", b"x" * 900, status=201)
        self.assertEqual(a.call("PUT", "/v1/kv/y", b"x" * 200, status=507).code, "kv_full")
        streams = [a.events("/v1/events") for _ in range(2)]
        for x in streams:
            x.until("snapshot")
        self.assertEqual(a.call("GET", "/v1/events", status=503).code, "too_many_streams")
        streams[0].close()
        soon(lambda: a.events("/v1/events").status == 200, "a stream has become free")

    def test_a_mistyped_name_that_was_only_read_makes_room(self):
        a, b = self.line(2, "--max-counters=3", "--max-sets=3")
        a.call("POST", "/v1/counters/kept", {"add": 1}, status=200)
        a.call("PUT", "/v1/sets/kept/x", status=204)
        b.call("POST", "/v1/counters/theirs", {"add": 2}, status=200)
        b.call("PUT", "/v1/sets/theirs/y", status=204)
        a.call("GET", "/v1/counters/theirs", status=200)
        a.call("GET", "/v1/sets/theirs", status=200)
        for i in range(4):
            self.assertEqual(a.get(f"/v1/counters/typo{i}")["value"], 0)
            self.assertEqual(a.get(f"/v1/sets/typo{i}")["elements"], [])
        a.call("POST", "/v1/counters/new", {"add": 3}, status=200)
        a.call("PUT", "/v1/sets/new/z", status=204)
        self.assertEqual(a.get("/v1/counters")["counters"], ["kept", "new", "theirs"])
        self.assertEqual(a.get("/v1/sets")["sets"], ["kept", "new", "theirs"])
        self.assertEqual(a.get("/v1/counters/theirs")["value"], 2)
        self.assertEqual(a.call("GET", "/v1/counters/more", status=507).code, "too_many")
        b.call("POST", "/v1/counters/typo1", {"add": 1}, status=200)

    def test_one_client_cannot_take_all_streams(self):
        a = self.node("--max-streams=8")
        streams = [a.events("/v1/events") for _ in range(7)]
        self.assertEqual(a.events("/v1/events").status, 429)
        other = http.client.HTTPConnection("127.0.0.1", a.http_port, timeout=5, source_address=("127.0.0.2", 0))
        other.request("GET", "/v1/events")
        self.assertEqual(other.getresponse().status, 200)
        other.close()
        streams[0].close()
        soon(lambda: a.events("/v1/events").status == 200, "a stream has become free")

    def test_streams_that_wait_for_a_new_replica_count_at_once(self):
        a = self.node("--max-streams=8")
        for kind in ("counter", "set"):
            clients = []
            for source in 8 * ["127.0.0.1"] + ["127.0.0.2"]:
                x = http.client.HTTPConnection("127.0.0.1", a.http_port, timeout=10, source_address=(source, 0))
                x.request("GET", f"/v1/{kind}-events/new")
                clients.append(x)
            answers = [x.getresponse() for x in clients]
            self.assertEqual([x.status for x in answers], 7 * [200] + [429, 200])
            for x in answers + clients:
                x.close()
            soon(lambda: b"cafmesh_event_streams 0\n" in a.call("GET", "/metrics").body, "all streams have ended")

    def test_a_neighbour_that_takes_nothing_makes_its_senders_wait(self):
        a, b = self.line(2)
        name = b.name()
        a.call("PUT", "/v1/channels/chat", status=201)
        b.suspend()
        self.addCleanup(b.resume)
        with concurrent.futures.ThreadPoolExecutor(65) as pool:
            pings = list(pool.map(lambda _: a.call("POST", f"/v1/peers/{name}/ping"), range(65)))
        self.assertEqual(collections.Counter(x.code for x in pings), {"no_answer": 64, "too_many_pings": 1})
        refused, = (x for x in pings if x.code == "too_many_pings")
        self.assertEqual((refused.status, refused.headers["Retry-After"]), (429, "1"))

        def refusal():
            answer = a.call("POST", f"/v1/channels/chat/messages?to={name}", bytes(8 * 1024 * 1024))
            return answer if answer.status != 204 else None
        answer = soon(refusal, "too much waits for the neighbour")
        self.assertEqual((answer.status, answer.code, answer.headers["Retry-After"]), (429, "congested", "1"))

    def test_a_stopping_node_says_so(self):
        a, b = self.stuck_pair("--drain-limit=20s")
        a.signal(signal.SIGTERM)

        names = itertools.count()
        soon(lambda: a.call("PUT", f"/v1/channels/{next(names)}").status == 503, "it joins no more channels")
        for method, path in (("PUT", "/v1/channels/another"), ("GET", "/v1/status")):
            answer = a.call(method, path)
            self.assertEqual((answer.status, answer.code), (503, "stopping"), path)
            self.assertEqual(answer.json["detail"], "The node is stopping.")
            self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(a.get("/readyz", status=503)["ok"], False)
        a.kill()
        b.resume()


class Waits(MeshdTest):
    def abandon(self, node, path, headers=""):
        with socket.create_connection(("127.0.0.1", node.http_port), timeout=5) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{node.http_port}\r\n{headers}\r\n".encode())
            time.sleep(0.05)

    def test_clients_that_go_away_while_they_wait_leave_room(self):
        node = self.node("--max-connections=20", "--peers=127.0.0.1:1")
        for _ in range(30):
            self.abandon(node, "/readyz?wait=60s")
            self.abandon(node, "/v1/kv/none?wait=60s", "If-None-Match: *\r\n")
        soon(lambda: node.raw("GET", "/livez").status == 200, "there is room again", 5)

    def test_waits_that_are_given_up_leave_no_memory(self):
        node = self.node()
        head = f"HTTP/1.1\r\nHost: 127.0.0.1:{node.http_port}\r\nIf-None-Match: *\r\n\r\n"

        def abandon(count, path):
            for i in range(count):
                with socket.create_connection(("127.0.0.1", node.http_port), timeout=5) as client:
                    client.sendall(f"GET {path.format(i)}?wait=60s {head}".encode())

        node.get("/v1/counters/n")
        # Memory grows to some 50 MiB at first and is then reused. If abandoned waits kept their memory, each
        # would take 1.4 KB for a counter or 5.8 KB for a key, so either of the two paths alone would exceed
        # the limit.
        before = node.memory()
        for path, count in (("/v1/counters/n", 60_000), ("/v1/kv/{}" + "k" * 4000, 16_000)):
            abandon(count, path)
            if PATIENCE == 1:  # sanitizers keep freed memory
                self.assertLess(node.memory() - before, 64 << 20, f"growth after {path[:15]}")

    def test_a_list_with_values_is_bounded_by_their_size(self):
        node = self.node()
        for i in range(5):
            node.call("PUT", f"/v1/kv/{i}", bytes(600_000), status=201)
        seen, after = [], ""
        while after is not None:
            page = node.get(f"/v1/kv?values=true&after={after}")
            self.assertLessEqual(len(page["entries"]), 2)
            seen += [x["key"] for x in page["entries"]]
            after = page["next"]
        self.assertEqual(seen, ["0", "1", "2", "3", "4"])
        self.assertEqual(len(node.get("/v1/kv")["entries"]), 5)


class Mistakes(MeshdTest):
    def check(self, expected, *options, env=None):
        known = {k: v for k, v in os.environ.items() if not k.startswith("MESHD_")}
        done = subprocess.run([BINARY, "--check-config", *options], env={**known, **(env or {})}, capture_output=True,
                              text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(expected, done.stderr)

    def test_the_check_of_settings_finds_what_a_start_would_refuse(self):
        self.check("http-insecure", "--http=0.0.0.0:0")
        self.check("No such file", f"--token-file={self.path('absent')}")
        self.check("fewer than 16", f"--token-file={self.file('short', 'secret')}")
        # Clients such as meshctl could not send these tokens in a header.
        for content, why in (("", "the file is empty"), ("\n", "is empty"), ("a token of several words\n", "blank"),
                             ("\ttoken-after-a-blank-1\n", "blank"), ("tökens-0123456789012\n", "ASCII")):
            for option in ("--token-file", "--token-file=" + self.file("token", WRITE) + "\0--read-token-file"):
                path = self.file("wrong", content)
                self.check(why, *f"{option}={path}".split("\0"))

    def test_an_empty_name_of_a_token_file_is_no_absence_of_tokens(self):
        self.check("expected a path", env={"MESHD_TOKEN_FILE": ""})

    def test_a_reload_without_the_token_file_keeps_the_token(self):
        token = self.file("token", WRITE)
        config = self.file("meshd.conf", f'[meshd]\ntoken-file = "{token}"\n')
        node = self.node(f"--config={config}")
        self.assertEqual(node.raw("GET", "/v1/node").status, 401)
        self.file("meshd.conf", "[meshd]\n")
        node.signal(signal.SIGHUP)
        node.await_log("token-file is gone")
        self.assertEqual(node.raw("GET", "/v1/node").status, 401)

    def test_a_state_folder_that_others_can_write_to_is_refused(self):
        os.mkdir(self.path("state"))
        os.chmod(self.path("state"), 0o777)
        done = subprocess.run([BINARY, f"--state={self.path('state')}", "--host=127.0.0.1", "--port=0",
                               "--http=127.0.0.1:0"], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("nobody else can write", done.stderr)


class Tls(MeshdTest):
    def certificate(self, name):
        return self_signed(self.folder.name, name)

    def reload(self, node, settings, log):
        self.file("meshd.conf", settings)
        node.signal(signal.SIGHUP)
        node.await_log(log)

    def test_https_is_served_with_a_certificate(self):
        cert, key = self.certificate("only")
        a = self.node(f"--http-cert={cert}", f"--http-key={key}")
        self.assertEqual(a.https_status(cert), 200)

    def test_a_reload_uses_all_files_or_none(self):
        first, second = self.certificate("first"), self.certificate("second")
        token, now = self.file("token", WRITE), WRITE + "-of-now"
        with_token = f'[meshd]\ntoken-file = "{token}"\n'
        tls = with_token + 'http-cert = "%s"\nhttp-key = "%s"\n'
        a = self.node("--config=" + self.file("meshd.conf", tls % first))
        self.file("token", now)
        self.reload(a, tls % (first[0], second[1]), "cannot read the key")
        self.reload(a, tls % first + f'[mesh]\npassword-file = "{token}"\n', "without encryption")
        self.reload(a, with_token, "http-cert is gone")
        self.reload(a, "[meshd]\n", "token-file is gone")
        self.assertEqual((a.https_status(first[0], WRITE), a.https_status(first[0], now)), (200, 403))
        self.reload(a, tls % second, "again\"")
        self.assertEqual((a.https_status(second[0], WRITE), a.https_status(second[0], now)), (403, 200))
        with self.assertRaises(ssl.SSLError):
            a.https_status(first[0], now)
        self.assertFalse([x for x in a.log if "need a restart" in x])
        plain = self.node()
        plain.signal(signal.SIGHUP)
        plain.await_log("again\"")

    def test_tls_cannot_begin_while_the_node_runs(self):
        cert, key = self.certificate("late")
        a = self.node("--config=" + self.file("meshd.conf", "[meshd]\n"))
        self.reload(a, f'[meshd]\nhttp-cert = "{cert}"\nhttp-key = "{key}"\n', "http-cert is new")
        self.assertEqual(a.get("/livez")["ok"], True)


if __name__ == "__main__":
    main()
