#!/usr/bin/python3
"""Tests of the event streams of counters and sets."""
import concurrent.futures
import http.client
import os
import time
import unittest

from meshd import PATIENCE, MeshdTest, main, soon


class ValueEvents(MeshdTest):
    def test_changes_of_all_nodes_follow_the_snapshot(self):
        a, b = self.line(2)
        counter, elements = a.events("/v1/counter-events/n"), a.events("/v1/set-events/s")
        self.assertEqual(counter.next()["data"], {"value": 0})
        self.assertEqual(elements.next()["data"], {"elements": [], "more": False})
        for node, add, total in ((a, 2, 2), (b, 3, 5), (a, 4, 9)):
            node.call("POST", "/v1/counters/n", {"add": add}, status=200)
            self.assertEqual(counter.next()["data"], {"value": total, "old_value": total - add})
        b.call("POST", "/v1/counters/n", {"add": 0}, status=200)
        b.call("POST", "/v1/counters/m", {"add": 1}, status=200)
        for node, method, element, kind in ((a, "PUT", "x", "add"), (b, "PUT", "y", "add"),
                                            (b, "DELETE", "x", "remove"), (a, "PUT", "x", "add")):
            soon(lambda n=node: b.get("/v1/sets/s") == a.get("/v1/sets/s"), "both agree")
            node.call(method, f"/v1/sets/s/{element}", status=204)
            event = elements.next()
            self.assertEqual((event["event"], event["data"]), (kind, {"element": element}))
        a.call("PUT", "/v1/sets/s/x", status=204)
        a.call("POST", "/v1/counters/n", {"add": 1}, status=200)
        self.assertEqual(counter.next()["data"]["value"], 10)
        self.assertTrue(elements.events.empty())

    def test_many_clients_follow_one_value_from_the_beginning(self):
        a = self.node()
        streams = [a.events("/v1/set-events/s") for _ in range(20)]
        a.call("PUT", "/v1/sets/s/x", status=204)
        for x in streams:
            seen = x.next()
            self.assertEqual(seen["event"], "snapshot")
            if seen["data"]["elements"] == []:
                self.assertEqual(x.next()["data"], {"element": "x"})
            x.close()

    def test_a_snapshot_of_a_large_set_comes_in_parts(self):
        a = self.node()
        names = [f"{i:05}" for i in range(1200)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda x: a.call("PUT", f"/v1/sets/s/{x}", status=204), names))
        stream, seen, parts = a.events("/v1/set-events/s"), [], 0
        while not parts or event["data"]["more"]:
            event = stream.next()
            self.assertEqual(event["event"], "snapshot")
            self.assertEqual(event["id"].endswith("-partial"), event["data"]["more"])
            seen += event["data"]["elements"]
            parts += 1
        self.assertEqual((parts, seen), (3, names))

    def test_a_client_resumes_or_is_reset(self):
        a = self.node()
        for path, change, data in (
                ("/v1/counter-events/n", lambda: a.call("POST", "/v1/counters/n", {"add": 1}, status=200),
                 {"value": 2, "old_value": 1}),
                ("/v1/set-events/s", lambda: a.call("PUT", f"/v1/sets/s/{time.monotonic_ns()}", status=204), None)):
            stream = a.events(path)
            stream.until("snapshot")
            change()
            last = stream.next()["id"]
            stream.close()
            change()
            resumed = a.events(path, {"Last-Event-ID": last})
            event = resumed.next()
            self.assertNotIn(event["event"], ("snapshot", "reset"))
            if data:
                self.assertEqual(event["data"], data)
            resumed.close()
            other = a.events(path + "-other", {"Last-Event-ID": last})
            self.assertEqual([other.next()["event"], other.next()["event"]], ["reset", "snapshot"])
            other.close()

    @unittest.skipUnless(os.environ.get("CAFMESH_LONG_TESTS") == "1", "it takes more than a minute")
    def test_a_value_that_nobody_follows_any_more_is_forgotten_after_a_minute(self):
        a = self.node()
        for i in range(100):
            a.call("PUT", f"/v1/sets/s/{i:0>4000}", status=204)
        stream = a.events("/v1/set-events/s")
        last = stream.until("snapshot")["id"]
        stream.close()
        time.sleep(5)
        resumed = a.events("/v1/set-events/s", {"Last-Event-ID": last})
        a.call("PUT", "/v1/sets/s/x", status=204)
        self.assertEqual(resumed.next()["event"], "add")
        resumed.close()
        time.sleep(62)
        late = a.events("/v1/set-events/s", {"Last-Event-ID": last})
        self.assertEqual([late.next()["event"], late.next()["event"]], ["reset", "snapshot"])

    def test_a_slow_client_is_told_how_much_it_has_lost(self):
        a = self.node()
        slow = a.events("/v1/set-events/s", buffer=65536)
        closing = a.events("/v1/set-events/s?on_overflow=close", buffer=65536)
        connection = http.client.HTTPConnection("127.0.0.1", a.http_port, timeout=30)
        count = 4000 if PATIENCE == 1 else 2000  # more than the sockets and the stream keep
        for i in range(count):
            connection.request("PUT", f"/v1/sets/s/{i}-{'x' * 4000}")
            self.assertEqual(connection.getresponse().read(), b"")
        connection.close()
        slow.read_on()
        self.assertGreater(slow.until("overflow")["data"]["lost"], 0)
        soon(lambda: slow.until("add")["data"]["element"].startswith(f"{count - 1}-"), "the stream goes on")
        closing.read_on()
        self.assertTrue(closing.ended.wait(20))

    def test_streams_of_values_are_counted_and_limited(self):
        a = self.node("--max-streams=2", "--max-sets=1")
        one, two = a.events("/v1/counter-events/n"), a.events("/v1/set-events/s")
        one.until("snapshot")
        two.until("snapshot")
        self.assertEqual(a.call("GET", "/v1/counter-events/n", status=503).code, "too_many_streams")
        one.close()
        soon(lambda: b"cafmesh_event_streams 1\n" in a.call("GET", "/metrics").body, "the stream is gone")
        self.assertEqual(a.call("GET", "/v1/set-events/t", status=507).code, "too_many")
        a.call("GET", "/v1/set-events/s?on_overflow=wait", status=400)
        a.events("/v1/set-events/s").until("snapshot")

    def test_a_token_for_reading_follows_only_values_that_are_there(self):
        write, read = "write-token-0123456789", "read-token-0123456789"
        a = self.node(f"--token-file={self.file('token', write)}", f"--read-token-file={self.file('read', read)}")
        headers = {"Authorization": f"Bearer {read}"}
        for path, code in (("/v1/counter-events/n", "no_such_counter"), ("/v1/set-events/s", "no_such_set")):
            self.assertEqual(a.call("GET", path, headers=headers, status=404).code, code)
            a.events(path, {"Authorization": f"Bearer {write}"}).until("snapshot")
            a.events(path, headers).until("snapshot")

    def test_a_stop_ends_streams_of_values(self):
        a = self.node()
        streams = [a.events("/v1/counter-events/n"), a.events("/v1/set-events/s")]
        for x in streams:
            x.until("snapshot")
        began = time.monotonic()
        self.assertEqual(a.stop(), 0)
        self.assertLess(time.monotonic() - began, 10)
        for x in streams:
            self.assertTrue(x.ended.wait(5))


if __name__ == "__main__":
    main()
