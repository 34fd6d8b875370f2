"""Runs meshd processes, and checks each of their answers against the OpenAPI document."""
import http.client
import json
import os
import queue
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import warnings

import jsonschema

from skipping import run_cases

BINARY = os.environ.get("CAFMESH_MESHD", "meshd")
PATIENCE = float(os.environ.get("CAFMESH_PATIENCE", "1"))
QUICK = ["--preset=loopback", "--discovery=false"]


def soon(holds, what, seconds=10):
    """Waits until `holds()` is true, and returns that value."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = holds()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.02)


def run(*options, env=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MESHD_")}
    environment.update(env or {})
    return subprocess.run([BINARY, *options], env=environment, capture_output=True, text=True, timeout=30, check=False)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Description:
    """The OpenAPI document of meshd's HTTP API."""

    def __init__(self, document):
        self.document = document
        self.used = set()
        self.validators = {}
        self.paths = []
        for template in sorted(document["paths"], key=lambda x: ("{" in x, -len(x))):
            parts = re.split(r"\{(\w+)\}", template)
            pattern = ""
            for i, part in enumerate(parts):
                greedy = part in ("key", "element", "address")
                pattern += re.escape(part) if i % 2 == 0 else (".+" if greedy else "[^/]+")
            self.paths.append((re.compile(pattern), template))

    def check(self, method, path, answer):
        template = next((t for p, t in self.paths if p.fullmatch(path)), None)
        assert template, f"the description has no path for {path}"
        operation = self.document["paths"][template].get(method.lower())
        assert operation, f"the description has no {method} {template}"
        self.used.add((method, template))
        expected = operation["responses"].get(str(answer.status))
        if not expected:
            may_be = answer.status in self.document["x-any-request"]
            assert may_be, f"{method} {path} may not answer {answer.status}"
            expected = operation["responses"]["default"]
        if "$ref" in expected:
            expected = self.document["components"]["responses"][expected["$ref"].rsplit("/", 1)[1]]
        kinds = expected.get("content", {})
        if not kinds:
            assert not answer.body, f"{method} {path} has a body: {answer.body!r}"
            return
        kind = answer.type.split(";")[0]
        assert kind in kinds, f"{method} {path} answers {answer.status} with {kind}, not {list(kinds)}"
        if kind.endswith("json"):
            self.validate(kinds[kind]["schema"], answer.json)

    def check_any(self, method, path, answer):
        """Checks the answer to a request that the document need not have."""
        template = next((t for p, t in self.paths if p.fullmatch(path)), None)
        if template and method.lower() in self.document["paths"][template]:
            self.check(method, path, answer)
        elif answer.status >= 400 and method != "HEAD":
            assert answer.type == "application/problem+json", f"{method} {path} fails with {answer.type}"
            self.validate_as("Problem", answer.json)

    def validate(self, schema, value):
        key = json.dumps(schema)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if key not in self.validators:  # making one takes longer than using it
                resolver = jsonschema.RefResolver("", self.document)
                self.validators[key] = jsonschema.Draft202012Validator(schema, resolver=resolver)
            self.validators[key].validate(value)

    def validate_as(self, name, value):
        self.validate({"$ref": f"#/components/schemas/{name}"}, value)

    def operation(self, path):
        return self.document["paths"][next(t for p, t in self.paths if p.fullmatch(path))]["get"]

    def check_event(self, path, event):
        kinds = self.operation(path)["x-events"]
        assert event["event"] in kinds, f"{path} has no event {event['event']}"
        self.validate(kinds[event["event"]], event["data"])

    def unused(self):
        every = {(m.upper(), t) for t, path in self.document["paths"].items() for m in path if m != "parameters"}
        return sorted(every - self.used)


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.type = response.headers.get("content-type", "")
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


class Events:
    """A connection that reads server-sent events."""

    def __init__(self, node, path, headers=None, buffer=None):
        self.connection = socket.create_connection(("127.0.0.1", node.http_port), timeout=30)
        if buffer:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{node.http_port}"]
        lines += [f"{k}: {v}" for k, v in (headers or {}).items()]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.response = http.client.HTTPResponse(self.connection)
        self.response.begin()
        self.status = self.response.status
        answer = Answer(self.response, b"" if self.status == 200 else self.response.read())
        self.path = urllib.parse.urlsplit(path).path
        description().check("GET", self.path, answer)
        self.events = queue.Queue()
        self.comments = 0
        self.retry = self.last_id = None
        self.ended = threading.Event()
        if buffer is None:
            self.read_on()

    def read_on(self):
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        event = {}
        try:
            while True:
                line = self.response.readline()
                if not line:
                    break
                line = line.decode().rstrip("\n")
                if line.startswith(":"):
                    self.comments += 1
                elif line.startswith("retry:"):
                    self.retry = int(line[6:])
                elif line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                else:
                    self.last_id = event.get("id", self.last_id)
                    if "data" in event:
                        event["data"] = json.loads(event["data"])
                        self.events.put(event)
                    event = {}
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        self.ended.set()

    def next(self, seconds=10):
        try:
            event = self.events.get(timeout=seconds * PATIENCE)
        except queue.Empty:
            raise AssertionError("no event in time") from None
        description().check_event(self.path, event)
        return event

    def until(self, kind, seconds=10):
        """Skips events until one of this kind arrives, and returns it."""
        end = time.monotonic() + seconds * PATIENCE
        while True:
            event = self.next(max(0.01, end - time.monotonic()))
            if event["event"] == kind:
                return event

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


class Node:
    """A meshd process. Keeps its log for the report of a failed test."""

    def __init__(self, *options, env=None, http="127.0.0.1:0", mesh="127.0.0.1", port=0, start=True, quick=True, **popen):
        self.log = []
        self.http_port = None
        self.mesh_port = None
        self.token = None
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MESHD_")}
        environment.update(env or {})
        command = [BINARY, "--log-format=json", f"--http={http}", f"--host={mesh}", f"--port={port}"]
        command += (QUICK if quick else []) + list(options)
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        text=True, **popen)
        self.lock = threading.Condition()
        threading.Thread(target=self.read_log, daemon=True).start()
        if start:
            self.await_start()

    def read_log(self):
        for line in self.process.stderr:
            with self.lock:
                self.log.append(line.rstrip("\n"))
                found = re.search(r"listens on (\S+):(\d+)[,\"]", line)
                if found:
                    self.mesh_port = int(found.group(2))
                found = re.search(r"serves http\S* on \S*?:(\d+)\"", line, re.I)
                if found:
                    self.http_port = int(found.group(1))
                self.lock.notify_all()

    def await_start(self):
        soon(lambda: (self.http_port and self.mesh_port) or self.process.poll() is not None, "meshd starts")
        assert self.process.poll() is None, "meshd ended: " + "\n".join(self.log)

    def await_log(self, text, seconds=10):
        soon(lambda: any(text in x for x in list(self.log)), f"the log says {text}", seconds)

    @property
    def address(self):
        return f"127.0.0.1:{self.mesh_port}"

    def raw(self, method, path, body=None, headers=None, **more):
        """Sends a request that may be wrong, and checks the answer as far as the OpenAPI document describes it."""
        answer = self.request(method, path, body, headers, **more)
        description().check_any(method, urllib.parse.urlsplit(path).path, answer)
        return answer

    def request(self, method, path, body=None, headers=None, seconds=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=seconds * PATIENCE)
        try:
            sent = dict(headers or {})
            if self.token and "authorization" not in {k.lower() for k in sent}:
                sent["Authorization"] = f"Bearer {self.token}"
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def https_status(self, cert, token=""):
        """The status of an answer over TLS, if the node's certificate is this one."""
        context = ssl.create_default_context(cafile=cert)
        connection = http.client.HTTPSConnection("127.0.0.1", self.http_port, timeout=5 * PATIENCE, context=context)
        try:
            connection.request("GET", "/v1/node", headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def call(self, method, path, body=None, headers=None, status=None, **more):
        """Sends a request and checks the answer against the OpenAPI document."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        elif body is not None:
            headers.setdefault("Content-Type", "application/octet-stream")
        answer = self.request(method, path, body, headers, **more)
        description().check(method, urllib.parse.urlsplit(path).path, answer)
        if status is not None:
            assert answer.status == status, f"{method} {path}: {answer.status} {answer.body!r}, not {status}"
        return answer

    def get(self, path, status=200, **more):
        answer = self.call("GET", path, status=status, **more)
        return answer.json if answer.type.endswith("json") else answer.body

    def name(self):
        return self.get("/v1/node")["name"]

    def events(self, path, headers=None, **more):
        return Events(self, path, headers, **more)

    def peers(self):
        return [x["name"] for x in self.get("/v1/peers")["peers"] if x["reachable"]]

    def memory(self):
        """The resident memory of the process, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) * 1024

    def cpu(self):
        """The processor time of the process so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, which):
        self.process.send_signal(which)

    def suspend(self):
        """Stops all threads of the node, and returns once they have stopped."""
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self):
        self.signal(signal.SIGCONT)

    def wait(self, seconds=10):
        return self.process.wait(timeout=seconds * PATIENCE)

    def stop(self):
        """Ends the process, and returns its exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            return self.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError("meshd did not stop") from None

    def kill(self):
        self.process.kill()
        self.wait()


_description = None


def description():
    global _description
    if _description is None:
        here = os.path.dirname(os.path.realpath(__file__))
        with open(os.environ.get("CAFMESH_OPENAPI", os.path.join(here, "openapi.json")), encoding="utf-8") as file:
            _description = Description(json.load(file))
    return _description


class MeshdTest(unittest.TestCase):
    """A test with nodes. Stops them at the end, and prints their logs if it fails."""

    def setUp(self):
        self.nodes = []
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.end_nodes)

    def end_nodes(self):
        for x in self.nodes:
            if x.process.poll() is None:
                x.process.kill()
            x.process.wait()
            x.process.stderr.close()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def file(self, name, content):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(content)
        return self.path(name)

    def node(self, *options, **more):
        made = Node(*options, **more)
        self.nodes.append(made)
        return made

    def line(self, count=3, *options):
        """Starts nodes, each of which dials the one before. Waits until all know each other."""
        result = []
        for i in range(count):
            peers = [f"--peers={result[-1].address}"] if result else []
            result.append(self.node(f"--name=00:00:00:00:00:0{i + 1}", f"--nickname={'abcdef'[i]}", *peers, *options))
        for x in result:
            soon(lambda n=x: len(n.peers()) == count, f"all {count} peers are known")
        return result

    def stuck_pair(self, *options):
        """Starts two nodes and suspends the second. At the first, more data waits for it than a socket takes."""
        a, b = self.line(2, "--patience=60s", "--stall-limit=60s", *options)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        b.suspend()
        for _ in range(6):
            a.call("POST", "/v1/channels/chat/messages", bytes(4_000_000), status=202)
        return a, b

    def run(self, result=None):
        failures = len(result.failures) + len(result.errors) if result else 0
        super().run(result)
        if result and len(result.failures) + len(result.errors) > failures:
            for i, x in enumerate(self.nodes):
                print(f"--- the log of node {i}", *x.log[-30:], sep="\n", file=sys.stderr)


def main():
    run_cases()
