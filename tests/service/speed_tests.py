#!/usr/bin/python3
"""Measures meshd as a process. The bounds leave room for a busy machine; the figures are the results."""
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import time

from meshd import PATIENCE, MeshdTest, main

MESHCTL = os.environ.get("CAFMESH_MESHCTL", "meshctl")
STREAMS = 1000


class Speed(MeshdTest):
    def setUp(self):
        super().setUp()
        if PATIENCE > 1:
            self.skipTest("sanitizers change what is measured")

    def rate(self, node, method, path):
        script = self.file("wrk.lua", f'wrk.method = "{method}"\nwrk.headers["Content-Type"] = "application/octet-stream"\n'
                                      + ('wrk.body = string.rep("x", 64)\n' if method == "PUT" else ""))
        said = subprocess.run(["wrk", "-t1", "-c64", "-d2s", "-s", script, f"http://127.0.0.1:{node.http_port}{path}"],
                              capture_output=True, text=True, check=True, timeout=60).stdout
        self.assertNotIn("Non-2xx", said)
        return float(re.search(r"Requests/sec: +([\d.]+)", said).group(1))

    def test_keys_are_read_and_written_at_a_good_rate(self):
        if not shutil.which("wrk"):
            self.skipTest("wrk is not installed")
        node = self.node(f"--state={self.path('state')}")
        node.raw("PUT", "/v1/kv/some/key", b"x" * 64, {"Content-Type": "application/octet-stream"})
        for what, least, method, path in (("GET of a key", 60_000, "GET", "/v1/kv/some/key"),
                                          ("PUT of a key", 20_000, "PUT", "/v1/kv/some/key"),
                                          ("durable PUT of a key", 20_000, "PUT", "/v1/kv/some/key?durable=true")):
            found = self.rate(node, method, path)
            print(f"figure: {what}: {found:,.0f} per second; the goal is {least:,}", flush=True)
            self.assertGreater(found, least / 3)

    def test_a_message_is_soon_in_the_stream_of_another_node(self):
        if not shutil.which(MESHCTL):
            self.skipTest("meshctl is not built")
        a, b = self.line(2)
        done = subprocess.run([MESHCTL, "bench", f"127.0.0.1:{a.http_port}", f"127.0.0.1:{b.http_port}", "--json",
                               "--duration", "1s"], capture_output=True, text=True, timeout=60, check=True)
        latency = json.loads(done.stdout)["latency"]
        print(f"figure: from POST at one node to the stream of another: {latency['p50_seconds'] * 1000:.1f} ms (median), "
              f"{latency['p99_seconds'] * 1000:.1f} ms (99 %); the goal is 2 ms (median)", flush=True)
        self.assertLess(latency["p50_seconds"], 0.006)

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
        print(f"figure: 1,000 idle streams: {grown:.1f} MiB, with the node {whole:.1f} MiB; "
              f"{used * 100:.1f} % of a processor", flush=True)
        self.assertLess(grown, 20)
        self.assertLess(used, 0.03)


if __name__ == "__main__":
    main()
