#!/usr/bin/python3
"""Runs `tools/run` as a newcomer does, without a program that is built already, and the commands of the counter's page.

It runs in a copy of the tree that has stand-ins for the compilers and the installer. tools/fresh-machine runs the real
ones.
"""
import os
import re
import shutil
import signal
import subprocess
import threading
import unittest
import urllib.request

from meshd import BINARY, PATIENCE, MeshdTest, main, soon
from page_commands import ENVIRONMENT, ROOT, free_ports, read_page
from run_tests import three_ports

COUNTER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(BINARY))), "counter")
GO_COUNTER = os.path.join(os.path.dirname(os.environ.get("CAFMESH_GO_DRIVER", "/nowhere/")), "go_counter_mac")
CMAKE = f"""#!/bin/sh
echo "cmake $*" >>asked
[ "$1" = --build ] || exit 0
[ ! -e broken ] || exit 1
mkdir -p build/tools/meshd && ln -s {os.path.abspath(BINARY)} build/tools/meshd/meshd
ln -s {COUNTER} build/tools/counter
"""
GO = f"""#!/bin/sh
echo "go $1" >>../../asked
ln -s {GO_COUNTER} increment-only-counter
"""


class CopyOfTree(MeshdTest):
    def setUp(self):
        super().setUp()
        for folder in ("tools", "bin"):
            os.mkdir(self.path(folder))
        for name in ("run", "run-service", "make-password"):
            shutil.copy(os.path.join(ROOT, "tools", name), self.path("tools"))
        for path, text in (("tools/install-deps", '#!/bin/sh\necho "install-deps $*" >>asked\n'), ("tools/jobs", "#!/bin/sh\necho 3\n"),
                           ("tools/go-counter-sources", '#!/bin/sh\nmkdir -p "$1"\n'), ("bin/go", GO), ("bin/cmake", CMAKE)):
            os.chmod(self.file(path, text), 0o755)
        self.http = three_ports()
        environment = {k: v for k, v in ENVIRONMENT.items() if k != "MESHD_PROGRAM"}
        self.environment = {**environment, "PATH": f"{self.path('bin')}:{environment['PATH']}",
                            "MESHD_FIRST_PORT": str(three_ports()), "MESHD_FIRST_HTTP_PORT": str(self.http)}

    def start(self, *options):
        started = subprocess.Popen([self.path("tools/run"), *options], env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.addCleanup(started.stdout.close)
        self.addCleanup(self.kill, started)
        limit = threading.Timer(60 * PATIENCE, self.kill, [started])
        limit.start()
        self.addCleanup(limit.cancel)
        return started

    def kill(self, started):
        try:
            os.killpg(started.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        started.wait()

    def asked(self):
        with open(self.path("asked"), encoding="utf-8") as file:
            return file.read().splitlines()


class FromSource(CopyOfTree):
    def test_installs_and_builds_what_is_missing_and_starts_it(self):
        started = self.start("--service")
        said = ""
        while "Ctrl-C ends" not in said:
            line = started.stdout.readline()
            self.assertTrue(line, said)
            said += line
        self.assertEqual(self.asked(), [
            "install-deps --run",
            "cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCAFMESH_TOOLS=ON -DCAFMESH_TESTS=OFF",
            "cmake --build build --parallel 3 --target meshd"])
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/", timeout=5) as answer:
            self.assertIn(b"<!doctype html>", answer.read(100).lower())

    def test_says_so_if_the_build_fails(self):
        self.file("broken", "")
        started = self.start("--service")
        self.assertIn("tools/run: the build failed", started.communicate()[0])
        self.assertEqual(started.returncode, 1)


class Counters(CopyOfTree):
    def run_all(self, *options):
        started = self.start(*options)
        said = started.communicate()[0]
        self.assertEqual(started.returncode, 0, said)
        self.assertRegex(said, r"\nMesh connected after \d+ ms\n")
        *_, agreed, keep, page = said.splitlines()
        self.assertRegex(agreed, r"^All three agree on 21, at most \d+ ms after the last increment\.$")
        self.assertTrue(keep.endswith("tools/run --service"), keep)
        self.assertIn("http://127.0.0.1:8783/", page)
        return said

    def test_three_nodes_agree_on_a_count(self):
        said = self.run_all()
        self.assertIn("\nStarting A -> B <- C; B is ours\n", said)
        self.assertEqual(said.count("The topology as "), 3)
        self.assertEqual(self.asked()[0], "install-deps --run")
        self.assertEqual(self.asked()[-1], "cmake --build build --parallel 3 --target counter")

    @unittest.skipUnless(os.path.exists(GO_COUNTER), "SKIPPED: there is no program of the Go library")
    def test_a_go_program_in_the_middle_agrees(self):
        said = self.run_all("--with-go")
        self.assertIn("\nStarting A -> B <- C; B is the Go library's example\n", said)
        self.assertIn("B, the Go example, has no view of the topology to ask for.\n", said)
        self.assertEqual((self.asked()[0], self.asked()[-1]), ("install-deps --run --go", "go build"))

    def test_the_commands_of_the_counters_page_print_what_it_shows(self):
        lines = re.findall(r"^    (.+)$", read_page("tools/counter/README.md").split("## ")[0], re.M)
        ports = dict(zip(("6783", "6784", "8080", "8081"), free_ports(4)))
        outputs = []
        for line in lines:
            command, _, output = (x.strip() for x in line.partition("#"))
            for old, new in ports.items():
                command = re.sub(rf"\b{old}\b", str(new), command)
            words = command.replace("--mesh=:", "--mesh=127.0.0.1:").split()
            if words[0] == "build/tools/counter":
                node = subprocess.Popen([COUNTER, "--discovery=false", *words[1:]], stderr=subprocess.DEVNULL)
                self.addCleanup(node.wait)
                self.addCleanup(node.kill)
                continue
            self.assertEqual(words[0], "curl", line)
            retrying = ["curl", "-s", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", *words[1:]]

            def holds(run=retrying, shown=output):
                said = subprocess.run(run, text=True, capture_output=True, timeout=60, check=False).stdout.strip()
                return said.startswith("[") or said.startswith("{") if "as JSON" in shown else said == shown
            if "POST" in words:
                self.assertTrue(holds(), line)
            else:
                soon(holds, line)
            outputs.append(output)
        self.assertEqual(len(outputs), 3)


if __name__ == "__main__":
    main()
