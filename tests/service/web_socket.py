"""A WebSocket client for tests."""
import base64
import http.client
import json
import os
import socket
import struct

from meshd import PATIENCE, Answer, description


class WebSocket:
    """A WebSocket client with the part of RFC 6455 that these tests need."""

    def __init__(self, node, path, headers=(), buffer=None):
        self.socket = socket.create_connection(("127.0.0.1", node.http_port), timeout=10 * PATIENCE)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.close_code = None
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{node.http_port}", "Upgrade: websocket",
                 "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = http.client.parse_headers(self.file)
        self.body = self.file.read(int(self.headers.get("content-length", 0)))
        description().check("GET", path, Answer(self, self.body))
        self.text_frames = description().operation(path)["x-text-frames"] if self.status == 101 else None

    @staticmethod
    def frame(data):
        kind = 1 if isinstance(data, str) else 2
        data = data.encode() if kind == 1 else data
        mask = os.urandom(4)
        masks = (mask * (len(data) // 4 + 1))[:len(data)]
        masked = int.from_bytes(data, "big") ^ int.from_bytes(masks, "big")
        return WebSocket.head(kind, len(data)) + mask + masked.to_bytes(len(data), "big")

    @staticmethod
    def head(kind, size):
        """The first bytes of a frame, up to its mask."""
        code = size if size < 126 else 126 if size < 65536 else 127
        more = {126: "!H", 127: "!Q"}.get(code)
        return struct.pack("!BB", 0x80 | kind, code | 0x80) + (struct.pack(more, size) if more else b"")

    def send(self, data):
        self.socket.sendall(self.frame(data))

    def receive(self):
        """Returns the next message; None once the WebSocket is closed."""
        try:
            return self.read()
        except ConnectionError:
            return None

    def read(self):
        kind, parts = None, []
        while True:
            head = self.file.read(2)
            if not head:
                return None
            first, second = head
            data = self.file.read(self.size(second & 0x7f))
            if first & 0xf == 8:
                self.close_code, = struct.unpack("!H", data[:2])
                return None
            if first & 0xf > 8:
                continue
            kind = first & 0xf or kind
            parts.append(data)
            if not first & 0x80:
                continue
            message = b"".join(parts)
            if kind == 2:
                return message
            if self.text_frames:
                description().validate(self.text_frames, json.loads(message))
            return message.decode()

    def size(self, code):
        kind = {126: "!H", 127: "!Q"}.get(code)
        return struct.unpack(kind, self.file.read(struct.calcsize(kind)))[0] if kind else code

    def close(self):
        self.socket.close()
