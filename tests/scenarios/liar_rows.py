"""Helpers of the tests with a scripted peer: real nodes in a line, the peer that joins them, checks and figures."""
import contextlib
import socket
import sys
import threading
import time

from liar_node import Node, eventually
from liar_wire import Peer, record

A, B, C, LIAR, PHANTOM = 0xA, 0xB, 0xC, 0x51, 0x900
FAST = ["--mesh.gossip-interval=1s"]
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print("FAILED: " + what, flush=True)


def figure(text):
    print("figure: a liar: " + text, flush=True)


def node_of(row, number, peers=(), options=()):
    """Starts a node that dials `peers`. `number` is 0 for node A, 1 for B and so on."""
    return Node(sys.argv[1], A + number, "127.81.%d.%d" % (row, number + 1), peers, options)


@contextlib.contextmanager
def mesh(row, count, options=(), in_a_ring=False):
    """Runs `count` nodes in a line, or in a ring. When the body starts, all know each other."""
    nodes = []
    for i in range(count):
        peers = nodes[-1:] + (nodes[:1] if in_a_ring and i == count - 1 else [])
        nodes.append(node_of(row, i, [x.host for x in peers], options))
    try:
        degree = 2 if in_a_ring else 1
        met = eventually(lambda: all(len(x.topology()) == count and len(x.links()) >= min(degree, count - 1)
                                     for x in nodes), 10)
        check(met is not None, "row %d: the nodes meet" % row)
        yield nodes
    finally:
        for i, x in enumerate(nodes):
            ended = x.close()
            check(ended is None, "row %d: node %d has ended with %s" % (row, i, ended))


def liar_at(node, name=LIAR, **more):
    peer = Peer(name, node.host.rsplit(".", 1)[0] + ".200", node.host, **more)
    check(eventually(lambda: name in node.links(), 5) is not None, "a liar joins %x" % node.name)
    peer.tell([record(name, peer.uid, 1, [node.name])])
    return peer


class Sink:
    """Accepts connections to a port of any loopback address, closes each at once, and remembers what was dialled."""

    def __init__(self, port):
        self.dialled = []
        self.listener = socket.create_server(("", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                arrived = self.listener.accept()[0]
                self.dialled.append(arrived.getsockname()[0])
                arrived.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def connections(node):
    return [x for x in node.status()["Connections"] if "Figures" in x]


def traffic(nodes):
    """The number of bytes that the nodes have written to all connections."""
    return sum(x["Figures"]["BytesOut"] for node in nodes for x in connections(node))


def addresses(x, y):
    """The remote address of the connection between two nodes, as each end reports it. One has an ephemeral port.

    Leaves out connections that are not admitted.
    """
    return [[z["Address"] for z in connections(node)
             if z["Address"].startswith(other.host + ":") and z["State"] == "established"]
            for node, other in ((x, y), (y, x))]


def run_rows(rows):
    """Runs the rows that the command line names, or all of them, and exits."""
    unknown = set(sys.argv[2:]) - {x.__name__ for x in rows}
    check(not unknown, "unknown rows: %s" % sorted(unknown))
    for row in rows:
        if not sys.argv[2:] or row.__name__ in sys.argv[2:]:
            start = time.monotonic()
            row()
            print("%s: %.1f s" % (row.__name__, time.monotonic() - start), flush=True)
    sys.exit(1 if failures else 0)
