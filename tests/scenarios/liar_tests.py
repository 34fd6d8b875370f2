#!/usr/bin/python3
"""A scripted peer sends real nodes false data about the mesh.

    liar_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. It sends false data, and checks what that costs the nodes.
Without arguments, all rows run. Prints figures and failed checks; exits with 1 if a check fails.
"""
import contextlib
import os
import sys
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import (A, B, C, FAST, LIAR, PHANTOM, Sink, addresses, check, figure, liar_at, mesh, node_of, run_rows,
                       traffic)
from liar_wire import BROADCAST, UNICAST, Peer, record


def two_records_of_one_edition():
    """Three nodes, each connected to the others, hear different records with the same version and UID.

    Until their views converge, each believes that a different phantom is behind the next node, or next to itself.
    """
    with mesh(1, 3, FAST, in_a_ring=True) as nodes:
        liars = [liar_at(x, LIAR + i) for i, x in enumerate(nodes)]
        names = [x.name for x in liars]
        elsewhere, nearby = PHANTOM, PHANTOM + 1

        def lie(version):
            for here, peer in enumerate(liars):
                beyond = (here + 1) % 3
                links = [[x.name] for x in nodes]
                links[here].append(nearby)
                links[beyond].append(elsewhere)
                peer.tell([record(x, 4711, version, links[i]) for i, x in enumerate(names)]
                          + [record(nearby, 7, version, [names[here]]), record(elsewhere, 7, version, [names[beyond]])])
            for peer in liars:
                peer.say(UNICAST, "count", b"to nobody %d" % version, to=elsewhere)
                peer.say(BROADCAST, "chat", b"from nobody %d" % version, source=nearby)

        def looped(channel):
            return sum(y["Looped"] for x in nodes for y in x.status()["Channels"] if y["Name"] == channel)

        def same():
            views = [x.topology() for x in nodes]
            return {elsewhere, nearby} & set(views[0]) and views[0] == views[1] == views[2]
        version, slowest = 10**6, 0
        while version < 10**6 + 30 and not (looped("count") and looped("chat")):
            version += 1
            lie(version)
            took = eventually(same, 5)
            check(took is not None, "two records of one edition: the views converge")
            slowest = max(slowest, took or 5)
        rounds = looped("count"), looped("chat")
        check(all(rounds), "two records of one edition: %d unicasts and %d broadcasts were dropped in a loop" % rounds)
        time.sleep(0.5)
        cpu, sent, begin = sum(x.cpu() for x in nodes), traffic(nodes), time.monotonic()
        time.sleep(3)
        cpu, sent, passed = sum(x.cpu() for x in nodes) - cpu, traffic(nodes) - sent, time.monotonic() - begin
        check(cpu < 0.1 * passed, "two records of one edition: %.2f s of processor time in %.1f s" % (cpu, passed))
        check(sent < 15_000 * passed, "two records of one edition: %d bytes in %.1f s" % (sent, passed))
        now = looped("count"), looped("chat")
        check(now == rounds, "two records of one edition: messages still loop: %s, then %s" % (rounds, now))
        figure("two records of one edition in a ring of three: views converge in %.2f s; %d unicasts and %d broadcasts "
               "dropped in a loop; then in %.1f s %.2f s of processor time and %d bytes"
               % (slowest, *rounds, passed, cpu, sent))


def an_honest_peer_that_repeats_itself():
    with mesh(45, 3) as (a, b, c):
        peer, watcher, restless = liar_at(a), liar_at(c, 0x61), liar_at(c, 0x62)
        time.sleep(3)
        sent, version, begin = 0, 10, time.monotonic()
        while time.monotonic() - begin < 4:
            if sent % 20 == 0:
                version += 1
                restless.tell([record(0x62, restless.uid, version, [C, PHANTOM + version % 2])])
            peer.say(BROADCAST, "chat", b"once more")
            sent += 1
            time.sleep(0.005)
        took = eventually(lambda: watcher.heard("once more") >= sent, 3)
        check(took is not None, "a peer that repeats itself: %d of %d come" % (watcher.heard("once more"), sent))
        check(watcher.heard("once more") == sent, "a peer that repeats itself: none comes twice")
        figure("%d broadcasts of the same bytes in 4 s over three nodes while another peer's record changes: all come"
               % sent)


def junk_through_an_honest_node():
    with mesh(4, 3) as nodes:
        _, b, c = nodes
        peer = liar_at(nodes[0])
        before = [addresses(b, c), b.topology()[C]["version"], c.topology()[C]["version"]]
        for i in range(10):
            for channel in "topology", "count":
                for to in B, C:
                    peer.say(UNICAST, channel, b"\xffjunk%d" % i, to=to)
                    peer.say(UNICAST, channel, b"\xffjunk%d" % i, to=to, source=B)
            time.sleep(0.5)
            if peer.closed:
                break
        after = [addresses(b, c), b.topology()[C]["version"], c.topology()[C]["version"]]
        lost = [x for x in b.log_lines() + c.log_lines() if "closed" in x]
        told = [x for x in b.log_lines() + c.log_lines() if "refused" in x]
        check(before == after, "junk through an honest node: the link B-C stays: %s, then %s" % (before, after))
        check(not lost, "junk through an honest node: something is closed: %s" % lost)
        check(0 < len(told) < 10, "junk through an honest node: %d lines about it" % len(told))
        figure("junk through an honest node for 5 s: the link behind it stays, %d lines about it" % len(told))


def time_to_hear_of(newcomer, node, watcher):
    """Connects the peer `newcomer` to a node. Returns the seconds until `watcher` hears of it, or None."""
    name, begin, seen = newcomer.to_bytes(6, "big"), time.monotonic(), len(watcher.received)
    peer = Peer(newcomer, node.host.rsplit(".", 1)[0] + ".200", node.host)

    def heard():
        nonlocal seen
        more = watcher.received[seen:]
        seen += len(more)
        return any(name in x for x in more)
    took = eventually(heard, 10)
    peer.close()
    return took and time.monotonic() - begin


def cost_of_changes(nodes, first, count=40):
    """The nodes' processor time per change, in ms, while `count` peers come and go."""
    cpu = sum(x.cpu() for x in nodes)
    for name in range(first, first + count):
        peer = Peer(name, nodes[-1].host.rsplit(".", 1)[0] + ".200", nodes[-1].host)
        eventually(lambda: len(peer.received) > 1, 5)
        peer.close()
    check(eventually(lambda: not any(first <= x < first + count for node in nodes for x in node.topology()), 10)
          is not None, "a flood of records: peers come and go")
    return 1000 * (sum(x.cpu() for x in nodes) - cpu) / (2 * count)


def a_flood_of_records():
    with mesh(5, 2) as nodes:
        cheap = cost_of_changes(nodes, 0x200)
        peer, watcher = liar_at(nodes[0]), liar_at(nodes[0], 0x61)
        before = [x.heap() for x in nodes]
        slowest, highest, links, told, latest = 0, 0, [A], 0, 0
        for i in range(10):
            links += range(0x10000 + 2000 * i, 0x10000 + 2000 * (i + 1))
            records = [record(LIAR, 4711, 10**6 + i, links)]
            records += [record(x, 1, 1, [LIAR], "n" * 1000) for x in links[-2000:]]
            told += sum(map(len, records))
            peer.tell(records)
            for x in nodes:
                begin = time.monotonic()
                x.ask("increment")
                slowest = max(slowest, time.monotonic() - begin)
                highest = max(highest, x.rss())
            took = time_to_hear_of(0x300 + i, nodes[1], watcher)
            check(took is not None, "a flood of records: the announcement of a newcomer arrives")
            latest = max(latest, took or 10)
        peer.close()
        watcher.close()

        def kept():
            # Measures the heap and not the resident memory, because the allocator keeps free pages.
            return max(x.heap() - y for x, y in zip(nodes, before))
        took = eventually(lambda: kept() < 8, 10)
        highest = max(highest, *(x.rss() for x in nodes))
        check(took is not None, "a flood of records: %.0f MB of heap are kept" % kept())
        check(highest < 200, "a flood of records: %.0f MB" % highest)
        check(slowest < 1, "a flood of records: an answer took %.2f s" % slowest)
        check(latest < 3, "a flood of records: an announcement arrived after %.2f s" % latest)
        check(eventually(lambda: all(len(x.topology()) == 2 for x in nodes), 5) is not None,
              "a flood of records: made-up peers are forgotten")
        cost = cost_of_changes(nodes, 0x400)
        check(cost < 3 * cheap + 1, "a flood of records: a change costs %.2f ms, before %.2f ms" % (cost, cheap))
        check(eventually(lambda: [x.ask("count") for x in nodes] == ["20", "20"], 5) is not None,
              "a flood of records: both have counted")
        figure("a flood of %.0f MB of records: at most %.0f MB of resident memory; %.1f MB of heap more than before "
               "remain; the slowest answer took %.2f s, the slowest announcement %.2f s; a change costs %.2f ms, "
               "before the flood %.2f ms" % (told / 1e6, highest, kept(), slowest, latest, cost, cheap))


def a_flood_of_connections():
    with mesh(74, 2) as nodes:
        peer, watcher = liar_at(nodes[0]), liar_at(nodes[0], 0x61)
        before = [x.heap() for x in nodes]
        highest, told, latest = 0, 0, 0
        # As many connections as a node accepts in all, each with the longest address that it keeps.
        made_up = [(0x20000 + i, "a" * 60 + "%04x" % i) for i in range(16384 - 1)]
        subjects = [0x10000 + i for i in range(64)]
        for i in range(0, len(subjects), 4):
            records = [record(LIAR, 4711, 10**6 + i, [A] + subjects[:i + 4])]
            records += [record(x, 1, 1, [LIAR] + made_up) for x in subjects[i:i + 4]]
            told += sum(map(len, records))
            peer.tell(records)
            took = time_to_hear_of(0x300 + i, nodes[1], watcher)
            check(took is not None, "a flood of connections: the announcement of a newcomer arrives")
            latest = max(latest, took or 10)
            highest = max(highest, *(x.rss() for x in nodes))
        peer.close()
        watcher.close()

        def kept():
            return max(x.heap() - y for x, y in zip(nodes, before))
        took = eventually(lambda: kept() < 8, 10)
        check(took is not None, "a flood of connections: %.0f MB of heap are kept" % kept())
        check(highest < 200, "a flood of connections: %.0f MB" % highest)
        check(latest < 3, "a flood of connections: an announcement arrived after %.2f s" % latest)
        figure("a flood of %.0f MB of connections: at most %.0f MB of resident memory; %.1f MB of heap more than before "
               "remain; the slowest announcement took %.2f s" % (told / 1e6, highest, kept(), latest))


def many_names():
    with mesh(6, 2) as nodes:
        peer = liar_at(nodes[0])
        before = [len(x.log_lines()) for x in nodes]
        written = [os.path.getsize(x.log.name) for x in nodes]
        links = [A] + list(range(0x10000, 0x10000 + 16383))
        records = [record(LIAR, 4711, 10**6, links)]
        records += [record(x, 1, 1, [LIAR]) for x in range(0x10000, 0x10000 + 150_000)]
        peer.tell(records)
        check(eventually(lambda: len(nodes[1].ask("topology")) > 10**6, 10) is not None, "many names: they spread")
        time.sleep(1)
        peer.close()
        check(eventually(lambda: len(nodes[1].topology()) == 2, 10) is not None, "many names: they are forgotten")
        lines = [len(x.log_lines()) - y for x, y in zip(nodes, before)]
        written = max(os.path.getsize(x.log.name) - y for x, y in zip(nodes, written))
        check(max(lines) < 400 and written < 50_000, "many names: %s lines of log, %d bytes" % (lines, written))
        figure("an update of 150,000 names: %d lines of log, %d bytes" % (max(lines), written))


def many_addresses():
    first, count = 0x10000, 16_000
    with mesh(9, 2, FAST + ["--mesh.discovery=true"]) as nodes, contextlib.closing(Sink(7000)) as sink:
        peer = liar_at(nodes[0])

        def address(number):
            return "127.82.%d.%d:7000" % divmod(number % 50_000, 250)
        begin, cpu, told = time.monotonic(), [x.cpu() for x in nodes], 0
        for i in range(2):
            links = [(first + x, address(3 * x + i)) for x in range(count)]
            records = [record(LIAR, 4711, 10**6 + i, [A] + links)]
            records += [record(x, 1, 1 + i, [(LIAR, y)]) for x, y in links]
            told += sum(map(len, records))
            peer.tell(records)
            check(eventually(lambda: len(nodes[1].topology()) > count, 5)
                  is not None, "many addresses: they spread")
            time.sleep(4)
        took, cpu, dials = time.monotonic() - begin, max(x.cpu() - y for x, y in zip(nodes, cpu)), len(sink.dialled)
        allowed = len(nodes) * (64 + 20 * took)
        check(64 <= dials <= allowed, "many addresses: %d dials in %.1f s, at most %d allowed" % (dials, took, allowed))
        check(cpu < 0.25 * took, "many addresses: %.2f s of processor time in %.1f s" % (cpu, took))
        peer.close()
        check(eventually(lambda: all(len(x.topology()) == 2 for x in nodes), 10) is not None,
              "many addresses: made-up peers are forgotten")
        time.sleep(1)
        before = len(sink.dialled)
        time.sleep(2)
        more = len(sink.dialled) - before
        check(more == 0, "many addresses: %d dials after the liar has left" % more)
        figure("%.1f MB of addresses: in %.0f s at most %.2f s of processor time at a node, and %d dials of all nodes"
               % (told / 1e6, took, cpu, dials))


def an_honest_address_under_other_names():
    with mesh(10, 3, FAST + ["--mesh.discovery=true"]) as nodes:
        def whole():
            return all(len(x.links()) == 2 for x in nodes)
        check(eventually(whole, 10) is not None, "an honest address: all are connected")
        peer = liar_at(nodes[0])
        phantoms = range(PHANTOM, PHANTOM + 300)
        cpu, arrived = sum(x.cpu() for x in nodes), nodes[1].topology()[B]["version"]
        peer.tell([record(LIAR, 4711, 10**6, [A] + [(x, "%s:6783" % nodes[1].host) for x in phantoms])]
                  + [record(x, 1, 1, [LIAR]) for x in phantoms])
        # Nodes dial their neighbour, because they take it for a phantom. Such a connection must not replace
        # another.
        ends = [addresses(x, y) for x, y in zip(nodes, nodes[1:])]
        began = time.monotonic()
        while time.monotonic() < began + 8:
            time.sleep(0.25)
            now = [addresses(x, y) for x, y in zip(nodes, nodes[1:])]
            check(now == ends, "an honest address: links stay: %s" % now)
        check(not any("two peers" in y for x in nodes for y in x.log_lines()), "an honest address: no warning")
        cpu = sum(x.cpu() for x in nodes) - cpu
        changes = nodes[1].topology()[B]["version"] - arrived
        seconds = time.monotonic() - began
        check(changes < 10, "an honest address: %d changes of the peer that is dialled" % changes)
        check(cpu < 0.125 * seconds, "an honest address: %.2f s of processor time in %.1f s" % (cpu, seconds))
        figure("an honest peer's address under 300 other names: links stay, %d changes and %.2f s of processor time "
               "in %.1f s" % (changes, cpu, seconds))


run_rows([
    two_records_of_one_edition, an_honest_peer_that_repeats_itself, junk_through_an_honest_node, a_flood_of_records,
    a_flood_of_connections, many_names, many_addresses, an_honest_address_under_other_names,
])
