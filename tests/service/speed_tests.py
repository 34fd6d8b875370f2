#!/usr/bin/python3
"""Measures meshd as a process. Each figure names its goal.

A speed is the best of all attempts within a time, or the first that reaches its goal. If other programs use the
processors and no attempt reaches it, the test says SKIPPED.
"""
import itertools
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import time

from meshd import PATIENCE, MeshdTest, main
from neighbours import Neighbours

MESHCTL = os.environ.get("CAFMESH_MESHCTL", "meshctl")
STREAMS = 1000
ATTEMPTS_SECONDS = 15


def figure(text):
    # Begins with a line break, because unittest has printed the name of the test.
    print(f"\nfigure: {text}", flush=True)


def attempts():
    """Yields until the time for attempts is over, at least three times."""
    end = time.monotonic() + ATTEMPTS_SECONDS
    for i in itertools.count():
        if i >= 3 and time.monotonic() > end:
            return
        yield


class Speed(MeshdTest):
    def setUp(self):
        super().setUp()
        if PATIENCE > 1:
            self.skipTest("SKIPPED: sanitizers change what is measured")

    def rate(self, node, method, path):
        script = self.file("wrk.lua", f'wrk.method = "{method}"\nwrk.headers["Content-Type"] = "application/octet-stream"\n'
                                      + ('wrk.body = string.rep("x", 64)\n' if method == "PUT" else ""))
        said = subprocess.run(["wrk", "-t1", "-c64", "-d2s", "-s", script, f"http://127.0.0.1:{node.http_port}{path}"],
                              capture_output=True, text=True, check=True, timeout=60).stdout
        self.assertNotIn("Non-2xx", said)
        return float(re.search(r"Requests/sec: +([\d.]+)", said).group(1))

    def test_keys_are_read_and_written_at_a_good_rate(self):
        if not shutil.which("wrk"):
            self.skipTest("SKIPPED: wrk is not installed; on Debian: apt-get install wrk")
        node = self.node(f"--state={self.path('state')}")
        node.raw("PUT", "/v1/kv/some/key", b"x" * 64, {"Content-Type": "application/octet-stream"})
        for what, goal, method, path in (("GET of a key", 60_000, "GET", "/v1/kv/some/key"),
                                         ("PUT of a key", 20_000, "PUT", "/v1/kv/some/key"),
                                         ("durable PUT of a key", 16_000, "PUT", "/v1/kv/some/key?durable=true")):
            with self.subTest(what):
                neighbours, best = Neighbours(), 0
                for _ in attempts():
                    best = max(best, neighbours.during(lambda: self.rate(node, method, path)))
                    if best >= goal:
                        break
                text = f"{what}: {best:,.0f} per second; the goal is {goal:,}"
                figure(text)
                neighbours.judge(self, best >= goal, text)

    def latency(self, a, b):
        """The milliseconds of a message: the median, and what 99 % do not exceed."""
        done = subprocess.run([MESHCTL, "bench", f"127.0.0.1:{a.http_port}", f"127.0.0.1:{b.http_port}", "--json",
                               "--duration", "1s"], capture_output=True, text=True, timeout=60, check=True)
        latency = json.loads(done.stdout)["latency"]
        return latency["p50_seconds"] * 1000, latency["p99_seconds"] * 1000

    def test_a_message_is_soon_in_the_stream_of_another_node(self):
        if not shutil.which(MESHCTL):
            self.skipTest("SKIPPED: meshctl is not built")
        a, b = self.line(2)
        neighbours, found = Neighbours(), []
        for _ in attempts():
            found.append(neighbours.during(lambda: self.latency(a, b)))
            if found[-1][0] <= 2:
                break
        median, slow = min(found)
        text = (f"from POST at one node to the stream of another: {median:.1f} ms (median), {slow:.1f} ms (99 %); "
                "the goal is 2 ms (median)")
        figure(text)
        neighbours.judge(self, median <= 2, text)

    def test_a_thousand_idle_streams_cost_little(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        node = self.node(f"--state={self.path('state')}")
        node.get("/v1/peers")
        before = node.memory()
        clients = []
        for _ in range(STREAMS):
            clients.append(socket.create_connection(("127.0.0.1", node.http_port)))
            clients[-1].sendall(f"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{node.http_port}\r\n\r\n".encode())
        for x in clients:
            x.settimeout(30)
            data = b""
            while b"event: snapshot" not in data:
                data += x.recv(4096)
        whole, used = node.memory(), node.cpu()
        time.sleep(5)
        used = (node.cpu() - used) / 5
        for x in clients:
            x.close()
        whole, grown = whole / 2**20, (whole - before) / 2**20
        figure(f"1,000 idle streams: {grown:.1f} MiB, with the node {whole:.1f} MiB; {used * 100:.1f} % of a processor; "
               "the goal is 20 MiB and no measurable share of a processor")
        self.assertLess(grown, 20)
        self.assertLess(used, 0.01 * PATIENCE, "streams without events take a measurable share of a processor")


if __name__ == "__main__":
    main()
