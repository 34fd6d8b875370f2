#!/usr/bin/env python3
"""worker.py NAME: a worker of the queue that README.md describes. It talks to the meshd beside it.

MESH_URL is where meshd serves HTTP, MESH_TOKEN_FILE has its token, WORK_SECONDS is how long a job takes.
"""
import concurrent.futures
import hashlib
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("MESH_URL", "http://127.0.0.1:6784")
LEASE, SETTLE, SILENCE = 3.0, 0.5, 40.0  # seconds; meshd sends a comment every 15
FAILURES = (OSError, http.client.HTTPException, ValueError)
NAME = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(method, path, body=None, headers=None, timeout=10):
    headers = {"Content-Type": "application/octet-stream", **(headers or {})}
    if os.environ.get("MESH_TOKEN_FILE"):
        with open(os.environ["MESH_TOKEN_FILE"], encoding="ascii") as file:
            headers["Authorization"] = "Bearer " + file.read().strip()
    try:
        return no_proxy.open(urllib.request.Request(URL + path, body, headers, method=method), timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code in (404, 412):  # the key is missing, or has a different ETag
            return error
        raise OSError(f"{method} {path}: {error.code} {error.read(1000).decode()}") from None


def key(kind, job, method="GET", body=None, **conditions):
    """Sends a request for one key. Returns status, content and ETag."""
    path = f"/v1/kv/queue/{kind}/{urllib.parse.quote(job, safe='')}"
    with ask(method, path, body, {k.replace("_", "-"): v for k, v in conditions.items()}) as answer:
        return answer.status, answer.read(), answer.headers.get("ETag")


class Watch:
    """The keys below queue/ in the local replica. Each has its ETag and the time at which this process first saw it."""
    def __init__(self):
        self.keys, self.parts, self.last_id, self.synced = {}, {}, None, False
        self.lock = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                self.read()
            except FAILURES as error:
                print(f"{NAME}: the stream of changes broke, trying again: {error}", flush=True)
            self.synced = False  # otherwise live claims would seem to expire
            time.sleep(1)

    def read(self):
        resume = {"Last-Event-ID": self.last_id} if self.last_id else {}
        with ask("GET", "/v1/kv-events?prefix=queue/&on_overflow=close", headers=resume, timeout=SILENCE) as stream:
            self.parts, self.synced, event = {}, bool(resume), {}
            for line in stream:
                name, _, value = line.decode().rstrip("\r\n").partition(":")
                if name:  # a comment has no name
                    event[name] = value.removeprefix(" ")
                elif not value and "event" in event:
                    with self.lock:
                        self.handle(event["event"], json.loads(event.get("data", "null")), event.get("id"))
                        self.lock.notify_all()
                    event = {}

    def handle(self, kind, data, event_id):
        if kind in ("reset", "overflow"):  # events are missing: only a new snapshot tells what there is
            self.last_id, self.parts, self.synced = None, {}, False
        elif kind == "snapshot":
            for x in data["entries"]:
                self.parts[x["key"]] = self.seen(x["key"], x["etag"])
            if not data["more"]:  # else more parts follow, and resuming would miss them
                self.keys, self.parts, self.last_id, self.synced = self.parts, {}, event_id, True
        elif kind == "put":
            self.keys[data["key"]], self.last_id = self.seen(data["key"], data["etag"]), event_id
        elif kind == "delete":
            self.keys.pop(data["key"], None)
            self.last_id = event_id

    def seen(self, name, etag):
        before = self.keys.get(name)
        return before if before and before[0] == etag else (etag, time.monotonic())

    def next_claimable(self):
        """A job that nobody works on, and the ETag of its expired claim or None. Waits until there is one."""
        with self.lock:
            while True:
                working = self.synced and "queue/paused" not in self.keys
                kinds = ("queue/jobs/", "queue/claims/") if working else ()  # a dead worker may leave only a claim
                jobs = {x.split("/", 2)[2] for x in self.keys if x.startswith(kinds)}
                claims = {x: self.keys.get("queue/claims/" + x, (None, float("-inf"))) for x in jobs}
                ready = [(x, etag) for x, (etag, since) in claims.items() if time.monotonic() - since > LEASE]
                if ready:  # workers that choose at random seldom choose the same job
                    return random.choice(ready)
                self.lock.wait(LEASE / 3)


def claim(job, expired):
    """Claims a job. If another node does so, too, both replicas soon have the later claim. So waits and checks."""
    etag = put_claim(job, If_Match=expired) if expired else put_claim(job, If_None_Match="*")
    time.sleep(SETTLE if etag else 0)
    return etag and put_claim(job, If_Match=etag)


def put_claim(job, **condition):
    """Makes or renews our claim. Returns its new ETag, or None if the replica has the claim of another worker."""
    status, _, etag = key("claims", job, "PUT", NAME.encode(), **condition)
    return None if status == 412 else etag


def do_job(content):
    time.sleep(float(os.environ.get("WORK_SECONDS", "0")))
    return hashlib.sha256(content).hexdigest().encode()


def work(job, etag, pool):
    status, content, _ = key("jobs", job)
    if status == 200 and key("results", job)[0] == 404:
        doing = pool.submit(do_job, content)
        while not concurrent.futures.wait([doing], LEASE / 3).done:
            etag = put_claim(job, If_Match=etag)
            if not etag:
                return print(f"{NAME}: lost the claim of {job}", flush=True)
        key("results", job, "PUT", doing.result())  # the same result, whoever writes it
        print(f"{NAME}: did {job}", flush=True)
    key("jobs", job, "DELETE")
    key("claims", job, "DELETE", If_Match=etag)


watch = Watch()
with concurrent.futures.ThreadPoolExecutor(1) as workers:
    while True:
        try:
            chosen, stale = watch.next_claimable()
            mine = claim(chosen, stale)
            if mine:
                work(chosen, mine, workers)
        except FAILURES as problem:  # the claim expires, and somebody does the job
            print(f"{NAME}: {problem}", flush=True)
            time.sleep(1)
