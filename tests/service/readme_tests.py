#!/usr/bin/python3
"""Runs every command of tools/meshd/README.md, compares what it prints, and checks that no setting is missing there."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from meshd import BINARY

PAGE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "tools", "meshd", "README.md")


ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("MESHD_")}


def read_page():
    with open(PAGE, encoding="utf-8") as file:
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
    """Pairs of a command and the output that the page shows."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, flags=re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def pattern(output):
    return ".*".join(re.escape(x) for x in output.rstrip("\n").split("…"))


class Readme(unittest.TestCase):
    def test_every_command_prints_what_the_page_shows(self):
        ports = dict(zip(("6783", "6784", "6793", "6794"), free_ports(4)))
        with tempfile.TemporaryDirectory() as folder:
            shell = subprocess.Popen(["bash"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                     env=ENVIRONMENT, start_new_session=True)
            limit = threading.Timer(90, lambda: os.killpg(shell.pid, signal.SIGKILL))
            limit.start()
            try:
                for command, output in commands(read_page()):
                    with self.subTest(command):
                        self.run_one(shell, command, output, ports)
            finally:
                limit.cancel()
                os.killpg(shell.pid, signal.SIGKILL)
                shell.communicate()

    def run_one(self, shell, command, output, ports):
        for old, new in ports.items():
            command = re.sub(rf"\b{old}\b", str(new), command)
        others = "" if "--http=" in command else f"--port={ports['6783']} --http=127.0.0.1:{ports['6784']}"
        command = command.replace("build/tools/meshd/meshd", f'"{BINARY}" --preset=loopback {others}')
        shell.stdin.write(f"{command}\necho; echo '--end--'\n")
        shell.stdin.flush()
        lines = []
        while True:
            line = shell.stdout.readline()
            self.assertTrue(line, "the shell has ended")
            if line == "--end--\n":
                break
            lines.append(line.rstrip("\n"))
        printed = "\n".join(lines).strip("\n")
        self.assertRegex(printed, f"^{pattern(output)}$")

    def test_the_table_of_settings_is_complete(self):
        printed = subprocess.run([BINARY, "--print-config"], capture_output=True, text=True, check=True,
                                 env=ENVIRONMENT).stdout
        options = re.findall(r"^([a-z-]+) = ", printed.split("[mesh]")[0], flags=re.M)
        section = read_page().split("## Settings")[1].split("## Operation")[0]
        said = [y for x in re.findall(r"^\| (`.*?) \|", section, flags=re.M) for y in re.findall(r"`([a-z-]+)`", x)]
        self.assertEqual(said, options)


if __name__ == "__main__":
    unittest.main(verbosity=2)
