#!/usr/bin/python3
"""Tests that a node of meshd serves honest clients while others attack it in every way at once."""
import re
import resource

import attacks
from meshd import PATIENCE, MeshdTest, main


class MeshdTarget(attacks.Target):
    read, write, stream = "/v1/kv/read", "/v1/kv/written", "/v1/kv-events"
    more_streams = ("/v1/set-events/large",)
    socket = "/v1/channels/chat/socket"
    large = "/v1/kv/large"
    admitted = 3001  # three quarters of max-connections, plus one

    def __init__(self, node):
        super().__init__(node.http_port)
        self.node = node

    def publish(self):
        for i in range(5):
            self.node.call("PUT", f"/v1/kv/published/{i}", bytes(200_000))

    def connections(self):
        text = self.node.call("GET", "/metrics").body.decode()
        found = re.search(r"^cafmesh_http_connections (\S+)$", text, re.M)
        return int(float(found.group(1))) - 1  # without the connection of this request

    def rss(self):
        return self.node.memory()


class Attacks(MeshdTest):
    def test_an_honest_client_is_served_while_all_attack_at_once(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard < 8000:
            self.skipTest(f"SKIPPED: only {hard} open files are allowed")
        node = self.node("--max-connections=4000", "--max-kv-bytes=16777216")
        for key in ("read", "written"):
            node.call("PUT", f"/v1/kv/{key}", b"value", status=201)
        node.call("PUT", "/v1/kv/large", bytes(1 << 20), status=201)
        node.call("PUT", "/v1/channels/chat", status=201)
        for i in range(1000, 1600 if PATIENCE == 1 else 1060):  # JSON takes six bytes for each byte %01
            node.call("PUT", f"/v1/sets/large/{i}{'%01' * 4000}", status=204)
        said = attacks.check_storms(MeshdTarget(node), measures_memory=PATIENCE == 1)
        print("\nfigure: meshd: " + said, flush=True)
        self.assertTrue(node.get("/livez")["ok"])
        self.assertLess(len(node.log), 1000)
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    main()
