"""A scripted peer that speaks the wire protocol. See messages/wire/PROTOCOL.md."""
import ctypes
import select
import socket
import struct
import threading
import time

GOSSIP, UNICAST, BROADCAST = 4, 5, 6
MAP_DEFINITION = bytes.fromhex("0eff81040102ff8200010c010c0000")
RECORD_DEFINITIONS = bytes.fromhex(
    "62ff83030101" "0b7065657253756d6d61727901ff84000106"
    "01084e616d6542797465010a00" "01084e69636b4e616d65010c00" "0103554944010600"
    "010756657273696f6e010600" "010753686f72744944010600" "010a48617353686f72744944010200" "0000"
    "0dff87020102ff880001ff860000"
    "5bff85030101" "11636f6e6e656374696f6e53756d6d61727901ff86000104"
    "01084e616d6542797465010a00" "010d52656d6f746554435041646472010c00"
    "01084f7574626f756e64010200" "010b45737461626c6973686564010200" "0000")


def uint(x):
    if x < 128:
        return bytes([x])
    body = x.to_bytes((x.bit_length() + 7) // 8, "big")
    return bytes([256 - len(body)]) + body


def run(x):
    data = x if isinstance(x, bytes) else x.encode()
    return uint(len(data)) + data


def value(kind, x):
    body = bytes([kind]) + b"\0" + x
    return uint(len(body)) + body


def text_of(name):
    return ":".join("%02x" % x for x in name.to_bytes(6, "big"))


def features(pairs):
    body = bytes.fromhex("ff8200") + uint(len(pairs))
    for key, x in pairs.items():
        body += run(key) + run(x)
    return MAP_DEFINITION + uint(len(body)) + body


def last_version():
    """The greatest version of a record that a node accepts now."""
    return int((time.time() - 1_577_836_800) * 1000) * 1024


def record(name, uid, version, links, nickname="", short_id=None):
    """Encodes one peer and its connections. Each of `links` is a peer name, or a name and the dialled address."""
    summary = b"\xff\x84\x01" + run(name.to_bytes(6, "big"))
    step = 1
    if nickname:
        summary += uint(step) + run(nickname)
        step = 0
    summary += uint(step + 1) + uint(uid)
    if version:
        summary += b"\x01" + uint(version)
    if short_id is not None:
        summary += b"\x01" + uint(short_id) + b"\x01\x01"
    summary += b"\0"
    links = [x if isinstance(x, tuple) else (x, "") for x in links]
    slices = bytearray(b"\xff\x88\0" + uint(len(links)))
    for to, address in sorted(links):
        slices += b"\x01" + run(to.to_bytes(6, "big"))
        slices += b"\x01" + run(address) + b"\x01\x01\x01\x01\0" if address else b"\x03\x01\0"
    return uint(len(summary)) + summary + uint(len(slices)) + bytes(slices)


def names_header(name, uid, node):
    """Encodes a message that a life of a peer publishes no names. `node` is its CAF node ID."""
    return b"\3" + run(name.to_bytes(6, "big")) + uint(uid) + b"\1" + run(node) + b"\0" + bytes(16)


def message(tag, channel, source, data, to=None):
    out = bytes([tag]) + value(12, run(channel)) + value(6, uint(source))
    if tag == UNICAST:
        out += value(6, uint(to))
    return out + value(10, run(data))


def map_entry(key, clock, text, owner=b"\xff" * 6):
    """Encodes a message of an lww_map with one entry. See actors/lww_map.hpp."""
    return b"\1\0" + run(key) + uint(clock) + run(owner) + run(text)


def removed_additions(life, last):
    """Encodes a message of an observed_remove_set that removes the additions of UID `life` up to number `last`."""
    return b"\1" + uint(life) + b"\1\0" + uint(last - 1) + b"\0"


def counter(name, number):
    """Encodes a message of a grow_counter."""
    body = bytes.fromhex("ff8200") + b"\1" + uint(name) + uint(2 * number)
    return bytes.fromhex("0eff81040102ff82000106010400") + b"\0" + uint(len(body)) + body


def open_socket(here, there, receive_buffer=None):
    s = socket.socket(socket.AF_INET6 if ":" in there else socket.AF_INET)
    if receive_buffer:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.bind((here, 0))
    s.settimeout(20)
    s.connect((there, 6783))
    return s


class Peer:
    """A member of the mesh that a test scripts. A thread reads everything that arrives while `reads` is set.

    The peer may read the node's connection ID first, and then choose its own so that the connection has the UID
    `connection_uid`.
    """

    def __init__(self, name, here, there, uid=4711, version=2, connection=None, pause=0, receive_buffer=None,
                 connection_uid=None):
        self.name, self.uid, self.version = name, uid, version
        self.received = []  # frame contents; empty with protocol version 1
        self.closed = False
        self.reads = threading.Event()
        self.reads.set()
        self.socket = open_socket(here, there, receive_buffer)
        self.socket.sendall(b"weave" + bytes([1, version]))
        time.sleep(pause)
        self.early = b""
        half = time.monotonic_ns() if connection is None else connection
        if connection_uid is not None:
            self.socket.sendall(b"\0")
            half = self._their_half() ^ connection_uid
        ours = features({"PeerNameFlavour": "mac", "Name": text_of(name), "NickName": "liar",
                         "UID": str(uid), "ConnID": str(half)})
        if version == 2:
            if connection_uid is None:
                self.socket.sendall(b"\0")
            self.frame(ours)
        else:
            self.socket.sendall(ours)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def frame(self, content):
        if self.version == 2:
            self.socket.sendall(struct.pack(">I", len(content)) + content)
        else:
            self.socket.sendall(value(10, run(content)))

    def say(self, tag, channel, data, to=None, source=None):
        self.frame(message(tag, channel, self.name if source is None else source, data, to))

    def tell(self, records, tag=GOSSIP):
        self.say(tag, "topology", RECORD_DEFINITIONS + b"".join(records))

    def heard(self, text):
        """The number of received messages that contain `text`."""
        return sum(text.encode() in x for x in list(self.received))

    def play_dead(self):
        """Makes the kernel drop all packets of this connection that arrive, without an answer."""
        code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
        program = struct.pack("HL", 1, ctypes.addressof(code))
        self.socket.setsockopt(socket.SOL_SOCKET, 26, program)  # SO_ATTACH_FILTER

    def close(self):
        self.closed = True
        self.reads.set()
        self.socket.close()

    def _their_half(self):
        """Reads the node's features, which are kept for `_read`, and returns its connection ID."""
        while b"ConnID" not in self.early or len(self.early) < self.early.index(b"ConnID") + 30:
            self.early += self.socket.recv(1 << 16)
        begin = self.early.index(b"ConnID") + 7
        return int(self.early[begin:begin + self.early[begin - 1]])

    def _read(self):
        waiting = self.early
        skip = 8 if self.version == 2 else 7
        while not self.closed:
            self.reads.wait()
            try:
                if not select.select([self.socket], [], [], 0.1)[0]:
                    continue
                more = self.socket.recv(1 << 16)
            except (OSError, ValueError):
                break
            if not more:
                break
            if self.version != 2:
                continue
            waiting += more
            if skip:
                if len(waiting) < skip:
                    continue
                waiting, skip = waiting[skip:], 0
            while len(waiting) >= 4:
                size = struct.unpack(">I", waiting[:4])[0]
                if len(waiting) < 4 + size:
                    break
                self.received.append(waiting[4:4 + size])
                waiting = waiting[4 + size:]
        self.closed = True


class DelayedLink:
    """A proxy in front of a node that delays all bytes, in both directions, by `delay` seconds."""

    def __init__(self, here, there, delay):
        self.there, self.delay = there, delay
        self.listener = socket.create_server((here, 6783))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                near = self.listener.accept()[0]
                far = open_socket(self.listener.getsockname()[0], self.there)
                for one, other in ((near, far), (far, near)):
                    one.settimeout(None)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()
        except OSError:
            pass

    def _pass_on(self, source, sink):
        try:
            while more := source.recv(1 << 16):
                time.sleep(self.delay)
                sink.sendall(more)
        except OSError:
            pass
        for x in source, sink:
            x.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
