#!/usr/bin/python3
"""Tests of tools/run --service: starts three nodes, and runs the commands that it prints."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.request

from meshd import BINARY, PATIENCE, main

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))


def free_ports():
    """The first of three free ports in a row."""
    for first in range(20000, 32000, 7):
        try:
            for port in range(first, first + 3):
                socket.create_server(("127.0.0.1", port)).close()
            return first
        except OSError:
            pass
    raise AssertionError("there are no free ports")


class Run(unittest.TestCase):
    def start(self, folder):
        mesh = free_ports()
        environment = {**os.environ, "MESHD_PROGRAM": os.path.abspath(BINARY), "MESHD_FIRST_PORT": str(mesh),
                       "MESHD_FIRST_HTTP_PORT": str(mesh + 3000), "TMPDIR": folder}
        started = subprocess.Popen([os.path.join(ROOT, "tools", "run"), "--service"], env=environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(started.stdout.close)
        self.addCleanup(started.wait)
        self.addCleanup(lambda: started.poll() is not None or os.killpg(started.pid, signal.SIGKILL))
        said = ""
        while "Ctrl-C" not in said:
            line = started.stdout.readline()
            self.assertTrue(line, said)
            said += line
        return started, said

    def test_it_prints_addresses_and_commands_that_work(self):
        with tempfile.TemporaryDirectory() as folder:
            started, said = self.start(folder)
            pages = re.findall(r"http://127.0.0.1:\d+/(?=\s)", said)
            self.assertEqual(len(pages), 3, said)
            for page in pages:
                with urllib.request.urlopen(page, timeout=10 * PATIENCE) as answer:
                    self.assertIn("text/html", answer.headers["Content-Type"])
            answers = []
            for command in re.findall(r"^ +curl (.+)", said, re.M):
                done = subprocess.run(f"curl -sS -m {2 * PATIENCE} {command}", shell=True, text=True, timeout=60,
                                      capture_output=True, check=False)
                self.assertIn(done.returncode, (0, 28 if "-N" in command else 0), command + done.stderr)
                answers.append(done.stdout)
            self.assertEqual(answers[0].count('"reachable":true'), 3)
            self.assertEqual(answers[2:4], ["blue", '{"value":1}\n'])
            self.assertIn("event: snapshot", answers[4])
            os.killpg(started.pid, signal.SIGINT)
            self.assertEqual(started.wait(timeout=30), 0)
            self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    main()
