#!/usr/bin/python3
"""Tests of the page with real nodes: five processes of meshd, one of which is killed.

$CAFMESH_MESHD is the program. The tests are skipped without it, or if it serves no page.
"""
import os
import urllib.request

import browser
from page_test import PICTURES, VIEWS, PageTest
from skipping import run_cases, skip_all

try:
    import meshd
except ImportError:
    meshd = None

NAMES = {x: f"00:00:00:00:00:0{i}" for i, x in enumerate("abcde", 1)}


def address(node):
    return f"http://127.0.0.1:{node.http_port}/"


def lacking():
    """Returns why these tests cannot run, or None if they can."""
    if meshd is None or not os.path.isfile(os.environ.get("CAFMESH_MESHD", "")):
        return "CAFMESH_MESHD names no program"
    node = meshd.Node()
    try:
        with urllib.request.urlopen(address(node), timeout=10):
            return browser.missing()
    except OSError as error:
        return f"this meshd serves no page ({error})"
    finally:
        node.stop()


class RealMesh(PageTest):
    """b and c dial a, d dials b and c, and e dials d. So two paths lead from a to e."""

    def setUp(self):
        self.nodes = {}
        self.addCleanup(self.end)
        for name, dials in (("a", ""), ("b", "a"), ("c", "a"), ("d", "bc"), ("e", "d")):
            peers = [f"--peers={','.join(self.nodes[x].address for x in dials)}"] if dials else []
            self.nodes[name] = meshd.Node(f"--name={NAMES[name]}", f"--nickname={name}", *peers)
        for node in self.nodes.values():
            meshd.soon(lambda x=node: len(x.peers()) == 5, "all five know each other")
        self.addCleanup(lambda: self.page.open("about:blank"))
        self.page.complaints()
        self.page.open("about:blank")
        self.page.open(address(self.nodes["a"]) + "#mesh")
        self.page.wait(lambda: len(self.table("#peers-table")) == 5, "the page shows five peers")

    def end(self):
        for node in self.nodes.values():
            if node.process.poll() is None:
                node.process.kill()
            node.process.wait()
            node.process.stderr.close()

    def go(self, view):
        self.page.js("location.hash = arguments[0]", view)

    def path(self):
        return self.page.js("return [...document.querySelectorAll('#detail-path li')].map(x => x.textContent)")

    def test_a_killed_peer_vanishes_and_ways_lead_around_it(self):
        self.page.settled()
        self.page.js("meshd.selection.set(arguments[0])", NAMES["e"])
        self.page.wait(lambda: len(self.path()) == 4, "the path has three hops")
        hops = {x["name"]: x["hops_next"] for x in self.nodes["a"].get("/v1/peers")["peers"]}
        first = self.path()[1]
        self.assertEqual(NAMES[first], hops[NAMES["e"]])
        self.assertEqual(self.path(), ["a", first, "d", "e"])
        self.nodes[first].kill()
        self.page.wait(lambda: sorted(x[0] for x in self.table("#peers-table")) == sorted(set("abcde") - {first}), "its row is gone", 60)
        other = {"b": "c", "c": "b"}[first]
        self.page.wait(lambda: self.path() == ["a", other, "d", "e"], "the path leads around it", 30)
        self.assertEqual(self.page.js("return Object.keys(meshd.picture.places()).length"), 4)
        self.go("events")
        self.wait_for_text("#events-log", "peer left")
        self.assertEqual(self.page.complaints(), [])

    def fill(self):
        """Gives every view something to show, and kills e."""
        a, b, e = (self.nodes[x] for x in "abe")
        a.call("POST", "/v1/targets", {"addresses": ["127.0.0.1:1"]}, status=202)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        for i, x in enumerate((a, b, e)):
            x.call("PUT", f"/v1/kv/config/limit-{i}", f'{{"rate": {i}}}', status=201)
        self.page.settled()
        e.kill()
        self.page.wait(lambda: len(self.table("#peers-table")) == 4, "e is gone", 60)

    def prepare(self, view):
        self.go(view)
        if view == "mesh":
            self.page.js("meshd.selection.set(arguments[0])", NAMES["d"])
        elif view == "channels":
            self.page.js("[...document.querySelectorAll('#channels-list button')].find(x => x.textContent.startsWith('chat'))?.click()")
            self.wait_for_text("#messages-state", "live")
            self.nodes["b"].call("POST", "/v1/channels/chat/messages", "Disk is full on fra-07", status=202)
            self.wait_for_text("#messages", "Disk is full")
            self.page.wait("!document.querySelector('#channel-silent').textContent.startsWith('No message')", "it is counted")
        elif view == "store":
            self.page.wait(lambda: self.table("#store-table"), "keys")
            self.page.click("#store-table .row-button")
            self.page.wait("!document.querySelector('#entry-form').hidden", "the entry is open")

    def test_all_views_fit_after_a_peer_was_killed(self):
        self.fill()
        self.addCleanup(self.page.resize, *self.size)
        for scheme, width, height in (("light", 1600, 900), ("dark", 1600, 900), ("light", 360, 740), ("dark", 360, 740)):
            self.page.resize(width, height)
            self.page.prefer(scheme=scheme)
            for view in VIEWS:
                with self.subTest(view=view, scheme=scheme, width=width):
                    self.prepare(view)
                    self.page.picture(f"{PICTURES}/real-{view}-{scheme}-{width}.png")
                    wide = self.page.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    self.assertLessEqual(wide, 0, "the page is wider than the window")
        self.assertEqual(self.page.complaints(), [])

    def test_messages_and_keys_of_other_nodes_arrive(self):
        e = self.nodes["e"]
        e.call("PUT", "/v1/channels/chat", status=201)
        self.go("channels")
        self.page.type("#channels-join-name", "chat")
        self.page.click("#channels-join button")
        self.wait_for_text("#messages-state", "live")
        e.call("POST", "/v1/channels/chat/messages", "from afar")
        self.wait_for_text("#messages", "from afar")
        stream = e.events("/v1/channels/chat/messages?encoding=text")
        self.page.type("#send-to", "e")
        self.page.type("#send-text", "hello e")
        self.page.click("#send-button")
        self.wait_for_text("#send-state", "handed to the next hop")
        received = stream.until("message")["data"]
        stream.close()
        self.assertEqual((received["data"], received["from"], received["unicast"]), ("hello e", NAMES["a"], True))

    def test_a_conflict_with_another_node_is_told(self):
        e = self.nodes["e"]
        e.call("PUT", "/v1/kv/config/motd", "first")
        self.go("store")
        self.wait_for_text("#store-table", "config/motd")
        self.page.click("#store-table .row-button")
        self.page.wait("document.querySelector('#entry-value').value === 'first'", "the value")
        self.page.type("#entry-value", "mine")
        e.call("PUT", "/v1/kv/config/motd", "theirs")
        self.wait_for_text("#entry-conflict", "Another writer has changed this entry")
        self.page.click("#entry-save")
        self.wait_for_text("#entry-conflict", "not the one that you opened")
        self.page.click("#entry-mine")
        self.wait_for_text("#entry-state", "saved")
        meshd.soon(lambda: e.raw("GET", "/v1/kv/config/motd").body == b"mine", "the other node has it")

    def test_a_target_that_is_down_is_shown_with_its_error(self):
        self.go("targets")
        self.page.type("#targets-address", "127.0.0.1:1")
        self.page.click("#targets-form button")
        self.wait_for_text("#targets-table", "127.0.0.1:1")
        self.page.wait(lambda: next(x for x in self.table("#targets-table") if x[0] == "127.0.0.1:1")[4] != "", "it has an error")
        self.page.click(self.row("#targets-table", "127.0.0.1:1") + " td:last-child button")
        self.page.wait(lambda: "127.0.0.1:1" not in [x[0] for x in self.table("#targets-table")], "it is forgotten")

    def test_traffic_is_measured(self):
        self.go("traffic")
        self.page.wait(lambda: len(self.table("#connections-table")) == 2, "two connections")
        self.page.wait("meshd.traffic.totalIn.some(x => x > 0)", "bytes come in")


class LoneNode(PageTest):
    def test_tables_say_that_there_is_nothing(self):
        node = meshd.Node()
        self.addCleanup(node.stop)
        for view, part in (("traffic", "This node has no connections."), ("targets", "This node dials no addresses."), ("store", "No keys yet.")):
            self.page.open("about:blank")
            self.page.open(f"{address(node)}#{view}")
            self.wait_for_text(f"#view-{view} caption", part)


if __name__ == "__main__":
    reason = lacking()
    if reason:
        skip_all("REAL MESH TESTS", reason)
    run_cases()
