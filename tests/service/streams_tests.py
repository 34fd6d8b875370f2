#!/usr/bin/python3
"""Tests of event streams (order, resuming, slow clients), of conditional and blocking requests, and of the WebSocket."""
import base64
import concurrent.futures
import json
import os
import signal
import time

from meshd import PATIENCE, MeshdTest, main, soon
from web_socket import WebSocket


class MeshEvents(MeshdTest):
    def test_changes_follow_the_snapshot_in_order_and_without_gaps(self):
        a = self.node("--name=00:00:00:00:00:01")
        stream = a.events("/v1/events")
        first = stream.next()
        self.assertEqual((first["event"], len(first["data"]["peers"])), ("snapshot", 1))
        self.assertEqual(stream.retry, 2000)
        b = self.node("--name=00:00:00:00:00:02", f"--peers={a.address}")
        joined = stream.until("peer_joined")
        self.assertEqual(joined["data"]["peer"]["name"], "00:00:00:00:00:02")
        stream.until("connection_established")
        b.kill()
        stream.until("connection_removed")
        left = stream.until("peer_left")
        epoch, number = first["id"].rsplit("-", 1)
        self.assertTrue(left["id"].startswith(epoch))
        self.assertGreater(int(left["id"].rsplit("-", 1)[1]), int(number))

    def test_a_client_resumes_after_its_last_event(self):
        a, b = self.line(2)
        stream = a.events("/v1/events")
        stream.until("snapshot")
        b.kill()
        removed = stream.until("connection_removed")
        stream.until("peer_left")
        stream.close()
        for resumed in (a.events("/v1/events", {"Last-Event-ID": removed["id"]}),
                        a.events(f"/v1/events?since={removed['id']}")):
            events = [resumed.next()]
            while events[-1]["event"] != "peer_left":
                events.append(resumed.next())
            numbers = [int(x["id"].rsplit("-", 1)[1]) for x in events]
            self.assertEqual(numbers[0], int(removed["id"].rsplit("-", 1)[1]) + 1)
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
            self.assertNotIn("snapshot", [x["event"] for x in events])
            resumed.close()

    def test_an_event_of_another_life_resets_the_client(self):
        a = self.node()
        for last in ("beef-7", "nonsense", "beef-99999999999999999999999"):
            stream = a.events("/v1/events", {"Last-Event-ID": last})
            self.assertEqual([stream.next()["event"], stream.next()["event"]], ["reset", "snapshot"])
            stream.close()


class KvEvents(MeshdTest):
    def test_a_watch_sees_only_its_prefix_with_old_and_new_etags(self):
        a, b = self.line(2)
        first = a.call("PUT", "/v1/kv/in/1", b"1", status=201).headers["ETag"]
        soon(lambda: b.call("GET", "/v1/kv/in/1").status == 200, "the value arrives")
        stream = b.events("/v1/kv-events?prefix=in/")
        self.assertEqual(stream.next()["data"], {"entries": [{"key": "in/1", "etag": first}], "more": False})
        a.call("PUT", "/v1/kv/out/1", b"1", status=201)
        second = a.call("PUT", "/v1/kv/in/1", b"2", status=204).headers["ETag"]
        event = stream.next()
        self.assertEqual(event["event"], "put")
        self.assertEqual(event["data"], {"key": "in/1", "etag": second, "old_etag": first,
                                         "value": base64.b64encode(b"2").decode()})
        a.call("DELETE", "/v1/kv/in/1", status=204)
        event = stream.next()
        self.assertEqual((event["event"], event["data"]), ("delete", {"key": "in/1", "old_etag": second}))

    def node_with_many_keys(self):
        node = self.node()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: node.call("PUT", f"/v1/kv/many/{i:05}", b"x", status=201), range(1500)))
        return node

    def snapshot(self, stream):
        """Reads all parts of a snapshot. Returns its keys, and the ID of its last part."""
        keys, more = [], True
        while more:
            event = stream.next()
            self.assertEqual(event["event"], "snapshot")
            keys += [x["key"] for x in event["data"]["entries"]]
            more = event["data"]["more"]
        return keys, event["id"]

    def test_a_snapshot_of_many_keys_comes_in_parts(self):
        a = self.node_with_many_keys()
        keys, _ = self.snapshot(a.events("/v1/kv-events?prefix=many/"))
        self.assertEqual(keys, [f"many/{i:05}" for i in range(1500)])

    def test_a_snapshot_that_was_cut_off_is_sent_again(self):
        a = self.node_with_many_keys()
        cut = a.events("/v1/kv-events")
        first = cut.next()
        self.assertTrue(first["data"]["more"])
        cut.close()
        a.call("DELETE", "/v1/kv/many/00000", status=204)
        again = a.events("/v1/kv-events", {"Last-Event-ID": first["id"]})
        self.assertEqual(again.next()["event"], "reset")
        keys, last = self.snapshot(again)
        if "many/00000" in keys:  # the change was answered before it reached the streams, which tell of it next
            deleted = again.until("delete")
            keys.remove(deleted["data"]["key"])
            last = deleted["id"]
        self.assertEqual(keys, [f"many/{i:05}" for i in range(1, 1500)])
        again.close()
        a.call("DELETE", "/v1/kv/many/00001", status=204)
        resumed = a.events("/v1/kv-events", {"Last-Event-ID": last})
        self.assertEqual(resumed.until("delete")["data"]["key"], "many/00001")

    def test_a_watch_resumes_or_resets(self):
        a = self.node()
        stream = a.events("/v1/kv-events")
        stream.until("snapshot")
        a.call("PUT", "/v1/kv/x", b"1", status=201)
        last = stream.until("put")["id"]
        stream.close()
        a.call("PUT", "/v1/kv/y", b"1", status=201)
        resumed = a.events("/v1/kv-events", {"Last-Event-ID": last})
        event = resumed.next()
        self.assertEqual((event["event"], event["data"]["key"]), ("put", "y"))
        resumed.close()
        big = b"x" * 500_000
        for i in range(60):
            a.call("PUT", f"/v1/kv/big/{i % 3}", big)
        late = a.events("/v1/kv-events", {"Last-Event-ID": last})
        self.assertEqual([late.next()["event"], late.next()["event"]], ["reset", "snapshot"])

    def test_a_slow_client_is_told_how_much_it_has_lost(self):
        a = self.node()
        slow = a.events("/v1/kv-events", buffer=65536)
        closing = a.events("/v1/kv-events?on_overflow=close", buffer=65536)
        value = os.urandom(200_000)
        for i in range(150):
            a.call("PUT", f"/v1/kv/{i % 5}", value)
        slow.read_on()
        overflow = slow.until("overflow")
        self.assertGreater(overflow["data"]["lost"], 0)
        a.call("PUT", "/v1/kv/last", b"x", status=201)
        soon(lambda: slow.until("put")["data"]["key"] == "last", "the stream goes on")
        closing.read_on()
        self.assertTrue(closing.ended.wait(20))


class Messages(MeshdTest):
    here = "/v1/channels/chat/messages"

    def joined(self):
        both = self.line(2)
        for x in both:
            x.call("PUT", "/v1/channels/chat", status=201)
        return both

    def test_a_client_resumes_in_either_encoding(self):
        a, b = self.joined()
        stream = b.events(self.here)
        for text in (b"one", b"two", b"three"):
            a.call("POST", f"{self.here}?to={b.name()}", text, status=204)
        last = stream.next()["id"]
        for query, data in (("", "dHdv"), ("?encoding=text", "two")):
            again = b.events(self.here + query, {"Last-Event-ID": last})
            self.assertEqual(again.next()["data"]["data"], data)
            again.close()
        b.call("GET", f"{self.here}?encoding=hex", status=400)
        b.call("GET", f"{self.here}?on_overflow=wait", status=400)

    def test_a_client_resumes_even_if_it_has_got_no_message(self):
        a, b = self.joined()
        other = b.events(self.here)
        a.call("POST", f"{self.here}?to={b.name()}", b"before", status=204)
        other.next()  # may arrive only after the POST's answer
        stream = b.events(self.here)
        soon(lambda: stream.last_id, "the stream begins with an ID")
        stream.close()
        a.call("POST", f"{self.here}?to={b.name()}", b"between", status=204)
        again = b.events(f"{self.here}?encoding=text", {"Last-Event-ID": stream.last_id})
        self.assertEqual(again.next()["data"]["data"], "between")

    def test_a_slow_client_is_told_how_many_messages_it_has_lost(self):
        a, b = self.joined()
        slow = b.events(self.here, buffer=65536)
        for _ in range(60):
            a.call("POST", f"{self.here}?to={b.name()}", bytes(200_000), status=204)
        a.call("POST", f"{self.here}?to={b.name()}", b"last", status=204)
        slow.read_on()
        lost, got = 0, []
        while not got or got[-1] != "bGFzdA==":
            event = slow.next()
            if event["event"] == "overflow":
                lost += event["data"]["lost"]
            else:
                got.append(event["data"]["data"])
        self.assertGreater(lost, 0)
        self.assertEqual(lost + len(got), 61)

    def test_a_channel_that_was_left_meanwhile_resets_its_clients(self):
        a, b = self.joined()
        stream = b.events(self.here)
        a.call("POST", f"{self.here}?to={b.name()}", b"one", status=204)
        last = stream.next()["id"]
        b.call("DELETE", "/v1/channels/chat", status=204)
        self.assertTrue(stream.ended.wait(10))
        b.call("PUT", "/v1/channels/chat", status=201)
        stream = b.events(self.here)
        for text in (b"two", b"three"):
            a.call("POST", f"{self.here}?to={b.name()}", text, status=204)
            stream.next()
        self.assertEqual(b.events(self.here, {"Last-Event-ID": last}).next()["event"], "reset")

    def test_streams_are_counted_and_limited(self):
        a = self.node("--max-streams=2")
        one, two = a.events("/v1/events"), a.events("/v1/kv-events")
        one.until("snapshot")
        two.until("snapshot")
        self.assertEqual(a.call("GET", "/v1/events", status=503).code, "too_many_streams")
        one.close()
        soon(lambda: b"cafmesh_event_streams 1\n" in a.call("GET", "/metrics").body, "the stream is gone")
        a.events("/v1/events").until("snapshot")


class Conditions(MeshdTest):
    def test_a_write_is_seen_by_the_next_read(self):
        a = self.node()

        def write_and_read(worker):
            for i in range(100):
                value = f"{worker}-{i}".encode()
                etag = a.call("PUT", f"/v1/kv/ryw/{worker}", value).headers["ETag"]
                got = a.call("GET", f"/v1/kv/ryw/{worker}", status=200)
                assert (got.body, got.headers["ETag"]) == (value, etag)
            return True
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertTrue(all(pool.map(write_and_read, range(8))))

    def test_of_concurrent_conditional_writes_one_wins(self):
        a = self.node()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            put = lambda i: a.call("PUT", "/v1/kv/once", str(i).encode(), {"If-None-Match": "*"})
            answers = list(pool.map(put, range(16)))
        self.assertEqual(sorted(x.status for x in answers), [201] + 15 * [412])
        etag = a.call("GET", "/v1/kv/once").headers["ETag"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            put = lambda i: a.call("PUT", "/v1/kv/once", str(i).encode(), {"If-Match": etag})
            answers = list(pool.map(put, range(16)))
        self.assertEqual(sorted(x.status for x in answers), [204] + 15 * [412])
        a.call("DELETE", "/v1/kv/once", headers={"If-Match": etag}, status=412)
        a.call("DELETE", "/v1/kv/once", headers={"If-Match": "*"}, status=204)
        a.call("PUT", "/v1/kv/once", b"x", {"If-Match": "*"}, status=412)

    def test_a_blocking_read_ends_with_the_change_or_304(self):
        a, b = self.line(2)
        etag = a.call("PUT", "/v1/kv/block", b"1", status=201).headers["ETag"]
        soon(lambda: b.call("GET", "/v1/kv/block").status == 200, "the value arrives")
        began = time.monotonic()
        b.call("GET", "/v1/kv/block?wait=300ms", headers={"If-None-Match": etag}, status=304)
        self.assertGreater(time.monotonic() - began, 0.25)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = pool.submit(b.call, "GET", "/v1/kv/block?wait=10s", headers={"If-None-Match": etag})
            absent = pool.submit(b.call, "GET", "/v1/kv/absent?wait=10s", headers={"If-None-Match": "*"})
            time.sleep(0.2)
            a.call("PUT", "/v1/kv/block", b"2", status=204)
            self.assertEqual(waiting.result().body, b"2")
            a.call("PUT", "/v1/kv/absent", b"3", status=201)
            self.assertEqual(absent.result().body, b"3")
            waiting = pool.submit(b.call, "GET", "/v1/kv/block?wait=10s",
                                  headers={"If-None-Match": waiting.result().headers["ETag"]})
            time.sleep(0.2)
            a.call("DELETE", "/v1/kv/block", status=204)
            self.assertEqual(waiting.result().status, 404)
        for wait in ("x", "61s", "-1s"):
            b.call("GET", f"/v1/kv/block?wait={wait}", headers={"If-None-Match": etag}, status=400)


    def test_blocking_reads_of_counters_and_sets_end_with_the_change_or_304(self):
        a, b = self.line(2)
        for path, change in (("/v1/counters/n", lambda: a.call("POST", "/v1/counters/n", {"add": 2}, status=200)),
                             ("/v1/sets/s", lambda: a.call("PUT", "/v1/sets/s/x", status=204))):
            etag = b.call("GET", path, status=200).headers["ETag"]
            for tag in (etag, "*"):
                self.assertEqual(b.call("GET", path, headers={"If-None-Match": tag}, status=304).headers["ETag"], etag)
            began = time.monotonic()
            b.call("GET", f"{path}?wait=300ms", headers={"If-None-Match": etag}, status=304)
            self.assertGreaterEqual(time.monotonic() - began, 0.3)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                waiting = pool.submit(b.call, "GET", f"{path}?wait=20s", headers={"If-None-Match": etag})
                time.sleep(0.3)
                self.assertFalse(waiting.done())
                change()
                got = waiting.result()
            self.assertEqual(got.status, 200)
            self.assertNotEqual(got.headers["ETag"], etag)
            self.assertEqual(b.call("GET", f"{path}?wait=20s", headers={"If-None-Match": etag}, status=200).json, got.json)
        self.assertEqual(got.json["elements"], ["x"])

    def test_a_stop_does_not_wait_for_blocking_reads(self):
        a = self.node()
        etag = a.call("GET", "/v1/counters/n", status=200).headers["ETag"]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waiting = pool.submit(a.raw, "GET", "/v1/counters/n?wait=30s", None, {"If-None-Match": etag})
            time.sleep(0.3)
            began = time.monotonic()
            self.assertEqual(a.stop(), 0)
            self.assertLess(time.monotonic() - began, 10)
            self.assertIsNotNone(waiting.exception() or waiting.result())


class Sockets(MeshdTest):
    def test_a_socket_sends_and_receives(self):
        a, b = self.line(2)
        names = [a.name(), b.name()]
        path = "/v1/channels/chat/socket"
        self.assertEqual(WebSocket(a, path).status, 404)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        one, two = WebSocket(a, path), WebSocket(b, path)
        self.assertEqual((one.status, two.status), (101, 101))
        one.send(json.dumps({"to": names[1]}))
        one.send(b"\x00hello")
        self.assertEqual(json.loads(two.receive()), {"from": names[0], "unicast": True})
        self.assertEqual(two.receive(), b"\x00hello")
        two.send("{}")
        two.send(b"to all")
        self.assertEqual(json.loads(one.receive()), {"from": names[1], "unicast": False})
        self.assertEqual(one.receive(), b"to all")
        one.send(json.dumps({"to": "00:00:00:00:00:0f"}))
        one.send(b"x")
        self.assertEqual(json.loads(one.receive())["error"]["code"], "no_route")
        one.send("nonsense")
        self.assertEqual(json.loads(one.receive())["error"]["code"], "bad_header")
        a.call("DELETE", "/v1/channels/chat", status=204)
        self.assertIsNone(one.receive())
        self.assertEqual(one.close_code, 1001)
        b.signal(signal.SIGTERM)
        self.assertIsNone(two.receive())
        self.assertEqual(two.close_code, 1001)

    def test_a_slow_reader_gets_whole_messages_and_learns_what_it_has_lost(self):
        a, b = self.line(2)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        one, slow = (WebSocket(x, "/v1/channels/chat/socket", buffer=65536) for x in (a, b))
        name, sent, got, lost = a.name(), 50_000, 0, 0
        message = one.frame(json.dumps({"to": b.name()})) + one.frame(b"x" * 100)
        for _ in range(sent // 1000):
            one.socket.sendall(1000 * message)
        one.send(json.dumps({"to": "00:00:00:00:00:0f"}))
        one.send(b"x")
        self.assertIn("error", json.loads(one.receive()))  # so all messages have been sent
        a.call("PUT", "/v1/kv/after", b"x", status=201)
        soon(lambda: b.call("GET", "/v1/kv/after").status == 200, "b has got all that was sent before")
        while got + lost < sent:
            header = json.loads(slow.receive())
            if "lost" in header:
                lost += header["lost"]
            else:
                self.assertEqual((header["from"], slow.receive()), (name, b"x" * 100))
                got += 1
        self.assertGreater(lost, 0)

    def test_a_frame_of_8_mib_arrives_and_a_larger_one_closes_the_socket(self):
        a, b = self.line(2)
        for x in (a, b):
            x.call("PUT", "/v1/channels/chat", status=201)
        one, two = (WebSocket(x, "/v1/channels/chat/socket") for x in (a, b))
        largest = os.urandom(8 << 20)
        one.send("{}")
        one.send(largest)
        self.assertEqual(json.loads(two.receive())["from"], a.name())
        self.assertTrue(two.receive() == largest)  # assertEqual would compare them for minutes
        one.send("{}")
        one.socket.sendall(one.head(2, len(largest) + 1) + bytes(4))
        self.assertIsNone(one.receive())
        self.assertEqual(one.close_code, 1009)

    def test_a_flood_takes_little_memory_while_a_neighbour_takes_nothing(self):
        if PATIENCE > 1:
            self.skipTest("sanitizers need memory of their own")
        for to, size in ((None, 0), (True, 0), (True, 1000), (None, 50_000)):
            a, b = self.line(2, "--patience=60s", "--stall-limit=60s")
            header = json.dumps({"to": b.name()} if to else {})
            for x in (a, b):
                x.call("PUT", "/v1/channels/chat", status=201)
            client = WebSocket(a, "/v1/channels/chat/socket")
            messages = (client.frame(header) + client.frame(bytes(size))) * (100_000 // (size + 50) + 1)
            b.suspend()
            before = a.memory()
            client.socket.settimeout(3)
            sent, end = 0, time.monotonic() + 5
            try:
                while time.monotonic() < end:
                    client.socket.sendall(messages)
                    sent += len(messages)
            except TimeoutError:
                pass  # it is read no further
            grown = (a.memory() - before) / 2**20
            self.assertGreater(sent, 1_000_000)
            self.assertLess(grown, 40, f"{sent} bytes of messages, each with {size} bytes, to {to or 'all'}")
            b.resume()

    def test_other_origins_get_no_socket(self):
        a = self.node()
        a.call("PUT", "/v1/channels/chat", status=201)
        self.assertEqual(WebSocket(a, "/v1/channels/chat/socket", ["Origin: http://evil.example"]).status, 403)


if __name__ == "__main__":
    main()
