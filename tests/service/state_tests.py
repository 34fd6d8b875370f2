#!/usr/bin/python3
"""Tests that meshd keeps its state over restarts and kills."""
import http.client
import json
import os
import threading
import urllib.parse

from meshd import MeshdTest, free_port, main, run, soon


class State(MeshdTest):
    def test_a_restart_keeps_the_name(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        name = first.name()
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        self.assertEqual(second.name(), name)
        second.kill()
        self.assertEqual(self.node(state).name(), name)
        self.assertNotEqual(self.node().name(), name)

    def lives(self, *nodes):
        """What the nodes, one after the other, say of their lives."""
        said = [x.get("/v1/node") for x in nodes]
        return [(x["life"], x["previous_life"] and x["previous_life"]["end"]) for x in said]

    def said_of_lives(self, node):
        return [x for x in node.log if "noted no end" in x or "lives" in x]

    def test_a_start_says_how_the_last_life_ended(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        born = first.get("/v1/node")
        self.assertEqual((born["life"], born["previous_life"]), (1, None))
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        self.assertEqual((self.lives(second), self.said_of_lives(second)), ([(2, "stopped")], []))
        before = second.get("/v1/node")["previous_life"]
        self.assertEqual(before["uid"], born["uid"])
        self.assertLessEqual(before["began_at"], before["ended_at"])
        second.kill()
        third = self.node(state)
        self.assertEqual(self.lives(third), [(3, "unclean")])
        after_kill = third.get("/v1/node")
        self.assertIsNone(after_kill["previous_life"]["ended_at"])
        line, = self.said_of_lives(third)
        self.assertIn(after_kill["previous_life"]["began_at"], line)
        self.assertIn("unclean_end", [x["code"] for x in after_kill["warnings"]])
        self.assertEqual(third.stop(), 0)
        with open(self.path("state/lives"), encoding="utf-8") as file:
            lines = [json.loads(x) for x in file]
        self.assertEqual([x["end"] for x in lines], ["stopped", "unclean", "stopped"])
        self.assertEqual(lines[1], {"life": 2, **after_kill["previous_life"]})

    def test_a_start_that_fails_is_no_unclean_end(self):
        state, taken = f"--state={self.path('state')}", self.node()
        failed = run(state, "--host=127.0.0.1", f"--port={taken.mesh_port}", "--http=127.0.0.1:0")
        self.assertEqual(failed.returncode, 1)
        node = self.node(state)
        self.assertEqual((self.lives(node), self.said_of_lives(node)), ([(1, None)], []))

    def test_a_life_never_gets_the_uid_of_an_earlier_one(self):
        seed = "--seed=7"
        self.assertEqual(*(self.node(seed).get("/v1/node")["uid"] for _ in range(2)))
        state, seen = f"--state={self.path('state')}", set()
        for life in range(1, 5):
            node = self.node(seed, state)
            seen.add(node.get("/v1/node")["uid"])
            self.assertEqual(len(seen), life)
            if life % 2:
                node.kill()
            else:
                self.assertEqual(node.stop(), 0)

    def test_a_damaged_history_of_lives_is_kept_aside(self):
        os.mkdir(self.path("state"))
        state = f"--state={self.path('state')}"
        for damage in ("nonsense", '{"life":1}\n', "x" * 100_000):
            self.file("state/lives", damage)
            node = self.node(state)
            line, = self.said_of_lives(node)
            self.assertIn("is damaged and kept as lives.damaged-", line)
            self.assertEqual(self.lives(node), [(1, None)])
            self.assertEqual(node.stop(), 0)
        kept = sorted(x for x in os.listdir(self.path("state")) if "damaged" in x)
        self.assertEqual(kept, [f"lives.damaged-{i}" for i in (1, 2, 3)])
        with open(self.path("state/lives.damaged-1"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "nonsense")
        self.assertEqual(self.lives(self.node(state)), [(2, "stopped")])

    def test_without_a_state_folder_lives_are_not_known(self):
        self.assertEqual(self.lives(self.node()), [(None, None)])

    def test_a_restart_keeps_the_keys(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        first.call("PUT", "/v1/kv/kept", b"yes", status=201)
        first.call("PUT", "/v1/kv/gone", b"yes", status=201)
        first.call("DELETE", "/v1/kv/gone", status=204)
        etag = first.call("GET", "/v1/kv/kept", status=200).headers["ETag"]
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        answer = second.call("GET", "/v1/kv/kept", status=200)
        self.assertEqual((answer.body, answer.headers["ETag"]), (b"yes", etag))
        second.call("GET", "/v1/kv/gone", status=404)

    def start_with_much(self):
        """Starts a node that has stored the key `kept` and 40 MB of others. Does not wait until it has read them."""
        state, address = f"--state={self.path('state')}", f"127.0.0.1:{free_port()}"
        first = self.node(state, http=address)
        for i in range(40):
            first.call("PUT", f"/v1/kv/large{i}", bytes([i]) * 1_000_000, status=201)
        first.call("PUT", "/v1/kv/kept?durable=true", b"yes", status=201)
        self.assertEqual(first.stop(), 0)
        second = self.node(state, http=address, start=False)
        second.http_port = first.http_port
        return second

    def test_a_stored_key_never_seems_to_be_missing_while_a_node_starts(self):
        second, seen = self.start_with_much(), {}

        def all_is_there():
            for path in ("/v1/kv/kept", "/v1/kv?prefix=kept", "/readyz"):
                try:
                    answer = second.call("GET", path)
                except OSError:  # meshd does not listen yet
                    return False
                if answer.status == 503 and path != "/readyz":
                    self.assertEqual(answer.code, "starting")
                elif path == "/v1/kv?prefix=kept":
                    self.assertEqual([x["key"] for x in answer.json["entries"]], ["kept"])
                seen.setdefault(path, set()).add(answer.status)
            return answer.status == 200

        soon(all_is_there, "the second one is ready")
        for path, statuses in seen.items():
            self.assertLessEqual(statuses, {200, 503}, path)
        self.assertEqual(second.call("GET", "/v1/kv/kept").body, b"yes")

    def test_a_stream_of_keys_begins_with_the_stored_ones_even_while_a_node_starts(self):
        node = self.start_with_much()

        def opened():
            try:
                stream = node.events("/v1/kv-events?prefix=kept")
            except OSError:  # meshd does not listen yet
                return None
            if stream.status == 200:
                return stream
            self.assertEqual(stream.status, 503)
            stream.close()
            return None

        event = soon(opened, "the stream opens").next()
        self.assertEqual((event["event"], [x["key"] for x in event["data"]["entries"]]), ("snapshot", ["kept"]))

    def test_a_restart_keeps_counters_and_sets(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        name = "/v1/counters/" + urllib.parse.quote("größe/1", safe="")
        first.call("POST", name, {"add": 5}, status=200)
        first.call("POST", name, {"add": 2}, status=200)
        for x in ("apple", "pear"):
            first.call("PUT", f"/v1/sets/fruit/{x}", status=204)
        first.call("DELETE", "/v1/sets/fruit/apple", status=204)
        self.assertEqual(first.stop(), 0)
        second = self.node(state)
        self.assertEqual(second.get(name)["value"], 7)
        self.assertEqual(second.get("/v1/sets/fruit")["elements"], ["pear"])
        second.call("POST", name, {"add": 1}, status=200)
        self.assertEqual(second.stop(), 0)
        self.assertEqual(self.node(state).get(name)["value"], 8)

    def test_a_restarted_node_gives_what_it_stored_to_others(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        first.call("POST", "/v1/counters/n?durable=true", {"add": 3}, status=200)
        first.call("PUT", "/v1/sets/s/x?durable=true", status=204)
        first.kill()
        again = self.node(state)
        other = self.node(f"--peers={again.address}")
        soon(lambda: other.get("/v1/counters/n")["value"] == 3, "the counter arrives")
        soon(lambda: other.get("/v1/sets/s")["elements"] == ["x"], "the set arrives")

    def test_a_node_stores_what_others_have_written(self):
        state = f"--state={self.path('state')}"
        keeper = self.node(state)
        writer = self.node(f"--peers={keeper.address}")
        for x in (keeper, writer):
            soon(lambda n=x: len(n.peers()) == 2, "both are there")
        keeper.get("/v1/counters/n")
        writer.call("POST", "/v1/counters/n", {"add": 4}, status=200)
        soon(lambda: keeper.get("/v1/counters/n")["value"] == 4, "the counter arrives")
        writer.kill()
        keeper.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=200)
        keeper.kill()
        self.assertEqual(self.node(state).get("/v1/counters/n")["value"], 5)

    def test_a_restart_makes_no_more_replicas_than_are_allowed(self):
        state = f"--state={self.path('state')}"
        first = self.node(state)
        for i in range(4):
            first.call("POST", f"/v1/counters/n{i}", {"add": 1}, status=200)
        self.assertEqual(first.stop(), 0)
        second = self.node(state, "--max-counters=2")
        answers = [second.call("GET", f"/v1/counters/n{i}").status for i in range(4)]
        self.assertEqual(answers, [200, 200, 507, 507])
        self.assertEqual(second.stop(), 0)
        self.assertEqual([self.node(state).get("/v1/counters/n3")["value"]], [1])

    def test_a_damaged_file_of_values_stays_and_fails_durable_writes(self):
        os.mkdir(self.path("state"))
        self.file("state/values.sqlite", "x" * 1000)
        node = self.node(f"--state={self.path('state')}")
        node.await_log("counters and sets are not stored")
        node.call("POST", "/v1/counters/n", {"add": 1}, status=200)
        answer = node.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=500)
        self.assertEqual(answer.code, "storage_failed")
        self.assertEqual(node.stop(), 0)
        with open(self.path("state/values.sqlite"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "x" * 1000)

    def test_kill_loses_no_durable_write(self):
        state = f"--state={self.path('state')}"
        keys, elements, removed, added = [], [], [], []

        def put_key(node, name):
            node.call("PUT", f"/v1/kv/{name}?durable=true", name.encode(), status=201)
            keys.append(name)

        def add(node, _):
            value = node.call("POST", "/v1/counters/n?durable=true", {"add": 1}, status=200).json["value"]
            added.append(value)

        def add_element(node, name):
            node.call("PUT", f"/v1/sets/s/{name}?durable=true", status=204)
            elements.append(name)

        def remove_element(node, name):
            node.call("PUT", f"/v1/sets/t/{name}?durable=true", status=204)
            node.call("DELETE", f"/v1/sets/t/{name}?durable=true", status=204)
            removed.append(name)

        def go_on(write, node, life):
            try:
                for i in range(100_000):
                    write(node, f"life{life}-{i}")
            except (OSError, http.client.HTTPException):  # meshd was killed
                pass

        for life in range(4):
            node = self.node(state)
            for key in keys:
                self.assertEqual(node.call("GET", f"/v1/kv/{key}", status=200).body, key.encode())
            # Each kill may interrupt an increment that is stored but not answered.
            count = node.get("/v1/counters/n")["value"]
            self.assertTrue(len(added) <= count <= len(added) + life, (count, len(added)))
            for name in elements:
                node.call("GET", f"/v1/sets/s/{name}", status=204)
            for name in removed:
                node.call("GET", f"/v1/sets/t/{name}", status=404)
            done = [(x, len(x)) for x in (keys, added, elements, removed)]
            writers = [threading.Thread(target=go_on, args=(write, node, life))
                       for write in (put_key, add, add_element, remove_element)]
            for x in writers:
                x.start()
            soon(lambda done=done: all(len(x) > before + 10 for x, before in done), "some writes are durable")
            node.kill()
            for x in writers:
                x.join()

    def test_a_node_without_a_state_folder_says_so(self):
        self.assertTrue([x for x in self.node().log if "no state folder" in x])
        stored = self.node(f"--state={self.path('state')}")
        self.assertFalse([x for x in stored.log if "no state folder" in x])

    def test_durable_needs_a_state_folder(self):
        node = self.node()
        for method, path, body in (("PUT", "/v1/kv/a", b"1"), ("POST", "/v1/counters/a", {"add": 1}),
                                   ("PUT", "/v1/sets/a/x", None), ("DELETE", "/v1/sets/a/x", None)):
            self.assertEqual(node.call(method, f"{path}?durable=true", body, status=409).code, "not_stored")
        node.call("GET", "/v1/kv/a", status=404)
        self.assertEqual(node.get("/v1/counters/a")["value"], 0)

    def test_two_processes_never_share_a_state(self):
        state = f"--state={self.path('state')}"
        self.node(state)
        result = run(state, "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("in use by another meshd", result.stderr)

    def test_a_damaged_name_is_a_failure_that_says_what_to_do(self):
        os.mkdir(self.path("state"))
        self.file("state/name", "nonsense")
        result = run(f"--state={self.path('state')}", "--host=127.0.0.1", "--port=0", "--http=127.0.0.1:0")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("remove the file", result.stderr)

    def test_systemd_names_the_folder(self):
        os.mkdir(self.path("state"))
        self.node(env={"STATE_DIRECTORY": self.path("state")})
        self.assertTrue(os.path.exists(self.path("state/name")))


if __name__ == "__main__":
    main()
