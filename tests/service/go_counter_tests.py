#!/usr/bin/python3
"""Tests meshd in one mesh with programs on the Go library: its example, a counter that the programs share."""
import os
import re
import subprocess
import urllib.request

from meshd import MeshdTest, free_port, main, soon
from page_commands import read_page

GO_COUNTER = os.environ.get("CAFMESH_GO_COUNTER", "")
PASSWORD = "a password of both languages"


def command_of_page(http, mesh, peer):
    """The command of tools/meshd/README.md as words, with these addresses in place of those on the page."""
    command, = re.findall(r"^    increment-only-counter (.+)$", read_page("tools/meshd/README.md"), re.M)
    addresses = {"-http": f"127.0.0.1:{http}", "-mesh": f"127.0.0.1:{mesh}", "-peer": peer, "-password": PASSWORD}
    words = command.split()
    return [GO_COUNTER] + [x for name in words[::2] for x in (name, addresses[name])]


class GoCounter:
    def __init__(self, hwaddr, nickname, peer, log):
        self.mesh, self.http = free_port(), free_port()
        self.hwaddr = hwaddr
        self.process = subprocess.Popen(
            [*command_of_page(self.http, self.mesh, peer), f"-hwaddr={hwaddr}", f"-nickname={nickname}"], stdout=log, stderr=log)

    def ask(self, method):
        """Increments the counter by POST, or reads it by GET. Returns the count; None if there is no answer yet."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/", method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(re.search(rb"=> (\d+)", answer.read()).group(1))
        except OSError:
            return None

    def end(self):
        self.process.kill()
        self.process.wait()


class GoPrograms(MeshdTest):
    def setUp(self):
        if not GO_COUNTER:
            self.skipTest("SKIPPED: $CAFMESH_GO_COUNTER names no example of the Go library")
        super().setUp()

    def counter(self, number, peer):
        log = open(self.path(f"log-{number}"), "w", encoding="utf-8")
        self.addCleanup(log.close)
        result = GoCounter(f"00:00:00:00:00:1{number}", f"go-{number}", peer, log)
        self.addCleanup(result.end)
        soon(lambda: result.ask("GET") is not None, "the Go program answers")
        return result

    def test_two_go_programs_agree_through_meshd(self):
        node = self.node(f"--password-file={self.file('password', PASSWORD)}")
        one, other = self.counter(1, node.address), self.counter(2, node.address)
        soon(lambda: {one.hwaddr, other.hwaddr} < set(node.peers()), "meshd knows both programs")
        names = {x["nickname"] for x in node.get("/v1/peers")["peers"]}
        self.assertLess({"go-1", "go-2"}, names)
        for _ in range(3):
            one.ask("POST")
        other.ask("POST")
        for each in (one, other):
            soon(lambda x=each: x.ask("GET") == 4, "both programs have the count")

    def test_a_go_program_with_another_password_stays_out(self):
        node = self.node(f"--password-file={self.file('password', 'another password of ours')}")
        self.counter(1, node.address)
        node.await_log("another password")
        self.assertEqual(node.peers(), [node.name()])


if __name__ == "__main__":
    main()
