#!/usr/bin/python3
"""Runs `tools/run --service`, opens its pages, and runs the commands that it prints."""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.request

from meshd import BINARY, PATIENCE, soon
from page_commands import ENVIRONMENT, ROOT, free_ports, read_page


def three_ports():
    """The first of three free ports in a row."""
    while True:
        first = free_ports(1)[0]
        try:
            for i in range(3):
                with socket.create_server(("127.0.0.1", first + i)):
                    pass
            return first
        except OSError:
            continue


class Service(unittest.TestCase):
    COMMAND = [os.path.join(ROOT, "tools/run"), "--service"]

    def setUp(self):
        self.http = three_ports()
        self.environment = {**ENVIRONMENT, "MESHD_PROGRAM": BINARY, "MESHD_FIRST_PORT": str(three_ports()),
                            "MESHD_FIRST_HTTP_PORT": str(self.http)}
        self.process = subprocess.Popen(self.COMMAND, env=self.environment, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.kill)
        limit = threading.Timer(60 * PATIENCE, self.kill)
        limit.start()
        self.addCleanup(limit.cancel)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C ends" in line:
                return
        self.fail("no end of the text:\n" + self.said)

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def children(self):
        found = subprocess.run(["pgrep", "-g", str(self.process.pid), "meshd"], capture_output=True, text=True, check=False)
        return found.stdout.split()

    def run_command(self, command):
        """Runs a command for at most 3 s, because one of them follows events."""
        with subprocess.Popen(["timeout", "3", "bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, env=ENVIRONMENT) as running:
            return running.communicate()[0]

    def test_its_pages_open_and_its_commands_work_until_ctrl_c(self):
        pages = re.findall(r"(http://\S+/)(?=\s)", self.said.split("Try")[0])
        self.assertEqual(pages, [f"http://127.0.0.1:{self.http + i}/" for i in range(3)])
        for page in pages:
            with urllib.request.urlopen(page, timeout=5) as answer:
                self.assertIn(b"<!doctype html>", answer.read(100).lower())
        commands = re.findall(r"^    (curl .+)$", self.said, re.M)
        peers, put, get, count, events = commands
        self.assertEqual(len(json.loads(self.run_command(peers))["peers"]), 3)
        self.assertEqual(self.run_command(put), "")
        soon(lambda: self.run_command(get) == "blue", "the other node has the key")
        self.assertEqual(json.loads(self.run_command(count)), {"value": 1})
        self.assertIn("event: snapshot", self.run_command(events))
        self.assertEqual(len(self.children()), 3)
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(20 * PATIENCE), 0)
        self.assertEqual(self.children(), [])

    def start_again(self, **variables):
        """Starts three more nodes, which must fail, and returns what they print."""
        again = subprocess.run(["timeout", "30", *self.COMMAND], env={**self.environment, **variables}, text=True,
                               capture_output=True, check=False)
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertNotIn("connected", again.stdout)
        return again.stderr

    def test_a_second_start_on_the_same_ports_fails(self):
        self.assertIn("is in use", self.start_again())
        self.assertIn(f"port {self.http} is in use", self.start_again(MESHD_FIRST_PORT=str(three_ports())))
        self.assertEqual(len(self.children()), 3)

    def test_it_fails_if_a_node_does_not_start_or_ends(self):
        ports = {"MESHD_FIRST_PORT": str(three_ports()), "MESHD_FIRST_HTTP_PORT": str(three_ports())}
        self.assertIn("node 0", self.start_again(MESHD_PROGRAM="/bin/false", **ports))
        os.kill(int(self.children()[0]), signal.SIGKILL)
        said = self.process.stdout.read()
        self.assertEqual(self.process.wait(20 * PATIENCE), 1)
        self.assertEqual(self.children(), [])
        self.assertEqual(said, "tools/run: node 0 has ended with status 137, so all end\n")


class Run(unittest.TestCase):
    RUN = os.path.join(ROOT, "tools/run")

    def test_other_options_are_refused(self):
        for options in (["--bogus"], ["--service", "--bogus"], ["--with-go", "--service"]):
            done = subprocess.run([self.RUN, *options], env={**ENVIRONMENT, "MESHD_PROGRAM": "/bin/false"}, timeout=30,
                                  text=True, capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), options)
            self.assertIn("tools/run --service", done.stderr)

    def test_an_interrupt_before_the_nodes_are_connected_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "silent-node")
            with open(program, "w", encoding="utf-8") as script:
                script.write("#!/bin/sh\nexec sleep 61\n")
            os.chmod(program, 0o755)
            environment = {**ENVIRONMENT, "MESHD_PROGRAM": program, "MESHD_FIRST_PORT": str(three_ports()),
                           "MESHD_FIRST_HTTP_PORT": str(three_ports())}
            running = subprocess.Popen([self.RUN, "--service"], env=environment, stdout=subprocess.DEVNULL,
                                       start_new_session=True)

            def nodes():
                found = subprocess.run(["pgrep", "-g", str(running.pid), "-f", "sleep 61"], capture_output=True,
                                       text=True, check=False)
                return len(found.stdout.split())
            soon(lambda: nodes() == 3, "three nodes are started")
            os.killpg(running.pid, signal.SIGINT)
            self.assertEqual(running.wait(20 * PATIENCE), 130)
            self.assertEqual(nodes(), 0)

    def test_its_end_says_how_to_keep_a_mesh_and_open_its_page(self):
        last = read_page("tools/run").strip().splitlines()[-2:]
        first_port = re.search(r"MESHD_FIRST_HTTP_PORT:-(\d+)", read_page("tools/run-service")).group(1)
        self.assertIn("tools/run --service", last[0])
        self.assertIn(f"http://127.0.0.1:{first_port}/", last[1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
