#!/usr/bin/python3
"""Runs every command of tools/meshctl/README.md in a mesh of five nodes."""
import os
import re
import subprocess

from meshd import PATIENCE, MeshdTest, main
from page_commands import ENVIRONMENT, ROOT, read_page

MESHCTL = os.environ.get("CAFMESH_MESHCTL", "")
STREAMS = ("listen", "kv watch")  # commands that wait for something to happen


class Readme(MeshdTest):
    def setUp(self):
        if not MESHCTL:
            self.skipTest("SKIPPED: $CAFMESH_MESHCTL names no meshctl")
        super().setUp()
        os.symlink(os.path.abspath(MESHCTL), self.path("meshctl"))

    def start(self, command, address):
        environment = {**ENVIRONMENT, "PATH": f"{self.folder.name}:{os.environ['PATH']}", "MESHCTL_ADDRESS": address}
        started = subprocess.Popen(["bash", "-c", command], env=environment, cwd=ROOT, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(started.stdout.close)
        self.addCleanup(started.wait)
        self.addCleanup(started.kill)
        return started

    def finish(self, command, started):
        said = started.communicate(timeout=40 * PATIENCE)[0]
        self.assertEqual(started.returncode, 0, f"{command}\n{said}")
        return said

    def test_every_command_succeeds(self):
        nodes = self.line(5)
        a, b = (f"127.0.0.1:{x.http_port}" for x in nodes[:2])
        block = re.search(r"(?:^    .+\n)+", read_page("tools/meshctl/README.md"), re.M).group()
        commands = [re.sub(r"\s+#.*", "", x).strip() for x in block.splitlines()]
        self.assertGreater(len(commands), 10)
        streams = {}
        for command in commands:
            own = command.replace("127.0.0.1:6784", a).replace("127.0.0.1:6785", b)
            started = self.start(own, a)
            if any(f"meshctl {x}" in command for x in STREAMS):
                streams[command.split()[1]] = started
            else:
                self.finish(command, started)
        self.assertEqual(list(streams), ["listen", "kv"])
        self.finish("", self.start("meshctl join chat", b))
        self.finish("", self.start("echo hello | meshctl send chat", b))
        self.assertEqual(self.finish("listen", streams["listen"]), "hello\n")
        self.finish("", self.start("echo blue | meshctl kv put config/colour", b))
        self.assertIn("config/colour", streams["kv"].stdout.readline())


if __name__ == "__main__":
    main()
