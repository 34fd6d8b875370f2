#!/usr/bin/python3
"""Tests of the page in a browser with a mock of meshd: event streams that break."""
from page_test import PageTest, run


class BrokenStreams(PageTest):
    def test_page_says_that_it_reconnects_and_resumes_after_the_last_event(self):
        self.open_live()
        self.mock.act("join", nickname="before")
        self.wait_for_text("#peers-table", "before")
        last = self.page.js("return meshd.live.connections.length > 0")
        self.assertTrue(last)
        self.mock.act("drop", refuse_seconds=2)
        self.wait_for_text("#page-state", "reconnecting")
        self.mock.act("join", nickname="meanwhile")
        self.wait_for_text("#page-state", "live")
        self.wait_for_text("#peers-table", "meanwhile")
        ids = [x["last_event_id"] for x in self.mock.requests("GET", "/v1/events")]
        self.assertIsNone(ids[0])
        self.assertRegex(ids[-1], r"^[0-9a-f]+-\d+$")
        self.page.js("location.hash = 'events'")
        self.wait_for_text("#events-log", "meanwhile")
        kinds = self.page.js("return [...document.querySelectorAll('#events-log .kind')].map(x => x.dataset.kind)")
        self.assertEqual((kinds.count("snapshot"), kinds.count("reset")), (1, 0))

    def test_page_reads_the_mesh_again_after_the_node_restarted(self):
        self.open_live()
        self.mock.act("restart")
        self.page.js("location.hash = 'events'")
        self.wait_for_text("#events-log", "the node restarted")
        self.wait_for_text("#page-state", "live")
        self.mock.act("join", nickname="afterwards")
        self.wait_for_text("#events-log", "afterwards")

    def test_log_of_events_is_bounded(self):
        self.open_live("events")
        peers = [self.mock.act("join", nickname=f"p{i}")["name"] for i in range(260)]
        self.wait_for_text("#events-log", "p259")
        self.page.wait("document.querySelector('#events-log').children.length === 500", "the log is full")
        self.assertEqual(len(peers), 260)

    def test_streams_of_messages_and_keys_resume_too(self):
        self.open_live("channels")
        self.wait_for_text("#messages-state", "live")
        self.mock.act("message", channel="chat", **{"from": "x"}, text="one")
        self.wait_for_text("#messages", "one")
        self.mock.act("drop", refuse_seconds=1)
        self.mock.act("message", channel="chat", **{"from": "x"}, text="two")
        self.wait_for_text("#messages", "two")

    def hide(self, hidden):
        self.page.js("Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });"
                     "document.dispatchEvent(new Event('visibilitychange'))", hidden)

    def test_hidden_page_gives_up_its_streams_and_resumes_them(self):
        self.open_live("channels")
        self.wait_for_text("#messages-state", "live")
        self.assertEqual(self.mock.act("streams")["streams"], 2)
        self.hide(True)
        self.page.wait(lambda: self.mock.act("streams")["streams"] == 0, "no stream is left")
        self.mock.act("join", nickname="unseen")
        self.hide(False)
        self.wait_for_text("#last-event", "routes changed")
        self.wait_for_text("#peers-table", "unseen")
        self.assertRegex(self.mock.requests("GET", "/v1/events")[-1]["last_event_id"], r"-\d+$")

    def test_page_holds_at_most_two_streams(self):
        self.open_live("channels")
        self.wait_for_text("#messages-state", "live")
        self.page.js("location.hash = 'store'")
        self.wait_for_text("#store-state", "live")
        self.page.wait(lambda: self.mock.act("streams")["streams"] == 2, "events and keys")
        self.page.js("location.hash = 'mesh'")
        self.page.wait(lambda: self.mock.act("streams")["streams"] == 1, "events only")


if __name__ == "__main__":
    run()
