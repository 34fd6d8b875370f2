"""Processes to measure, called drivers. They report in lines of JSON, and end with this process."""
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
