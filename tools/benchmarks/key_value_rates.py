#!/usr/bin/python3
"""Measures keys read and written per second: meshd over HTTP, beside etcd and Redis on the same machine.

    tools/benchmarks/key_value_rates.py [--meshd PROGRAM] [--seconds 3] [--runs 3] [--connections 1 64]

Needs wrk, and leaves out those of etcd and redis-server that are not installed. All
listen on loopback only, with their files in a folder that is removed. Every run measures all rows in
turn, so that a busy moment of the machine affects all. Prints a table of medians; `spread` is the
distance of the fastest run from the slowest, in parts of the median. Each number of connections has its
own columns.
"""
import argparse
import base64
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KEY, VALUE = "some/key", "x" * 64


def text64(text):
    return base64.b64encode(text.encode()).decode()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def running(command, port):
    """A server that listens on the port until the end of the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended: {process.stderr.read()[-500:]}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate()


class OverHttp:
    """Requests by wrk with one thread."""

    def __init__(self, url, method="GET", body=None, kind="application/octet-stream"):
        self.url, self.method, self.body, self.kind = url, method, body, kind

    def once(self):
        request = urllib.request.Request(self.url, self.body and self.body.encode(), {"Content-Type": self.kind}, method=self.method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            answer.read()

    def rate(self, connections, seconds, folder):
        script = os.path.join(folder, "wrk.lua")
        with open(script, "w", encoding="utf-8") as file:
            body = f"wrk.body = {json.dumps(self.body)}\n" if self.body else ""
            file.write(f'wrk.method = "{self.method}"\n{body}wrk.headers["Content-Type"] = "{self.kind}"\n')
        said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, self.url],
                              capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"{self.method} {self.url}: {said}")
        return float(re.search(r"Requests/sec: +([\d.]+)", said).group(1))


class OverRedis:
    """Commands by redis-benchmark, each on its own round trip."""

    def __init__(self, port, *command):
        self.port, self.command = port, command
        self.expected = {}  # connections -> rate

    def run(self, count, connections):
        said = subprocess.run(["redis-benchmark", "-p", str(self.port), "-c", str(connections), "-n", str(count), "-q",
                               *self.command], capture_output=True, text=True, check=True).stdout
        return float(re.findall(r"([\d.]+) requests per second", said)[-1])

    def once(self):
        self.run(100, 1)

    def rate(self, connections, seconds, _):
        if connections not in self.expected:
            self.expected[connections] = self.run(5000, connections)
        self.expected[connections] = self.run(int(self.expected[connections] * seconds) + 1, connections)
        return self.expected[connections]


def meshd_rows(program, folder, servers):
    port = free_port()
    servers.enter_context(running([program, "--host=127.0.0.1", f"--port={free_port()}", f"--http=127.0.0.1:{port}",
                                   f"--state={folder}/meshd", "--log-level=off"], port))
    url = f"http://127.0.0.1:{port}/v1/kv/{KEY}"
    yield "write", "meshd", OverHttp(url, "PUT", VALUE)
    yield "write", "meshd, `durable=true`", OverHttp(url + "?durable=true", "PUT", VALUE)
    yield "read", "meshd", OverHttp(url)


def etcd_rows(folder, servers):
    port, url = free_port(), "http://127.0.0.1:{}"
    client = url.format(port)
    servers.enter_context(running(["etcd", "--data-dir", f"{folder}/etcd", "--log-level", "error", "--listen-client-urls", client,
                                   "--advertise-client-urls", client, "--listen-peer-urls", url.format(free_port())], port))
    key = {"key": text64(KEY)}
    json_kind = "application/json"
    yield "write", "etcd", OverHttp(client + "/v3/kv/put", "POST", json.dumps({**key, "value": text64(VALUE)}), json_kind)
    yield "read", "etcd", OverHttp(client + "/v3/kv/range", "POST", json.dumps(key), json_kind)
    yield "read", "etcd, `serializable`", OverHttp(client + "/v3/kv/range", "POST", json.dumps({**key, "serializable": True}), json_kind)


def redis_rows(folder, servers):
    for kind, options in (("", ["--appendonly", "no"]), (", fsync always", ["--appendonly", "yes", "--appendfsync", "always"])):
        port, place = free_port(), os.path.join(folder, "redis" + kind.replace(", ", "-").replace(" ", "-"))
        os.makedirs(place)
        servers.enter_context(running(["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", place,
                                       *options], port))
        yield "write", f"Redis{kind}", OverRedis(port, "set", KEY, VALUE)
        if not kind:
            yield "read", "Redis", OverRedis(port, "get", KEY)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meshd", default=os.path.join(ROOT, "build/tools/meshd/meshd"))
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 64])
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing; on Debian: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers:
        rows = list(meshd_rows(options.meshd, folder, servers))
        for program, more in (("etcd", etcd_rows), ("redis-server", redis_rows)):
            if shutil.which(program):
                rows += more(folder, servers)
            else:
                print(f"left out, because it is not installed: {program}", file=sys.stderr)
        rows.sort(key=lambda x: x[0])
        for _, _, row in sorted(rows, key=lambda x: x[0] == "read"):
            row.once()
        rates = [[[row.rate(count, options.seconds, folder) for count in options.connections] for _, _, row in rows]
                 for _ in range(options.runs)]
    heads = " | ".join(f"{x} connection{'s' * (x > 1)} | spread" for x in options.connections)
    print(f"| | server | {heads} |\n| --- | --- |{' --- | --- |' * len(options.connections)}")
    for (what, name, _), row in zip(rows, zip(*rates)):
        cells = [f"{statistics.median(x):,.0f} | {(max(x) - min(x)) / statistics.median(x):.2f}" for x in zip(*row)]
        print(f"| {what} | {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
