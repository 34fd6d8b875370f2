"""Runs the commands of a documentation page, and compares their output with the page. `…` there stands for any text."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading

from meshd import BINARY, PATIENCE

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("MESHD_")}


def read_page(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for x in sockets:
        x.bind(("127.0.0.1", 0))
    ports = [x.getsockname()[1] for x in sockets]
    for x in sockets:
        x.close()
    return ports


def commands(text):
    """Yields each command with the output that the page shows."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, flags=re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def pattern(output):
    return ".*".join(re.escape(x) for x in output.rstrip("\n").split("…"))


class Shell:
    """A shell in an empty folder. All processes that it starts end with it."""

    def __init__(self, seconds=90):
        self.folder = tempfile.TemporaryDirectory()
        self.ports = dict(zip(("6783", "6784", "6793", "6794"), free_ports(4)))
        self.process = subprocess.Popen(["bash"], cwd=self.folder.name, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=ENVIRONMENT, start_new_session=True)
        self.limit = threading.Timer(seconds * PATIENCE, self.kill)
        self.limit.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.limit.cancel()
        self.kill()
        self.process.communicate()
        self.folder.cleanup()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)

    def run(self, command):
        """Runs a command, with free ports in place of those on the page. Returns its output."""
        for old, new in self.ports.items():
            command = re.sub(rf"\b{old}\b", str(new), command)
        others = "" if "--http=" in command else f"--port={self.ports['6783']} --http=127.0.0.1:{self.ports['6784']}"
        command = command.replace("build/tools/meshd/meshd", f'"{BINARY}" --preset=loopback {others}')
        command = command.replace("tools/examples/", f"{ROOT}/tools/examples/")
        self.process.stdin.write(f"{command}\necho; echo '--end--'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "--end--\n":
                return "\n".join(lines).strip("\n")
            lines.append(line.rstrip("\n"))
        raise AssertionError("the shell has ended")


def check_page(case, path):
    """Runs every command of a page as a subtest of `case`."""
    with Shell() as shell:
        for command, output in commands(read_page(path)):
            with case.subTest(command):
                case.assertRegex(shell.run(command), f"^{pattern(output)}$")
