#!/usr/bin/python3
"""Tests of meshd in one mesh with a Go program that uses weaveworks/mesh."""
import base64
import json
import os
import subprocess
import threading
import time

from meshd import MeshdTest, free_port, main, soon
from skipping import skip_all

DRIVER = os.environ.get("CAFMESH_GO_DRIVER", "")
PASSWORD = "a password for tests"
NAME = "00:00:00:00:00:09"


class GoPeer:
    """The Go program of tests/interop/go."""

    def __init__(self, test, *options):
        self.port = free_port()
        self.said = []
        self.process = subprocess.Popen(
            [DRIVER, f"-name={NAME}", f"-listen=127.0.0.1:{self.port}", f"-password={PASSWORD}", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        test.addCleanup(self.process.stdout.close)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        test.addCleanup(self.process.stdin.close)
        threading.Thread(target=self.read, daemon=True).start()
        self.until("ready")

    def read(self):
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def until(self, event):
        return soon(lambda: next((x for x in list(self.said) if x.get("event") == event), None), event)

    def ask(self, cmd, **fields):
        number = len(self.said) + 1000
        self.process.stdin.write(json.dumps({"id": number, "cmd": cmd, **fields}) + "\n")
        self.process.stdin.flush()
        answer = soon(lambda: next((x for x in list(self.said) if x.get("id") == number), None), cmd)
        assert answer["ok"], answer
        return answer


def fnv1a(data):
    """Hashes data as the Go program does."""
    result = 0xcbf29ce484222325
    for x in data:
        result = (result ^ x) * 0x100000001b3 % 2**64
    return f"{result:016x}"


class Go(MeshdTest):
    def test_a_go_program_exchanges_messages_with_services(self):
        password = self.file("password", PASSWORD + "\n")
        a, b = self.line(2, f"--password-file={password}")
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        go = GoPeer(self, "-channel=chat")
        b.call("POST", "/v1/targets", {"addresses": [f"127.0.0.1:{go.port}"]}, status=202)
        soon(lambda: NAME in a.peers(), "the Go peer is known two hops away")
        soon(lambda: len(go.ask("peers")["peers"]) == 3, "the Go peer knows both services")
        stream = a.events("/v1/channels/chat/messages")
        time.sleep(0.2)

        a.call("POST", f"/v1/channels/chat/messages?to={NAME}", b"\x00to one", status=204)
        got = go.until("unicast")
        self.assertEqual((got["from"], got["size"], got["fnv"]), (a.name(), 7, fnv1a(b"\x00to one")))
        # A broadcast to the Go program begins with a byte for its kind. `B` marks data that the program
        # reports.
        a.call("POST", "/v1/channels/chat/messages", b"Bto all", status=202)
        got = go.until("broadcast")
        self.assertEqual((got["from"], got["size"], got["fnv"]), (a.name(), 6, fnv1a(b"to all")))

        for to in ({}, {"to": a.name()}):
            go.ask("unicast" if to else "broadcast", channel="chat", size=1000, seed=1, **to)
            event = stream.until("message")["data"]
            data = base64.b64decode(event["data"])
            self.assertEqual((event["from"], event["unicast"], len(data)), (NAME, bool(to), 1000 if to else 1001))
        stream.close()


if __name__ == "__main__":
    if DRIVER and os.access(DRIVER, os.X_OK):
        main()
    else:
        skip_all("GO TESTS", "the Go program of tests/interop is not built")
