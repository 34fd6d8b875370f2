#!/usr/bin/python3
"""Tests of the meshd process: its log, signals, messages to systemd, and how it ends."""
import contextlib
import ctypes
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import time
import unittest

from few_threads import few_threads, needs_few_threads
from http_client import self_signed
from meshd import BINARY, MeshdTest, main, soon

LOOP = "cafmesh.loop"  # the name of the threads that wait for data of other peers
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@contextlib.contextmanager
def stopped(threads):
    """Stops some threads of a process with ptrace."""
    seize, interrupt, detach, wait_for_threads = 0x4206, 0x4207, 17, 0x40000000
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = (ctypes.c_long,) * 4
    for x in threads:
        if ptrace(seize, x, 0, 0) != 0:
            raise unittest.SkipTest("SKIPPED: ptrace is not allowed: " + os.strerror(ctypes.get_errno()))
        ptrace(interrupt, x, 0, 0)
        os.waitpid(x, wait_for_threads)
    try:
        yield
    finally:
        for x in threads:
            ptrace(detach, x, 0, 0)


class Log(MeshdTest):
    def lines(self, *options):
        """The log of a node that another node with a strange nickname joins."""
        with subprocess.Popen([BINARY, "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0", "--preset=loopback",
                               "--discovery=false", *options], stderr=subprocess.PIPE, text=True) as process:
            lines, dialled = [], False
            for line in process.stderr:  # until meshd has ended
                lines.append(line.rstrip("\n"))
                found = re.search(r" listens on \S+:(\d+)", line)
                if found and not dialled:
                    dialled = True
                    self.node("--nickname=b\n[error] forged\x1b[31m", f"--peers=127.0.0.1:{found.group(1)}")
                if "forged" in line:
                    process.terminate()
        self.assertTrue(any("forged" in x for x in lines), lines)
        return lines

    def test_each_line_has_its_level_and_text(self):
        for lines in (self.lines(), self.lines("--log-format=text", "--log-level=debug")):
            for line in lines:
                self.assertRegex(line, rf"^{TIME} \[(debug|info|warning)\] [\x20-\x7e]+$")
            self.assertTrue(any(" [info] serves HTTP on " in x for x in lines), lines)

    def test_lines_as_json_have_time_level_and_text(self):
        for line in self.lines("--log-format=json"):
            entry = json.loads(line)
            self.assertEqual(list(entry), ["time", "level", "text"])
            self.assertRegex(entry["time"], f"^{TIME}$")
            self.assertIn(entry["level"], ("info", "warning"))

    def test_lines_for_the_journal_have_no_time_because_it_adds_one(self):
        def refusal(offset):
            reader, writer = os.pipe()
            pipe = os.fstat(writer)
            subprocess.run([BINARY, "--http=0.0.0.0:0"], stderr=writer, timeout=30, check=False,
                           env={**os.environ, "JOURNAL_STREAM": f"{pipe.st_dev}:{pipe.st_ino + offset}"})
            os.close(writer)
            with open(reader, encoding="ascii") as lines:
                return lines.readline()
        self.assertRegex(refusal(0), r"^\[error\] HTTP on 0\.0\.0\.0:0 ")
        self.assertRegex(refusal(1), rf"^{TIME} \[error\] ", "the journal reads another stream")


class Signals(MeshdTest):
    def test_sigterm_and_sigint_stop_it_cleanly_and_soon(self):
        for which in (signal.SIGTERM, signal.SIGINT):
            node = self.node()
            stream = node.events("/v1/events")
            stream.until("snapshot")
            began = time.monotonic()
            node.signal(which)
            self.assertEqual(node.wait(), 0)
            self.assertLess(time.monotonic() - began, 5)
            self.assertTrue(stream.ended.wait(5))

    def test_a_neighbour_that_takes_nothing_does_not_keep_it(self):
        a, b = self.line(2)
        b.suspend()
        a.signal(signal.SIGTERM)
        self.assertEqual(a.wait(), 0)
        b.resume()

    def test_a_node_that_may_drain_for_long_is_not_ended_by_force(self):
        a, b = self.stuck_pair("--drain-limit=16s")
        began = time.monotonic()
        a.signal(signal.SIGTERM)
        self.assertEqual(a.wait(30), 0)
        self.assertGreater(time.monotonic() - began, 15)
        b.resume()

    def test_a_stop_is_logged_and_a_second_signal_ends_it_at_once(self):
        a, b = self.stuck_pair("--drain-limit=20s")
        a.signal(signal.SIGTERM)
        a.await_log("stops; sends what waits for up to 20 s")
        for which in (signal.SIGHUP, signal.SIGINT):  # further signals within a second count as the same one
            a.signal(which)
        time.sleep(1.5)
        self.assertIsNone(a.process.poll())
        began = time.monotonic()
        a.signal(signal.SIGINT)
        self.assertEqual(a.wait(), 1)
        self.assertLess(time.monotonic() - began, 5)
        a.await_log("ends at once, because of a second signal")
        b.resume()

    def test_a_killed_process_is_forgotten_and_returns(self):
        a, b, c = self.line(3, "--heartbeat-interval=200ms", "--patience=1s")
        name = c.name()
        c.kill()
        soon(lambda: name not in a.peers(), "the killed peer is forgotten")
        again = self.node(f"--name={name}", f"--peers={b.address}")
        soon(lambda: name in a.peers() and len(again.peers()) == 3, "the peer is back")

    def test_sighup_reads_peers_passwords_and_tokens_again(self):
        password = self.file("password", "first password of ours\n")
        token = self.file("token", "token-of-before-1234\n")
        a = self.node(f"--password-file={password}")
        config = self.file("meshd.ini", f'[meshd]\ntoken-file = "{token}"\n[mesh]\npassword-file = "{password}"\n')
        b = self.node(f"--config={config}")
        b.token = "token-of-before-1234"
        self.assertEqual(b.get("/v1/targets")["targets"], [])
        self.file("meshd.ini", f'[meshd]\ntoken-file = "{token}"\n[mesh]\npassword-file = "{password}"\n'
                               f'peers = ["{a.address}"]\n')
        self.file("token", "token-of-now-123456\n")
        b.signal(signal.SIGHUP)
        b.token = "token-of-now-123456"
        soon(lambda: b.call("GET", "/v1/peers").status == 200, "the new token is valid")
        soon(lambda: len(b.peers()) == 2, "the new peer is dialled")
        b.token = "token-of-before-1234"
        self.assertEqual(b.call("GET", "/v1/peers").status, 403)
        self.file("meshd.ini", "[mehsd]\n")
        b.signal(signal.SIGHUP)
        b.await_log("[mehsd]")
        self.assertIsNone(b.process.poll())

    def test_sighup_gives_up_peers_that_are_not_in_the_file(self):
        a, b, c = (self.node() for _ in range(3))

        def write(*peers):
            quoted = ", ".join(f'"{x}"' for x in peers)
            return self.file("meshd.ini", f"[mesh]\npeers = [{quoted}]\n")

        node = self.node("--config=" + write(a.address, b.address))

        def wanted():
            return sorted(x["address"] for x in node.get("/v1/targets")["targets"] if x["wanted"])
        node.call("POST", "/v1/targets", {"addresses": [c.address]}, status=202)
        soon(lambda: wanted() == sorted([a.address, b.address, c.address]), "all three are wanted")
        write(a.address)
        node.signal(signal.SIGHUP)
        soon(lambda: wanted() == [a.address], "the one that was removed and the one of a client are given up")
        d = self.node()
        write(d.address)
        node.signal(signal.SIGHUP)
        soon(lambda: wanted() == [d.address], "another takes its place")

    def test_sighup_names_changed_settings_that_need_a_restart(self):
        config = self.file("meshd.conf", '[meshd]\nmax-sets = 3\n[mesh]\nnickname = "n"\npeers = []\n')
        node = self.node(f"--config={config}")
        node.signal(signal.SIGHUP)
        node.await_log("read peers, passwords, tokens and the certificate again")
        self.assertFalse([x for x in node.log if "restart" in x])
        self.file("meshd.conf", '[meshd]\nmax-sets = 4\n[mesh]\npeers = ["127.0.0.1:1"]\n')
        node.signal(signal.SIGHUP)
        node.await_log("changed settings that need a restart of meshd: max-sets, nickname")


class Passwords(MeshdTest):
    def test_sighup_takes_up_the_password_of_the_file(self):
        ours, theirs = "the password of the mesh\n", "a password of yesterday\n"
        a = self.node(f"--password-file={self.file('ours', ours)}")
        b = self.node(f"--password-file={self.file('theirs', theirs)}", f"--peers={a.address}")
        a.await_log("another password")
        self.assertEqual(len(b.peers()), 1)
        self.file("theirs", ours)
        b.signal(signal.SIGHUP)
        soon(lambda: len(b.peers()) == 2 and len(a.peers()) == 2, "the new password connects them")
        c = self.node(f"--password-file={self.file('old', theirs)}", f"--peers={b.address}")
        b.await_log("another password")
        self.assertEqual(len(c.peers()), 1)


class Descriptors(MeshdTest):
    def limited(self, soft, hard, *options):
        return self.node(*options, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))

    def test_the_limit_of_open_files_is_raised_as_far_as_it_may(self):
        hard = min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        node = self.limited(256, hard, "--max-connections=100")
        with open(f"/proc/{node.process.pid}/limits", encoding="ascii") as limits:
            self.assertRegex(limits.read(), rf"Max open files +{hard} +{hard}")
        self.assertEqual(node.get("/v1/node")["warnings"], [])

    def test_http_clients_leave_open_files_to_the_mesh(self):
        node = self.limited(256, 256)
        warning, = node.get("/v1/node")["warnings"]
        self.assertEqual(warning["code"], "no_descriptors")
        self.assertIn("max-connections is 128 instead of 8192", warning["detail"])
        node.signal(signal.SIGHUP)
        node.await_log("read peers, passwords, tokens and the certificate again")
        self.assertFalse([x for x in node.log if "need a restart" in x])
        held = [socket.create_connection(("127.0.0.1", node.http_port)) for _ in range(400)]
        try:
            peer = self.node(f"--peers={node.address}")
            soon(lambda: len(peer.peers()) == 2, "a peer joins although clients hold connections")
        finally:
            for x in held:
                x.close()


class Threads(MeshdTest):
    @needs_few_threads
    def test_a_node_that_lacks_a_thread_for_http_says_so_and_ends(self):
        command = [BINARY, "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0", "--metrics=127.0.0.1:0",
                   "--discovery=false"]
        failed = []
        for count in range(200):
            text = ""
            with subprocess.Popen(command, preexec_fn=few_threads(count), stderr=subprocess.PIPE, text=True) as process:
                for line in process.stderr:
                    text += line
                    if "serves HTTP" in line:
                        process.terminate()
            if "serves HTTP" in text:
                break
            failed.append((process.returncode, text))
        text = "".join(text for code, text in failed if code == 1)
        self.assertIn("[error] cannot serve HTTP: no thread can be made: Resource temporarily unavailable\n", text)
        # With the fewest threads, CAF itself aborts. All runs after the first one with status 1 must also end
        # with status 1.
        codes = [code for code, _ in failed]
        self.assertEqual(set(codes[codes.index(1):]), {1}, failed)


class Systemd(MeshdTest):
    def listen(self, address):
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notices.bind(address)
        notices.settimeout(10)
        self.addCleanup(notices.close)
        return notices

    def until(self, notices, text):
        while True:
            got = notices.recv(4096).decode()
            if text in got:
                return got

    def test_it_tells_systemd_of_its_life(self):
        notices = self.listen(self.path("notify"))
        node = self.node(env={"NOTIFY_SOCKET": self.path("notify")})
        self.until(notices, "READY=1")
        self.assertTrue(node.get("/livez")["ok"])
        self.assertRegex(self.until(notices, "STATUS="), r"STATUS=1 peer, 0 connections, \d+ channels")
        node.signal(signal.SIGHUP)
        self.assertIn("MONOTONIC_USEC=", self.until(notices, "RELOADING=1"))
        self.until(notices, "READY=1")
        node.signal(signal.SIGTERM)
        self.until(notices, "STOPPING=1")
        self.assertEqual(node.wait(), 0)

    def test_the_watchdog_is_fed_while_the_node_answers(self):
        notices = self.listen("\0meshd-test-" + str(os.getpid()))
        self.node(env={"NOTIFY_SOCKET": "@meshd-test-" + str(os.getpid()), "WATCHDOG_USEC": "400000"})
        began = time.monotonic()
        for _ in range(5):
            self.until(notices, "WATCHDOG=1")
        self.assertLess(time.monotonic() - began, 5)

    def test_the_watchdog_starves_while_the_router_the_network_or_the_http_thread_hangs(self):
        notices = self.listen(self.path("notify"))
        node = self.node(env={"NOTIFY_SOCKET": self.path("notify"), "WATCHDOG_USEC": "400000"})
        self.until(notices, "WATCHDOG=1")
        pid = node.process.pid
        threads = {int(x.name): (x / "comm").read_text().strip() for x in pathlib.Path(f"/proc/{pid}/task").iterdir()}
        self.assertEqual(sum(x == LOOP for x in threads.values()), 2)
        for is_meant in (lambda name: name.startswith("caf."), lambda name: name == LOOP,
                         lambda name: not name.startswith("caf.") and name != LOOP):
            with stopped([x for x, name in threads.items() if is_meant(name) and x != pid]):
                time.sleep(0.3)
                notices.settimeout(0.001)
                with self.assertRaises(OSError):  # drops the notices that were sent before
                    while notices.recv(4096):
                        pass
                notices.settimeout(1.5)
                with self.assertRaises(OSError):
                    while b"WATCHDOG" not in notices.recv(4096):
                        pass
            notices.settimeout(10)
            self.until(notices, "WATCHDOG=1")

    def test_health_has_a_reason_while_the_router_hangs(self):
        node = self.node("--metrics=127.0.0.1:0")
        node.await_log("serves metrics on")
        port = int(re.search(r"serves metrics on \S+:(\d+)", "\n".join(node.log)).group(1))
        tasks = pathlib.Path(f"/proc/{node.process.pid}/task").iterdir()
        with stopped([int(x.name) for x in tasks if (x / "comm").read_text().startswith("caf.")]):
            for path in ("/livez", "/readyz", "/readyz?wait=100ms"):
                began = time.monotonic()
                answer = node.get(path, 503)
                self.assertLess(time.monotonic() - began, 9, path)
                self.assertEqual(answer, {"ok": False, "reasons": ["the router does not answer"]})
            node.http_port = port
            self.assertFalse(node.get("/livez", 503)["ok"], "for scrapers, too")
        self.assertTrue(node.get("/livez")["ok"])

    def test_health_has_a_reason_while_the_network_hangs(self):
        node = self.node()
        tasks = pathlib.Path(f"/proc/{node.process.pid}/task").iterdir()
        with stopped([int(x.name) for x in tasks if (x / "comm").read_text().strip() == LOOP]):
            for _ in range(2):
                began = time.monotonic()
                answer = node.get("/livez", 503)
                self.assertLess(time.monotonic() - began, 9)
                self.assertEqual(answer, {"ok": False, "reasons": ["the threads of the network do not answer"]})
        self.assertTrue(node.get("/livez")["ok"])

    def test_credentials_are_used(self):
        os.mkdir(self.path("credentials"))
        self.file("credentials/token", "token-as-credential\n")
        self.file("credentials/password", "password as credential\n")
        node = self.node(env={"CREDENTIALS_DIRECTORY": self.path("credentials")})
        self.assertEqual(node.call("GET", "/v1/node").status, 401)
        node.token = "token-as-credential"
        self.assertTrue(node.get("/v1/node")["encryption"])

    def test_a_certificate_and_its_key_may_be_credentials(self):
        os.mkdir(self.path("credentials"))
        cert, key = self_signed(self.path("credentials"))
        os.rename(key, self.path("credentials/http-key"))
        os.rename(cert, self.path("credentials/http-cert"))
        env = {"CREDENTIALS_DIRECTORY": self.path("credentials")}
        self.assertEqual(self.node(env=env).https_status(self.path("credentials/http-cert")), 200)
        cert, key = self_signed(self.folder.name)
        given = self.node(f"--http-cert={cert}", f"--http-key={key}", env=env)
        self.assertEqual(given.https_status(cert), 200, "settings come before credentials")

    def test_a_socket_of_systemd_is_used_for_http(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        fd = listener.fileno()

        # LISTEN_PID must be the process ID of meshd. A shell sets it and then replaces itself with meshd.
        command = (f'exec env LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http "{BINARY}" --host=127.0.0.1 --port=0'
                   f' 3<&{fd}')
        process = subprocess.Popen(["sh", "-c", command], pass_fds=[fd], stderr=subprocess.PIPE, text=True)
        port = listener.getsockname()[1]
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(f"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                self.assertIn(b"200 OK", client.recv(4096))
        finally:
            process.terminate()
            self.assertEqual(process.wait(10), 0)
            process.stderr.close()
            listener.close()

    def test_a_socket_of_systemd_beyond_loopback_needs_tls_or_a_word(self):
        with socket.socket() as listener:
            listener.bind(("0.0.0.0", 0))
            listener.listen()
            fd = listener.fileno()
            for given in (["--http=127.0.0.1:0"], ["--http=unix:" + self.path("meshd.sock")]):
                command = (f'exec env LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http "{BINARY}" --host=127.0.0.1'
                           f' --port=0 {given[0]} 3<&{fd}')
                result = subprocess.run(["sh", "-c", command], pass_fds=[fd], capture_output=True, text=True,
                                        timeout=30, check=False)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("HTTP on 0.0.0.0:", result.stderr)
                self.assertIn("http-insecure", result.stderr)

    def test_a_unix_socket_serves_http(self):
        where = self.path("meshd.sock")
        self.node(http=f"unix:{where}", start=False)

        def ask():
            try:
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(where)
                    client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return b"200 OK" in client.recv(4096)
            except OSError:
                return False
        soon(ask, "the socket answers")

    def test_one_user_of_a_unix_socket_cannot_take_all_streams(self):
        where = self.path("meshd.sock")
        node = self.node("--max-streams=8", http=f"unix:{where}", start=False)
        node.await_log("serves HTTP")
        os.chmod(self.folder.name, 0o755)
        os.chmod(where, 0o666)
        held = []

        def status():
            held.append(socket.socket(socket.AF_UNIX))
            held[-1].settimeout(10)
            held[-1].connect(where)
            held[-1].sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return held[-1].recv(4096).split()[1]

        def status_of_another_user():
            ask = ["curl", "-sN", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", where, "http://localhost/v1/events"]
            return subprocess.run(ask, capture_output=True, check=False, user=65534).stdout
        try:
            self.assertEqual([status() for _ in range(8)], 7 * [b"200"] + [b"429"])
            if os.geteuid() != 0:
                self.skipTest("SKIPPED: only root can act as another user")
            self.assertEqual(status_of_another_user(), b"200")
        finally:
            for x in held:
                x.close()


if __name__ == "__main__":
    main()
