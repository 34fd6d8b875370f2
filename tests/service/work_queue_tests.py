#!/usr/bin/python3
"""Tests tools/examples/work_queue: the commands on its page, and its workers in Python and JavaScript."""
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest

import page_commands
from meshd import MeshdTest, main, soon
from scripted_stream import ScriptedStream

FOLDER = os.path.join(page_commands.ROOT, "tools", "examples", "work_queue")
PROGRAMS = {"py": [sys.executable, os.path.join(FOLDER, "worker.py")], "js": ["node", os.path.join(FOLDER, "worker.mjs")]}


class Worker:
    """A worker process. `said` collects the lines that it prints."""

    def __init__(self, kind, port, name=None, takes=0.0):
        environment = {**page_commands.ENVIRONMENT, "MESH_URL": f"http://127.0.0.1:{port}", "WORK_SECONDS": str(takes),
                       "PYTHONUNBUFFERED": "1"}
        self.name = name or kind
        self.said = []
        self.process = subprocess.Popen(PROGRAMS[kind] + [self.name], env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        with self.process.stdout as lines:
            for line in lines:
                self.said.append(line.rstrip("\n"))

    def did(self):
        return [x.split()[-1] for x in list(self.said) if ": did " in x]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()


@unittest.skipUnless(shutil.which("node"), "SKIPPED: node is missing; tools/install-deps installs it")
class WorkQueue(MeshdTest):
    def setUp(self):
        super().setUp()
        self.workers = []
        self.addCleanup(lambda: [x.kill() for x in self.workers])

    def worker(self, kind, node, **more):
        self.workers.append(Worker(kind, getattr(node, "http_port", node), **more))
        return self.workers[-1]

    def said(self):
        return "\n".join(y for x in self.workers for y in x.said)

    def put_jobs(self, node, count):
        for i in range(count):
            node.call("PUT", f"/v1/kv/queue/jobs/{i}", f"text {i}".encode(), {"If-None-Match": "*"}, status=201)

    def keys(self, node, kind):
        entries = node.get(f"/v1/kv?prefix=queue/{kind}/&limit=1000&values=true")["entries"]
        return {x["key"].rsplit("/", 1)[1]: x for x in entries}

    def await_all_done(self, node, count, seconds=30):
        soon(lambda: len(self.keys(node, "results")) == count and not self.keys(node, "jobs")
             and not self.keys(node, "claims"), "all jobs are done\n" + self.said(), seconds)
        for i in range(count):
            result = node.get(f"/v1/kv/queue/results/{i}").decode()
            self.assertEqual(result, hashlib.sha256(f"text {i}".encode()).hexdigest())

    def test_every_command_prints_what_the_page_shows(self):
        page_commands.check_page(self, "tools/examples/work_queue/README.md")

    def test_all_jobs_are_done_although_a_worker_is_killed_half_way(self):
        for killed, other in (("py", "js"), ("js", "py")):
            with self.subTest(killed=killed):
                a, b, c = self.line(3)
                self.put_jobs(a, 6)
                victim, survivor = self.worker(killed, b, takes=0.3), self.worker(other, c, takes=0.3)
                soon(lambda: victim.did() and survivor.did(), "both work\n" + self.said())
                mine = base64.b64encode(killed.encode()).decode()
                soon(lambda: any(x["value"] == mine for x in self.keys(b, "claims").values()), "the victim holds a claim")
                victim.kill()
                self.await_all_done(a, 6)
                survivor.kill()
                for x in (a, b, c):
                    x.stop()

    def test_a_job_claimed_in_two_parts_of_the_mesh_has_one_claim_soon_after_they_meet(self):
        a, b = self.node("--nickname=a"), self.node("--nickname=b")
        for node in (a, b):
            self.put_jobs(node, 1)
        workers = self.worker("py", a, takes=4), self.worker("js", b, takes=4)
        soon(lambda: self.keys(a, "claims") and self.keys(b, "claims"), "both claim the job")
        time.sleep(1)  # so that both work on the job
        b.call("POST", "/v1/targets", {"addresses": [a.address]}, status=202)
        soon(lambda: any("lost the claim of 0" in x for x in workers[0].said + workers[1].said),
             "one leaves the job alone\n" + self.said(), 5)
        self.await_all_done(a, 1)
        self.await_all_done(b, 1)
        self.assertEqual(sum(len(x.did()) for x in workers), 1, self.said())

    def test_a_claim_that_a_dead_worker_left_behind_is_taken_away(self):
        a = self.node()
        for kind in PROGRAMS:
            with self.subTest(kind):
                a.call("PUT", f"/v1/kv/queue/claims/{kind}", b"dead", status=201)
                worker = self.worker(kind, a)
                self.await_all_done(a, 0)
                worker.kill()

    def test_workers_begin_nothing_while_the_queue_is_paused(self):
        a = self.node()
        a.call("PUT", "/v1/kv/queue/paused", b"", status=201)
        self.put_jobs(a, 2)
        self.worker("py", a)
        self.worker("js", a)
        time.sleep(2)
        self.assertEqual((len(self.keys(a, "jobs")), self.keys(a, "claims")), (2, {}))
        a.call("DELETE", "/v1/kv/queue/paused", status=204)
        self.await_all_done(a, 2)

    def test_workers_go_on_after_their_node_has_restarted(self):
        a = self.node(f"--state={self.path('state')}")
        self.worker("py", a)
        self.worker("js", a)
        self.put_jobs(a, 2)
        self.await_all_done(a, 2)
        http, mesh = f"127.0.0.1:{a.http_port}", a.mesh_port
        a.stop()
        a = self.node(f"--state={self.path('state')}", http=http, port=mesh)
        a.call("PUT", "/v1/kv/queue/jobs/2", b"text 2", status=201)
        self.await_all_done(a, 3)

    def test_workers_resume_the_stream_and_ask_for_a_snapshot_when_events_are_missing(self):
        key = {"key": "queue/paused", "etag": '"1"'}
        scripts = [
            ("a part of a snapshot", [("snapshot", "e-5", {"entries": [key], "more": True})], None),
            ("a whole one", [("snapshot", "e-5", {"entries": [key], "more": True}),
                             ("snapshot", "e-5", {"entries": [], "more": False}),
                             ("put", "e-6", {**key, "old_etag": None, "value": ""})], None),
            ("events are lost", [("overflow", "e-9", {"lost": 3})], "e-6"),
            ("a new life", [("reset", None, {}), ("snapshot", "f-1", {"entries": [], "more": False})], None),
            ("nothing", [], "f-1"),
        ]
        for kind in PROGRAMS:
            with self.subTest(kind), ScriptedStream([x[1] for x in scripts]) as server:
                self.worker(kind, server.port)
                soon(lambda s=server: len(s.resumed_from) >= len(scripts), "the worker comes back each time\n" + self.said(), 20)
                for (name, _, expected), got in zip(scripts, server.resumed_from):
                    self.assertEqual(got, expected, f"before {name}")


if __name__ == "__main__":
    main()
