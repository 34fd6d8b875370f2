#!/usr/bin/python3
"""Tests of HTTP requests to the actors of a CAF application two hops away. Each answer is checked against the API."""
import os
import subprocess
import time

from meshd import MeshdTest, main, soon

MEMBER = os.environ.get("CAFMESH_ACTORS_MEMBER", "actors_member")
NAMES = ["adder", "calculator", "fragile"]


class Actors(MeshdTest):
    def setUp(self):
        super().setUp()
        self.a, self.b = self.line(2)
        self.member = self.start_member("00:00:00:00:00:09")
        soon(lambda: self.names() == NAMES, "the names are known")

    def start_member(self, name):
        made = subprocess.Popen(
            [MEMBER, "--mesh.preset=loopback", "--mesh.discovery=false", "--mesh.host=127.0.0.1", "--mesh.port=0",
             f"--mesh.name={name}", f"--mesh.peers={self.b.address}"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(made.wait)
        self.addCleanup(made.kill)
        self.addCleanup(made.stdin.close)
        return made

    def names(self):
        return [x["name"] for x in self.a.get("/v1/actors")["actors"]]

    def ask(self, *message, name="calculator", status=200, **more):
        return self.a.call("POST", f"/v1/actors/{name}", {"message": list(message), **more}, status=status).json

    def test_published_actors_are_listed_with_their_interface(self):
        all_of_them = self.a.get("/v1/actors")["actors"]
        self.assertEqual({x["peer"] for x in all_of_them}, {"00:00:00:00:00:09"})
        self.assertEqual([len(x["interface"]) for x in all_of_them], [1, 0, 0])
        self.assertEqual([x["name"] for x in self.a.get("/v1/actors?prefix=ca")["actors"]], ["calculator"])

    def test_published_actors_are_listed_in_pages(self):
        other = self.start_member("00:00:00:00:00:0a")
        soon(lambda: len(self.names()) == 2 * len(NAMES), "the names of the other are known, too")
        seen, after = [], ""
        while after is not None:
            page = self.a.get(f"/v1/actors?limit=2&after={after}")
            self.assertLessEqual(len(page["actors"]), 2)
            seen += [f"{x['name']}@{x['peer']}" for x in page["actors"]]
            self.assertIn(page["next"], (seen[-1], None))
            after = page["next"]
        self.assertEqual(seen, [f"{x}@00:00:00:00:00:0{i}" for x in NAMES for i in "9a"])
        behind = self.a.get("/v1/actors?after=adder")["actors"]
        self.assertEqual([x["name"] for x in behind], ["calculator", "calculator", "fragile", "fragile"])
        self.assertEqual(self.a.get("/v1/actors?prefix=add&after=adder"), {"actors": [], "next": None})
        other.kill()

    def test_an_actor_answers(self):
        self.assertEqual(self.ask("add", 40, 2), {"answer": [42]})
        self.assertEqual(self.ask(40, 2, name="adder"), {"answer": [42]})
        self.assertEqual(self.ask("answer nothing"), {"answer": []})

    def test_each_basic_type_goes_there_and_back(self):
        sent = [True, {"i8": -128}, {"i16": -32768}, -1, -2**40, {"u8": 255}, {"u16": 65535}, {"u32": 2**32 - 1},
                {"u64": 2**64 - 1}, {"f32": 0.5}, 1e100, "größe\0"]
        self.assertEqual(self.ask(*sent)["answer"], [list(x.values())[0] if isinstance(x, dict) else x for x in sent])

    def test_an_unknown_name_is_not_found(self):
        self.assertEqual(self.ask(1, name="typewriter", status=404)["code"], "unknown_name")

    def test_a_message_without_a_handler_is_refused(self):
        for name, message in (("calculator", [1]), ("calculator", ["add", 1, {"i64": 2}]), ("adder", ["x"])):
            problem = self.ask(*message, name=name, status=400)
            self.assertEqual(problem["code"], "no_handler")
            self.assertIn("i64", problem["hint"])

    def test_an_error_of_the_actor_is_passed_on(self):
        problem = self.ask("fail", status=502)
        self.assertEqual(problem["code"], "actor_failed")
        self.assertIn("out of paper", problem["detail"])
        self.assertEqual(self.ask("multiply", 1, 2, status=502)["code"], "actor_failed")
        # An error from the actor is reported as the actor's, even if it has an error code of the mesh.
        self.assertEqual(self.ask("fail like the mesh", status=502)["code"], "actor_failed")
        self.assertEqual(self.ask("answer with a time", status=502)["code"], "no_basic_value")

    def test_an_actor_that_throws_has_ended(self):
        self.assertEqual(self.ask("throw", name="fragile", status=502)["code"], "ended")
        soon(lambda: self.names() == NAMES[:2], "the name is gone")
        self.assertEqual(self.ask("throw", name="fragile", status=404)["code"], "unknown_name")
        self.assertEqual(self.ask("add", 1, 1), {"answer": [2]})

    def test_an_actor_that_is_silent_runs_out_of_time(self):
        began = time.monotonic()
        problem = self.ask("be silent", timeout_seconds=0.3, status=504)
        self.assertEqual(problem["code"], "timed_out")
        self.assertIn("may have been carried out", problem["hint"])
        self.assertLess(time.monotonic() - began, 5)

    def test_a_request_ends_when_the_application_is_killed(self):
        self.member.kill()
        answer = self.a.call("POST", "/v1/actors/calculator", {"message": ["be silent"], "timeout_seconds": 20})
        self.assertIn((answer.status, answer.code), [(502, "left"), (502, "lost"), (404, "unknown_name")])
        soon(lambda: self.names() == [], "the names are gone")

    def test_a_member_that_returns_is_asked_again(self):
        self.member.stdin.close()
        self.assertEqual(self.member.wait(10), 0)
        soon(lambda: self.names() == [], "the names are gone")
        self.start_member("00:00:00:00:00:0a")
        soon(lambda: self.names() == NAMES, "the names are back")
        self.assertEqual(self.ask("add", 1, 2), {"answer": [3]})


if __name__ == "__main__":
    main()
