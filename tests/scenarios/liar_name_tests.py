#!/usr/bin/python3
"""A scripted peer speaks in the name of honest peers: in their records, or as somebody who dials.

    liar_name_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. Without arguments, all rows run. Prints figures and failed
checks; exits with 1 if a check fails.
"""
import contextlib
import sys
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import (A, B, C, FAST, LIAR, PHANTOM, addresses, check, figure, liar_at, mesh, node_of, run_rows)
from liar_wire import UNICAST, Peer, last_version, message, names_header, record

LOWEST, HIGHEST = 1, 2**64 - 1  # connection UIDs; the tie-break favours the lower one


def a_record_of_the_far_future():
    with mesh(2, 2) as (a, b):
        true = b.topology()[B]
        liar = liar_at(a)
        before = a.topology()[B]
        liar.tell([record(B, true["uid"], 10**9, [PHANTOM])])

        def heard():
            now = a.topology()[B]
            return now["version"] > 10**9 and [x["to"] for x in now["connections"]] == \
                [x["to"] for x in before["connections"]]
        took = eventually(heard, 2)
        check(took is not None, "a record of the far future: the true records are heard again")
        b.ask("increment")
        check(eventually(lambda: a.ask("count") == "1", 2) is not None, "a record of the far future: A counts with B")
        figure("a record of the far future: true records after %.2f s" % (took or -1))


def a_record_of_a_peer_to_come():
    with mesh(18, 2) as (a, b):
        liar = liar_at(a)
        last = last_version()
        records = [(C, 2**64 - 1, 99), (C + 1, last, 99), (C + 2, last, 2**64 - 1)]
        liar.tell([record(LIAR, liar.uid, 2, [A] + [x for x, _, _ in records])]
                  + [record(x, uid, version, [LIAR, PHANTOM], "\xff" * 450, 5) for x, version, uid in records])
        known = eventually(lambda: {C + 1, C + 2} <= set(b.topology()), 3)
        check(known is not None, "a peer to come: the records spread")
        check(not any(C in x.topology() for x in (a, b)) and not liar.closed,
              "a peer to come: a version that no honest peer reaches is ignored, and closes nothing")
        for i, (name, version, uid) in enumerate(records):
            begin = time.monotonic()
            with contextlib.closing(node_of(18, 2 + i, [b.host])) as late:
                def heard():
                    views = [x.topology().get(name, {"connections": []}) for x in (a, b, late)]
                    return all([y["to"] for y in x["connections"]] == ["00:00:00:00:00:0b"] for x in views)
                took = eventually(heard, 5)
                check(took is not None, "a peer to come: version %x, UID %x: it is heard" % (version, uid))
                late.ask("increment")
                check(eventually(lambda: a.ask("count") == str(i + 1), 2) is not None,
                      "a peer to come: version %x, UID %x: it counts" % (version, uid))
                figure("a record with version %x and UID %x of a peer that is to come: it is heard %.2f s after its "
                       "start" % (version, uid, time.monotonic() - begin))


def a_forged_life():
    """A liar claims that a peer has other UIDs, and then that its record has the greatest version that is accepted."""
    with mesh(19, 2) as (a, b):
        true = b.topology()[B]["uid"]
        check(b.ask("publish adder") == "ok", "a forged life: B publishes an actor")
        check(eventually(lambda: a.ask("find adder") == "1", 5) is not None, "a forged life: A finds it")
        liar = liar_at(a)
        sums = [a.ask("add 40 2")]
        for i in range(5):
            liar.say(UNICAST, "cafmesh/names", names_header(B, 99 + i, "A" * 40 + "#1"), to=A)
            liar.tell([record(B, 99 + i, 10**6 * (i + 1), [A])])
            for _ in range(3):
                time.sleep(0.1)
                sums.append(a.ask("add 40 2"))
        check(sums == ["42"] * 16, "a forged life: the handle works: %s" % sums)
        liar.tell([record(B, true, last_version(), [A])])
        time.sleep(3)
        check(a.ask("add 40 2") == "42", "a forged life: the handle works after the last version")
        with contextlib.closing(node_of(19, 2, [b.host])) as late:
            check(eventually(lambda: late.ask("find adder") == "1", 5) is not None, "a forged life: C finds it")
            begin = time.monotonic()
            check(late.ask("add 40 2") == "42", "a forged life: it answers C")
            figure("a forged life: handles work; after the last version, a newcomer's first request took %.3f s"
                   % (time.monotonic() - begin))


def the_greatest_record():
    """A forged record that takes precedence over any other: it has the highest version, UID and encoding.

    The first one has a version that no peer reaches before 2028.
    """
    with mesh(46, 3, FAST) as (a, b, c):
        links = [x["to"] for x in a.topology()[B]["connections"]]
        liar = liar_at(a)

        def heard():
            return all([x["to"] for x in node.topology()[B]["connections"]] == links and C in node.topology()
                       for node in (a, b, c))
        slowest = 0
        for i in range(5):
            version = last_version() if i else 2**48 - 1
            liar.tell([record(B, 2**64 - 1, version, [PHANTOM], "\xff" * 450, 4095)])
            eventually(lambda: not heard(), 0.05)
            took = eventually(heard, 2)
            check(took is not None, "the greatest record: the true ones are heard again")
            slowest = max(slowest, took or 2)
            b.ask("increment")
            check(eventually(lambda: a.ask("count") == c.ask("count") == str(i + 1), 2) is not None,
                  "the greatest record: all count")
        figure("the greatest record that anybody can make of a peer: the true one is heard after at most %.2f s"
               % slowest)


def the_same_life_again():
    """A peer comes back while its old connection still seems alive at the node, for instance because of NAT."""
    with mesh(47, 1) as (a,):
        for row, uid in enumerate((LOWEST, HIGHEST)):
            first = liar_at(a, LIAR + row)
            # Lets both ends acknowledge everything before the liar plays dead.
            time.sleep(0.3)
            first.play_dead()
            time.sleep(0.3)
            begin = time.monotonic()
            again = Peer(LIAR + row, "127.81.47.200", a.host, connection_uid=uid)

            def is_back():
                return not again.closed and len(again.received) > 1 and LIAR + row in a.links()
            took = eventually(is_back, 2)
            check(took is not None, "the same life again, connection UID %x: back within 2 s" % uid)
            figure("the same life again, while its old connection is dead, connection UID %x: back after %.2f s"
                   % (uid, time.monotonic() - begin))
        check(not any("two peers" in x for x in a.log_lines()), "the same life again: no warning")


def an_honest_peer_that_dials_twice():
    """Like a Go peer, a peer with two connections closes the one with the higher UID, or gives up the new one."""
    with mesh(48, 1) as (a,):
        first = liar_at(a)
        behind = [record(LIAR, first.uid, 2, [A, PHANTOM]), record(PHANTOM, 7, 1, [LIAR])]
        first.tell(behind)
        check(eventually(lambda: PHANTOM in a.topology(), 2) is not None, "dials twice: A knows the peer behind")
        second = Peer(LIAR, "127.81.48.201", a.host, connection_uid=HIGHEST)
        check(eventually(lambda: second.closed, 0.5) is not None, "dials twice: the one not favoured is closed at once")
        check(a.links() == [LIAR] and not first.closed, "dials twice: the first one stays")
        given_up = Peer(LIAR, "127.81.48.203", a.host, connection_uid=LOWEST)
        time.sleep(1.25)
        given_up.close()
        time.sleep(2)
        third = Peer(LIAR, "127.81.48.202", a.host, connection_uid=LOWEST)
        time.sleep(0.1)
        begin = time.monotonic()
        first.close()
        took = eventually(lambda: len(third.received) > 1, 1)
        check(took is not None and a.links() == [LIAR], "dials twice: the favoured one takes its place")
        took = time.monotonic() - begin
        check(PHANTOM in a.topology(), "dials twice: A still knows the peer behind")
        check(not any("out of reach" in x or "two peers" in x for x in a.log_lines()), "dials twice: no warning")
        figure("an honest peer dials twice: the favoured connection takes the other one's place after %.3f s" % took)


def another_peer_at_a_neighbour():
    """The impostor has the UID from records, and chooses its connection ID after it has read that of the node."""
    with mesh(49, 3, FAST) as (a, b, c):
        true, ends, tries = a.topology()[A], addresses(a, b), 0
        begin = time.monotonic()
        while time.monotonic() - begin < 10:
            poser = Peer(A, "127.81.49.%d" % (100 + tries % 50), b.host, uid=true["uid"],
                         connection_uid=HIGHEST if tries % 4 == 3 else LOWEST)
            until = time.monotonic() + (5 if tries == 0 else 0.2)
            while not poser.closed and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    poser.frame(b"\0")
                check(addresses(a, b) == ends, "in a neighbour's name: the honest link stays")
                time.sleep(0.05)
            check(poser.closed or tries > 0, "in a neighbour's name: who poses is refused")
            poser.close()
            tries += 1
        b.ask("increment")
        check(eventually(lambda: a.ask("count") == c.ask("count") == "1", 2) is not None,
              "in a neighbour's name: all count")
        lines = [x for x in b.log_lines() if "two peers are named" in x]
        check(len(lines) == 1, "in a neighbour's name: %d warnings" % len(lines))
        figure("another peer dials a neighbour in an honest peer's name and UID, %d times in 10 s: the link stays"
               % tries)


def another_peer_while_a_neighbour_reads_nothing():
    """The neighbour's TCP window is closed. The node's kernel asks more and more rarely whether it is open again."""
    with mesh(62, 1, FAST) as (a,):
        slow, flooder = liar_at(a, receive_buffer=4096), liar_at(a, PHANTOM)
        slow.reads.clear()
        content = message(UNICAST, "stuff", PHANTOM, b"x" * 16_384, to=LIAR)
        frame = len(content).to_bytes(4, "big") + content

        def waiting():
            return sum(x["Figures"]["WaitingBytes"] for x in a.status()["Connections"] if "Figures" in x)

        def waits():
            flooder.socket.sendall(frame * 20)
            return waiting() > 600_000
        check(eventually(waits, 10) is not None, "a neighbour that reads nothing: data waits for it")
        time.sleep(4)
        tries, before = 0, waiting()
        begin = time.monotonic()
        while time.monotonic() - begin < 8:
            poser = Peer(LIAR, "127.81.62.%d" % (100 + tries), a.host, uid=99 + tries)
            eventually(lambda: poser.closed, 2)
            poser.close()
            tries += 1
        slow.reads.set()
        check(eventually(lambda: waiting() < before / 2, 10) is not None and not slow.closed and LIAR in a.links(),
              "a neighbour that reads nothing: the link stays, and what waits arrives")
        figure("another peer dials in the name of a neighbour that reads nothing, %d times in 8 s: the link stays"
               % tries)


def somebody_who_always_waits():
    """Peers come back from their old hosts, where somebody already waits for the end of their old connections."""
    with mesh(63, 1) as (a,):
        won, lives = 0, 16
        for name in range(LIAR, LIAR + lives):
            first = liar_at(a, name)
            other, life = (Peer(name, "127.81.63.200", a.host, uid=x) for x in (1, 2))
            time.sleep(0.1)
            first.close()
            won += eventually(lambda: len(life.received) > 1 and not life.closed, 0.5) is not None
            other.close()
            life.close()
        check(won > 0, "somebody who always waits: no second life was admitted")
        figure("somebody always waits for the end of a connection: %d of %d second lives are admitted" % (won, lives))


def another_peer_in_an_honest_name():
    with mesh(11, 3, FAST) as nodes:
        a, b, c = nodes
        true = a.topology()[A]
        ends = addresses(a, b)
        poser = Peer(A, "127.81.11.200", c.host, uid=true["uid"])
        check(eventually(lambda: A in c.links(), 2) is not None, "an honest name: C takes the poser for A")
        for i in range(20):
            poser.tell([record(A, true["uid"], 10**6 * (i + 1), [C, PHANTOM])])
            time.sleep(0.1)
        check(addresses(a, b) == ends, "an honest name: the link of the true A stays")
        b.ask("increment")
        check(eventually(lambda: a.ask("count") == c.ask("count") == "1", 2) is not None,
              "an honest name: the true A counts with the others")
        lines = [x for x in a.log_lines() if "name" in x]
        poser.close()

        def healed():
            return all([y["to"] for y in x.topology()[A]["connections"]] == [x["to"] for x in true["connections"]]
                       for x in nodes) and c.links() == [B]
        took = eventually(healed, 3)
        check(took is not None, "an honest name: true records once the poser has left")
        check(0 < len(lines) < 10, "an honest name: %d lines of log" % len(lines))
        figure("another peer with an honest peer's name and UID: true records %.2f s after it has left, %d lines of "
               "log" % (took or -1, len(lines)))


def a_second_life():
    with mesh(3, 1) as (a,):
        first = liar_at(a, uid=1)
        # Lets both ends acknowledge everything before the liar plays dead. Otherwise, the liar's kernel would
        # retransmit.
        time.sleep(0.3)
        first.play_dead()
        time.sleep(0.3)
        begin = time.monotonic()
        second = Peer(LIAR, "127.81.3.200", a.host, uid=2)

        def is_back():
            # A refused connection would be closed.
            return not second.closed and second.received and len(second.received) > 1 and a.links() == [LIAR]
        took = eventually(is_back, 2)
        check(took is not None, "a second life: back within 2 s")
        figure("a second life, while the first one's host is dead: back after %.2f s" % (time.monotonic() - begin))


run_rows([
    a_record_of_the_far_future, a_record_of_a_peer_to_come, a_forged_life, the_greatest_record, a_second_life,
    the_same_life_again, an_honest_peer_that_dials_twice, another_peer_at_a_neighbour,
    another_peer_while_a_neighbour_reads_nothing, somebody_who_always_waits, another_peer_in_an_honest_name,
])
