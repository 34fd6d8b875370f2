#!/usr/bin/python3
"""Tests of the page in a browser with a mock of meshd: targets, channels, the store and tokens."""
from page_test import PageTest, run


class Targets(PageTest):
    def test_show_the_last_error_and_count_down_to_the_next_try(self):
        self.open_live("targets")
        self.wait_for_text("#targets-table tbody", "connection refused")
        left = lambda: next(x[3] for x in self.table("#targets-table") if x[0] == "down.example:6783")
        first = left()
        self.assertRegex(first, r"^in \d+ s$")
        self.page.wait(lambda: left() != first, "the countdown moves", 5)
        self.wait_for_text("#targets-badge", "2 failing")

    def test_can_be_added_and_forgotten(self):
        self.open_live("targets")
        self.page.type("#targets-address", "[::1]:7000 new.example:6783")
        self.page.click("#targets-form button")
        self.wait_for_text("#targets-table tbody", "[::1]:7000")
        self.assertEqual(self.mock.requests("POST", "/v1/targets")[0]["body"], '{"addresses":["[::1]:7000","new.example:6783"]}')
        self.page.click(self.row("#targets-table", "[::1]:7000") + " button")
        self.page.wait(lambda: "[::1]:7000" not in [x[0] for x in self.table("#targets-table")], "it is forgotten")
        self.assertEqual(self.mock.requests("DELETE")[0]["path"], "/v1/targets/%5B%3A%3A1%5D%3A7000")

    def test_only_those_that_a_user_gave_can_be_forgotten(self):
        self.open_live("targets")
        self.wait_for_text("#targets-table tbody", "10.9.9.9:6783")
        title = lambda address, what: self.page.js(
            "return document.querySelector(arguments[0]).querySelector(arguments[1])?.title ?? null",
            self.row("#targets-table", address) + " td:last-child", what)
        self.assertEqual(title("down.example:6783", "button"), "")
        self.assertIsNone(title("10.9.9.9:6783", "button"))
        self.assertIn("Only addresses that a user gave can be forgotten.", title("10.9.9.9:6783", "span"))
        self.page.type("#targets-address", "10.9.9.9:6783")
        self.page.click("#targets-form button")
        self.page.wait(lambda: title("10.9.9.9:6783", "button") == "", "it is the user's now")


class Channels(PageTest):
    def open_chat(self):
        self.open_live("channels")
        self.wait_for_text("#channel-title", "chat")
        self.wait_for_text("#messages-state", "live")

    def test_form_sends_to_everyone_and_the_list_shows_what_arrives(self):
        self.open_chat()
        self.page.type("#send-text", "hello ✓")
        self.page.click("#send-button")
        self.wait_for_text("#send-state", "sent to everyone")
        self.wait_for_text("#messages", "hello ✓")
        self.assertEqual(self.mock.requests("POST", "/messages")[0]["body"], "hello ✓")

    def test_form_sends_to_one_peer_and_tells_why_it_failed(self):
        self.open_chat()
        peers = {x["nickname"]: x for x in self.mock.get("v1/peers")["peers"]}
        self.page.type("#send-to", "ams-01")
        self.page.type("#send-text", "only you")
        self.page.click("#send-button")
        self.wait_for_text("#send-state", "handed to the next hop")
        self.assertIn(peers["ams-01"]["name"].replace(":", "%3A"), self.mock.requests("POST", "/messages")[0]["path"])
        self.page.type("#send-to", peers["lost-site"]["name"])
        self.page.type("#send-text", "nobody")
        self.page.click("#send-button")
        self.wait_for_text("#send-state", "No path leads to this peer. Wait until it is connected.")
        self.assertEqual(self.page.find("#send-text").get_property("value"), "nobody")

    def test_list_shows_hostile_messages_as_text_and_binary_ones_as_bytes(self):
        self.open_chat()
        self.mock.act("message", channel="chat", **{"from": "02:00:00:00:00:01"}, text="<img src=x>\u202egnp\u0007")
        self.wait_for_text("#messages", "binary data")
        self.mock.act("message", channel="chat", **{"from": "unheard-of"}, text="<script>\u202egnp", unicast=True)
        self.wait_for_text("#messages", "<script>\\u{202e}gnp")
        self.assertEqual(self.page.js("return document.images.length"), 0)

    def test_list_is_bounded(self):
        self.open_chat()
        for i in range(260):
            self.mock.act("message", channel="chat", **{"from": "x"}, text=f"number {i}")
        self.wait_for_text("#messages", "number 259")
        self.assertEqual(self.page.js("return document.querySelector('#messages').children.length"), 200)

    def test_can_be_joined_and_left(self):
        self.open_chat()
        self.page.type("#channels-join-name", "a/b c")
        self.page.click("#channels-join button")
        self.wait_for_text("#channel-title", "a/b c")
        self.wait_for_text("#messages-state", "live")
        self.assertEqual(self.mock.requests("PUT")[0]["path"], "/v1/channels/a%2Fb%20c")
        self.page.click("#channel-toggle")
        self.wait_for_text("#channel-hint", "Join the channel to send messages")
        self.assertFalse(self.page.find("#channel-talk").is_displayed())

    def test_without_a_joined_one_the_page_says_how_to_begin(self):
        self.mock.act("channel", name="chat", joined=False, surrogate=True)
        self.open_live("channels")
        self.page.wait("document.querySelectorAll('#channels-list li').length > 0", "the list")
        self.assertEqual(self.page.text("#channel-title"), "No channel selected")
        self.assertIn("Join a channel to send messages", self.page.text("#channel-hint"))
        self.assertEqual([x.is_displayed() for x in self.page.find_all("#send-form, #messages-clear, #channel-figures")], [False] * 3)
        self.page.type("#channels-join-name", "news")
        self.page.click("#channels-join button")
        self.wait_for_text("#channel-title", "news")
        self.page.wait("document.querySelector('#send-form').checkVisibility()", "the form")

    def test_joined_are_first_and_those_of_meshd_show_only_counters(self):
        self.mock.act("channel", name="a/joined/later", joined=True, surrogate=False)
        self.open_chat()
        names = self.page.js("return [...document.querySelectorAll('#channels-list button')].map(x => x.firstChild.textContent)")
        self.assertEqual(names, ["chat", "a/joined/later", "metrics", "meshd/kv", "topology"])
        self.page.click("#channels-list li:last-child button")
        self.wait_for_text("#channel-hint", "meshd uses this channel itself")
        self.assertEqual([x.is_displayed() for x in self.page.find_all("#send-form, #messages-clear, #channel-figures")], [False, False, True])
        self.assertEqual(self.page.find_all("#channel-figures dd")[0].text, "12")
        self.assertEqual(self.page.text("#channel-silent"), "Zero: unicasts dropped, refused, overrun, broken, surplus.")

    def test_in_use_by_meshd_cannot_be_joined(self):
        self.open_chat()
        self.page.type("#channels-join-name", "topology")
        self.page.click("#channels-join button")
        self.wait_for_text("#notice", "meshd uses this channel itself")


class Store(PageTest):
    def open_key(self, key):
        self.open_live("store")
        self.wait_for_text("#store-state", "live")
        self.page.wait(lambda: key in [x[0] for x in self.table("#store-table")], "the key is listed")
        self.page.click(self.row("#store-table", key) + " .row-button")
        self.wait_for_text("#entry-title", key)

    def value(self):
        return self.page.find("#entry-value").get_property("value")

    def stored(self, key):
        import urllib.request
        with urllib.request.urlopen(f"{self.mock.url}v1/kv/{key}") as answer:
            return answer.read().decode()

    def test_lists_keys_by_prefix_in_pages(self):
        self.open_live("store")
        self.page.wait(lambda: len(self.table("#store-table")) == 100, "the first page")
        self.page.click("#store-next")
        self.page.wait(lambda: len(self.table("#store-table")) == 33, "the second page")
        self.page.type("#store-prefix", "config/")
        self.page.click("#store-prefix-form button")
        self.page.wait(lambda: [x[0] for x in self.table("#store-table")] == ["config/limits", "config/motd"], "the prefix")

    def test_saves_an_edit_with_the_tag_that_was_read(self):
        self.open_key("config/motd")
        self.assertIn("Maintenance", self.value())
        self.page.type("#entry-value", "Nothing today.")
        self.page.click("#entry-save")
        self.wait_for_text("#entry-state", "saved")
        self.assertEqual(self.stored("config/motd"), "Nothing today.")

    def test_tells_of_a_conflict_and_lets_the_user_choose(self):
        self.open_key("config/motd")
        self.page.type("#entry-value", "mine")
        self.mock.act("kv", key="config/motd", value="theirs")
        self.wait_for_text("#entry-conflict", "Another writer has changed this entry")
        self.page.click("#entry-save")
        self.wait_for_text("#entry-conflict", "not the one that you opened")
        self.assertEqual(self.stored("config/motd"), "theirs")
        self.page.click("#entry-theirs")
        self.page.wait(lambda: self.value() == "theirs", "their value")
        self.page.type("#entry-value", "mine again")
        self.mock.act("kv", key="config/motd", value="theirs again")
        self.wait_for_text("#entry-conflict", "Another writer")
        self.page.click("#entry-mine")
        self.wait_for_text("#entry-state", "saved")
        self.assertEqual(self.stored("config/motd"), "mine again")

    def test_makes_and_deletes_an_entry(self):
        self.open_live("store")
        self.page.click("#store-new")
        self.page.type("#entry-key", "config/a new/key?")
        self.page.type("#entry-value", "v")
        self.page.click("#entry-save")
        self.wait_for_text("#entry-state", "saved")
        self.wait_for_text("#store-table", "config/a new/key?")
        self.assertEqual(self.mock.requests("PUT")[0]["path"], "/v1/kv/config%2Fa%20new%2Fkey%3F")
        self.page.click("#entry-delete")
        self.wait_for_text("#entry-delete", "Press again")
        self.page.click("#entry-delete")
        self.wait_for_text("#entry-title", "No key selected")
        self.page.wait(lambda: "config/a new/key?" not in self.page.text("#store-table"), "it is gone")

    def test_shows_what_others_write_and_an_open_entry_follows(self):
        self.open_key("config/motd")
        self.mock.act("kv", key="config/zzz", value="new")
        self.wait_for_text("#store-table", "config/zzz")
        self.mock.act("kv", key="config/motd", value="fresh")
        self.page.wait(lambda: self.value() == "fresh", "the open entry follows")
        self.assertEqual(self.page.js("return document.querySelector('#entry-conflict').hidden"), True)

    def test_values_with_invisible_characters_are_shown_with_these_and_not_edited(self):
        self.mock.act("kv", key="config/hidden", value="admin\u202e // nimda")
        self.open_key("config/hidden")
        self.assertEqual(self.value(), "admin\\u{202e} // nimda")
        self.assertFalse(self.page.find("#entry-save").is_enabled())

    def test_binary_values_are_shown_and_not_edited(self):
        self.open_key("certificates/leaf.der")
        self.assertIn("30 82 00 01", self.value())
        self.assertFalse(self.page.find("#entry-save").is_enabled())


class Tokens(PageTest):
    mock_options = ("--read-token", "reader", "--write-token", "writer")

    def enter(self, token):
        self.page.wait("document.querySelector('#token-dialog').open", "the dialog is open")
        self.page.type("#token-field", token)
        self.page.click("#token-dialog .primary")

    def test_page_asks_until_the_token_is_accepted_and_again_for_the_right_to_write(self):
        self.open("targets")
        self.enter("wrong")
        self.wait_for_text("#token-reason", "refused")
        self.enter("reader")
        self.wait_for_text("#page-state", "live")
        self.wait_for_text("#targets-table", "down.example")
        self.page.type("#targets-address", "a.example:1")
        self.page.click("#targets-form button")
        self.wait_for_text("#token-reason", "may not change anything")
        self.enter("writer")
        self.wait_for_text("#targets-table", "a.example:1")
        self.assertEqual(self.page.js("return [sessionStorage['meshd-token'], localStorage.length, document.cookie]"), ["writer", 0, ""])
        self.assertFalse([x for x in self.mock.requests() if "reader" in x["path"] or "writer" in x["path"]])

    def test_page_does_not_ask_again_by_itself_once_the_user_declined(self):
        self.page.js("sessionStorage.clear()") if self.page.driver.current_url.startswith("http") else None
        self.open()
        self.page.wait("document.querySelector('#token-dialog').open", "the dialog is open")
        self.page.click("#token-dialog button[value=cancel]")
        self.page.wait("!document.querySelector('#token-dialog').open", "the dialog is closed")
        asked = len(self.mock.requests("GET", "/v1/connections"))
        self.page.wait(lambda: len(self.mock.requests("GET", "/v1/connections")) > asked, "the page tries again", 15)
        self.assertFalse(self.page.js("return document.querySelector('#token-dialog').open"))
        self.page.click("#token-button")
        self.enter("reader")
        self.wait_for_text("#page-state", "live")


if __name__ == "__main__":
    run()
