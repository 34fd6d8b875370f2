"""Runs the program lone_node, and measures its processor time and memory."""
import json
import os
import subprocess
import tempfile
import threading
import time


def eventually(holds, seconds):
    """Waits until `holds()` is true. Returns the seconds that it took, or None if more than `seconds`."""
    begin = time.monotonic()
    while not holds():
        if time.monotonic() - begin > seconds:
            return None
        time.sleep(0.01)
    return time.monotonic() - begin


class Node:
    """A lone_node process. `name` is the peer name as a number, and `host` the address to listen on."""

    def __init__(self, program, name, host, peers=(), options=()):
        self.name, self.host = name, host
        self.log = tempfile.NamedTemporaryFile()
        text = ":".join("%02x" % x for x in name.to_bytes(6, "big"))
        command = [program, "--mesh.name=" + text, "--mesh.host=" + host, "--mesh.port=6783",
                   "--mesh.discovery=false", "--mesh.retry-initial=200ms", "--mesh.retry-max=1s"]
        command += ["--mesh.peers=" + x for x in peers] + list(options)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, bufsize=1)
        self.process.stdout.readline()
        self.lock = threading.Lock()

    def ask(self, question):
        with self.lock:
            self.process.stdin.write(question + "\n")
            return self.process.stdout.readline().strip()

    def topology(self):
        """Maps the name of each peer that the node knows, as a number, to the peer's record."""
        return {int(x["name"].replace(":", ""), 16): x for x in json.loads(self.ask("topology"))}

    def links(self):
        """The names of the node's neighbours."""
        mine = self.topology()[self.name]
        return sorted(int(x["to"].replace(":", ""), 16) for x in mine["connections"] if x["established"])

    def status(self):
        return json.loads(self.ask("status"))

    def cpu(self):
        """The processor time used so far, in seconds."""
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self):
        """The resident memory in MB."""
        with open("/proc/%d/statm" % self.process.pid, encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def heap(self):
        """The allocated memory in MB."""
        return int(self.ask("holdings").split()[3]) / 1e6

    def log_lines(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read().splitlines()

    def close(self):
        ended = self.process.poll()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        return ended
