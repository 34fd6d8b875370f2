#!/usr/bin/python3
"""A hand-made peer lies to real nodes about replicated values, and makes them work for others.

    liar_value_tests.py LONE_NODE [row...]

A row is one of the functions that the last lines name: a lie, and checks of what it costs. Prints figures and
the checks that fail; exits with 1 if any fails.
"""
import contextlib
import sys
import threading
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import A, B, C, FAST, LIAR, check, connections, figure, liar_at, mesh, node_of, run_rows, traffic
from liar_wire import (BROADCAST, GOSSIP, UNICAST, DelayedLink, counter, map_entry, message, open_socket,
                       removed_additions, run)

EVERYTHING = 2**63 - 1


def reachable():
    """The greatest number that a value accepts at present, as actors/reachable.hpp says."""
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

        # Any member can remove what others wrote, but nobody may be kept from
        # writing.
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

        # The liar goes on to ask in other names while a peer joins.
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


def a_channel_that_never_answers():
    with mesh(16, 2, FAST + ["--mesh.answer-limit=3s"]) as (a, b):
        check(b.ask("mute slow") == "ok", "a mute channel: B joins it")
        near, far = liar_at(b), liar_at(a, 0x61)
        over = threading.Event()

        def flood(peer):
            one = message(UNICAST, "slow", peer.name, b"x" * 16_384, to=B)
            one = len(one).to_bytes(4, "big") + one
            with contextlib.suppress(OSError):
                while not over.is_set():
                    peer.socket.sendall(one * 16)
        threads = [threading.Thread(target=flood, args=(x,)) for x in (near, far)]
        for x in threads:
            x.start()
        slowest, count, begin = 0, 0, time.monotonic()
        while time.monotonic() - begin < 5:
            a.ask("increment")
            count += 1
            took = eventually(lambda: b.ask("count") == str(count), 5)
            slowest = max(slowest, 5 if took is None else took)
            time.sleep(0.05)
        over.set()
        for x in threads:
            x.join()
        check(slowest < 1, "a mute channel: another channel waits for %.2f s" % slowest)
        lines = [x for x in b.log_lines() if "'slow'" in x]
        check(0 < len(lines) < 20, "a mute channel: %d lines name it" % len(lines))

        def is_replaced():
            return any(x["Name"] == "slow" and x["Surrogate"] for x in b.status()["Channels"])
        check(eventually(is_replaced, 5) is not None, "a mute channel: a surrogate takes over")
        highest = max(x.rss() for x in (a, b))
        check(highest < 100, "a mute channel: %.0f MB" % highest)
        figure("a gossiper that never answers, flooded for 5 s: another channel waits for %.2f s at most, %d lines of "
               "log, %.0f MB of resident memory" % (slowest, len(lines), highest))


def silent_connections():
    with mesh(17, 1) as (a,):
        over, opened = threading.Event(), []

        def flood():
            due = time.monotonic()
            while not over.is_set():
                due += 0.002
                time.sleep(max(0, due - time.monotonic()))
                with contextlib.suppress(OSError):
                    opened.append(open_socket("127.81.17.250", a.host))
                if len(opened) > 400:
                    opened.pop(0).close()
        thread = threading.Thread(target=flood)
        thread.start()
        time.sleep(3)
        cpu, begin = a.cpu(), time.monotonic()
        with contextlib.closing(node_of(17, 1, [a.host])) as b:
            took = eventually(lambda: b.links() == [A] and a.links() == [B], 5)
            check(took is not None and took < 1, "silent connections: a peer joins after %s s" % took)
            cpu, passed = a.cpu() - cpu, time.monotonic() - begin
            over.set()
            thread.join()
        lines = len(a.log_lines())
        check(lines < 60, "silent connections: %d lines of log" % lines)
        figure("500 silent connections a second from one address: a peer from another joins after %.2f s, %d lines of "
               "log" % (took or -1, lines))
        for x in opened:
            x.close()


run_rows([forged_numbers, late_tombstones, questions_in_other_names, a_channel_that_never_answers, silent_connections])
