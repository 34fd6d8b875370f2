#!/usr/bin/python3
"""A scripted peer reads nothing for a while, so that data waits for it at a real node.

    slow_neighbour_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. Without arguments, all rows run. Prints figures and failed
checks; exits with 1 if a check fails.
"""
import contextlib
import sys
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import FAST, check, liar_at, mesh, run_rows
from liar_wire import GOSSIP, UNICAST, map_entry, message

SLOW, FLOODER = 0x61, 0x62


def figure(text):
    print("figure: a slow neighbour: " + text, flush=True)


@contextlib.contextmanager
def slow_neighbour_of(node):
    """A neighbour of the node, which has stopped reading. Data for it waits in the node."""
    slow, flooder = liar_at(node, SLOW, receive_buffer=4096), liar_at(node, FLOODER)
    slow.reads.clear()
    content = message(UNICAST, "stuff", FLOODER, b"x" * 16_384, to=SLOW)
    frame = len(content).to_bytes(4, "big") + content

    def waits():
        # Once more than 512 KiB wait, a connection takes only one more batch of each channel. Everything else
        # waits and is merged.
        flooder.socket.sendall(frame * 20)
        return waiting(node) > 600_000
    check(eventually(waits, 10) is not None, "a slow neighbour: data waits for it")
    yield slow, flooder
    for x in slow, flooder:
        x.close()


def waiting(node):
    """The number of bytes that wait for the slow neighbour."""
    return sum(x["Figures"]["WaitingBytes"] for x in node.status()["Connections"]
               if "Figures" in x and "00:61" in x["Info"])


def channel(node):
    """What the node's status says of the channel `map`."""
    found = [x for x in node.status()["Channels"] if x["Name"] == "map"]
    return found[0] if found else {"Surrogate": True, "GossipsReceived": 0}


def data_of_two_types():
    with mesh(37, 1, FAST) as (a,), slow_neighbour_of(a) as (slow, flooder):
        def becomes(surrogate):
            check(eventually(lambda: channel(a)["Surrogate"] == surrogate, 3) is not None,
                  "data of two types: the channel has %s gossiper" % ("no" if surrogate else "a"))

        def relay(kind):
            before = channel(a)["GossipsReceived"]
            for i in range(20):
                flooder.say(GOSSIP, "map", b"%s %d." % (kind, i))
            check(eventually(lambda: channel(a)["GossipsReceived"] >= before + 20, 3) is not None,
                  "data of two types: A relays")

        def replicate(value):
            a.ask("put here " + value)
            becomes(surrogate=False)
            flooder.say(GOSSIP, "map", map_entry("there", 1000 + len(texts), value))
            check(eventually(lambda: a.ask("entry there") == value, 3) is not None, "data of two types: A is told")
            texts.append(value)
        texts = []
        for i in range(3):
            # The channel has no gossiper at first, then has one, and then has none again.
            relay(b"relayed%d" % i)
            texts += ["relayed%d %d." % (i, x) for x in (0, 19)]
            replicate("value%d" % i)
            time.sleep(1.5)  # the gossiper's periodic gossip waits as well
            check(a.ask("leave") == "ok", "data of two types: A leaves the channel")
            becomes(surrogate=True)
        check(not any(slow.heard(x) for x in texts[2:]), "data of two types: it waits")
        begin = time.monotonic()
        slow.reads.set()
        # Values are merged while they wait.
        texts = [x for x in texts if x not in ("value0", "value1")]
        took = eventually(lambda: all(slow.heard(x) for x in texts), 5)
        check(took is not None, "data of two types: lost: %s" % [x for x in texts if not slow.heard(x)])
        check(not slow.closed and a.ask("increment") == "1", "data of two types: A goes on")
        figure("gossip relayed for others and gossip of a replicated value waited together: all of it arrives, %.2f s "
               "after the neighbour reads again" % (time.monotonic() - begin))


def cost_of_puts(node, prefix, count=300):
    """The node's processor time per change of its map, in ms."""
    cpu = cpu_at_rest(node)
    for i in range(count):
        node.ask("put %s%d x" % (prefix, i))
    return 1000 * (cpu_at_rest(node) - cpu) / count


def cpu_at_rest(node):
    """Waits until the node does nothing. Returns its processor time in seconds."""
    before = -1
    while node.cpu() - before > 0.01:
        before = node.cpu()
        time.sleep(0.3)
    return node.cpu()


def a_change_of_a_large_value_that_waits():
    # 100,000 entries exceed the memory limit for data that waits for a neighbour, so the node may drop them.
    for row, entries, fits in (38, 40_000, True), (40, 100_000, False):
        name = "%d entries that wait" % entries
        with mesh(row, 1) as (a,):
            a.ask("fill %d 10" % entries)
            with slow_neighbour_of(a) as (slow, _):
                cheap = cost_of_puts(a, "small")
                # The first fill is on its way to the neighbour, and the second one waits.
                a.ask("fill %d 11" % entries)
                a.ask("fill %d 12" % entries)
                dear = cost_of_puts(a, "large")
                check(slow.heard("large299") == 0, name + ": the change waits")
                slow.reads.set()
                if fits:
                    check(eventually(lambda: slow.heard("large299"), 20) is not None, name + ": it arrives")
                    check(slow.heard("small299") and slow.heard("large0"), name + ": all arrives")
            check(dear < 2 * cheap + 0.5, name + ": a change costs %.2f ms, otherwise %.2f ms" % (dear, cheap))
            figure("a change costs %.2f ms while %d entries wait for a neighbour, otherwise %.2f ms"
                   % (dear, entries, cheap))


run_rows([data_of_two_types, a_change_of_a_large_value_that_waits])
