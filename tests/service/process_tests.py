#!/usr/bin/python3
"""Tests of the meshd process: its settings, its state, signals, what it tells systemd, and its end."""
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from meshd import BINARY, MeshdTest, main, run, soon


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

    def test_what_is_unknown_or_wrong_is_named(self):
        self.refused("--htpt", "--htpt=1")
        self.refused("'positional'", "positional")
        self.refused("--state", "--state")
        self.refused("log-format", "--log-format=xml")
        self.refused("max-sets", "--max-sets=-1")
        self.refused("kv-retention", "--kv-retention=1s")
        self.refused("mesh.port", "--port=70000")
        self.refused("given twice", "--state=a", "--state=b")
        self.refused("http-key", "--http-cert=a")
        self.refused("htpt", env={"MESHD_HTPT": "1"})
        for content, text in (("[mehsd]\nhttp = 1", "[mehsd]"), ("[meshd]\nhtpt = 1", "'htpt'"),
                              ("[mesh]\nprot = 1", "'prot'"), ("[scheduler]\npolcy = 1", "'polcy'"),
                              ("port = 1", "'port'"), ("[mesh]\nport = ]", "no configuration file")):
            self.refused(text, "--config=" + self.file("bad.ini", content))
        self.refused("cannot read", "--config=/nowhere")

    def test_secrets_are_accepted_only_as_files(self):
        self.refused("password-file", "--password=secret")
        self.refused("MESHD_PASSWORD_FILE", env={"MESHD_PASSWORD": "secret"})
        self.refused("MESHD_TOKEN_FILE", env={"MESHD_TOKEN": "secret"})
        self.refused("password-file", "--config=" + self.file("p.ini", '[mesh]\npassword = ["secret"]'))
        for result in (run("--password=s3cret", "--check-config"), run("--tokn=s3cret", "--check-config")):
            self.assertNotIn("s3cret", result.stderr)

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


class State(MeshdTest):
    def test_a_restart_keeps_the_name(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        name = first.name()
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        self.assertEqual(second.name(), name)
        second.kill()
        self.assertEqual(self.node(state).name(), name)
        self.assertNotEqual(self.node().name(), name)

    def test_a_restart_keeps_the_keys(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        first.call("PUT", "/v1/kv/kept", b"yes", status=201)
        first.call("PUT", "/v1/kv/gone", b"yes", status=201)
        first.call("DELETE", "/v1/kv/gone", status=204)
        etag = first.call("GET", "/v1/kv/kept", status=200).headers["ETag"]
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        answer = second.call("GET", "/v1/kv/kept", status=200)
        self.assertEqual((answer.body, answer.headers["ETag"]), (b"yes", etag))
        second.call("GET", "/v1/kv/gone", status=404)

    def test_a_restart_keeps_counters_and_sets(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        name = "/v1/counters/" + urllib.parse.quote("größe/1", safe="")
        first.call("POST", name, {"add": 5}, status=200)
        first.call("POST", name, {"add": 2}, status=200)
        for x in ("apple", "pear"):
            first.call("PUT", f"/v1/sets/fruit/{x}", status=204)
        first.call("DELETE", "/v1/sets/fruit/apple", status=204)
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        self.assertEqual(second.get(name)["value"], 7)
        self.assertEqual(second.get("/v1/sets/fruit")["elements"], ["pear"])
        second.call("POST", name, {"add": 1}, status=200)
        self.assertEqual(second.stop(), 0)
        self.assertEqual(self.node(state).get(name)["value"], 8)

    def test_a_restarted_node_gives_what_it_stored_to_others(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        first.call("POST", "/v1/counters/n?durable=true", {"add": 3}, status=200)
        first.call("PUT", "/v1/sets/s/x?durable=true", status=204)
        first.kill()
        again = self.node(state)
        other = self.node(f"--peers={again.address}")
        soon(lambda: other.get("/v1/counters/n")["value"] == 3, "the counter arrives")
        soon(lambda: other.get("/v1/sets/s")["elements"] == ["x"], "the set arrives")

    def test_a_node_stores_what_others_have_written(self):
        state = f"--state={self.path('state')}"
        keeper = self.node(state)
        writer = self.node(f"--peers={keeper.address}")
        for x in (keeper, writer):
            soon(lambda n=x: len(n.peers()) == 2, "both are there")
        keeper.get("/v1/counters/n")
        writer.call("POST", "/v1/counters/n", {"add": 4}, status=200)
        soon(lambda: keeper.get("/v1/counters/n")["value"] == 4, "the counter arrives")
        writer.kill()
        keeper.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=200)
        keeper.kill()
        self.assertEqual(self.node(state).get("/v1/counters/n")["value"], 5)

    def test_a_restart_makes_no_more_replicas_than_are_allowed(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        for i in range(4):
            first.call("POST", f"/v1/counters/n{i}", {"add": 1}, status=200)
        self.assertEqual(first.stop(), 0)
        second = self.node(state, "--max-counters=2")
        answers = [second.call("GET", f"/v1/counters/n{i}").status for i in range(4)]
        self.assertEqual(answers, [200, 200, 507, 507])
        self.assertEqual(second.stop(), 0)
        self.assertEqual([self.node(state).get("/v1/counters/n3")["value"]], [1])

    def test_a_damaged_file_of_values_stays_and_fails_durable_writes(self):
        os.mkdir(self.path("state"))
        self.file("state/values.sqlite", "x" * 1000)
        node = self.node(f"--state={self.path('state')}")
        node.await_log("counters and sets are not stored")
        node.call("POST", "/v1/counters/n", {"add": 1}, status=200)
        answer = node.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=500)
        self.assertEqual(answer.code, "storage_failed")
        self.assertEqual(node.stop(), 0)
        with open(self.path("state/values.sqlite"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "x" * 1000)

    def test_kill_loses_no_durable_write(self):
        state = f"--state={self.path('state')}"
        keys, elements, removed, added = [], [], [], []

        def put_key(node, name):
            node.call("PUT", f"/v1/kv/{name}?durable=true", name.encode(), status=201)
            keys.append(name)

        def add(node, _):
            value = node.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=200).json["value"]
            added.append(value)

        def add_element(node, name):
            node.call("PUT", f"/v1/sets/s/{name}?durable=true", status=204)
            elements.append(name)

        def remove_element(node, name):
            node.call("PUT", f"/v1/sets/t/{name}?durable=true", status=204)
            node.call("DELETE", f"/v1/sets/t/{name}?durable=true", status=204)
            removed.append(name)

        def go_on(write, node, life):
            try:
                for i in range(100_000):
                    write(node, f"life{life}-{i}")
            except (OSError, http.client.HTTPException):  # killed
                pass

        for life in range(4):
            node = self.node(state)
            for key in keys:
                self.assertEqual(node.call("GET", f"/v1/kv/{key}", status=200).body, key.encode())
            # The last increment of each life may be stored without an answer.
            count = node.get("/v1/counters/n")["value"]
            self.assertTrue(len(added) <= count <= len(added) + life, (count, len(added)))
            for name in elements:
                node.call("GET", f"/v1/sets/s/{name}", status=204)
            for name in removed:
                node.call("GET", f"/v1/sets/t/{name}", status=404)
            done = [(x, len(x)) for x in (keys, added, elements, removed)]
            writers = [threading.Thread(target=go_on, args=(write, node, life))
                       for write in (put_key, add, add_element, remove_element)]
            for x in writers:
                x.start()
            soon(lambda done=done: all(len(x) > before + 10 for x, before in done), "some writes are durable")
            node.kill()
            for x in writers:
                x.join()

    def test_durable_needs_a_state_folder(self):
        node = self.node()
        for method, path, body in (("PUT", "/v1/kv/a", b"1"), ("POST", "/v1/counters/a", {"add": 1}),
                                   ("PUT", "/v1/sets/a/x", None), ("DELETE", "/v1/sets/a/x", None)):
            self.assertEqual(node.call(method, f"{path}?durable=true", body, status=409).code, "not_stored")
        node.call("GET", "/v1/kv/a", status=404)
        self.assertEqual(node.get("/v1/counters/a")["value"], 0)

    def test_two_processes_never_share_a_state(self):
        state = f"--state={self.path('state')}"
        self.node(state)
        result = run(state, "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("in use by another meshd", result.stderr)

    def test_a_damaged_name_is_a_failure_that_says_what_to_do(self):
        os.mkdir(self.path("state"))
        self.file("state/name", "nonsense")
        result = run(f"--state={self.path('state')}", "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("remove the file", result.stderr)

    def test_systemd_names_the_folder(self):
        os.mkdir(self.path("state"))
        self.node(env={"STATE_DIRECTORY": self.path("state")})
        self.assertTrue(os.path.exists(self.path("state/name")))


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

        # LISTEN_PID must be meshd's own process ID, so a shell sets it and then becomes meshd.
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
