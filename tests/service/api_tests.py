#!/usr/bin/python3
"""Tests every path of meshd's API on three nodes, and checks each answer against the API's description."""
import base64
import re
import subprocess
import urllib.parse

from meshd import MeshdTest, description, main, soon
from web_socket import WebSocket

# What a browser lets the page do. tests/service/page/mock_server.mjs has the same.
PAGE_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
               "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
MISSING = "00:00:00:00:00:0f"


class Api(MeshdTest):
    def test_every_path_answers_as_described(self):
        self.abc = self.line(3)
        self.a, self.b, self.c = self.abc
        self.names = [f"00:00:00:00:00:0{i}" for i in (1, 2, 3)]
        for part in (self.node_and_health, self.peers_and_connections, self.targets, self.channels, self.kv,
                     self.counters, self.sets, self.streams, self.actors, self.metrics):
            with self.subTest(part.__name__):
                part()
        self.assertEqual(description().unused(), [])
        self.unknown_query_parameters()

    def unknown_query_parameters(self):
        """Each operation refuses a parameter that it does not have, and says which it has."""
        document = description().document

        def resolved(x):
            return document["components"]["parameters"][x["$ref"].rsplit("/", 1)[1]] if "$ref" in x else x
        for path, item in document["paths"].items():
            for method in (x for x in item if x != "parameters"):
                parameters = [resolved(x) for x in item.get("parameters", []) + item[method].get("parameters", [])]
                for x in parameters:
                    if x["in"] == "path":
                        path = path.replace("{%s}" % x["name"], urllib.parse.quote(x["example"]))
                with self.subTest(f"{method} {path}"):
                    body = "{}" if "requestBody" in item[method] else None
                    refused = self.a.raw(method.upper(), f"{path}?prefx=1", body, {"Content-Type": "application/json"})
                    self.assertEqual((refused.status, refused.code), (400, "bad_query"))
                    description().validate_as("Problem", refused.json)
                    self.assertIn(" prefx.", refused.json["detail"])
                    known = [x["name"] for x in parameters if x["in"] == "query"]
                    self.assertIn(f" {', '.join(known)}." if known else "none", refused.json["hint"])

    def node_and_health(self):
        node = self.a.get("/v1/node")
        self.assertEqual((node["name"], node["nickname"], node["flavour"]), (self.names[0], "a", "mac"))
        self.assertEqual(node["mesh_address"], self.a.address)
        self.assertGreater(node["uptime_seconds"], 0)
        self.assertEqual(self.a.get("/v1/status")["Name"], self.names[0])
        for x in self.abc:
            self.assertEqual(x.get("/livez"), {"ok": True, "reasons": []})
            self.assertEqual(x.get("/readyz?wait=5s"), {"ok": True, "reasons": []})
        lonely = self.node("--peers=127.0.0.1:1")
        self.assertEqual(lonely.get("/readyz", status=503)["reasons"],
                         ["no peer is connected; GET /v1/targets says why"])
        self.assertTrue(lonely.get("/livez")["ok"])
        self.assertEqual(self.a.get("/v1/openapi.json"), description().document)
        page = self.a.raw("GET", "/")
        self.assertEqual((page.status, page.type), (200, "text/html; charset=utf-8"))
        self.assertEqual(page.headers["Content-Security-Policy"], PAGE_POLICY)
        script = re.search(r'"/?(assets/[^"]+\.js)"', page.body.decode()).group(1)
        self.assertIn("immutable", self.a.raw("GET", f"/{script}").headers["Cache-Control"])
        nothing = self.a.raw("GET", "/v1/nothing").json
        description().validate_as("Problem", nothing)
        self.assertEqual((nothing["code"], nothing["hint"]), ("no_such_path", "/v1/openapi.json lists the paths."))
        answer = self.a.raw("PATCH", "/v1/node")
        self.assertEqual((answer.status, answer.code), (405, "method_not_allowed"))
        self.assertIn("GET", answer.headers["Allow"])
        description().validate_as("Problem", answer.json)

    def peers_and_connections(self):
        topology = self.a.get("/v1/topology")
        self.assertEqual([x["name"] for x in topology["peers"]], self.names)
        self.assertEqual([x["self"] for x in topology["peers"]], [True, False, False])
        links = {(p["name"], c["peer"]) for p in topology["peers"] for c in p["connections"]}
        a, b, c = self.names
        self.assertEqual(links, {(a, b), (b, a), (b, c), (c, b)})
        peers = {x["name"]: x for x in self.a.get("/v1/peers")["peers"]}
        self.assertEqual(peers[c]["hops_next"], b)
        self.assertEqual(self.a.get(f"/v1/peers/{c}"), peers[c])
        self.assertEqual(self.a.call("GET", f"/v1/peers/{MISSING}", status=404).code, "no_such_peer")
        self.assertEqual(self.a.call("GET", "/v1/peers/nonsense", status=400).code, "bad_peer_name")
        round_trip = self.a.call("POST", f"/v1/peers/{c}/ping", status=200).json["round_trip_seconds"]
        self.assertTrue(0 < round_trip < 5, round_trip)
        self.assertEqual(self.a.call("POST", f"/v1/peers/{a}/ping", status=400).code, "own_name")
        self.assertEqual(self.a.call("POST", f"/v1/peers/{MISSING}/ping").code, "no_route")
        connection, = self.a.get("/v1/connections")["connections"]
        self.assertEqual((connection["peer"], connection["outbound"], connection["established"]), (b, False, True))
        self.assertGreater(connection["traffic"]["bytes_in"], 0)
        self.assertEqual([x["reason"] for x in self.a.get("/v1/peers")["peers"]], [None] * 3)
        routes = self.a.get("/v1/routes")
        self.assertIn({"destination": c, "via": b}, routes["unicast"])
        self.assertIn({"source": a, "via": [b]}, routes["broadcast"])

    def targets(self):
        address = self.a.address
        self.assertEqual(self.b.get("/v1/targets")["targets"][0]["state"], "connected")
        self.c.call("POST", "/v1/targets", {"addresses": [address]}, status=202)
        soon(lambda: any(x["address"] == address and x["wanted"] for x in self.c.get("/v1/targets")["targets"]),
             "the target is there")
        self.c.call("DELETE", f"/v1/targets/{address}", status=204)
        soon(lambda: not any(x["address"] == address and x["wanted"] for x in self.c.get("/v1/targets")["targets"]),
             "the target is forgotten")
        self.assertEqual(self.c.call("DELETE", f"/v1/targets/{address}", status=404).code, "no_such_target")
        self.assertEqual(self.c.call("DELETE", "/v1/targets/:::", status=400).code, "bad_address")
        self.c.call("POST", "/v1/targets", {"addresses": ["127.0.0.9"]}, status=202)
        listed, = (x["address"] for x in self.c.get("/v1/targets")["targets"] if x["address"].startswith("127.0.0.9:"))
        self.c.call("DELETE", f"/v1/targets/{listed}", status=204)
        self.c.call("DELETE", f"/v1/targets/{listed}", status=404)
        for body in ({}, {"addresses": []}, {"addresses": [1]}, {"addresses": "x"}, {"addresses": ["x"], "y": 1}, []):
            self.assertEqual(self.c.call("POST", "/v1/targets", body, status=400).code, "bad_body", body)
        self.assertEqual(self.c.call("POST", "/v1/targets", {"addresses": [":::"]}, status=400).code, "bad_address")
        for kind, code in (("text/plain", "content_type_refused"),
                           ("application/x-www-form-urlencoded", "content_type_refused"),
                           ("application/octet-stream", "unsupported_media_type")):
            answer = self.c.call("POST", "/v1/targets", b"{}", {"Content-Type": kind}, status=415)
            self.assertEqual(answer.code, code)
        self.c.call("POST", "/v1/targets", b"{", {"Content-Type": "application/json"}, status=400)

    def channels(self):
        a, b, c = self.abc
        self.assertEqual(a.call("PUT", "/v1/channels/chat", status=201).body, b"")
        a.call("PUT", "/v1/channels/chat", status=200)
        c.call("PUT", "/v1/channels/chat", status=201)
        self.assertEqual(a.call("PUT", "/v1/channels/kv", status=409).code, "duplicate_channel")
        # A client in the channel of a counter would keep this node from having that counter.
        for name in ("counters%2Fz", "sets%2Fz"):
            self.assertEqual(a.call("PUT", f"/v1/channels/{name}", status=409).code, "reserved_channel")
        a.call("POST", "/v1/counters/z", {"add": 1}, status=200)
        self.assertNotIn("joins it", a.call("DELETE", "/v1/channels/kv", status=404).json["hint"])
        mine = {x["name"]: x for x in a.get("/v1/channels")["channels"]}
        self.assertEqual((mine["chat"]["joined"], mine["kv"]["joined"]), (True, False))
        arrived = c.events("/v1/channels/chat/messages")
        as_text = c.events("/v1/channels/chat/messages?encoding=text")
        self.assertEqual((arrived.status, as_text.status), (200, 200))
        here = "/v1/channels/chat/messages"
        a.call("POST", f"{here}?to={self.names[2]}", b"\xffhello", status=204)
        message = arrived.until("message")["data"]
        description().validate_as("ChannelMessage", message)
        self.assertEqual(message, {"from": self.names[0], "unicast": True,
                                   "data": base64.b64encode(b"\xffhello").decode()})
        self.assertEqual(as_text.until("message")["data"]["data"], "\ufffdhello")
        a.call("POST", here, b"to all", status=202)
        message = arrived.until("message")["data"]
        self.assertEqual((message["unicast"], base64.b64decode(message["data"])), (False, b"to all"))
        self.assertEqual(a.call("POST", f"{here}?to={MISSING}", b"x", status=502).code, "no_route")
        self.assertEqual(a.call("POST", f"{here}?to=me", b"x", status=400).code, "bad_peer_name")
        self.assertEqual(b.call("POST", here, b"x", status=404).code, "not_joined")
        a.call("POST", here, b"x", {"Content-Type": "text/plain"}, status=415)
        big = b"x" * (8 * 1024 * 1024 + 1)
        self.assertEqual(a.call("POST", here, big, status=413).code, "too_large")
        b.call("GET", here, status=404)
        a.call("DELETE", "/v1/channels/chat", status=204)
        self.assertEqual(a.call("DELETE", "/v1/channels/chat", status=404).code, "not_joined")
        a.call("PUT", "/v1/channels/chat", status=201)
        name = urllib.parse.quote("größe/1", safe="")
        a.call("PUT", f"/v1/channels/{name}", status=201)
        self.assertIn("größe/1", [x["name"] for x in a.get("/v1/channels")["channels"]])
        a.call("PUT", "/v1/channels/" + "x" * 1025, status=400)
        arrived.close()
        as_text.close()

    def kv(self):
        a, b, c = self.abc
        answer = a.call("PUT", "/v1/kv/config/colour", b"blue", status=201)
        etag = answer.headers["ETag"]
        got = a.call("GET", "/v1/kv/config/colour", status=200)
        self.assertEqual((got.body, got.headers["ETag"]), (b"blue", etag))
        soon(lambda: c.call("GET", "/v1/kv/config/colour").status == 200, "the value arrives")
        self.assertEqual(c.call("GET", "/v1/kv/config/colour").headers["ETag"], etag)
        a.call("GET", "/v1/kv/config/colour", headers={"If-None-Match": etag}, status=304)
        a.call("PUT", "/v1/kv/config/colour", b"red", status=204)
        a.call("PUT", "/v1/kv/config/colour", b"no", {"If-Match": etag}, status=412)
        a.call("PUT", "/v1/kv/config/size", b"", {"If-None-Match": "*"}, status=201)
        a.call("PUT", "/v1/kv/config/size", b"", {"If-None-Match": "*"}, status=412)
        a.call("PUT", "/v1/kv/" + urllib.parse.quote("grün/%"), b"1", status=201)
        page = a.get("/v1/kv?prefix=config/&limit=1&values=true")
        self.assertEqual((page["entries"][0]["key"], page["next"]), ("config/colour", "config/colour"))
        self.assertEqual(base64.b64decode(page["entries"][0]["value"]), b"red")
        page = a.get("/v1/kv?prefix=config/&after=config/colour")
        self.assertEqual(([x["key"] for x in page["entries"]], page["next"]), (["config/size"], None))
        self.assertIn("grün/%", [x["key"] for x in a.get("/v1/kv")["entries"]])
        for query in ("limit=0", "limit=1001", "limit=x", "values=2"):
            self.assertEqual(a.call("GET", f"/v1/kv?{query}", status=400).code, "bad_query", query)
        a.call("DELETE", "/v1/kv/config/size", status=204)
        self.assertEqual(a.call("DELETE", "/v1/kv/config/size", status=404).code, "no_such_key")
        self.assertEqual(a.call("GET", "/v1/kv/config/size", status=404).code, "no_such_key")
        self.assertEqual(a.call("PUT", "/v1/kv/x", b"x" * (1024 * 1024 + 1), status=413).code, "too_large")
        self.assertEqual(a.call("PUT", "/v1/kv/" + "k" * 4097, b"x", status=413).code, "too_large")
        longest, header = "/v1/kv/" + "%6b" * 4096, {"X": "x" * 8000}
        a.call("PUT", longest, b"x", header, status=201)
        for prefix in ("k", "%6b" * 4096):
            page = a.get(f"/v1/kv?limit=1000&prefix={prefix}&after={'%6b' * 4095}&values=true")
            self.assertEqual(page["entries"][0]["key"], "k" * 4096)
        a.call("PUT", "/v1/sets/" + "%73" * 255 + "/" + "%6b" * 4096 + "?durable=false", status=204)
        self.assertEqual(a.call("GET", longest + "%6b" * 4500, status=414).code, "uri_too_long")
        self.assertEqual(a.call("GET", "/v1/kv/x", headers={"X": "x" * 8192}, status=431).code, "headers_too_large")
        a.call("PUT", "/v1/kv/%ff", b"x", status=400)
        a.call("PUT", "/v1/kv/x", b"x", {"Content-Type": "text/plain"}, status=415)

    def counters(self):
        a, _, c = self.abc
        here = "/v1/counters/visits"
        self.assertEqual(a.call("POST", here, {"add": 5}, status=200).json, {"value": 5})
        self.assertEqual(a.call("POST", here, {"add": 0}, status=200).json, {"value": 5})
        c.call("POST", here, {"add": 7}, status=200)
        for x in self.abc:
            soon(lambda n=x: n.get(here)["value"] == 12, "all agree")
        for body in ({}, {"add": -1}, {"add": "1"}, {"add": 1.5}, {"add": 2**32}, {"add": 1, "x": 1}):
            self.assertEqual(a.call("POST", here, body, status=400).code, "bad_body", body)
        a.call("POST", here, b"5", status=415)
        a.call("POST", "/v1/counters/visitors", {"add": 1}, status=200)
        self.assertEqual(a.get("/v1/counters?prefix=visi&limit=1"), {"counters": ["visitors"], "next": "visitors"})
        self.assertEqual(a.get("/v1/counters?prefix=visi&after=visitors"), {"counters": ["visits"], "next": None})
        self.assertEqual(a.get("/v1/counters?prefix=visits/"), {"counters": [], "next": None})

    def sets(self):
        a, _, c = self.abc
        here = "/v1/sets/fruit"
        a.call("PUT", f"{here}/apple", status=204)
        a.call("PUT", f"{here}/" + urllib.parse.quote("pear/grün"), status=204)
        soon(lambda: c.get(here)["elements"] == ["apple", "pear/grün"], "the elements arrive")
        c.call("GET", f"{here}/apple", status=204)
        c.call("DELETE", f"{here}/apple", status=204)
        c.call("DELETE", f"{here}/apple", status=204)
        soon(lambda: a.get(here) == {"elements": ["pear/grün"], "next": None}, "the removal arrives")
        self.assertEqual(a.call("GET", f"{here}/apple", status=404).code, "no_such_element")
        a.call("PUT", f"{here}/plum", status=204)
        self.assertEqual(a.get(f"{here}?limit=1"), {"elements": ["pear/grün"], "next": "pear/grün"})
        a.call("PUT", f"{here}/%ff", status=400)
        self.assertEqual(a.get("/v1/sets?prefix=fr"), {"sets": ["fruit"], "next": None})

    def streams(self):
        stream = self.a.events("/v1/events")
        snapshot = stream.next()
        self.assertEqual(snapshot["event"], "snapshot")
        description().validate_as("Topology", snapshot["data"])
        watched = self.a.events("/v1/kv-events?prefix=w/")
        self.assertEqual(watched.next()["data"], {"entries": [], "more": False})
        self.a.call("PUT", "/v1/kv/w/1", b"v", status=201)
        change = watched.next()
        description().validate_as("KvChange", change["data"])
        self.assertEqual((change["event"], change["data"]["key"], change["data"]["old_etag"]), ("put", "w/1", None))
        counter = self.a.events("/v1/counter-events/visits")
        self.assertEqual(counter.next()["data"], {"value": 12})
        self.c.call("POST", "/v1/counters/visits", {"add": 1}, status=200)
        event = counter.next()
        description().validate_as("CounterChange", event["data"])
        self.assertEqual((event["event"], event["data"]), ("change", {"value": 13, "old_value": 12}))
        fruit = self.a.events("/v1/set-events/fruit")
        self.assertEqual(fruit.next()["data"], {"elements": ["pear/grün", "plum"], "more": False})
        self.c.call("DELETE", "/v1/sets/fruit/plum", status=204)
        event = fruit.next()
        description().validate_as("SetChange", event["data"])
        self.assertEqual((event["event"], event["data"]), ("remove", {"element": "plum"}))
        both_ways = WebSocket(self.a, "/v1/channels/chat/socket")
        self.assertEqual(both_ways.status, 101)
        for x in (stream, watched, counter, fruit, both_ways):
            x.close()

    def actors(self):
        self.assertEqual(self.a.get("/v1/actors"), {"actors": [], "next": None})
        here = "/v1/actors/calculator"
        self.assertEqual(self.a.call("POST", here, {"message": [1]}, status=404).code, "unknown_name")
        for body in ({}, {"message": []}, {"message": [None]}, {"message": [{"u9": 1}]}, {"message": [{"i8": 300}]},
                     {"message": [1], "timeout_seconds": 0}, {"message": [1], "timeout_seconds": 61}):
            self.assertEqual(self.a.call("POST", here, body, status=400).code, "bad_body", body)

    def metrics(self):
        text = self.a.call("GET", "/metrics", status=200).body.decode()
        for expected in ("cafmesh_peers 3", 'cafmesh_connection_received_bytes_total{neighbour="00:00:00:00:00:02"}',
                         'cafmesh_channel_unicasts_sent_total{channel="chat"}', "cafmesh_build_info{",
                         "process_resident_memory_bytes", "cafmesh_kv_entries",
                         'cafmesh_http_answers_total{status="201"}', 'cafmesh_http_answers_total{status="404"}'):
            self.assertIn(expected, text)
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
                                 timeout=30, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))
        for name in ("requests_total", "accepted_connections_total", "received_bytes_total", "sent_bytes_total",
                     "connections"):
            self.assertGreater(float(re.search(rf"^cafmesh_http_{name} (\S+)$", text, re.M).group(1)), 0, name)


if __name__ == "__main__":
    main()
