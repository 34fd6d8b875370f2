#!/usr/bin/python3
"""A scripted peer sends real nodes false data about replicated values.

    liar_value_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. It sends false data, and checks what that costs the nodes.
Without arguments, all rows run. Prints figures and failed checks; exits with 1 if a check fails.
"""
import contextlib
import sys
import threading
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import A, B, FAST, check, connections, figure, liar_at, mesh, node_of, run_rows, traffic
from liar_wire import BROADCAST, GOSSIP, UNICAST, DelayedLink, counter, map_entry, message, removed_additions, run

EVERYTHING = 2**63 - 1


def reachable():
    """The greatest number that a value accepts now. See actors/reachable.hpp."""
    return int(time.time() - 1_577_836_800) * 1_000_000


def forged_numbers():
    with mesh(13, 2, FAST) as (a, b):
        for x in a, b:
            x.ask("entries"), x.ask("elements")
        a.ask("put k first"), b.ask("add-element early"), b.ask("increment")

        def same(question, right):
            return eventually(lambda: a.ask(question) == b.ask(question) == right, 3)
        check(same("entry k", "first") and same("elements", "1") and same("count", "1"), "forged numbers: values spread")
        peer, life = liar_at(a), b.topology()[B]["uid"]

        def lie(channel, data):
            peer.say(UNICAST, channel, data, to=A)
            peer.say(UNICAST, channel, data, to=B)
            peer.say(BROADCAST, channel, data)
            peer.say(GOSSIP, channel, data)
        lie("map", map_entry("k", EVERYTHING, "forged"))
        lie("map", map_entry("other", EVERYTHING, "forged"))
        lie("set", removed_additions(life, EVERYTHING))
        lie("count", counter(B, EVERYTHING))
        time.sleep(0.5)
        check(same("entry k", "first") and same("entry other", "-"), "forged numbers: a clock of 2^63 - 1 is ignored")
        check(same("elements", "1") and same("count", "1"), "forged numbers: set and counter stay")
        figure("a clock of 2^63 - 1 in %d bytes, 2^63 - 1 additions removed in %d bytes: ignored"
               % (len(map_entry("k", EVERYTHING, "")), len(removed_additions(life, EVERYTHING))))

        # Any member may change what others wrote, but must not keep them from writing again.
        lie("map", map_entry("k", reachable(), "forged"))
        lie("set", removed_additions(life, reachable()))
        check(same("entry k", "forged") and same("elements", "0"), "forged numbers: what can be true is accepted")
        begin = time.monotonic()
        b.ask("put k second"), b.ask("add-element late"), b.ask("increment")
        check(same("entry k", "second") and same("elements", "1") and same("count", "2"),
              "forged numbers: the next changes spread")
        check(not peer.closed or a.links() == [B], "forged numbers: the honest link stays")
        figure("the greatest numbers accepted, forged: the next changes arrive after %.2f s" % (time.monotonic() - begin))


def late_tombstones():
    with contextlib.ExitStack() as rest:
        nodes = []
        for i in range(3):
            links = ["127.81.14.%d" % (100 + 10 * i + j) for j in range(i)]
            for j, host in enumerate(links):
                rest.enter_context(contextlib.closing(DelayedLink(host, nodes[j].host, 0.003)))
            nodes.append(rest.enter_context(contextlib.closing(node_of(14, i, links, FAST))))
        for x in nodes:
            x.ask("retain 3000"), x.ask("entries")
        check(eventually(lambda: all(len(x.links()) == 2 for x in nodes), 10) is not None, "late tombstones: all meet")
        for i in range(120):
            nodes[i % 3].ask("put key%d x" % i)
        check(eventually(lambda: all(x.ask("entries") == "120 0" for x in nodes), 5) is not None,
              "late tombstones: all have all keys")
        for i in range(120):
            nodes[i % 3].ask("erase key%d" % i)
            time.sleep(0.05)
        took = eventually(lambda: all(x.ask("entries") == "0 0" for x in nodes), 10)
        check(took is not None, "late tombstones: all end: %s" % [x.ask("entries") for x in nodes])
        time.sleep(1)
        sent = traffic(nodes)
        time.sleep(4)
        sent = traffic(nodes) - sent
        check(all(x.ask("entries") == "0 0" for x in nodes), "late tombstones: none comes back")
        check(sent < 20_000, "late tombstones: %d bytes in 4 s" % sent)
        figure("tombstones kept for 3 s on links of 3 ms: gone %.1f s after the last deletion, then %d bytes in 4 s"
               % (took or -1, sent))


def written_to(node, name):
    """The number of bytes that a node has written to a neighbour."""
    text = ":".join("%02x" % x for x in name.to_bytes(6, "big"))
    return sum(x["Figures"]["BytesOut"] for x in connections(node) if text in x["Info"])


def questions_in_other_names():
    with mesh(15, 2) as (a, b):
        entries, size = 6000, 1000
        for x in a, b:
            x.ask("entries")
        a.ask("fill %d %d" % (entries, size))
        whole = entries * size
        check(eventually(lambda: b.ask("entries") == "%d 0" % entries, 10) is not None, "questions: B has the value")
        peer = liar_at(a)
        before, asked = written_to(a, B), 0
        others = range(0x700, 0x720)

        def ask(names):
            sent = 0
            for name in names:
                text = name.to_bytes(6, "big")
                for question in b"", b"\2" + run(text) + b"\x82":
                    peer.say(UNICAST, "map", question, to=A, source=name)
                    sent += len(message(UNICAST, "map", name, question, to=A)) + 4
            return sent
        for i in range(200):
            asked += ask([B])
            time.sleep(0.01)
        time.sleep(1)
        got = written_to(a, B) - before
        check(got < 3 * whole, "questions: %d bytes go to the peer that did not ask" % got)
        figure("%d bytes of questions in another peer's name: %.1f MB go to that peer, %.1f times the value"
               % (asked, got / 1e6, got / whole))

        # A new peer joins while the liar keeps asking in the names of other peers.
        over = threading.Event()

        def go_on():
            while not over.is_set():
                ask(others)
                time.sleep(0.1)
        thread = threading.Thread(target=go_on)
        thread.start()
        time.sleep(2)
        begin = time.monotonic()
        with contextlib.closing(node_of(15, 2, [a.host])) as c:
            c.ask("entries")
            took = eventually(lambda: c.ask("entries") == "%d 0" % entries, 10)
            check(took is not None, "questions: a newcomer has %s" % c.ask("entries"))
            figure("questions in 32 other names 10 times a second: a newcomer has the value %.2f s after its start"
                   % (time.monotonic() - begin if took else -1))
            over.set()
            thread.join()


run_rows([forged_numbers, late_tombstones, questions_in_other_names])
