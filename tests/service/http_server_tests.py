#!/usr/bin/python3
"""Tests of the HTTP server in tools/http, as a process, with clients that attack it.

    http_server_tests.py PATH_OF_HTTP_TEST_SERVER [CASE ...]
"""
import base64
import os
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import attacks
from few_threads import few_threads, needs_few_threads
from http_client import PATIENCE, answer, get, read_all, read_until, self_signed, server, trusting, wait_for
from skipping import run_cases

PROGRAM = ""
# Sanitizers keep freed memory, so builds with sanitizers do not measure it. CAFMESH_PATIENCE is above 1 there.
MEASURES_MEMORY = PATIENCE == 1


def start(**arguments):
    return server(PROGRAM, **arguments)


def figure(text):
    print("\nfigure: " + text, flush=True)


class requests(unittest.TestCase):
    def test_a_request_is_answered_and_the_connection_stays(self):
        with start() as to, to.connect() as client:
            for _ in range(3):
                client.sendall(get("/hello", to.host))
                got = answer(read_until(client, b"hello\n"))
                self.assertEqual((got.status, got.body), (200, b"hello\n"))
                self.assertEqual(got.headers["x-content-type-options"], "nosniff")
                self.assertEqual(got.headers["content-security-policy"], "default-src 'none'")
                self.assertIn("date", got.headers)

    def test_head_is_answered_without_a_body(self):
        with start() as to:
            got = to.ask("HEAD", "/hello")
            self.assertEqual((got.status, got.body, got.headers["content-length"]), (200, b"", "6"))
            got = to.ask("HEAD", "/nothing")
            self.assertEqual((got.status, got.body), (404, b""))

    def test_the_rest_of_a_path_may_have_any_byte(self):
        with start() as to:
            for path, key in (("a/b", b"a/b"), ("a%2Fb%00%ff", b"a/b\0\xff"), ("x//y/", b"x//y/")):
                self.assertEqual(to.ask("GET", "/kv/" + path).body, key)
            self.assertEqual(to.ask("GET", "/kv/%zz").code(), "bad_path")

    def test_problems_are_documents(self):
        with start() as to:
            self.assertEqual(to.ask("GET", "/nothing").code(), "no_such_path")
            got = to.ask("DELETE", "/hello")
            self.assertEqual((got.code(), got.headers["allow"]), ("method_not_allowed", "GET, HEAD"))
            self.assertEqual(to.ask("GET", "/dropped").code(), "no_answer")
            self.assertEqual(to.ask("GET", "/throws").status, 500)

    def test_a_handler_cannot_be_made_to_add_headers(self):
        with start() as to:
            self.assertNotIn("x-evil", to.ask("GET", "/bad-header").headers)

    def test_late_answers_come_and_missing_ones_time_out(self):
        with start(answer_time=300) as to:
            self.assertEqual(to.ask("GET", "/later").body, b"late")
            began = time.monotonic()
            late = to.ask("GET", "/never")
            self.assertEqual(late.code(), "no_answer_in_time")
            self.assertIn(b"may have been carried out", late.body)
            self.assertLess(time.monotonic() - began, 2)

    def test_a_handler_learns_that_its_client_is_gone(self):
        with start() as to:
            client = to.connect()
            client.sendall(get("/never", to.host))
            time.sleep(0.2)
            self.assertEqual(to.command()[4], 0)
            client.close()
            wait_for(lambda: to.command()[4] == 1)

    def test_a_client_that_closed_its_sending_half_gets_its_answer(self):
        with start() as to:
            for path, text in (("/hello", b"hello\n"), ("/later", b"late")):
                with to.connect() as client:
                    client.sendall(get(path, to.host))
                    client.shutdown(socket.SHUT_WR)
                    self.assertEqual(answer(read_all(client)).body, text)

    def test_an_old_client_gets_its_answer_and_the_end(self):
        with start() as to:
            got = answer(to.say(b"GET /hello HTTP/1.0\r\n\r\n"))
            self.assertEqual((got.status, got.body), (200, b"hello\n"))

    def test_a_thousand_requests_in_one_piece_are_answered_in_order(self):
        with start() as to, to.connect() as client:
            client.sendall(b"".join(get(f"/kv/{i}", to.host) for i in range(999))
                           + get("/kv/999", to.host, "Connection: close"))
            rest, seen = read_all(client), []
            while rest:
                one = answer(rest)
                seen.append(int(one.body))
                rest = one.rest
            self.assertEqual(seen, list(range(1000)))

    def test_bodies_arrive_whole_in_either_framing(self):
        with start() as to:
            body = os.urandom(100_000)
            raw = {"Content-Type": "application/octet-stream"}
            self.assertEqual(to.ask("PUT", "/echo", raw, body).body, body)
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(x), x) for x in (body[:1], body[1:70_000], body[70_000:]))
            got = to.ask("PUT", "/echo", {**raw, "Transfer-Encoding": "chunked"}, chunks + b"0\r\nX-Trailer: y\r\n\r\n")
            self.assertEqual(got.body, body)

    def test_a_client_that_expects_continue_is_told_to(self):
        with start() as to, to.connect() as client:
            client.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Length: 4\r\nConnection: close\r\n"
                           "Content-Type: application/octet-stream\r\nExpect: 100-continue\r\n\r\n".encode())
            read_until(client, b"100 Continue\r\n\r\n")
            client.sendall(b"body")
            self.assertEqual(answer(read_all(client)).body, b"body")


class small_target(attacks.Target):
    """The server of these tests, with short time limits."""

    read, write, stream, socket = "/hello", "/echo", "/events", "/socket"
    slow_time, admitted = 3 * PATIENCE, 3000

    def __init__(self, to):
        super().__init__(to.port)
        self.to = to

    def publish(self):
        self.to.command("publish 400 2000")

    def connections(self):
        return self.to.command()[1]

    def rss(self):
        return self.to.rss()


class attacked(unittest.TestCase):
    def test_an_honest_client_is_served_while_all_attack_at_once(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard < 8000:
            self.skipTest(f"SKIPPED: only {hard} open files are allowed")
        with start(connections=4000, connections_per_address=small_target.admitted, header_time=int(1000 * small_target.slow_time),
                   grace=3000) as to:
            figure(attacks.check_storms(small_target(to), MEASURES_MEMORY))


class malicious_requests(unittest.TestCase):
    def refused(self, to, raw, status):
        got = answer(to.say(raw))
        self.assertEqual(got.status, status, raw[:80])
        self.assertEqual(got.headers["connection"], "close")
        got.code()

    def test_malformed_requests_are_refused(self):
        with start() as to:
            host = f"Host: {to.host}\r\n".encode()
            put = b"PUT /echo HTTP/1.1\r\n" + host + b"Content-Type: application/octet-stream\r\n"
            for raw, status in (
                    (b"nonsense\r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\n" + host + b"\n", 505),
                    (b"GET /hello HTTP/2.0\r\n" + host + b"\r\n", 505),
                    (b"GET hello HTTP/1.1\r\n" + host + b"\r\n", 400),
                    (b"GET /hello#x HTTP/1.1\r\n" + host + b"\r\n", 400),
                    (b"CONNECT a:1 HTTP/1.1\r\n" + host + b"\r\n", 501),
                    (b"GET /hello HTTP/1.1\r\n" + host + b"X: a\r\n b\r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\r\n" + host + b"X:\r\n \r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\r\n" + host + b"X : a\r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\r\n" + host + b"X: a\0b\r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\r\n\r\n", 400),
                    (b"GET /hello HTTP/1.1\r\n" + host + host + b"\r\n", 400),
                    (put + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
                    (put + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
                    (put + b"Content-Length: 1, 1\r\n\r\na", 400),
                    (put + b"Content-Length: +1\r\n\r\na", 400),
                    (put + b"Content-Length: -1\r\n\r\na", 400),
                    (put + b"Content-Length: 18446744073709551616\r\n\r\na", 400),
                    (put + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                    (put + b"Transfer-Encoding: gzip\r\n\r\nx", 501),
                    (put + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
                    (put + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
                    (put + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\n\r\n10000000000000001\r\nx\r\n0\r\n\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413),
                    (put + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400),
                    (put + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 40_000, 400),
                    (put + b"Expect: magic\r\nContent-Length: 1\r\n\r\na", 417)):
                with self.subTest(raw=raw[-70:]):
                    self.refused(to, raw, status)
            self.assertEqual(to.ask("GET", "/hello").status, 200)

    def test_large_headers_are_refused(self):
        with start() as to:
            first = f"GET /hello HTTP/1.1\r\nHost: {to.host}\r\n".encode()
            self.refused(to, first + b"X: " + b"x" * 8190 + b"\r\n\r\n", 431)
            self.refused(to, first + b"X: y\r\n" * 101 + b"\r\n", 431)
            self.refused(to, first + b"X: " + b"x" * 500_000, 431)
            self.refused(to, first + (b"X: " + b"x" * 1000 + b"\r\n") * 20, 431)
            self.refused(to, b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414)
            self.refused(to, b"GET /" + b"x" * 500_000, 414)
            self.assertEqual(to.ask("GET", "/kv/" + "x" * 8000, {"X": "x" * 8000}).status, 200)

    def test_a_header_in_many_small_pieces_is_limited_as_a_whole(self):
        with start() as to, to.connect() as client:
            client.sendall(f"GET /hello HTTP/1.1\r\nHost: {to.host}\r\n".encode())
            for _ in range(20):
                client.sendall(b"X: " + b"x" * 600 + b"\r\n")
                time.sleep(0.005)
            self.assertEqual(answer(read_all(client)).status, 431)

    def test_large_bodies_are_refused_in_either_framing(self):
        with start(body_bytes=100_000) as to:
            raw = {"Content-Type": "application/octet-stream"}
            self.assertEqual(to.ask("PUT", "/echo", raw, b"x" * 100_000).status, 200)
            self.assertEqual(to.ask("PUT", "/echo", raw, b"x" * 100_001).status, 413)
            chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
            got = to.ask("PUT", "/echo", {**raw, "Transfer-Encoding": "chunked"}, chunk * 40)
            self.assertEqual(got.code(), "body_too_large")
            self.assertEqual(to.ask("POST", "/small", (), b"x" * 1000).body, b"1000")
            self.assertEqual(to.ask("POST", "/small", (), b"x" * 1001).status, 413)
            got = to.ask("POST", "/small", {"Transfer-Encoding": "chunked"}, b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n")
            self.assertEqual(got.status, 413)

    def test_an_endless_body_of_tiny_chunks_ends(self):
        with start(body_bytes=10_000) as to, to.connect() as client:
            client.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nTransfer-Encoding: chunked\r\n"
                           "Content-Type: application/octet-stream\r\n\r\n".encode())
            sent, chunk = 0, b"1;" + b"x" * 4000 + b"\r\nx\r\n"
            try:
                while sent < 10_000_000:
                    client.sendall(chunk)
                    sent += len(chunk)
            except OSError:
                pass
            self.assertLess(sent, 5_000_000)

    def test_bodies_of_many_clients_are_limited_together(self):
        with start(held_bytes=1_000_000) as to:
            held = [to.connect() for _ in range(4)]
            for x in held:
                x.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Length: 500000\r\n"
                          "Content-Type: application/octet-stream\r\n\r\n".encode() + b"x" * 300_000)
            seen = []
            for x in held:
                x.settimeout(1)
                try:
                    seen.append(answer(read_all(x)).status)
                except socket.timeout:
                    seen.append(None)
            self.assertIn(503, seen)
            self.assertIn(None, seen)
            for x in held:
                x.close()

    def test_bodies_of_one_client_leave_room_for_others(self):
        with start(held_bytes=1_000_000, held_bytes_per_address=500_000) as to:
            raw = {"Content-Type": "application/octet-stream"}
            held, seen = [to.connect() for _ in range(4)], []
            for x in held:
                x.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Length: 500000\r\n"
                          "Content-Type: application/octet-stream\r\n\r\n".encode() + b"x" * 300_000)
            for x in held:
                x.settimeout(1)
                try:
                    seen.append(answer(read_all(x)).status)
                except socket.timeout:
                    seen.append(None)
            self.assertEqual(sorted(seen, key=str), [429, 429, 429, None])
            got = to.ask("PUT", "/echo", raw, b"x" * 300_000)
            self.assertEqual((got.status, got.code(), got.headers["retry-after"]), (429, "busy", "1"))
            with socket.create_connection(("127.0.0.1", to.port), 10, ("127.0.0.2", 0)) as other:
                other.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Length: 300000\r\nConnection: close\r\n"
                              "Content-Type: application/octet-stream\r\n\r\n".encode() + b"x" * 300_000)
                self.assertEqual(answer(read_all(other)).status, 200)
            for x in held:
                x.close()
            wait_for(lambda: to.command()[1] == 0)
            self.assertEqual(to.ask("PUT", "/echo", raw, b"x" * 300_000).status, 200)

    def test_a_slow_header_and_a_slow_body_time_out(self):
        with start(header_time=600, grace=600, rate=1000, idle_time=600) as to:
            begun = f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Type: application/octet-stream\r\n".encode()
            for first, piece in ((begun, b"X: y\r\n"), (begun + b"Content-Length: 90000\r\n\r\n", b"xx")):
                began = time.monotonic()
                with to.connect() as client:
                    client.sendall(first)
                    try:
                        for _ in range(40):
                            client.sendall(piece)
                            time.sleep(0.1)
                    except OSError:
                        pass
                    took = time.monotonic() - began
                    self.assertEqual(answer(read_all(client)).status, 408)
                self.assertLess(took, 4.5)
            began = time.monotonic()
            self.assertEqual(to.say(b""), b"")
            self.assertLess(time.monotonic() - began, 3)

    def test_a_client_that_does_not_read_its_answer_is_closed(self):
        with start(grace=500, rate=1_000_000_000) as to, to.connect(size=4096) as client:
            client.sendall(get("/big", to.host))
            wait_for(lambda: to.command()[1] == 0)

    def test_more_connections_than_allowed_are_refused_and_others_served(self):
        with start(connections=200, connections_per_address=150) as to:
            held = [to.connect() for _ in range(150)]
            wait_for(lambda: to.command()[1] == 150)
            with to.connect() as one_more:
                got = answer(read_all(one_more))
            self.assertEqual((got.status, got.code()), (429, "too_many_connections"))
            held.pop().close()
            wait_for(lambda: to.command()[1] == 149)
            self.assertEqual(to.ask("GET", "/hello").status, 200)
            for x in held:
                x.close()

    def test_five_thousand_connections_are_bounded(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard < 6000:
            self.skipTest(f"SKIPPED: only {hard} open files are allowed")
        with start(connections=4096, connections_per_address=4000) as to:
            before, began, held = to.rss(), time.monotonic(), []
            for _ in range(5000):
                held.append(to.connect())
            wait_for(lambda: to.command()[3] >= 1000)
            grown = to.rss() - before
            figure(f"5,000 connections: 4,000 admitted, in {time.monotonic() - began:.1f} s, {grown / 4000 / 1024:.1f} "
                   f"KiB each, {grown / 2**20:.1f} MiB")
            self.assertEqual(to.command()[1], 4000)
            if MEASURES_MEMORY:
                self.assertLess(grown, 64 << 20)
            held[0].sendall(get("/hello", to.host))
            read_until(held[0], b"hello\n")
            for x in held:
                x.close()
            wait_for(lambda: to.command()[1] == 0)

    def test_a_server_without_descriptors_waits_and_goes_on(self):
        with start(nofile=64) as to:
            held = [to.connect() for _ in range(100)]
            time.sleep(0.5)
            before = to.cpu()
            time.sleep(1)
            self.assertLess(to.cpu() - before, 0.2)
            for x in held:
                x.close()
            wait_for(lambda: to.ask("GET", "/hello").status == 200)
        self.assertIn("cannot accept", to.log)
        self.assertLess(to.log.count("\n"), 30)

    @needs_few_threads
    def test_a_server_that_lacks_a_thread_says_so_and_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            for count in range(2):
                done = subprocess.run([PROGRAM, "threads=2", "listen=unix:" + path], preexec_fn=few_threads(count),
                                      capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr),
                                 (1, "failed: no thread can be made: Resource temporarily unavailable\n", ""))
                self.assertFalse(os.path.exists(path))


class guards(unittest.TestCase):
    def test_only_names_of_the_service_are_hosts(self):
        with start(host="node.example") as to:
            for host, status in ((to.host, 200), (f"localhost:{to.port}", 200), (f"LOCALHOST.:{to.port}", 200),
                                 ("node.example", 200), ("node.example:1", 200), ("evil.example", 421),
                                 (f"evil.example:{to.port}", 421), ("127.0.0.1:1", 421), ("127.0.0.1", 421),
                                 (f"127.0.0.1.evil.example:{to.port}", 421), ("", 421)):
                with self.subTest(host=host):
                    self.assertEqual(to.ask("GET", "/hello", {"Host": host}).status, status)
            got = answer(to.say(b"GET http://evil.example/hello HTTP/1.1\r\nHost: " + to.host.encode()
                                + b"\r\nConnection: close\r\n\r\n"))
            self.assertEqual(got.code(), "host_not_allowed")

    def test_pages_of_other_sites_are_refused(self):
        with start() as to:
            for origin, status in ((f"http://{to.host}", 200), ("http://evil.example", 403), ("null", 403),
                                   (f"https://{to.host}", 403), (f"http://{to.host}.evil.example", 403),
                                   (f"http://localhost:{to.port}", 403), ("", 403)):
                with self.subTest(origin=origin):
                    self.assertEqual(to.ask("GET", "/hello", {"Origin": origin}).status, status)
            self.assertNotIn("access-control-allow-origin", to.ask("GET", "/hello").headers)

    def test_a_body_of_a_type_that_any_page_may_send_is_refused(self):
        with start() as to:
            for kind, status in (("application/octet-stream", 200), ("text/plain", 415), (None, 415), ("", 415),
                                 ("Text/Plain; charset=utf-8", 415), ("multipart/form-data; boundary=x", 415),
                                 ("application/x-www-form-urlencoded", 415)):
                with self.subTest(kind=kind):
                    self.assertEqual(to.ask("PUT", "/echo", {"Content-Type": kind}, b"x").status, status)
            self.assertEqual(to.ask("PUT", "/echo", {"Content-Type": "text/plain", "Authorization": "Bearer x"},
                                    b"x").status, 200)
            self.assertEqual(to.ask("PUT", "/echo").status, 200)
            self.assertEqual(to.ask("PUT", "/echo", {"Sec-Fetch-Site": "cross-site"}).status, 403)
            self.assertEqual(to.ask("POST", "/small", {"Content-Type": "text/plain"}, b"x").status, 200)

    def test_tokens_grant_reading_or_everything(self):
        with start() as to:
            to.command("tokens reading-token writing-token")

            def status(method, path, token=None):
                return to.ask(method, path, {"Authorization": token and f"Bearer {token}"}).status

            self.assertEqual([status("GET", "/hello", x) for x in (None, "reading-token", "writing-token", "x", "")],
                             [401, 200, 200, 403, 403])
            self.assertEqual([status("PUT", "/echo", x) for x in (None, "reading-token", "writing-token", "x")],
                             [401, 403, 200, 403])
            self.assertEqual(status("GET", "/livez"), 200)
            got = to.ask("GET", "/hello")
            self.assertEqual((got.code(), got.headers["www-authenticate"]), ("token_missing", "Bearer"))
            to.command("tokens another another-one")
            self.assertEqual([status("GET", "/hello", x) for x in ("reading-token", "another")], [403, 200])

    def test_a_unix_socket_replaces_a_stale_one_and_not_a_live_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(path)
            with start(listen="unix:" + path) as to, socket.socket(socket.AF_UNIX) as client:
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o660)
                client.connect(path)
                client.sendall(get("/hello", "anything", "Connection: close"))
                self.assertEqual(answer(read_all(client)).body, b"hello\n")
                other = server(PROGRAM, listen="unix:" + path)
                self.assertIn("Address already in use", other.address)
                other.process.communicate()
            self.assertFalse(os.path.exists(path))
            self.assertEqual(to.process.returncode, 0)

    def test_an_inherited_socket_is_served(self):
        with socket.socket() as own:
            own.bind(("127.0.0.1", 0))
            own.listen()
            with server(PROGRAM, pass_fds=(own.fileno(),), fd=own.fileno()) as to:
                self.assertEqual(to.port, own.getsockname()[1])
                self.assertEqual(to.ask("GET", "/hello").status, 200)

    def test_an_address_in_use_and_a_bad_one_are_named(self):
        with start() as to:
            for address, why in ((to.host, "Address already in use"), ("nonsense", "HOST:PORT"),
                                 ("192.0.2.1:1", "Cannot assign requested address")):
                other = server(PROGRAM, listen=address)
                self.assertIn(why, other.address)
                other.process.communicate()

    def test_tls_serves_everything_and_plain_text_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = self_signed(folder)
            with start(cert=cert, key=key, header_time=500) as to:
                with trusting().wrap_socket(to.connect()) as client:
                    self.assertIn(client.version(), ("TLSv1.2", "TLSv1.3"))
                    for path, text in (("/hello", b"hello\n"), ("/later", b"late")):
                        client.sendall(get(path, to.host))
                        read_until(client, text)
                    body = os.urandom(200_000)
                    client.sendall(f"PUT /echo HTTP/1.1\r\nHost: {to.host}\r\nContent-Length: {len(body)}\r\n"
                                   "Content-Type: application/octet-stream\r\nConnection: close\r\n\r\n".encode() + body)
                    self.assertEqual(answer(read_all(client)).body, body)
                with trusting().wrap_socket(to.connect()) as client:
                    client.sendall(get("/events", to.host))
                    read_until(client, b"event: snapshot")
                    to.command("publish 3 10")
                    read_until(client, b"id: e-3")
                to.say(get("/hello", to.host))
                self.assertEqual(to.say(b""), b"")
                wait_for(lambda: to.command()[1] == 0)
            bad = server(PROGRAM, cert=cert, key=cert)
            self.assertIn("cannot read the key", bad.address)
            bad.process.communicate()


class streams(unittest.TestCase):
    def follow(self, to, path="/events", *headers, **options):
        client = to.connect(**options)
        client.sendall(get(path, to.host, *headers))
        return client

    def test_a_stream_begins_with_a_snapshot_and_resumes_by_id(self):
        with start() as to:
            with self.follow(to) as client:
                text = read_until(client, b'{"whole":true}\n\n')
                self.assertIn(b"retry: 2000\n\n", text)
                self.assertIn(b"Cache-Control: no-store\r\n", text)
                self.assertIn(b"id: e-0\nevent: snapshot\n", text)
                to.command("publish 3 1")
                self.assertEqual(read_until(client, b"id: e-3\nevent: change\ndata: x\n\n").count(b"id: "), 3)
            for path, header in (("/events?since=e-1", "X: y"), ("/events", "Last-Event-ID: e-1")):
                with self.follow(to, path, header) as client:
                    text = read_until(client, b"id: e-3\n")
                    self.assertIn(b"id: e-2\n", text)
                    self.assertNotIn(b"snapshot", text)
            for since in ("other-1", "e-99", "e-", "e-1x"):
                with self.follow(to, "/events?since=" + since) as client:
                    text = read_until(client, b'{"whole":true}\n\n')
                    self.assertLess(text.index(b"event: reset"), text.index(b"event: snapshot"))

    def test_a_filter_lets_only_its_key_through(self):
        with start() as to, self.follow(to, "/events?key=b") as client:
            read_until(client, b"snapshot")
            to.command("publish 5 1 a")
            to.command("publish 1 1 b")
            text = read_until(client, b"id: e-6\n")
            self.assertNotIn(b"id: e-5", text)

    def test_comments_keep_a_stream_awake(self):
        with start(comment_interval=300) as to, self.follow(to) as client:
            read_until(client, b"\n\n:\n\n:\n\n:\n\n")

    def test_a_client_that_does_not_read_loses_events_and_is_told(self):
        with start() as to:
            slow = self.follow(to, size=4096)
            read_until(slow, b"snapshot")
            with self.follow(to) as quick:
                read_until(quick, b"snapshot")
                before = to.rss()
                for i in range(60):
                    to.command("publish 100 2000")
                    read_until(quick, b"id: e-%d\n" % (i * 100 + 100))
                if MEASURES_MEMORY:
                    self.assertLess(to.rss() - before, 24 << 20)
            text = read_until(slow, b"id: e-6000\n")
            self.assertIn(b"event: overflow\ndata: {\"lost\":", text)
            slow.close()

    def test_a_client_that_asks_for_it_is_closed_on_overflow(self):
        with start() as to:
            slow = self.follow(to, "/events?on_overflow=close", size=4096)
            read_until(slow, b"snapshot")
            for _ in range(80):
                to.command("publish 100 2000")
            text = read_all(slow)
            self.assertRegex(text[-100:], rb'event: overflow\ndata: \{"lost":\d+\}\n\n$')
            slow.close()
            wait_for(lambda: to.command()[2] == 0)

    def test_a_client_that_never_reads_is_closed_in_the_end(self):
        with start(grace=500, rate=1_000_000_000) as to:
            slow = self.follow(to, size=4096)
            wait_for(lambda: to.command()[2] == 1)
            for _ in range(80):
                to.command("publish 100 2000")
            wait_for(lambda: to.command()[2] == 0)
            slow.close()

    def test_streams_of_one_client_are_limited_and_given_back(self):
        with start(streams_per_address=3) as to:
            held = [self.follow(to) for _ in range(3)]
            wait_for(lambda: to.command()[2] == 3)
            refused = to.ask("GET", "/events")
            self.assertEqual((refused.code(), refused.headers["retry-after"]), ("too_many_streams", "1"))
            held.pop().close()
            wait_for(lambda: to.command()[2] == 2)
            with self.follow(to) as client:
                read_until(client, b"snapshot")
            for x in held:
                x.close()
            wait_for(lambda: to.command()[2] == 0)

    def test_a_thousand_idle_streams_cost_little(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with start() as to:
            to.ask("GET", "/hello")
            before = to.rss()
            held = [self.follow(to) for _ in range(1000)]
            wait_for(lambda: to.command()[2] == 1000)
            for x in held:
                read_until(x, b"snapshot")
            grown, used = to.rss() - before, to.cpu()
            time.sleep(5)
            used = to.cpu() - used
            figure(f"1,000 idle streams: {grown / 2**20:.1f} MiB, {used / 5 * 100:.1f} % of a processor")
            if MEASURES_MEMORY:
                self.assertLess(grown, 20 << 20)
            self.assertLess(used / 5, 0.01 * PATIENCE)
            began = time.monotonic()
            to.command("publish 10 200")
            for x in held:
                read_until(x, b"id: e-10\n")
            figure(f"10 events reach 1,000 streams in {(time.monotonic() - began) * 1000:.0f} ms")
            for x in held:
                x.close()
            wait_for(lambda: to.command()[1] == 0)

    def test_a_stop_ends_streams_and_requests_in_time(self):
        with start() as to:
            held = [self.follow(to) for _ in range(10)] + [to.connect()]
            waiting = self.follow(to, "/never")
            late = self.follow(to, "/later")
            read_until(held[0], b"snapshot")
            time.sleep(0.05)
            began = time.monotonic()
            to.command("stop")
            self.assertLess(time.monotonic() - began, 2)
            self.assertEqual(answer(read_all(late)).body, b"late")
            for x in (*held, waiting, late):
                read_all(x)
                x.close()


def frame(kind, data):
    head = bytes([0x80 | kind])
    head += bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xfe]) + struct.pack(">H", len(data))
    mask = os.urandom(4)
    return head + mask + bytes(x ^ mask[i % 4] for i, x in enumerate(data))


class sockets(unittest.TestCase):
    def open(self, to, *headers, path="/socket", size=None):
        client = to.connect(size=size)
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(get(path, to.host, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
                           "Sec-WebSocket-Version: 13", *headers))
        return client, read_until(client, b"\r\n\r\n")

    def test_messages_go_both_ways(self):
        with start() as to:
            client, said = self.open(to)
            self.assertIn(b"101", said)
            for kind, data in ((1, b"text"), (2, b"\0\xff"), (1, b"x" * 900)):
                client.sendall(frame(kind, data))
                got = read_until(client, data)
                self.assertEqual(got[0], 0x80 | kind)
            self.assertEqual(to.command()[2], 1)
            client.sendall(frame(8, struct.pack(">H", 1000)))
            self.assertEqual(read_all(client)[:1], b"\x88")
            client.close()
            wait_for(lambda: to.command()[1:3] == [0, 0])

    def test_large_and_malformed_messages_close_it(self):
        with start() as to:
            for raw in (frame(2, b"x" * 1001), frame(1, b"\xff\xfe"), b"\x82\x01x", frame(3, b"x")):
                client, _ = self.open(to)
                client.sendall(raw)
                self.assertEqual(read_all(client)[:1], b"\x88")
                client.close()
            wait_for(lambda: to.command()[1:3] == [0, 0])

    def test_unfinished_messages_of_all_sockets_have_a_limit(self):
        with start(held_bytes=8000) as to:
            held = [self.open(to)[0] for _ in range(5)]  # the buffer of each has 1536 bytes
            for x in held:
                x.sendall(frame(2, b"x" * 990)[:-1])
            time.sleep(0.2)  # so that the server has read them
            message = frame(1, b"x" * 900)
            client, _ = self.open(to)
            client.sendall(message[:-1])
            self.assertEqual(len(read_until(client, b"\x88\x02" + struct.pack(">H", 1013))), 4)
            client.close()
            for x in held[1:]:
                x.close()
            wait_for(lambda: to.command()[1] == 1)
            client, _ = self.open(to)
            for part in (message[:-1], message[-1:]):
                client.sendall(part)
                time.sleep(0.2)
            read_until(client, b"x" * 900)
            for x in (client, *held):
                x.close()

    def test_a_client_that_sends_but_does_not_read_is_closed(self):
        with start(grace=500, rate=1_000_000_000) as to:
            client, _ = self.open(to, size=4096)
            messages = frame(1, b"x" * 900) * 100

            def is_closed():
                try:
                    client.sendall(messages)
                except OSError:
                    return True
                return to.command()[1] == 0

            wait_for(is_closed)
            client.close()
            wait_for(lambda: to.command()[1:3] == [0, 0])

    def test_a_reset_ends_it_even_while_its_messages_wait(self):
        with start() as to:
            client, _ = self.open(to, path="/paused")
            client.sendall(frame(1, b"x") * 1000)
            time.sleep(0.2)  # so that the server has read the first
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            wait_for(lambda: to.command()[1:3] == [0, 0])

    def test_urgent_data_does_not_keep_the_server_busy(self):
        with start() as to:
            client, _ = self.open(to)
            client.send(b"!", socket.MSG_OOB)
            time.sleep(0.2)
            before = to.cpu()
            time.sleep(1)
            self.assertLess(to.cpu() - before, 0.2)
            client.sendall(frame(1, b"text"))
            read_until(client, b"text")
            client.close()

    def test_frames_before_the_handshake_end_the_connection(self):
        with start() as to, to.connect() as client:
            client.sendall(get("/socket", to.host, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                               "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==") + frame(1, b"early"))
            self.assertEqual(read_all(client), b"")
            wait_for(lambda: to.command()[1:3] == [0, 0])

    def test_it_has_the_same_guards_and_needs_an_upgrade(self):
        with start() as to:
            client, said = self.open(to, "Origin: http://evil.example")
            self.assertIn(b" 403 ", said)
            client.close()
            self.assertEqual(to.ask("GET", "/socket").code(), "upgrade_required")
            client, _ = self.open(to)
            to.command("stop")
            self.assertEqual(read_all(client)[:1], b"\x88")
            client.close()


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    run_cases()
