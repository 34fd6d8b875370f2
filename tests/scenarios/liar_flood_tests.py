#!/usr/bin/python3
"""A scripted peer floods real nodes.

    liar_flood_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. It floods the nodes, and checks what that costs the nodes.
Without arguments, all rows run. Prints figures and failed checks; exits with 1 if a check fails.
"""
import contextlib
import resource
import sys
import threading
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import A, B, FAST, LIAR, check, figure, liar_at, mesh, node_of, run_rows
from liar_wire import BROADCAST, GOSSIP, RECORD_DEFINITIONS, UNICAST, Peer, features, message, open_socket


def flood(peer, content, over):
    """Sends the message `content` in a loop until the event `over` is set."""
    frame = len(content).to_bytes(4, "big") + content
    block = frame * max(1, 200_000 // len(frame))
    with contextlib.suppress(OSError):
        while not over.is_set():
            peer.socket.sendall(block)


def many_channels():
    with mesh(7, 1) as (a,):
        peer, x, y = liar_at(a), liar_at(a, 0x61), liar_at(a, 0x62)
        told = 0
        flood = b""
        for i in range(2000):
            name = "ch%012d" % i
            told += len(name)
            content = message(UNICAST, name, LIAR, b"", to=0x62)
            flood += len(content).to_bytes(4, "big") + content
        peer.socket.sendall(flood)
        time.sleep(0.5)
        x.say(BROADCAST, "honest", b"hello all")
        x.say(UNICAST, "honest", b"hello you", to=0x62)
        arrived = eventually(lambda: y.heard("hello all") == 1 and y.heard("hello you") == 1, 2)
        check(arrived is not None, "many channels: an honest channel works")
        check(a.ask("increment") == "1", "many channels: the node counts")
        channels = len(a.status()["Channels"])
        check(channels < 1100, "many channels: %d channels" % channels)
        figure("%d KB of channel names: %d channels; an honest one works after %.2f s"
               % (told // 1000, channels, arrived or -1))


def small_packets():
    with mesh(8, 1) as (a,):
        s = open_socket("127.81.8.200", a.host)
        content = features({"PeerNameFlavour": "mac", "Name": "00:00:00:00:00:51", "NickName": "n" * 65_000,
                            "UID": "4711", "ConnID": "1"})
        cpu, begin = a.cpu(), time.monotonic()
        s.sendall(b"weave\1\1")
        try:
            for i in range(0, len(content), 2):
                s.send(content[i:i + 2])
        except OSError:
            pass
        took = time.monotonic() - begin
        joined = eventually(lambda: a.links() == [LIAR], 2)
        cpu = a.cpu() - cpu
        check(cpu < 0.5, "small packets: %.2f s of processor time" % cpu)
        figure("64 KiB of features in packets of 2 bytes, in %.1f s: %.2f s of processor time%s"
               % (took, cpu, "" if joined else ", refused"))


def many_channels_at_a_hub():
    with mesh(12, 1, FAST) as (a,):
        peers = []
        for i in range(60):
            peers.append(liar_at(a, 0x100 + i))
            time.sleep(0.02)  # accept_interval limits the rate of connections from one address
        time.sleep(1)
        before, cpu, highest = a.heap(), a.cpu(), 0
        begin = time.monotonic()
        for part in range(30):
            flood = b""
            for i in range(200):
                content = message(BROADCAST, "ch%06d.%05d" % (part, i), peers[0].name, b"x")
                flood += len(content).to_bytes(4, "big") + content
            peers[0].socket.sendall(flood)
            time.sleep(0.1)
            highest = max(highest, a.heap())
        took, cpu = time.monotonic() - begin, a.cpu() - cpu
        gone = eventually(lambda: a.heap() - before < 2 and len(a.status()["Channels"]) < 10, 20)
        check(gone is not None, "many channels at a hub: %.1f MB and %d channels are kept"
              % (a.heap() - before, len(a.status()["Channels"])))
        check(highest - before < 40, "many channels at a hub: %.1f MB" % (highest - before))
        check(cpu < 0.5 * took, "many channels at a hub: %.2f s of processor time in %.1f s" % (cpu, took))
        check(a.ask("increment") == "1", "many channels at a hub: the node counts")
        figure("2,000 channel names a second at a hub of 60 neighbours, for %.0f s: at most %.1f MB of heap more than "
               "before and %.2f s of processor time; gone after %.1f s" % (took, highest - before, cpu, gone or -1))
        for x in peers:
            x.close()


def a_member_that_comes_and_goes():
    with mesh(19, 2) as nodes:
        before, cpu, count, begin = len(nodes[0].log_lines()), nodes[0].cpu(), 0, time.monotonic()
        while time.monotonic() - begin < 8:
            peer = Peer(0x10000 + count, "127.81.19.200", nodes[0].host)
            time.sleep(0.022)
            peer.close()
            count += 1
        lines, cpu = len(nodes[0].log_lines()) - before, nodes[0].cpu() - cpu
        # Lines about peers and lines about connections each have the same limit: 200 lines at once, and then
        # 10 per second.
        check(lines < 2 * (200 + 10 * 8) + 20, "a member that comes and goes: %d lines of log" % lines)
        check(cpu < 2, "a member that comes and goes: %.2f s of processor time" % cpu)
        nodes[1].ask("increment")
        check(eventually(lambda: nodes[0].ask("count") == "1", 2) is not None, "a member that comes and goes: A counts")
        figure("%d connections under other names in 8 s: %d lines of log, %.2f s of processor time" % (count, lines, cpu))


def overlay_messages():
    with mesh(20, 1) as (a,):
        peer = liar_at(a)
        before, highest, begin = a.rss(), 0, time.monotonic()
        for _ in range(50):
            peer.frame(b"\7" + b"x" * 10_000_000)
            highest = max(highest, a.rss())
        check(a.ask("increment") == "1" and not peer.closed, "overlay messages: the node goes on")
        check(highest - before < 80, "overlay messages: %.0f MB" % (highest - before))
        figure("500 MB for an overlay that is not there: %.1f s, at most %.0f MB more of resident memory"
               % (time.monotonic() - begin, highest - before))


def a_channel_that_never_answers():
    with mesh(16, 2, FAST + ["--mesh.answer-limit=3s"]) as (a, b):
        check(b.ask("mute slow") == "ok", "a mute channel: B joins it")
        near, far = liar_at(b), liar_at(a, 0x61)
        over = threading.Event()

        contents = [(x, message(UNICAST, "slow", x.name, b"x" * 16_384, to=B)) for x in (near, far)]
        threads = [threading.Thread(target=flood, args=(x, content, over)) for x, content in contents]
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
        over, opened, count = threading.Event(), [], 0

        def open_them():
            nonlocal count
            due = time.monotonic()
            while not over.is_set():
                due += 0.002
                time.sleep(max(0, due - time.monotonic()))
                count += 1
                with contextlib.suppress(ConnectionResetError):  # beyond what the node accepts
                    opened.append(open_socket("127.81.17.250", a.host))
                if len(opened) > 400:
                    opened.pop(0).close()
        thread = threading.Thread(target=open_them)
        thread.start()
        cpu, begin = a.cpu(), time.monotonic()
        time.sleep(3)
        with contextlib.closing(node_of(17, 1, [a.host])) as b:
            took = eventually(lambda: b.links() == [A] and a.links() == [B], 5)
            check(took is not None and took < 1, "silent connections: a peer joins after %s s" % took)
            cpu, passed = a.cpu() - cpu, time.monotonic() - begin
            over.set()
            thread.join()
        check(count >= 400 * passed, "silent connections: only %d in %.1f s" % (count, passed))
        lines = len(a.log_lines())
        check(lines < 60, "silent connections: %d lines of log" % lines)
        check(cpu < 0.25 * passed, "silent connections: %.2f s of processor time in %.1f s" % (cpu, passed))
        figure("%.0f silent connections a second from one address: a peer from another joins after %.2f s, %.2f s of "
               "processor time in %.1f s, %d lines of log" % (count / passed, took or -1, cpu, passed, lines))
        for x in opened:
            x.close()


def tiny_messages():
    kinds = {"records": RECORD_DEFINITIONS, "ends of answers": b"\x81", "later digests": b"\x90"}
    for i, (kind, data) in enumerate(kinds.items()):
        with mesh(21 + i, 2) as (a, b):
            peer, over = liar_at(a), threading.Event()
            content = message(GOSSIP, "topology", LIAR, data)
            thread = threading.Thread(target=flood, args=(peer, content, over))
            thread.start()
            time.sleep(2)
            slowest = 0
            for number in 2, 3, 4:
                begin = time.monotonic()
                with contextlib.closing(node_of(21 + i, number, [a.host])) as late:
                    joined = eventually(lambda: late.name in b.topology() and B in late.topology(), 10)
                    check(joined is not None, "tiny messages: %s: a peer joins" % kind)
                    slowest = max(slowest, time.monotonic() - begin)
            over.set()
            thread.join()
            check(slowest < 1, "tiny messages: %s: a peer joins after %.2f s" % (kind, slowest))
            check(a.rss() < 100, "tiny messages: %s: %.0f MB" % (kind, a.rss()))
            figure("messages of %d bytes without news of the topology (%s) at full rate: a peer joins after %.2f s"
                   % (len(content), kind, slowest))


def gossip_on_many_channels():
    with mesh(39, 1) as (a,):
        peer, before, highest = liar_at(a), a.heap(), 0
        for i in range(10):
            head = message(GOSSIP, "ch%d" % i, LIAR, b"x" * 8)[:-8]
            size = (len(head) + 8).to_bytes(4, "big")

            def received():
                return sum(x["GossipsReceived"] for x in a.status()["Channels"] if x["Name"] == "ch%d" % i)
            for part in range(14):
                numbers = range(5000 * part, 5000 * (part + 1))
                peer.socket.sendall(b"".join(size + head + x.to_bytes(8, "big") for x in numbers))
                eventually(lambda: received() == numbers[-1] + 1, 0.5)
                highest = max(highest, a.heap())
            check(received() > 60_000, "gossip on many channels: %d arrived" % received())
        check(highest - before < 16, "gossip on many channels: %.1f MB" % (highest - before))
        figure("70,000 pieces of gossip on each of ten channels: at most %.1f MB of heap more than before"
               % (highest - before))


def unfinished_frames():
    with mesh(70, 2) as (a, b):
        before, peers = a.rss(), []
        for i in range(60):
            peers.append(Peer(0x10000 + i, "127.81.70.200", a.host))
            time.sleep(0.03)  # accept_interval limits the rate of connections from one address
        check(eventually(lambda: len(a.links()) == 61, 5) is not None, "unfinished frames: all are neighbours")
        part = (10_000_000).to_bytes(4, "big") + b"\4" + b"x" * 9_900_000
        for x in peers:
            with contextlib.suppress(OSError):
                x.socket.sendall(part)
        time.sleep(1)
        honest = Peer(0x61, "127.81.70.201", a.host)
        check(eventually(lambda: 0x61 in a.links(), 5) is not None, "unfinished frames: a peer joins")
        other = liar_at(b, 0x62)
        large = "large" + "y" * 9_000_000
        honest.say(UNICAST, "large", large.encode(), to=0x62)
        arrived = eventually(lambda: other.heard("largey") == 1, 5)
        check(arrived is not None, "unfinished frames: a frame of 9 MB from another address arrives")
        more, kept = a.rss() - before, sum(not x.closed for x in peers)
        check(more < 420, "unfinished frames: %.0f MB" % more)
        check(B in a.links() and not honest.closed, "unfinished frames: honest neighbours stay")
        b.ask("increment")
        check(eventually(lambda: a.ask("count") == "1", 2) is not None, "unfinished frames: A counts")
        lines = [x for x in a.log_lines() if "incomplete frames" in x]
        check(lines, "unfinished frames: the log says why connections were closed")
        figure("60 neighbours of one address with 9.9 MB of an unfinished frame each: %.0f MB more, %d of them stay, "
               "9 MB from another neighbour arrive after %.2f s" % (more, kept, arrived or -1))
        for x in peers + [honest, other]:
            x.close()


def joins_in_spite_of(row, a, crowd, what):
    """Checks that a peer from another address joins A, and stays."""
    with contextlib.closing(node_of(row, 1, [a.host], FAST)) as b:
        took = eventually(lambda: b.links() == [A] and B in a.links(), 5)
        check(took is not None, "%s: a peer from another address joins" % what)
        time.sleep(2)
        check(B in a.links(), "%s: the peer stays" % what)
        b.ask("increment")
        check(eventually(lambda: a.ask("count") == "1", 2) is not None, "%s: A counts" % what)
        figure("%s: a peer from another address joins after %.2f s; %d of %d connections stay"
               % (what, took or -1, sum(not x.closed for x in crowd), len(crowd)))


def connections_up_to_the_limit():
    with mesh(71, 1, FAST + ["--mesh.connection-limit=20"]) as (a,):
        crowd = []
        for i in range(25):
            crowd.append(Peer(0x10000 + i, "127.81.71.200", a.host))
            time.sleep(0.03)  # accept_interval limits the rate of connections from one address
        check(eventually(lambda: len(a.links()) == 20, 5) is not None, "the limit on connections is reached")
        joins_in_spite_of(71, a, crowd, "20 connections of one address, of 20 allowed")
        for x in crowd:
            x.close()


def all_descriptors():
    with mesh(72, 1, FAST) as (a,):
        resource.prlimit(a.process.pid, resource.RLIMIT_NOFILE, (256, 256))
        crowd, over = [], threading.Event()

        def come():
            while not over.is_set():
                with contextlib.suppress(OSError):
                    crowd.append(Peer(0x10000 + len(crowd), "127.81.72.200", a.host, version=1))
                time.sleep(0.021)
        thread = threading.Thread(target=come)
        thread.start()
        short = eventually(lambda: any("cannot accept" in x for x in a.log_lines()), 15)
        check(short is not None, "all descriptors: they run short")
        joins_in_spite_of(72, a, crowd, "50 connections a second of one address, until descriptors run short")
        over.set()
        thread.join()
        lines = sum("cannot accept" in x for x in a.log_lines())
        check(lines < 10, "all descriptors: %d lines about accepting" % lines)
        for x in crowd:
            x.close()


run_rows([
    many_channels, small_packets, many_channels_at_a_hub, a_member_that_comes_and_goes, overlay_messages,
    a_channel_that_never_answers, silent_connections, tiny_messages,
    gossip_on_many_channels, unfinished_frames, connections_up_to_the_limit, all_descriptors,
])
