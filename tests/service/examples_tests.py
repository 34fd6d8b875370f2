#!/usr/bin/python3
"""Runs the commands about the service in README.md, and the examples of the manual pages."""
import json
import os
import re
import subprocess

from http_client import self_signed
from meshd import BINARY, PATIENCE, MeshdTest, free_port, main, run, soon
from page_commands import ENVIRONMENT, read_page

MESHCTL = os.path.abspath(os.environ.get("CAFMESH_MESHCTL") or "meshctl")


def examples(page):
    """The blocks of a manual page's examples, as text."""
    section = re.split(r"^\.SH ", read_page(page), flags=re.M)
    text = next(x for x in section if x.startswith("EXAMPLE"))
    return [re.sub(r"\\-", "-", x).replace("\\e\n", "\\\n") for x in re.findall(r"^\.nf\n(.*?)^\.fi$", text, re.M | re.S)]


class Examples(MeshdTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("bin"))
        self.environment = {**ENVIRONMENT, "PATH": f"{self.path('bin')}:{os.environ['PATH']}"}

    def needs_meshctl(self):
        if not os.access(MESHCTL, os.X_OK):
            self.skipTest("SKIPPED: $CAFMESH_MESHCTL names no meshctl")
        os.symlink(MESHCTL, self.path("bin/meshctl"))

    def start(self, command, **more):
        started = subprocess.Popen(["bash", "-c", command], env={**self.environment, **more}, cwd=self.folder.name,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(started.stdout.close)
        self.addCleanup(started.wait)
        self.addCleanup(started.kill)
        return started

    def finish(self, started):
        said = started.communicate(timeout=40 * PATIENCE)[0]
        self.assertEqual(started.returncode, 0, f"{started.args}\n{said}")
        return said

    def test_readme_starts_a_service_writes_a_key_and_asks_for_the_status(self):
        self.needs_meshctl()
        section = read_page("README.md").split("## A service for other languages")[1].split("\n## ")[0]
        service, write, status = re.findall(r"^    (.+)$", section, re.M)
        password = self.file("mesh.password", "a password of our own mesh\n")
        seed = self.node(f"--password-file={password}")
        http = free_port()
        here = lambda x: (x.replace("build/tools/meshd/meshd", f"exec {BINARY} --port=0 --host=127.0.0.1 --http=127.0.0.1:{http}")
                          .replace("build/tools/meshctl/meshctl", f"meshctl --address=127.0.0.1:{http}")
                          .replace("seed.example", seed.address).replace("6784", str(http)))
        self.start(here(service))
        soon(lambda: subprocess.run(["curl", "-sf", f"http://127.0.0.1:{http}/readyz"], capture_output=True, check=False).returncode == 0,
             "the service is ready")
        self.assertEqual(self.finish(self.start(here(write).replace("curl ", "curl -sf "))), "")
        self.assertRegex(self.finish(self.start(here(status))), r"Peers: +2 known")
        soon(lambda: seed.raw("GET", "/v1/kv/colour").body == b"blue", "the other node has the key")

    def test_meshctl_in_a_mesh_of_five(self):
        self.needs_meshctl()
        a, b = self.line(5)[:2]
        block, = examples("tools/meshctl/man/meshctl.1")
        wait, listen, send, *rest = block.strip().splitlines()
        at = lambda node: {"MESHCTL_ADDRESS": f"127.0.0.1:{node.http_port}"}
        self.finish(self.start(wait, **at(a)))
        listening = self.start(listen, **at(b))
        soon(lambda: any(x["name"] == "chat" and x["joined"] for x in b.get("/v1/channels")["channels"]), "b has joined")
        self.finish(self.start("meshctl join chat", **at(a)))
        soon(lambda: "\ncafmesh_event_streams 1\n" in b.raw("GET", "/metrics").body.decode(), "b listens")
        self.finish(self.start(send, **at(a)))
        self.assertEqual(self.finish(listening).splitlines()[-1], "hello")
        a.raw("PUT", "/v1/kv/config/colour", b"blue", {"Content-Type": "application/octet-stream"})
        self.finish(self.start("\n".join(["set -e", *rest]), **at(a)))
        self.assertEqual(a.raw("GET", "/v1/kv/config/colour").body, b"green")

    def test_the_configuration_file_is_valid(self):
        block, = examples("tools/packaging/man/meshd.conf.5.in")
        said = run(f"--config={self.file('meshd.conf', block)}", "--print-config").stdout
        self.assertIn('log-format = "json"', said)
        self.assertIn("b.example", said)

    def test_meshd_with_credentials_made_as_the_page_says(self):
        """A stand-in for systemctl notes its arguments, and the test starts meshd with the credentials as systemd does."""
        stand_in = self.file("bin/systemctl", f"#!/bin/sh\necho \"$@\" >>{self.path('asked')}\n")
        os.chmod(stand_in, 0o755)
        store = self.path("credstore")
        make, ask, serve, keep = (x.replace("/etc/credstore", store) for x in examples("tools/packaging/man/meshd.8.in"))
        self.finish(self.start("set -e\n" + make))
        self.assertEqual({x: os.stat(f"{store}/{x}").st_mode & 0o777 for x in os.listdir(store)},
                         {"meshd.password": 0o600, "meshd.token": 0o600})
        credentials = self.path("credentials")
        os.mkdir(credentials)
        for x in os.listdir(store):
            os.rename(f"{store}/{x}", f"{credentials}/{x.removeprefix('meshd.')}")
            os.symlink(f"{credentials}/{x.removeprefix('meshd.')}", f"{store}/{x}")
        node = self.node(env={"CREDENTIALS_DIRECTORY": credentials})
        asked = self.finish(self.start(ask.replace("curl ", "curl -sf ").replace("6784", str(node.http_port))))
        self.assertEqual(len(json.loads(asked)["peers"]), 1)
        self_signed(self.folder.name, "mesh.example")
        self.finish(self.start("set -e\n" + serve))
        self.assertEqual([os.stat(f"{store}/meshd.http-{x}").st_mode & 0o777 for x in ("cert", "key")], [0o600, 0o600])
        self.finish(self.start(keep))
        with open(self.path("asked"), encoding="utf-8") as said:
            self.assertEqual(said.read(), "restart meshd\nrestart meshd\nedit meshd\n")


if __name__ == "__main__":
    main()
