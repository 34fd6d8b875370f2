#!/usr/bin/python3
"""Tests of meshd's settings: where they come from, which are refused, and how they are printed."""
import os
import re
import time
import unittest

from meshd import MeshdTest, main, run, soon


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
        for text in ('log-level = "error"', 'max-sets = 4\n', 'kv-channel = "z"', "port = 1111", "env", "b.example"):
            self.assertIn(text, result.stdout)
        for text in ('"file"', "a.example"):
            self.assertNotIn(text, result.stdout)

    def test_all_settings_in_use_are_printed(self):
        service, mesh = run("--print-config", "--preset=lan").stdout.split("[mesh]")
        for text in ("max-connections = 8192", 'kv-retention = "24h"', "http-insecure = false", 'kv-channel = "kv"'):
            self.assertIn(f"\n{text}\n", service)
        for text in ('host = "0.0.0.0"', "port = 6783", "discovery = true", 'name-flavour = "mac"', "gossip-interval = 10s",
                     "retry-max = 30s", "max-waiting-bytes = 4194304", 'preset = "lan"'):
            self.assertIn(f"\n{text}\n", mesh)
        for text in ("password", "none", "empty", "random"):
            self.assertNotIn(text, mesh.replace("password-grace", ""))

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

    def test_a_time_in_a_file_needs_no_quotes(self):
        for time, printed in (("48h", "48h"), ("120min", "2h"), ("90min", "90min"), ('"86400s"', "24h"), ("61s", "61s")):
            result = run("--print-config", "--config=" + self.file("meshd.conf", f"[meshd]\nkv-retention = {time}\n"))
            self.assertIn(f'kv-retention = "{printed}"', result.stdout, result.stderr)

    def test_printed_times_are_those_that_were_given(self):
        for time in ("2h", "24h", "100h", "90min", "30s", "1500ms"):
            printed = run("--print-config", f"--password-grace={time}").stdout
            self.assertIn(f"\npassword-grace = {time}\n", printed)
        self.assertIn("\ndrain-limit = 0s\n", run("--print-config", "--drain-limit=0ms").stdout)

    def test_what_is_unknown_or_wrong_is_named(self):
        self.refused("--htpt is no option", "--htpt=1")
        self.refused("--htpt is no option", "--htpt")
        self.refused("--htpt is no option", "--htpt", "--state=x")
        self.refused("'positional'", "positional")
        self.refused("--state", "--state")
        self.refused("log-format", "--log-format=xml")
        self.refused("max-sets", "--max-sets=-1")
        self.refused("kv-retention", "--kv-retention=1s")
        self.refused("kv-retention", "--kv-retention=9999999999h")
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

    def test_a_mesh_setting_is_called_what_the_user_wrote(self):
        for value in ("70000", "x"):
            self.refused("meshd: --port must be a number from 0 to 65535", f"--port={value}")
            self.refused("meshd: --mesh.port must be", f"--mesh.port={value}")
            self.refused("meshd: MESHD_PORT must be", env={"MESHD_PORT": value})
            file = self.file("bad.ini", f'[mesh]\nport = "{value}"\n')
            self.refused(f"meshd: {file}: port must be", "--config=" + file)
            self.refused("meshd: MESHD_PORT must be", "--config=" + file, env={"MESHD_PORT": value})
            self.refused("meshd: --port must be", f"--port={value}", env={"MESHD_PORT": value})
        for option, value in (("peers", "a:b:c:d"), ("peers", ""), ("host", "x"), ("name", "x"), ("preset", "x"),
                              ("name-flavour", "x"), ("discovery", "maybe"), ("patience", "-1s"), ("target-degree", "x"),
                              ("nickname", "x" * 2000), ("trusted-subnets", "x"), ("password-file", "/nowhere")):
            self.refused(f"meshd: --{option}", f"--{option}={value}")
            variable = "MESHD_" + option.upper().replace("-", "_")
            self.refused(f"meshd: {variable}", env={variable: value})

    def test_settings_that_contradict_each_other_are_called_what_the_user_wrote(self):
        file = self.file("few.ini", "[mesh]\npatience = 1s\n")
        self.refused(f"meshd: {file}: patience must be longer than heartbeat-interval", "--config=" + file)
        self.refused(f"meshd: {file}: patience must be longer than MESHD_HEARTBEAT_INTERVAL", "--config=" + file,
                     env={"MESHD_HEARTBEAT_INTERVAL": "2s"})
        self.refused("meshd: --patience must be longer than heartbeat-interval", "--config=" + file, "--patience=2s")
        self.refused("meshd: retry-max must be at least --retry-initial", "--config=" + file, "--heartbeat-interval=1ms",
                     "--retry-initial=1h")
        twice = self.file("twice.ini", "[mesh]\nport = 1\nport = 2\n")
        self.refused(f"meshd: {twice}: port has two values", "--config=" + twice)

    def test_a_channel_with_another_use_is_refused_for_the_map(self):
        for channel in ("topology", "meshd.ping", "cafmesh/names", "cafmesh/x", "counters/x", "sets/x"):
            self.refused(f"'{channel}' has another use", f"--kv-channel={channel}")
        for channel in ("kv", "topology/x", "counters", "meshd"):
            self.assertEqual(run("--check-config", f"--kv-channel={channel}").returncode, 0, channel)

    def test_one_token_for_reading_and_writing_is_refused(self):
        one, other = self.file("one", "a-token-of-24-characters\n"), self.file("other", "a-token-of-24-characters")
        self.refused("have the same token", f"--token-file={one}", f"--read-token-file={other}")
        result = run("--http=127.0.0.1:0", "--host=127.0.0.1", "--port=0", f"--token-file={one}",
                     f"--read-token-file={one}")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("have the same token", result.stderr)

    def test_a_switch_needs_no_value(self):
        for switch in ("discovery", "topology-digests", "mesh.discovery", "http-insecure"):
            result = run(f"--{switch}", "--check-config")
            self.assertEqual((result.returncode, result.stdout), (0, "The settings are valid.\n"), result.stderr)
        self.assertIn("\ndiscovery = false\n", run("--discovery=false", "--print-config").stdout)

    def test_a_state_folder_that_the_start_would_refuse_is_refused(self):
        self.refused("cannot make the state folder /proc/nope", "--state=/proc/nope")
        self.refused("must be a folder", "--state=" + self.file("file", ""))
        os.mkdir(self.path("open"))
        os.chmod(self.path("open"), 0o777)
        self.refused("nobody else can write", "--state=" + self.path("open"))
        before = os.listdir(self.folder.name)
        result = run("--check-config", "--state=" + self.path("new"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(os.listdir(self.folder.name), before, "the check leaves nothing behind")
        node = self.node("--state=" + self.path("new"))
        self.assertEqual(run("--check-config", "--state=" + self.path("new")).returncode, 0, "while it is in use")
        self.assertEqual(node.stop(), 0)

    def test_secrets_are_accepted_only_as_files(self):
        self.refused("--password is not accepted", "--password=secret")
        self.refused("--mesh.password is not accepted", "--mesh.password=secret")
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

    def test_only_a_setting_takes_the_place_of_the_credential_with_the_password(self):
        os.mkdir(self.path("credentials"))
        credential = self.file("credentials/password", "the-password-of-the-mesh\n")
        other = self.file("other", "another-password-of-the-mesh\n")
        for content, used in (('[mesh]\n; password-file = "other"\n', credential),
                              ('[mesh]\nnickname = "password-file"\n', credential),
                              ('[meshd]\nkv-channel = "the password-file"\n', credential),
                              (f'[mesh]\npassword-file = "{other}"\n', other)):
            result = run("--print-config", "--config=" + self.file("meshd.ini", content),
                         env={"CREDENTIALS_DIRECTORY": self.path("credentials")})
            self.assertIn(f'password-file = "{used}"\n', result.stdout, content + result.stderr)

    def test_a_credential_that_cannot_be_read_is_refused(self):
        for name in ("password", "token"):
            folder = self.path("with-" + name)
            os.mkdir(folder)
            os.symlink(name, os.path.join(folder, name))  # a loop
            self.refused(os.path.join(folder, name), env={"CREDENTIALS_DIRECTORY": folder})

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


class Keys(MeshdTest):
    def test_nodes_with_another_channel_share_no_keys(self):
        a, b, c = (self.node(*x) for x in (["--kv-channel=mine"], [], ["--kv-channel=mine"]))
        for x in (b, c):
            x.call("POST", "/v1/targets", {"addresses": [a.address]}, status=202)
        a.call("PUT", "/v1/kv/k", b"v", status=201)
        soon(lambda: c.call("GET", "/v1/kv/k").status == 200, "the node with the same channel has the key")
        soon(lambda: len(b.peers()) == 3, "the other is in the mesh, too")
        b.call("GET", "/v1/kv/k", status=404)
        for node, used in ((a, "mine"), (b, "kv")):
            self.assertEqual(node.call("PUT", f"/v1/channels/{used}", status=409).code, "duplicate_channel")
        for node, free in ((a, "kv"), (b, "mine")):
            node.call("PUT", f"/v1/channels/{free}", status=201)

    @unittest.skipUnless(os.environ.get("CAFMESH_LONG_TESTS") == "1", "it takes more than a minute")
    def test_a_deleted_key_is_remembered_for_the_time_that_is_set(self):
        a = self.node("--kv-retention=1min")

        def remembered():
            a.call("PUT", "/v1/kv/other", b"v")  # the figure is brought up to date by writes
            return int(re.search(r"^cafmesh_kv_tombstones (\d+)$", a.get("/metrics").decode(), re.M).group(1))
        a.call("PUT", "/v1/kv/k", b"v", status=201)
        a.call("DELETE", "/v1/kv/k", status=204)
        begin = time.monotonic()
        soon(lambda: remembered() == 1, "the deletion is remembered")
        soon(lambda: remembered() == 0, "the deletion is forgotten", 90)
        self.assertGreater(time.monotonic() - begin, 55)


class File(MeshdTest):
    def test_both_sections_are_read_without_a_warning(self):
        file = self.file("meshd.conf", '[meshd]\nmax-sets = 3\n[mesh]\nnickname = "n"\n')
        node = self.node(f"--config={file}")
        self.assertEqual(node.get("/v1/node")["nickname"], "n")
        self.assertFalse([x for x in node.log if "warning" in x])


if __name__ == "__main__":
    main()
