#!/usr/bin/python3
"""Tests of what operators see of a node: warnings, readiness, and the separate address that serves metrics."""
import concurrent.futures
import copy
import http.client
import os
import re
import signal
import socket
import subprocess
import time

from meshd import PATIENCE, MeshdTest, description, free_port, main, run, soon

MESHCTL = os.environ.get("CAFMESH_MESHCTL", "meshctl")


class Warnings(MeshdTest):
    def codes(self, node):
        return [x["code"] for x in node.get("/v1/node")["warnings"]]

    def test_a_short_password_is_a_warning_until_it_is_replaced(self):
        password = self.file("password", "short\n")
        node = self.node(f"--password-file={password}")
        warning, = node.get("/v1/node")["warnings"]
        self.assertEqual((warning["code"], warning["times"]), ("short_password", 1))
        self.assertIn("`openssl rand -hex 16`", warning["hint"])
        self.file("password", "a password of ours that is long\n")
        node.signal(signal.SIGHUP)
        soon(lambda: self.codes(node) == [], "the warning is gone")

    def test_no_password_is_a_warning_unless_the_mesh_is_on_loopback(self):
        warning, = self.node(mesh="0.0.0.0").get("/v1/node")["warnings"]
        self.assertEqual((warning["code"], warning["times"]), ("no_password", 1))
        self.assertIn("`openssl rand -hex 16`", warning["hint"])
        said, = [x for x in self.nodes[0].log if "no password" in x]
        self.assertIn('"level":"warning"', said)
        self.assertEqual(self.codes(self.node()), [])
        password = self.file("password", "a password of ours that is long\n")
        self.assertEqual(self.codes(self.node(f"--password-file={password}", mesh="0.0.0.0")), [])

    def test_a_name_that_is_used_twice_is_a_warning(self):
        a = self.node("--name=00:00:00:00:00:01")
        b = self.node("--name=00:00:00:00:00:02", f"--peers={a.address}")
        soon(lambda: len(b.peers()) == 2, "both are there")
        self.assertEqual(self.codes(b), [])
        self.node("--name=00:00:00:00:00:01", f"--peers={b.address}")
        soon(lambda: "name_twice" in self.codes(b), "the second one is noticed")

    def test_a_name_that_is_used_twice_at_a_distance_is_a_warning_on_the_way(self):
        first, *others = self.line(3)
        self.node(f"--name={first.name()}", f"--peers={others[-1].address}")
        for x in others:
            soon(lambda n=x: "name_twice" in self.codes(n), "the twins are noticed", 60)
        said = next(x for x in others[0].log if "two peers are named" in x)
        self.assertIn('"level":"warning"', said)
        self.assertIn(f"two peers are named {first.name()}", said)

    def test_failures_of_the_storage_and_of_a_reload_are_warnings(self):
        os.mkdir(self.path("state"))
        self.file("state/values.sqlite", "x" * 1000)
        config = self.file("meshd.conf", "")
        node = self.node(f"--state={self.path('state')}", f"--config={config}")
        self.assertEqual(self.codes(node), ["storage_failed"])
        self.file("meshd.conf", "[mehsd]\n")
        node.signal(signal.SIGHUP)
        soon(lambda: self.codes(node) == ["storage_failed", "not_reloaded"], "the failure is noticed")
        self.file("meshd.conf", "[meshd]\n")
        node.signal(signal.SIGHUP)
        soon(lambda: self.codes(node) == ["storage_failed"], "the corrected file is read")


class Metrics(MeshdTest):
    def seconds_of_a_scrape(self, node):
        times = []
        for _ in range(20):
            began = time.monotonic()
            node.get("/metrics")
            times.append(time.monotonic() - began)
        return min(times)

    def test_a_scrape_takes_time_in_proportion_to_the_channels(self):
        if PATIENCE > 1:
            self.skipTest("sanitizers change what is measured")
        node = self.node("--max-channels=2400")

        def join(first, end):
            for i in range(first, end):
                node.raw("PUT", f"/v1/channels/{i}")

        join(0, 300)
        few = self.seconds_of_a_scrape(node)
        join(300, 2400)
        many = self.seconds_of_a_scrape(node)
        self.assertLess(many / few, 20, "eight times the channels")


class Reasons(MeshdTest):
    def test_a_connection_that_has_ended_is_shown_with_its_reason(self):
        a, b = self.line(2)
        name = b.name()
        self.assertEqual(a.get("/v1/connections")["ended"], [])
        b.kill()
        soon(lambda: a.get("/v1/connections")["ended"], "the end is noticed")
        ended, = a.get("/v1/connections")["ended"]
        self.assertEqual((ended["peer"], ended["outbound"]), (name, False))
        self.assertRegex(ended["reason"], "^(connection_closed|socket_failed)")
        self.assertEqual(a.get("/v1/connections")["connections"], [])

    def test_a_peer_behind_a_killed_one_has_a_reason_until_it_is_forgotten(self):
        a, _, c, d = self.line(4)
        path = f"/v1/peers/{d.name()}"
        c.kill()

        def lost():
            peer = a.get(path)
            return peer if not peer["reachable"] else None
        peer = soon(lost, "it is out of reach")
        self.assertIsNone(peer["hops_next"])
        self.assertRegex(peer["reason"], "^No path of established connections leads to it; ")
        soon(lambda: a.call("GET", path).status == 404, "it is forgotten")

    def test_a_target_has_an_error_and_a_next_try_until_it_can_be_reached(self):
        port = free_port()
        node = self.node(f"--peers=127.0.0.1:{port}")

        def waiting():
            target, = node.get("/v1/targets")["targets"]
            return target if target["state"] == "waiting" else None
        target = soon(waiting, "it waits for the next try")
        self.assertRegex(target["last_error"], "^socket_failed: .*refused")
        self.assertGreaterEqual(target["next_try_seconds"], 0)
        self.node(port=port)

        def connected():
            found, = node.get("/v1/targets")["targets"]
            return found if found["state"] == "connected" else None
        target = soon(connected, "it connects", 20)
        self.assertEqual((target["next_try_seconds"], target["last_error"]), (None, None))

    def test_a_wrong_password_is_a_reason(self):
        one = self.node(f"--password-file={self.file('one', 'the password of one node')}")
        other = self.node(f"--password-file={self.file('other', 'the password of the other')}",
                          f"--peers={one.address}")

        def failed():
            target, = other.get("/v1/targets")["targets"]
            return target["last_error"]
        self.assertRegex(soon(failed, "the reason is known"), "cannot_open|connection_closed")

    def test_the_dialled_node_shows_whom_it_refused_and_why(self):
        one = self.node(f"--password-file={self.file('one', 'the password of one node')}")
        other = f"--password-file={self.file('other', 'the password of the other')}"
        for options, code in (([other], "cannot_open"), ([], "encryption_mismatch")):
            dialler = self.node(*options, f"--peers={one.address}")

            def refused(code=code):
                return [x for x in one.get("/v1/connections")["refused"] if x["reason"].startswith(code)]
            found, = soon(refused, f"{code} is shown")
            self.assertRegex(found["address"], r"^127\.0\.0\.1:\d+$")
            figures = one.call("GET", "/metrics").body.decode()
            self.assertRegex(figures, rf'cafmesh_refused_remotes_total{{reason="{code}"}} [1-9]')
            said = subprocess.run([MESHCTL, "--address", f"127.0.0.1:{one.http_port}", "doctor"], capture_output=True,
                                  text=True, timeout=30, check=False)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn(code, said.stdout)
            self.assertIn("give both the same password", said.stdout)
            dialler.stop()


class Scrapers(MeshdTest):
    def scraped(self, *options, **more):
        node = self.node("--metrics=127.0.0.1:0", *options, **more)
        node.await_log("serves metrics on")
        line = next(x for x in node.log if "serves metrics on" in x)
        other = copy.copy(node)
        other.http_port = int(re.search(r"serves metrics on \S+:(\d+)", line).group(1))
        return node, other

    def figure(self, node, name):
        found = re.search(rf"^cafmesh_http_{name} (\S+)$", node.call("GET", "/metrics").body.decode(), re.M)
        return float(found.group(1)) if found else 0

    def test_a_second_address_serves_health_and_metrics_alone(self):
        node, other = self.scraped()
        text = other.call("GET", "/metrics", status=200).body.decode()
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
                                 timeout=30, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))
        for path in ("/livez", "/readyz", "/readyz?wait=5s"):
            self.assertEqual(other.get(path), {"ok": True, "reasons": []})
        for method, path in (("GET", "/v1/node"), ("GET", "/"), ("GET", "/v1/openapi.json"), ("PUT", "/v1/kv/x")):
            answer = other.request(method, path)  # the document has these paths, but this address has not
            self.assertEqual(answer.status, 404, path)
            description().validate_as("Problem", answer.json)
        self.assertEqual(other.raw("POST", "/metrics").status, 405)
        answer = other.raw("GET", "/metrics", headers={"Host": "evil.example"})
        self.assertEqual(answer.code, "host_not_allowed")
        self.assertEqual(node.stop(), 0)

    def test_a_scraper_that_waits_or_goes_away_does_no_harm(self):
        node, other = self.scraped("--peers=127.0.0.1:1")
        self.assertEqual(other.call("GET", "/readyz?wait=300ms").status, 503)
        with socket.create_connection(("127.0.0.1", other.http_port), timeout=5) as client:
            client.sendall(f"GET /readyz?wait=30s HTTP/1.1\r\nHost: 127.0.0.1:{other.http_port}\r\n\r\n".encode())
            time.sleep(0.3)
        self.assertTrue(node.get("/livez")["ok"])
        self.assertEqual(node.stop(), 0)

    def test_scrapers_need_the_tokens_of_the_service(self):
        write, read = "write-token-0123456789", "read-token-0123456789"
        _, other = self.scraped(f"--token-file={self.file('token', write)}",
                                f"--read-token-file={self.file('read', read)}")
        self.assertEqual(other.raw("GET", "/metrics").status, 401)
        self.assertTrue(other.get("/livez")["ok"])
        for token in (read, write):
            answer = other.raw("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
            self.assertEqual(answer.status, 200)

    def test_an_address_beyond_loopback_needs_tls_or_a_word(self):
        for more, text in ((), "http-cert"), ((f"--http-cert={self.path('c')}", f"--http-key={self.path('k')}"), "token"):
            result = run("--check-config", "--metrics=0.0.0.0:0", *more)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("HTTP on 0.0.0.0:0", result.stderr)
            self.assertIn(text, result.stderr)
        self.assertEqual(run("--check-config", "--metrics=0.0.0.0:0", "--http-insecure").returncode, 0)

    def test_an_address_in_use_is_a_failure(self):
        node, other = self.scraped()
        result = run("--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0", f"--metrics=127.0.0.1:{other.http_port}")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("cannot serve metrics", result.stderr)
        self.assertTrue(node.get("/livez")["ok"])

    def test_requests_connections_and_bytes_are_counted(self):
        node, _ = self.scraped()
        before = {x: self.figure(node, x) for x in ("requests_total", "sent_bytes_total", "received_bytes_total",
                                                    'answers_total{status="404"}')}
        body = b"x" * 1_000_000
        node.call("PUT", "/v1/kv/x", body, status=201)
        node.call("GET", "/v1/kv/x", status=200)
        node.call("GET", "/v1/kv/y", status=404)
        self.assertEqual(self.figure(node, "requests_total") - before["requests_total"], 7)
        self.assertEqual(self.figure(node, 'answers_total{status="404"}'), before['answers_total{status="404"}'] + 1)
        for name in ("sent_bytes_total", "received_bytes_total"):
            grown = self.figure(node, name) - before[name]
            self.assertTrue(len(body) < grown < 2 * len(body), (name, grown))
        stream = node.events("/v1/events")
        stream.until("snapshot")
        self.assertEqual(self.figure(node, "streams"), 1)
        self.assertGreaterEqual(self.figure(node, "connections"), 2)
        stream.close()

    def test_connections_beyond_the_limit_are_counted(self):
        node, other = self.scraped("--max-connections=4")
        held = [socket.create_connection(("127.0.0.1", node.http_port)) for _ in range(5)]
        self.addCleanup(lambda: [x.close() for x in held])
        soon(lambda: self.figure(other, "refused_connections_total") >= 1, "one is refused")


class Memory(MeshdTest):
    def test_an_idle_node_takes_at_most_15_mib(self):
        if PATIENCE > 1:
            self.skipTest("sanitizers need memory of their own")
        for state in ((), (f"--state={self.path('state')}",)):
            node = self.node(*state)
            if state:
                node.call("PUT", "/v1/kv/x?durable=true", b"1", status=201)
                node.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=200)
                node.call("PUT", "/v1/sets/s/x?durable=true", status=204)
            node.get("/readyz")
            time.sleep(1)
            mib = node.memory() / 1024 / 1024
            print(f"figure: an idle node takes {mib:.1f} MiB {'with' if state else 'without'} a state folder")
            self.assertLessEqual(mib, 15)


class Readiness(MeshdTest):
    def test_all_that_wait_are_answered_together_once_it_is_ready(self):
        port = free_port()
        node = self.node(f"--peers=127.0.0.1:{port}")
        with concurrent.futures.ThreadPoolExecutor(70) as pool:
            waiting = [pool.submit(node.call, "GET", "/readyz?wait=30s") for _ in range(70)]
            soon(lambda: sum(x.done() for x in waiting) == 6, "those beyond 64 are answered")
            self.assertEqual({x.result().status for x in waiting if x.done()}, {503})
            self.node(port=port)
            self.assertEqual(sorted(x.result().status for x in waiting), 64 * [200] + 6 * [503])

    def test_a_wait_ends_with_the_reasons(self):
        node = self.node("--peers=127.0.0.1:1")
        began = time.monotonic()
        answer = node.get("/readyz?wait=500ms", status=503)
        self.assertTrue(0.3 < time.monotonic() - began < 5)
        self.assertEqual((answer["ok"], len(answer["reasons"])), (False, 1))

    def test_a_stop_ends_all_waits(self):
        node = self.node("--peers=127.0.0.1:1")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(node.raw, "GET", "/readyz?wait=30s") for _ in range(4)]
            time.sleep(0.5)
            self.assertEqual(node.stop(), 0)
            for x in waiting:
                try:
                    self.assertEqual(x.result().status, 503)
                except (OSError, http.client.HTTPException):
                    pass


if __name__ == "__main__":
    main()
