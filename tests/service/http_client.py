"""Runs the program http_test_server, and talks to it as a client that may break the protocol."""
import os
import re
import socket
import ssl
import subprocess
import time

PATIENCE = float(os.environ.get("CAFMESH_PATIENCE", "1"))  # sanitizers make the server slow


class server:
    """A process of http_test_server."""

    def __init__(self, program, pass_fds=(), **arguments):
        self.process = subprocess.Popen([program, *(f"{k}={v}" for k, v in arguments.items())], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=pass_fds)
        self.address = self.process.stdout.readline().decode().strip()
        self.port = int(self.address.rsplit(":", 1)[1]) if re.search(r":\d+$", self.address) else 0
        self.host = f"127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the server does not stop") from None
        finally:
            self.log = self.process.stderr.read().decode()
            self.process.stdout.close()
            self.process.stderr.close()
        assert self.process.returncode == 0, f"status {self.process.returncode}: {self.log}"

    def command(self, text=""):
        """Sends a command. Returns the numbers of requests, connections, streams, refused connections and lost clients."""
        self.process.stdin.write((text + "\n").encode())
        self.process.stdin.flush()
        return [int(x) for x in self.process.stdout.readline().split()]

    def connect(self, timeout=10 * PATIENCE, size=None):
        result = socket.socket()
        if size:
            result.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        result.settimeout(timeout)
        result.connect(("127.0.0.1", self.port))
        return result

    def rss(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024

    def cpu(self):
        """The processor time of the server so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def say(self, raw, timeout=10 * PATIENCE):
        """Sends bytes on a new connection. Returns everything that arrives until the server closes it."""
        with self.connect(timeout) as to:
            to.sendall(raw)
            return read_all(to)

    def ask(self, method, path, headers=(), body=b"", **options):
        """Sends one request on a connection of its own. Returns the answer."""
        lines = {"Host": self.host, "Connection": "close", **dict(headers)}
        if body and "Transfer-Encoding" not in lines:
            lines.setdefault("Content-Length", str(len(body)))
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v is not None)
        return answer(self.say(head.encode("latin-1") + b"\r\n" + body, **options))


class answer:
    """Parses the first answer in the bytes that a server has sent."""

    def __init__(self, raw):
        head, _, rest = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split()[1]) if raw else 0
        self.headers = {k.lower(): v for k, _, v in (x.partition(": ") for x in lines[1:])}
        size = int(self.headers.get("content-length", len(rest)))
        self.body, self.rest = rest[:size], rest[size:]

    def code(self):
        found = re.search(rb'"code":"(\w+)"', self.body)
        assert self.headers.get("content-type") == "application/problem+json", self.raw
        assert re.search(rb'"hint":"[A-Z/]', self.body), f"no hint: {self.body}"
        return found.group(1).decode()


def read_all(sock, most=1 << 30):
    """Reads until the server closes the connection."""
    result = bytearray()
    while len(result) < most:
        try:
            data = sock.recv(65536)
        except ConnectionResetError:
            break
        if not data:
            break
        result += data
    return bytes(result)


def read_until(sock, text, timeout=10 * PATIENCE):
    """Reads until the text has arrived, and returns everything."""
    result = b""
    sock.settimeout(timeout)
    while text not in result:
        data = sock.recv(65536)
        if not data:
            raise AssertionError(f"closed before {text!r}: {result[-300:]!r}")
        result += data
    return result


def read_answer(sock):
    """Reads one answer on a connection that stays open."""
    raw = read_until(sock, b"\r\n\r\n")
    while len(answer(raw).body) < int(answer(raw).headers.get("content-length", 0)):
        data = sock.recv(65536)
        assert data, f"closed within an answer: {raw[-300:]!r}"
        raw += data
    return answer(raw)


def get(path, host, *headers):
    lines = "".join(f"{x}\r\n" for x in headers)
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n".encode()


def wait_for(what, seconds=5):
    """Waits until `what()` is true."""
    until = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until:
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("did not happen in time")


def self_signed(folder, name="cert", valid_for="IP:127.0.0.1"):
    """Makes a certificate. Returns the paths of the certificate and its key."""
    cert, key = os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key")
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-days", "2", "-subj", "/CN=localhost", "-addext", f"subjectAltName={valid_for}",
                           "-keyout", key, "-out", cert], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    return cert, key


def trusting():
    result = ssl.create_default_context()
    result.check_hostname = False
    result.verify_mode = ssl.CERT_NONE
    return result
