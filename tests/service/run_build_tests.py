#!/usr/bin/python3
"""Runs `tools/run --service` as a newcomer does, without a program that is built already.

It runs in a copy of the tree that has stand-ins for the compiler and the installer. tools/fresh-machine runs the real
ones.
"""
import os
import shutil
import signal
import subprocess
import threading
import unittest
import urllib.request

from meshd import BINARY, PATIENCE, MeshdTest
from page_commands import ENVIRONMENT, ROOT
from run_tests import three_ports

CMAKE = f"""#!/bin/sh
echo "cmake $*" >>asked
[ "$1" = --build ] || exit 0
[ ! -e broken ] || exit 1
mkdir -p build/tools/meshd && ln -s {os.path.abspath(BINARY)} build/tools/meshd/meshd
"""


class FromSource(MeshdTest):
    def setUp(self):
        super().setUp()
        for folder in ("tools", "bin"):
            os.mkdir(self.path(folder))
        for name in ("run", "run-service", "make-password"):
            shutil.copy(os.path.join(ROOT, "tools", name), self.path("tools"))
        for path, text in (("tools/install-deps", '#!/bin/sh\necho "install-deps $*" >>asked\n'), ("tools/jobs", "#!/bin/sh\necho 3\n"),
                           ("bin/cmake", CMAKE)):
            os.chmod(self.file(path, text), 0o755)
        self.http = three_ports()
        environment = {k: v for k, v in ENVIRONMENT.items() if k != "MESHD_PROGRAM"}
        self.environment = {**environment, "PATH": f"{self.path('bin')}:{environment['PATH']}",
                            "MESHD_FIRST_PORT": str(three_ports()), "MESHD_FIRST_HTTP_PORT": str(self.http)}

    def start(self):
        started = subprocess.Popen([self.path("tools/run"), "--service"], env=self.environment, stdout=subprocess.PIPE,
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

    def test_installs_and_builds_what_is_missing_and_starts_it(self):
        started = self.start()
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
        started = self.start()
        self.assertIn("tools/run: the build failed", started.communicate()[0])
        self.assertEqual(started.returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
