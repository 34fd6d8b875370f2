#!/usr/bin/python3
"""Real nodes in applications that misbehave, or that lack descriptors or use signals.

    application_faults_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. Without arguments, all rows run. Prints figures and failed
checks; exits with 1 if a check fails.
"""
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from liar_node import eventually
from liar_rows import A, B, C, FAST, LIAR, check, liar_at, mesh, node_of, run_rows
from liar_wire import BROADCAST, UNICAST, counter, message


def figure(text):
    print("figure: faulty applications: " + text, flush=True)


def framed(content):
    return len(content).to_bytes(4, "big") + content


def gossipers_that_never_return():
    name, limit = "gossipers that never return", 3
    with mesh(41, 2, FAST + ["--scheduler.max-threads=4", "--mesh.answer-limit=%ds" % limit]) as (a, b):
        peer, slowest = liar_at(b), 0
        for i, channel in enumerate(("slow", "slower")):
            check(b.ask("block %s 100000000" % channel) == "ok", name + ": B joins a channel")
            # Sends both messages in one packet: a unicast that blocks the channel's gossiper, and a broadcast
            # for the counter's gossiper.
            peer.socket.sendall(framed(message(UNICAST, channel, LIAR, b"stop", to=B))
                                + framed(message(BROADCAST, "count", LIAR, counter(LIAR, i + 1))))
            took = eventually(lambda: a.ask("count") == b.ask("count") == str(i + 1), 5)
            slowest = max(slowest, 5 if took is None else took)
        check(slowest < 1, name + ": what came with it waits for %.2f s" % slowest)
        check(eventually(lambda: b.ask("blocked") == "2", 5) is not None, name + ": two block")
        begin = time.monotonic()
        with contextlib.closing(node_of(41, 2, [b.host])) as late:
            joined = eventually(lambda: late.links() == [B] and C in a.topology() and A in late.topology(), 8)
            joined = 8 if joined is None else time.monotonic() - begin
            check(joined < 2, name + ": a peer joins after %.2f s" % joined)
            slowest, count = 0, 2
            while time.monotonic() - begin < 3 * limit:
                (a, late)[count % 2].ask("increment")
                count += 1
                took = eventually(lambda: a.ask("count") == b.ask("count") == late.ask("count") == str(count), 8)
                slowest = max(slowest, 8 if took is None else took)
                time.sleep(0.02)
            check(slowest < 1, name + ": another channel waits for %.2f s" % slowest)

        def surrogates():
            return sorted(x["Name"] for x in b.status()["Channels"] if x["Surrogate"])
        check(eventually(lambda: surrogates() == ["slow", "slower"], 5) is not None,
              name + ": surrogates take over: %s" % surrogates())
        check(b.ask("blocked") == "2", name + ": they still block")
        figure("two gossipers that never return on two of four threads: a peer joins after %.2f s, another channel "
               "waits for %.2f s at most, surrogates take over" % (joined, slowest))


def more_gossipers_block_than_there_are_threads():
    name = "more gossipers block than there are threads"
    with mesh(59, 2, FAST + ["--scheduler.max-threads=2", "--mesh.answer-limit=2s"]) as (a, b):
        peer = liar_at(b)
        for i in range(5):
            check(b.ask("block slow%d 100000000" % i) == "ok", name + ": B joins a channel")
            peer.say(UNICAST, "slow%d" % i, b"stop", to=B)
        # A thread of the event loop may have taken a gossiper before all threads of the scheduler blocked. The loop's
        # other thread takes none.
        check(eventually(lambda: b.ask("blocked") in ("2", "3"), 5) is not None, name + ": the threads block")
        # Actors of the application wait; those of the node do not.
        begin = time.monotonic()
        with contextlib.closing(node_of(59, 2, [b.host])) as late:
            joined = eventually(lambda: late.links() == [B] and C in a.topology() and A in late.topology(), 8)
            joined = 8 if joined is None else time.monotonic() - begin
            check(joined < 4, name + ": a peer joins after %.2f s" % joined)
            check(eventually(lambda: sum(x["Surrogate"] for x in b.status()["Channels"]) == 6, 8) is not None,
                  name + ": surrogates take over, also where the gossiper only waits")
            slowest = 0
            for count in range(1, 20):
                (a, late)[count % 2].ask("increment")
                took = eventually(lambda: a.ask("count") == late.ask("count") == str(count), 8)
                slowest = max(slowest, 8 if took is None else took)
            check(slowest < 1, name + ": what B relays waits for %.2f s" % slowest)
            check(eventually(lambda: sum("runs on a spare thread" in x for x in b.log_lines()) == 1, 10) is not None,
                  name + ": one warning")
            check(a.links() == [B] and late.links() == [B], name + ": the links of B last")
            check(b.ask("blocked") in ("2", "3"), name + ": the other gossipers wait")
        figure("five gossipers that never return on two threads: a peer joins after %.2f s, what the node relays "
               "waits for %.2f s at most" % (joined, slowest))


def first_free_descriptor(pid):
    used = {int(x) for x in os.listdir("/proc/%d/fd" % pid)}
    return min(set(range(len(used) + 1)) - used)


def no_descriptors():
    with mesh(42, 1) as (a,):
        pid, before = a.process.pid, resource.prlimit(a.process.pid, resource.RLIMIT_NOFILE)
        holdings = a.ask("holdings").split()[:2]
        check(a.ask("router") == "ok", "no descriptors: another router can be spawned at first")
        check(eventually(lambda: a.ask("holdings").split()[:2] == holdings, 3) is not None, "no descriptors: it ends")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (first_free_descriptor(pid), before[1]))
        why = a.ask("router")
        check("open files" in why or "descriptor" in why, "no descriptors: spawn_router says: " + why)
        check(a.ask("increment") == "1", "no descriptors: the node goes on")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        check(a.ask("router") == "ok", "no descriptors: another router can be spawned again")
        with contextlib.closing(node_of(42, 1, [a.host])) as b:
            check(eventually(lambda: b.links() == [A] and b.ask("count") == "1", 8) is not None,
                  "no descriptors: a peer joins later")
    figure("spawn_router without descriptors: '%s'" % why)


def the_applications_signals():
    with mesh(43, 2, FAST) as (a, b):
        check(b.ask("watch-signals") == "ok", "signals: B waits for them")
        check(b.ask("block slow 1500") == "ok", "signals: B joins a channel")
        peer = liar_at(b)
        # A second thread waits for sockets while a gossiper blocks the first one.
        peer.say(UNICAST, "slow", b"stop", to=B)
        taken = []
        for i in range(10):
            for number in signal.SIGUSR1, signal.SIGTERM:
                b.process.send_signal(number)
            a.ask("increment")
            taken.append(b.ask("signals"))
        check(taken == ["10 15 | 0"] * 10, "signals: taken: %s" % taken)
        check(eventually(lambda: a.ask("count") == b.ask("count") == "10", 3) is not None, "signals: both count")
        figure("20 signals to a process with a node: its application's thread has taken all")


def a_stop_that_goes_well():
    with mesh(44, 2, FAST) as (a, b), contextlib.closing(node_of(44, 2, [b.host], FAST)) as c:
        check(eventually(lambda: A in c.topology(), 5) is not None, "a stop: C joins")
        c.ask("increment"), c.ask("publish adder"), c.ask("put key value"), c.ask("add-element one")
        check(eventually(lambda: a.ask("count") == "1", 5) is not None, "a stop: C counts")
        begin = time.monotonic()
        c.process.stdin.close()
        status = c.process.wait(10)
        took = time.monotonic() - begin
        check(status == 0, "a stop: status %d" % status)
        lines = [x for x in c.log_lines() if "[warning]" in x or "[error]" in x or "gossiper" in x]
        check(not lines, "a stop: log: %s" % lines)
        check(eventually(lambda: C not in a.topology(), 5) is not None, "a stop: C is gone")
        figure("a node with a counter, a map, a set and an actor stops: after %.2f s, without a warning" % took)


def a_password_file_from_windows():
    build = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[1])))
    commands = [[sys.argv[1], "--mesh.password-file="]]
    commands += [[os.path.join(build, x), "--password-file="] for x in ("tools/counter", "tools/meshd/meshd")]
    asked = []
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"a-password-of-the-mesh\r\nanother-password-of-it\r\n")
        file.flush()
        for program, option in commands:
            name = os.path.basename(program)
            if not os.path.exists(program):
                continue
            asked.append(name)
            ended = subprocess.run([program, option + file.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, timeout=10)
            check("save the file with Unix line ends" in ended.stdout and "line 1 of" in ended.stdout,
                  "a password file from Windows: %s says: %s" % (name, ended.stdout))
            check(name == "lone_node" or ended.returncode > 0,
                  "a password file from Windows: %s ends with %d" % (name, ended.returncode))
    figure("a password file with CRLF: a hint by " + ", ".join(asked))


run_rows([
    gossipers_that_never_return, more_gossipers_block_than_there_are_threads, no_descriptors,
    the_applications_signals, a_stop_that_goes_well, a_password_file_from_windows,
])
