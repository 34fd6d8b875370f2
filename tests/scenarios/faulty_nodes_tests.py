#!/usr/bin/python3
"""Real nodes with a faulty application, a different password, or the identity of another node.

    faulty_nodes_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. Without arguments, all rows run. Prints figures and failed
checks; exits with 1 if a check fails.
"""
import contextlib
import sys
import time

sys.dont_write_bytecode = True
from liar_node import Node, eventually
from liar_rows import A, B, C, FAST, LIAR, addresses, check, liar_at, mesh, node_of, run_rows, traffic
from liar_wire import UNICAST, Peer, record


def figure(text):
    print("figure: faulty nodes: " + text, flush=True)


def a_gossiper_that_blocks():
    with mesh(30, 2, FAST + ["--scheduler.max-threads=4"]) as (a, b):
        peer = liar_at(b)
        for channel in "slow", "slower":
            check(b.ask("block %s 8000" % channel) == "ok", "a gossiper that blocks: B joins a channel")
            peer.say(UNICAST, channel, b"stop", to=B)
        check(eventually(lambda: b.ask("blocked") == "2", 5) is not None, "a gossiper that blocks: two block")
        begin = time.monotonic()
        with contextlib.closing(node_of(30, 2, [b.host])) as late:
            joined = eventually(lambda: late.links() == [B] and C in a.topology() and A in late.topology(), 8)
            check(joined is not None, "a gossiper that blocks: a peer joins")
            joined = time.monotonic() - begin
            slowest, count = 0, 0
            while time.monotonic() - begin < 6:
                (a, late)[count % 2].ask("increment")
                count += 1
                took = eventually(lambda: a.ask("count") == b.ask("count") == late.ask("count") == str(count), 8)
                slowest = max(slowest, 8 if took is None else took)
                time.sleep(0.02)
            check(b.ask("blocked") == "2", "a gossiper that blocks: it still blocks")
        check(joined < 2, "a gossiper that blocks: a peer joins after %.2f s" % joined)
        check(slowest < 1, "a gossiper that blocks: another channel waits for %.2f s" % slowest)
        figure("two gossipers that block for 8 s on two of four threads: a peer joins after %.2f s, another channel waits "
               "for %.2f s at most" % (joined, slowest))


def data_that_throws():
    for row, how in (31, "encode"), (32, "merge"):
        with mesh(row, 2, FAST) as (a, b):
            ends, name = addresses(a, b), "data that throws in %s" % how
            check(a.ask("fail broken " + how) == "ok", "%s: A joins a channel" % name)

            def lost():
                return sum(x["Broken"] for x in a.status()["Channels"] if x["Name"] == "broken")

            def is_lost():
                a.ask("pieces broken 50")
                return lost() >= 3
            check(eventually(is_lost, 10) is not None, "%s: %d pieces are lost" % (name, lost()))
            a.ask("increment"), b.ask("increment")
            check(eventually(lambda: a.ask("count") == b.ask("count") == "2", 3) is not None, "%s: both count" % name)
            check(addresses(a, b) == ends, "%s: the link stays" % name)
            lines = [x for x in a.log_lines() if "threw" in x]
            check(len(lines) == 1 and how in lines[0] and "'broken'" in lines[0], "%s: log: %s" % (name, lines))
            figure("%s: %d pieces are lost, %d line of log, the link and other channels stay"
                   % (name, lost(), len(lines)))


def a_dropped_password():
    old, new, grace = "an-old-password-of-the-mesh", "a-new-password-of-the-mesh", 2
    with mesh(33, 2, FAST + ["--mesh.password=" + old, "--mesh.password-grace=%ds" % grace]) as (a, b):
        ends = addresses(a, b)
        check(a.ask("passwords %s %s" % (new, old)) == "ok", "a dropped password: A accepts another")
        time.sleep(grace + 0.5)
        check(addresses(a, b) == ends, "a dropped password: a link whose password is still accepted stays")
        begin = time.monotonic()
        check(a.ask("passwords " + new) == "ok", "a dropped password: A drops the old one")
        closed = eventually(lambda: addresses(a, b) != ends, grace + 5)
        closed = closed and time.monotonic() - begin
        check(closed is not None and closed >= grace, "a dropped password: the link is closed after %s s" % closed)
        lines = [x for x in a.log_lines() if "its password was dropped" in x]
        check(len(lines) == 1, "a dropped password: log: %s" % lines)

        def refusals():
            return sum("password" in x for x in b.log_lines())
        before = refusals()
        check(eventually(lambda: refusals() > before, 10) is not None, "a dropped password: B is refused")
        check(a.links() == [] and b.links() == [], "a dropped password: B stays out")
        begin = time.monotonic()
        check(b.ask("passwords " + new) == "ok", "a dropped password: B changes its password")
        back = eventually(lambda: a.links() == [B] and b.links() == [A], 10)
        check(back is not None, "a dropped password: B is back")
        figure("a password dropped with a grace of %d s: its connection is closed after %.2f s; with the new one, the "
               "peer is back after %.2f s" % (grace, closed or -1, time.monotonic() - begin))


def a_resumed_snapshot():
    # A node with the same seed has the same UID, but its version starts over, as if its machine had been
    # restored from a snapshot.
    options = FAST + ["--mesh.seed=5"]
    with mesh(34, 1, FAST) as (a,), contextlib.ExitStack() as rest:
        first = rest.enter_context(contextlib.closing(node_of(34, 1, [a.host], options)))
        check(eventually(lambda: a.links() == [B], 5) is not None, "a resumed snapshot: B joins")
        for i in range(10):
            peer = Peer(0x700 + i, "127.81.34.200", first.host)
            check(eventually(lambda: 0x700 + i in first.links(), 3) is not None, "a resumed snapshot: peers come")
            peer.close()
            check(eventually(lambda: 0x700 + i not in first.links(), 3) is not None, "a resumed snapshot: peers go")
        # This liar is a neighbour of A and claims to be connected to B, so A keeps B's record.
        peer = liar_at(a)
        peer.tell([record(LIAR, peer.uid, 2, [A, B])])
        before = first.topology()[B]
        told = eventually(lambda: a.topology()[B] == before and B in
                          [int(x["to"].replace(":", ""), 16) for x in a.topology()[LIAR]["connections"]], 5)
        check(told is not None, "a resumed snapshot: A knows B")
        first.close()
        check(eventually(lambda: a.links() == [LIAR], 5) is not None, "a resumed snapshot: B is gone")
        check(a.topology().get(B) == before, "a resumed snapshot: A keeps B's record")
        begin = time.monotonic()
        second = rest.enter_context(contextlib.closing(node_of(34, 1, [a.host], options)))
        check(second.topology()[B]["uid"] == before["uid"], "a resumed snapshot: B has its UID again")

        def is_heard():
            return a.links() == [B, LIAR] and a.topology()[B] == second.topology()[B] \
                and a.topology()[B]["version"] > before["version"]
        took = eventually(is_heard, 3)
        check(took is not None, "a resumed snapshot: B is heard: %s" % a.topology()[B])
        took = time.monotonic() - begin
        second.ask("increment")
        check(eventually(lambda: a.ask("count") == "1", 3) is not None, "a resumed snapshot: A counts with B")
        lines = [x for x in second.log_lines() if "was resumed from a snapshot" in x]
        check(len(lines) == 1, "a resumed snapshot: log: %s" % lines)
        figure("a node that is set back from version %d to its first: heard %.2f s after its start, %d line of log"
               % (before["version"], took, len(lines)))


def twins_that_never_meet():
    with mesh(35, 3, FAST) as nodes:
        a, b, c = nodes
        ends, true = addresses(b, c), a.topology()[A]
        other = Node(sys.argv[1], A, "127.81.35.4", [c.host], FAST)
        with contextlib.closing(other):
            check(eventually(lambda: A in c.links(), 5) is not None, "twins: the second one joins")

            def lines(node):
                return [x for x in node.log_lines() if "somebody speaks in the name of this peer" in x]
            begin = time.monotonic()
            took = eventually(lambda: lines(a) and lines(other), 15)
            check(took is not None, "twins: both are warned: %d and %d lines" % (len(lines(a)), len(lines(other))))
            sent, cpu, measured = traffic(nodes), sum(x.cpu() for x in nodes + [other]), time.monotonic()
            time.sleep(4)
            cpu, sent = sum(x.cpu() for x in nodes + [other]) - cpu, traffic(nodes) - sent
            passed = time.monotonic() - measured
            check(len(lines(a)) == len(lines(other)) == 1, "twins: %d and %d lines of log in %.1f s"
                  % (len(lines(a)), len(lines(other)), time.monotonic() - begin))
            text = lines(a)[0] if lines(a) else ""
            check("another node may have the same name" in text and "give one of two nodes another name" in text,
                  "twins: the line says what may be wrong, and what to do: " + text)
            check(sent < 20_000 * passed, "twins: %d bytes in %.1f s" % (sent, passed))
            check(cpu < 0.25 * passed, "twins: %.2f s of processor time in %.1f s" % (cpu, passed))
            b.ask("increment")
            check(eventually(lambda: c.ask("count") == "1", 3) is not None, "twins: the others count")
            check(addresses(b, c) == ends and a.links() == [B], "twins: links stay")

        def healed():
            return all(x.topology()[A]["uid"] == true["uid"] and len(x.topology()) == 3 for x in nodes) \
                and c.links() == [B]
        healed_after = eventually(healed, 5)
        check(healed_after is not None, "twins: true records once the second one has left")
        figure("two nodes with one name that never meet: warned after %.2f s, once each; %.0f bytes a second and %.1f %% "
               "of a processor; true records %.2f s after one has left"
               % (took or -1, sent / passed, 100 * cpu / passed, healed_after or -1))


run_rows([
    a_gossiper_that_blocks, data_that_throws, a_dropped_password, a_resumed_snapshot, twins_that_never_meet,
])
