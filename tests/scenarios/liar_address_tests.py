#!/usr/bin/python3
"""Real nodes meet scripted peers with many addresses, or with texts that are no addresses.

    liar_address_tests.py LONE_NODE [row...]

Each row is a function named in the last lines of this file. Without arguments, all rows run. They run in a private
network with loopback addresses only, and with a name server of their own, which takes root. Prints figures and failed
checks; exits with 1 if a check fails.
"""
import contextlib
import ctypes
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from liar_node import Node, eventually
from liar_rows import A, B, FAST, LIAR, PHANTOM, Sink, check, figure, liar_at, mesh, node_of, run_rows
from liar_wire import Peer, open_socket, record

NAME_SERVER = "127.0.0.99"
SOURCES = 500
libc = ctypes.CDLL(None, use_errno=True)


def enter_private_network():
    """Moves this process to namespaces of its own. Exits if the system does not allow that."""
    new_network, new_mounts, private, bind = 0x40000000, 0x20000, 0x44000, 0x1000
    if libc.unshare(new_network | new_mounts) or libc.mount(b"none", b"/", None, private, None):
        print("SKIPPED: a private network takes root")
        sys.exit(77)  # ctest calls this skipped
    addresses = ["fd81:1::1", "fd81:3::1", "fd81:4::1"] + ["fd81:2::%x" % (1 + x) for x in range(SOURCES)]
    subprocess.run(["/sbin/ip", "-batch", "-"], text=True, check=True, input="link set lo up\n" + "".join(
        "addr add %s/128 dev lo\n" % x for x in addresses))
    with tempfile.NamedTemporaryFile("w") as resolver:
        resolver.write("nameserver %s\noptions timeout:1 attempts:1\n" % NAME_SERVER)
        resolver.flush()
        check(libc.mount(resolver.name.encode(), b"/etc/resolv.conf", None, bind, None) == 0, "a name server")


class NameServer:
    """Collects the questions that arrive, and answers none."""

    def __init__(self):
        self.questions = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        threading.Thread(target=self._receive, daemon=True).start()

    def asked(self, name):
        """The number of questions that contain this part of a name."""
        label = bytes([len(name)]) + name.encode()
        return sum(label in x for x in list(self.questions))

    def _receive(self):
        with contextlib.suppress(OSError):
            while True:
                self.questions.append(self.socket.recv(512))

    def close(self):
        self.socket.close()


def a_flood_from_one_network():
    over, opened = threading.Event(), []

    def flood():
        due, number = time.monotonic(), 0
        while not over.is_set():
            due += 0.002
            time.sleep(max(0, due - time.monotonic()))
            number += 1
            with contextlib.suppress(OSError):
                opened.append(open_socket("fd81:2::%x" % (1 + number % SOURCES), "fd81:1::1"))
            if len(opened) > 400:
                opened.pop(0).close()
    with contextlib.closing(Node(sys.argv[1], A, "fd81:1::1")) as a:
        thread = threading.Thread(target=flood)
        thread.start()
        cpu, begin = a.cpu(), time.monotonic()
        time.sleep(2)
        descriptors = int(a.ask("holdings").split()[1])
        slow = None
        with contextlib.suppress(OSError):
            slow = Peer(LIAR, "fd81:3::1", "fd81:1::1", pause=1.5)
        stays = slow and eventually(lambda: LIAR in a.links(), 1)
        check(stays is not None, "a flood from one network: a slow stranger from elsewhere is not displaced")
        with contextlib.closing(Node(sys.argv[1], B, "fd81:4::1", ["fd81:1::1"])) as b:
            took = eventually(lambda: b.links() == [A] and B in a.links(), 5)
            check(took is not None and took < 1, "a flood from one network: a peer joins after %s s" % took)
            cpu, passed = a.cpu() - cpu, time.monotonic() - begin
            over.set()
            thread.join()
        if slow:
            slow.close()
        lines = len(a.log_lines())
        check(descriptors < 200, "a flood from one network: %d descriptors" % descriptors)
        check(lines < 60, "a flood from one network: %d lines of log" % lines)
        check(cpu < 0.25 * passed, "a flood from one network: %.2f s of processor time in %.1f s" % (cpu, passed))
        figure("500 silent connections a second from %d addresses of one /64: a peer from another joins after %.2f s, "
               "%.2f s of processor time in %.1f s, %d descriptors, %d lines of log"
               % (SOURCES, took or -1, cpu, passed, descriptors, lines))
    for x in opened:
        x.close()


def addresses_that_are_names():
    names = ["127.0.0.08", "127.1", "0x7f.0.0.9", "2130706442", "liar.test"]
    with contextlib.closing(NameServer()) as server, contextlib.closing(Sink(7000)) as sink, \
            mesh(36, 2, FAST + ["--mesh.discovery=true"]) as nodes:
        peer = liar_at(nodes[0])
        links = [(PHANTOM + i, x + ":7000") for i, x in enumerate(names + ["127.82.0.8"])]
        peer.tell([record(LIAR, peer.uid, 10**6, [A] + links)]
                  + [record(x, 1, 1, [(LIAR, address)]) for x, address in links])
        took = eventually(lambda: "127.82.0.8" in sink.dialled, 5)
        check(took is not None, "addresses that are names: an address is dialled")
        time.sleep(3)
        check(set(sink.dialled) == {"127.82.0.8"}, "addresses that are names: also dialled: %s" % set(sink.dialled))
        count = len(server.questions)
        check(count == 0, "addresses that are names: %d questions to the name server" % count)
        # A node does ask this server for the name of a seed, so other questions would have reached the server
        # too.
        with contextlib.closing(node_of(36, 2, ["seed.test"])):
            check(eventually(lambda: server.asked("seed"), 5) is not None, "addresses that are names: a seed's is asked for")
        figure("records with addresses such as 127.0.0.08: %d questions to the name server in %.1f s"
               % (count, 3 + (took or 5)))


enter_private_network()
run_rows([a_flood_from_one_network, addresses_that_are_names])
