#!/usr/bin/python3
"""Tests of the page in a browser with a mock of meshd: texts for empty lists and for single items."""
from page_test import PageTest, run


class Empty(PageTest):
    def show_keys(self, prefix):
        self.page.type("#store-prefix", prefix)
        self.page.click("#store-prefix-form button")

    def test_one_key_is_no_keys(self):
        self.open_live("store")
        self.wait_for_text("#store-page", "100 keys")
        self.show_keys("config/motd")
        self.wait_for_text("#store-page", "1 key")
        self.assertEqual(self.page.text("#store-page"), "1 key")

    def test_a_table_without_rows_says_why(self):
        self.open_live("store")
        self.show_keys("none/")
        self.wait_for_text("#store-table caption", "No key begins with none/.")
        self.show_keys("config/")
        self.page.wait("document.querySelector('#store-table caption').hidden", "the note is gone")
        self.open_live("mesh")
        self.page.type("#peers-filter", "nobody of that name")
        self.wait_for_text("#peers-table caption", "No peer matches the filter.")

    def test_a_log_without_lines_says_so(self):
        self.open_live("events")
        note = "getComputedStyle(document.querySelector('#events-log + .explain')).display"
        self.page.wait(f"{note} === 'none'", "the log has lines")
        self.page.click("#events-clear")
        self.page.wait(f"{note} !== 'none'", "it says that there are none")

    def test_no_cell_is_blank(self):
        self.open_live("mesh")
        self.page.settled()
        for view, table in (("mesh", "#peers-table"), ("traffic", "#connections-table"), ("targets", "#targets-table"), ("store", "#store-table")):
            self.page.js("location.hash = arguments[0]", view)
            rows = self.page.wait(lambda x=table: self.table(x), f"{table} has rows")
            self.assertEqual([x for x in rows if "" in x], [], table)

    def test_one_lost_event_is_no_events(self):
        self.open_live("events")
        self.mock.act("overflow", lost=1)
        self.wait_for_text("#events-log", "1 event lost; the mesh was read again")


if __name__ == "__main__":
    run()
