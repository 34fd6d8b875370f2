"""Processes to measure, called drivers. They report in lines of JSON, and end with this process."""
import contextlib
import json
import os
import queue
import socket
import subprocess
import threading
import time


class Failure(Exception):
    """Why a run gave no result."""


def free_port():
    """Finds a port that is free and below the range of outgoing connections."""
    for port in _candidates():
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def free_ports(count):
    """The first of `count` consecutive free ports."""
    while True:
        first = 10000 + (free_port() - 10000) % (22000 - count)
        probes = []
        try:
            for port in range(first, first + count):
                probes.append(socket.socket())
                probes[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()


def _candidates():
    while True:
        _candidates.last = 10000 + (_candidates.last - 10000 + 7) % 22000
        yield _candidates.last


_candidates.last = 10000 + int(time.time() * 1000) % 22000


class Wire:
    """Passes on the bytes between one dialled connection and a port. Once it is cut, it neither passes on nor closes
    anything, like a cable that was pulled out."""

    def __init__(self, port):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self._to = port
        self._is_cut = False
        self._ends = [self._listener]
        threading.Thread(target=self._connect, daemon=True).start()

    def cut(self):
        self._is_cut = True

    def close(self):
        for end in self._ends:
            end.close()

    def _connect(self):
        dialled, other = self._listener.accept()[0], socket.create_connection(("127.0.0.1", self._to))
        self._ends += [dialled, other]
        for pair in ((dialled, other), (other, dialled)):
            threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and not self._is_cut:
                target.sendall(data)


class Process:
    """One driver, which ends once its standard input is closed."""

    def __init__(self, command):
        self.command = command
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.events = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.child.stdout:
            try:
                self.events.put(json.loads(line))
            except ValueError:
                self.events.put({"event": "failed", "why": "says " + line.strip()})
        self.events.put({"event": "failed", "why": "has ended"})

    def wait_for(self, event, timeout):
        deadline = time.monotonic() + timeout
        while True:
            try:
                seen = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(f"no '{event}' within {timeout:.0f} s from {' '.join(self.command)}") from None
            if seen["event"] == event:
                return seen
            if seen["event"] == "failed":
                raise Failure(f"{' '.join(self.command)} {seen['why']}")

    def cpu_seconds(self):
        """The CPU time in seconds of all running threads; ended threads do not count."""
        total = 0
        for thread in os.listdir(f"/proc/{self.child.pid}/task"):
            with open(f"/proc/{self.child.pid}/task/{thread}/schedstat") as stat:
                total += int(stat.read().split()[0])
        return total / 1e9

    def resident_mib(self):
        with open(f"/proc/{self.child.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

    def kill(self):
        self.child.kill()

    def ask_to_end(self):
        self.child.stdin.close()

    def end(self):
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()


class Processes:
    """The processes of one run, which end with it."""

    def __init__(self):
        self.all = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.all):
            process.ask_to_end()
        for process in reversed(self.all):
            process.end()

    def start(self, binary, **options):
        command = [binary]
        for name, value in options.items():
            if value is None:
                continue
            for one in value if isinstance(value, list) else [value]:
                command.append(f"--{name}={one}")
        process = Process(command)
        self.all.append(process)
        return process
