#!/usr/bin/python3
"""Tests of the meshd process: settings, signals, messages to systemd, and how it ends."""
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

from meshd import BINARY, MeshdTest, main, run, soon


@contextlib.contextmanager
def stopped(threads):
    """Stops some threads of a process with ptrace."""
    seize, interrupt, detach, wait_for_threads = 0x4206, 0x4207, 17, 0x40000000
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = (ctypes.c_long,) * 4
    for x in threads:
        if ptrace(seize, x, 0, 0) != 0:
            raise unittest.SkipTest("ptrace is not allowed: " + os.strerror(ctypes.get_errno()))
        ptrace(interrupt, x, 0, 0)
        os.waitpid(x, wait_for_threads)
    yield
    for x in threads:
        ptrace(detach, x, 0, 0)


class Settings(MeshdTest):
    def refused(self, text, *options, env=None):
        result = run("--check-config", *options, env=env)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(text, result.stderr)

    def test_help_and_version_are_printed(self):
        result = run("--help")
        self.assertEqual(result.returncode, 0)
        for text in ("--http", "--peers", "SIGHUP", "default \"127.0.0.1:6784\""):
            self.assertIn(text, result.stdout)
        self.assertRegex(run("--version").stdout, r"^meshd \d+\.\d+\.\d+$")

    def test_the_command_line_beats_the_environment_and_that_the_file(self):
        file = self.file("meshd.ini", '[meshd]\nlog-level = "error"\nmax-sets = 3\nkv-channel = "x"\n'
                                      '[mesh]\nport = 1111\nnickname = "file"\n')
        env = {"MESHD_CONFIG": file, "MESHD_MAX_SETS": "4", "MESHD_KV_CHANNEL": "y", "MESHD_NICKNAME": "env",
               "MESHD_PEERS": "a.example"}
        result = run("--print-config", "--kv-channel=z", "--peers=b.example", env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        for text in ('log-level = "error"', 'max-sets = "4"', 'kv-channel = "z"', "port = 1111", "env", "b.example"):
            self.assertIn(text, result.stdout)
        for text in ('"file"', "a.example"):
            self.assertNotIn(text, result.stdout)

    def test_printed_settings_are_a_configuration_file(self):
        first = run("--print-config", "--http=unix:/run/x y", "--peers=b.example,c.example", "--http-allowed-hosts=a",
                    "--http-insecure", "--kv-retention=90min", "--gossip-interval=5s")
        self.assertEqual(first.returncode, 0, first.stderr)
        second = run("--print-config", "--config=" + self.file("again.ini", first.stdout))
        self.assertEqual(second.stdout, first.stdout, second.stderr)

    def test_printed_texts_are_quoted_so_that_they_are_read_as_they_were(self):
        for strange in ('"', '"a', 'a"b', "\\", "a\nb", "a\tb", "#;,=[]{}", "'"):
            env = {"MESHD_NICKNAME": strange, "MESHD_KV_CHANNEL": strange}
            first = run("--print-config", env=env)
            self.assertEqual(first.returncode, 0, first.stderr)
            second = run("--print-config", "--config=" + self.file("again.ini", first.stdout))
            self.assertEqual((second.stdout, second.stderr), (first.stdout, ""), strange)

    def test_printed_times_are_those_that_were_given(self):
        for time in ("2h", "24h", "100h", "90min", "30s", "1500ms"):
            printed = run("--print-config", f"--password-grace={time}").stdout
            self.assertIn(f"\npassword-grace = {time}\n", printed)
        self.assertIn("\ndrain-limit = 0s\n", run("--print-config", "--drain-limit=0ms").stdout)

    def test_what_is_unknown_or_wrong_is_named(self):
        self.refused("--htpt", "--htpt=1")
        self.refused("'positional'", "positional")
        self.refused("--state", "--state")
        self.refused("log-format", "--log-format=xml")
        self.refused("max-sets", "--max-sets=-1")
        self.refused("kv-retention", "--kv-retention=1s")
        self.refused("kv-retention", "--kv-retention=9999999999h")
        self.refused("mesh.port", "--port=70000")
        self.refused("given twice", "--state=a", "--state=b")
        self.refused("http-key", "--http-cert=a")
        self.refused("HOST:PORT", "--http=127.0.0.1")
        self.refused("HOST:PORT", "--metrics=127.0.0.1:x")
        self.refused("certificate /nowhere: No such file", "--http-cert=/nowhere", "--http-key=/nowhere")
        self.refused("MESHD_HTPT", env={"MESHD_HTPT": "1"})
        self.refused("expected a value", "--peers=")
        for content, text in (("[mehsd]\nhttp = 1", "[mehsd]"), ("[meshd]\nhtpt = 1", "'htpt'"),
                              ("[mesh]\nprot = 1", "'prot'"), ("[scheduler]\npolcy = 1", "'polcy'"),
                              ("port = 1", "'port'"), ("[mesh]\nport = ]", "bad.ini:2: unexpected character"),
                              ("[meshd]\nhttp = 127.0.0.1:80\n", "texts stand in quotes"),
                              ("[meshd\nhttp = 1\n", "bad.ini:1: unexpected newline")):
            self.refused(text, "--config=" + self.file("bad.ini", content))
        self.refused("No such file", "--config=/nowhere")
        self.refused("is a folder", "--config=/")

    def test_secrets_are_accepted_only_as_files(self):
        self.refused("password-file", "--password=secret")
        self.refused("MESHD_PASSWORD_FILE", env={"MESHD_PASSWORD": "secret"})
        self.refused("MESHD_TOKEN_FILE", env={"MESHD_TOKEN": "secret"})
        self.refused("password-file", "--config=" + self.file("p.ini", '[mesh]\npassword = ["secret"]'))
        for result in (run("--password=s3cret", "--check-config"), run("--tokn=s3cret", "--check-config")):
            self.assertNotIn("s3cret", result.stderr)

    def test_no_secret_is_printed(self):
        os.mkdir(self.path("credentials"))
        secrets = ("the-password-of-the-mesh", "the-token-for-writing", "the-token-for-reading")
        options = []
        for name, secret in zip(("password", "token", "read-token"), secrets):
            options.append(f"--{name}-file=" + self.file(f"credentials/{name}", secret + "\n"))
        for given in ((), options):
            result = run("--print-config", *given, env={"CREDENTIALS_DIRECTORY": self.path("credentials")})
            self.assertEqual(result.returncode, 0, result.stderr)
            for name, secret in zip(("password", "token", "read-token"), secrets):
                self.assertIn(f'{name}-file = "{self.path("credentials")}/{name}"', result.stdout)
                self.assertNotIn(secret, result.stdout + result.stderr)
        node = self.node("--log-level=debug", *options)
        node.token = secrets[1]
        node.get("/v1/node")
        self.assertEqual(node.stop(), 0)
        for secret in secrets:
            self.assertNotIn(secret, "\n".join(node.log))

    def test_a_service_beyond_loopback_needs_tls_or_a_word(self):
        for address in ("0.0.0.0:0", "[::]:0"):
            result = run(f"--http={address}", "--port=0", "--host=127.0.0.1")
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("http-insecure", result.stderr)
        node = self.node("--http-insecure", http="0.0.0.0:0")
        self.assertEqual(node.get("/livez")["ok"], True)

    def test_a_port_in_use_is_a_failure(self):
        node = self.node()
        result = run("--host=127.0.0.1", f"--port={node.mesh_port}", "--http=127.0.0.1:0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("address_in_use", result.stderr)
        result = run("--host=127.0.0.1", "--port=0", f"--http=127.0.0.1:{node.http_port}")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(str(node.http_port), result.stderr)


class File(MeshdTest):
    def test_both_sections_are_read_without_a_warning(self):
        file = self.file("meshd.conf", '[meshd]\nmax-sets = 3\n[mesh]\nnickname = "n"\n')
        node = self.node(f"--config={file}")
        self.assertEqual(node.get("/v1/node")["nickname"], "n")
        self.assertFalse([x for x in node.log if "warning" in x])


class Log(MeshdTest):
    def lines(self, *options):
        """The log of a node that another node with a strange nickname joins."""
        with subprocess.Popen([BINARY, "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0", "--preset=loopback",
                               "--discovery=false", *options], stderr=subprocess.PIPE, text=True) as process:
            lines = []
            while not any(" listens on " in x for x in lines):
                lines.append(process.stderr.readline())
            port = re.search(r"listens on \S+:(\d+)", lines[-1]).group(1)
            self.node("--nickname=b\n[error] forged\x1b[31m", f"--peers=127.0.0.1:{port}")
            while not any("forged" in x for x in lines) and process.poll() is None:
                lines.append(process.stderr.readline())
            process.terminate()
            lines += process.communicate(timeout=20)[0] or []
        return [x.rstrip("\n") for x in lines]

    def test_each_line_has_its_level_and_text(self):
        for lines in (self.lines(), self.lines("--log-format=text", "--log-level=debug")):
            for line in lines:
                self.assertRegex(line, r"^\[(debug|info|warning)\] [\x20-\x7e]+$")
            self.assertTrue(any(x.startswith("[info] serves HTTP on ") for x in lines), lines)

    def test_lines_as_json_have_time_level_and_text(self):
        for line in self.lines("--log-format=json"):
            entry = json.loads(line)
            self.assertEqual(list(entry), ["time", "level", "text"])
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(entry["level"], ("info", "warning"))


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
        b.signal(signal.SIGSTOP)
        a.signal(signal.SIGTERM)
        self.assertEqual(a.wait(), 0)
        b.signal(signal.SIGCONT)

    def test_a_node_that_may_drain_for_long_is_not_ended_by_force(self):
        a, b = self.line(2, "--drain-limit=16s", "--patience=60s", "--stall-limit=60s")
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        b.signal(signal.SIGSTOP)
        for _ in range(6):
            a.call("POST", "/v1/channels/chat/messages", bytes(4_000_000), status=202)
        began = time.monotonic()
        a.signal(signal.SIGTERM)
        self.assertEqual(a.wait(30), 0)
        self.assertGreater(time.monotonic() - began, 15)
        b.signal(signal.SIGCONT)

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
        # Wrong settings change nothing and are logged.
        self.file("meshd.ini", "[mehsd]\n")
        b.signal(signal.SIGHUP)
        b.await_log("[mehsd]")
        self.assertIsNone(b.process.poll())

    def test_sighup_names_changed_settings_that_need_a_restart(self):
        config = self.file("meshd.conf", '[meshd]\nmax-sets = 3\n[mesh]\nnickname = "n"\npeers = []\n')
        node = self.node(f"--config={config}")
        node.signal(signal.SIGHUP)
        node.await_log("read peers, passwords and tokens again")
        self.assertFalse([x for x in node.log if "restart" in x])
        self.file("meshd.conf", '[meshd]\nmax-sets = 4\nlog-format = "json"\n[mesh]\npeers = ["127.0.0.1:1"]\n')
        node.signal(signal.SIGHUP)
        node.await_log("changed settings that need a restart of meshd: log-format, max-sets, nickname")


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
        # The old one is no longer accepted.
        c = self.node(f"--password-file={self.file('old', theirs)}", f"--peers={b.address}")
        b.await_log("another password")
        self.assertEqual(len(c.peers()), 1)


class Descriptors(MeshdTest):
    def limited(self, soft, hard, *options):
        return self.node(*options, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))

    def test_the_limit_of_open_files_is_raised_as_far_as_it_may(self):
        node = self.limited(256, 20_000)
        with open(f"/proc/{node.process.pid}/limits", encoding="ascii") as limits:
            self.assertRegex(limits.read(), r"Max open files +20000 +20000")
        self.assertEqual(node.get("/v1/node")["warnings"], [])

    def test_http_clients_leave_open_files_to_the_mesh(self):
        node = self.limited(256, 256)
        warning, = node.get("/v1/node")["warnings"]
        self.assertEqual(warning["code"], "no_descriptors")
        self.assertIn("max-connections is 128 instead of 8192", warning["detail"])
        held = [socket.create_connection(("127.0.0.1", node.http_port)) for _ in range(400)]
        try:
            peer = self.node(f"--peers={node.address}")
            soon(lambda: len(peer.peers()) == 2, "a peer joins although clients hold connections")
        finally:
            for x in held:
                x.close()


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
        self.until(notices, "STATUS=")
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

    def test_the_watchdog_starves_while_the_router_or_the_http_thread_hangs(self):
        notices = self.listen(self.path("notify"))
        node = self.node(env={"NOTIFY_SOCKET": self.path("notify"), "WATCHDOG_USEC": "400000"})
        self.until(notices, "WATCHDOG=1")
        pid = node.process.pid
        threads = {int(x.name): (x / "comm").read_text() for x in pathlib.Path(f"/proc/{pid}/task").iterdir()}
        for is_meant in (lambda name: name.startswith("caf."), lambda name: not name.startswith("caf.")):
            with stopped([x for x, name in threads.items() if is_meant(name) and x != pid]):
                time.sleep(0.3)
                notices.settimeout(0.001)
                with self.assertRaises(OSError):  # skips what was sent before
                    while notices.recv(4096):
                        pass
                notices.settimeout(1.5)
                with self.assertRaises(OSError):
                    while b"WATCHDOG" not in notices.recv(4096):
                        pass
            notices.settimeout(10)
            self.until(notices, "WATCHDOG=1")

    def test_credentials_are_used(self):
        os.mkdir(self.path("credentials"))
        self.file("credentials/token", "token-as-credential\n")
        self.file("credentials/password", "password as credential\n")
        node = self.node(env={"CREDENTIALS_DIRECTORY": self.path("credentials")})
        self.assertEqual(node.call("GET", "/v1/node").status, 401)
        node.token = "token-as-credential"
        self.assertTrue(node.get("/v1/node")["encryption"])

    def test_a_socket_of_systemd_is_used_for_http(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        fd = listener.fileno()

        # LISTEN_PID must be the process ID of meshd. A shell sets it and then replaces itself by meshd.
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


if __name__ == "__main__":
    main()
