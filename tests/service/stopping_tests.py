#!/usr/bin/python3
"""Tests of what a meshd that was told to stop says to clients, and that it keeps its word to them."""
import http.client
import itertools
import json
import re
import signal
import threading

from meshd import PATIENCE, MeshdTest, description, main, soon
from web_socket import WebSocket

BYTES = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}


class Writer(threading.Thread):
    """Sends requests on one connection until one is refused or the node is gone."""

    def __init__(self, node, requests):
        super().__init__(daemon=True)
        self.port, self.requests = node.http_port, requests
        self.accepted, self.refused = [], None
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30 * PATIENCE)
        try:
            for what, method, path, body, headers in self.requests:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status >= 300:
                    self.refused = (answer.status, answer.headers["Retry-After"], text)
                    return
                self.accepted.append(what)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


def puts(who):
    return ((f"k/{who}/{i}", "PUT", f"/v1/kv/k/{who}/{i}", b"x", BYTES) for i in itertools.count())


def elements(who):
    return ((f"{who}-{i}", "PUT", f"/v1/sets/fruit/{who}-{i}", None, {}) for i in itertools.count())


def sums(_):
    return ((1, "POST", "/v1/counters/visits", b'{"add":1}', JSON) for _ in itertools.count())


def messages(who):
    return ((f"{who}-{i}", "POST", "/v1/channels/chat/messages", f"{who}-{i}".encode(), BYTES) for i in itertools.count())


def pages(node, path, field):
    """All entries of a list."""
    after = ""
    while True:
        page = node.get(f"{path}limit=1000&after={after}")
        yield from page[field]
        if page["next"] is None:
            return
        after = page["next"]


class Acknowledged(MeshdTest):
    def stop_while(self, node, requests):
        """Stops a node while four clients write. Returns what it has accepted."""
        writers = [Writer(node, requests(x)) for x in range(4)]
        soon(lambda: all(len(x.accepted) > 20 for x in writers), "clients write")
        node.signal(signal.SIGTERM)
        self.assertEqual(node.wait(), 0)
        for x in writers:
            x.join(30)
            if x.refused:
                status, retry, text = x.refused
                self.assertEqual((status, retry), (503, "1"), text)
                self.assertIn(b'"code":"stopping"', text)
        return [y for x in writers for y in x.accepted]

    def test_keys_are_at_the_neighbour(self):
        a, b = self.line(2)
        accepted = set(self.stop_while(a, puts))
        soon(lambda: not accepted - {x["key"] for x in pages(b, "/v1/kv?", "entries")}, "all keys are there", 5)

    def test_elements_of_sets_are_at_the_neighbour(self):
        a, b = self.line(2)
        b.call("PUT", "/v1/sets/fruit/apple", status=204)
        accepted = set(self.stop_while(a, elements))
        soon(lambda: not accepted - set(pages(b, "/v1/sets/fruit?", "elements")), "all elements are there", 5)

    def test_increments_are_at_the_neighbour(self):
        a, b = self.line(2)
        b.get("/v1/counters/visits")
        total = sum(self.stop_while(a, sums))
        soon(lambda: b.get("/v1/counters/visits")["value"] >= total, f"{total} are counted", 5)

    def test_messages_are_at_the_neighbour(self):
        a, b = self.line(2)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        stream = b.events("/v1/channels/chat/messages?encoding=text")
        self.addCleanup(stream.close)
        accepted = set(self.stop_while(a, messages))
        arrived = set()

        def all_are_there():
            while not stream.events.empty():
                arrived.add(stream.events.get()["data"]["data"])
            return not accepted - arrived
        soon(all_are_there, "all messages are there", 5)


class Refused(MeshdTest):
    def stopping_node(self):
        """A node that has much to send to a neighbour before it ends."""
        a, b = self.stuck_pair("--drain-limit=20s")
        self.addCleanup(b.resume)
        self.addCleanup(a.kill)
        a.call("PUT", "/v1/kv/k", b"x", status=201)
        socket = WebSocket(a, "/v1/channels/chat/socket")
        self.addCleanup(socket.close)
        a.signal(signal.SIGTERM)
        soon(lambda: "stopping" in str(a.get("/readyz", status=None)["reasons"]), "it stops")
        return a, socket

    def test_every_change_is_refused_with_the_time_to_try_again(self):
        a, _ = self.stopping_node()
        refused = []
        for template, path in description().document["paths"].items():
            for method in sorted({"put", "post", "delete"} & set(path)):
                address = re.sub(r"\{(\w+)\}", lambda x: "00:00:00:00:00:02" if x[1] == "peer" else "chat", template)
                answer = a.call(method.upper(), address)
                self.assertEqual((answer.status, answer.code), (503, "stopping"), address)
                self.assertEqual(answer.headers["Retry-After"], "1")
                refused.append(template)
        self.assertGreater(len(refused), 10, refused)

    def test_sockets_end_and_none_is_opened(self):
        a, socket = self.stopping_node()
        soon(lambda: socket.receive() is None, "the socket ends")
        self.assertEqual(socket.close_code, 1001)
        refused = WebSocket(a, "/v1/channels/chat/socket")
        self.addCleanup(refused.close)
        self.assertEqual((refused.status, json.loads(refused.body)["code"]), (503, "stopping"))

    def test_values_can_still_be_read(self):
        a, _ = self.stopping_node()
        self.assertEqual(a.get("/v1/kv/k"), b"x")
        self.assertEqual([x["key"] for x in a.get("/v1/kv")["entries"]], ["k"])


if __name__ == "__main__":
    main()
