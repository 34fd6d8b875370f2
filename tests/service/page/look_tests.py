#!/usr/bin/python3
"""Tests of accessibility and narrow screens of the page. Saves pictures of all views.

The pictures go to $CAFMESH_PAGE_PICTURES, or build/page_pictures.
"""
import os
import unittest

import browser
from page_test import PICTURES, VIEWS, PageTest, run

AXE = os.path.join(browser.PAGE, "node_modules/axe-core/axe.min.js")


class Look(PageTest):
    def prepare(self, view):
        """Opens a view and fills it with content."""
        self.open_live(view)
        if view == "mesh":
            self.page.settled()
            self.page.js("meshd.selection.set([...meshd.mesh.paths].at(-1)[0])")
        elif view == "traffic":
            self.page.wait("meshd.traffic.times.length > 2", "there are readings")
        elif view == "targets":
            self.wait_for_text("#targets-table", "waiting")
        elif view == "channels":
            self.wait_for_text("#messages-state", "live")
            for i, text in enumerate(("Leaving at six.", "Disk is full on fra-07", '{"load": 0.4}')):
                self.mock.act("message", channel="chat", text=text, unicast=i == 1, **{"from": self.mock.get("v1/peers")["peers"][i]["name"]})
            self.wait_for_text("#messages", "load")
        elif view == "store":
            self.page.wait(lambda: self.table("#store-table"), "keys")
            self.page.click("#store-table tbody tr:nth-child(3) .row-button")
            self.page.wait("!document.querySelector('#entry-form').hidden", "the entry is open")
        elif view == "warnings":
            self.page.wait("!document.querySelector('#warnings-button').hidden", "there is a warning")
            self.page.click("#warnings-button")
        elif view == "events":
            name = self.mock.act("join", nickname="short-lived")["name"]
            self.mock.act("kill", name=name)
            self.wait_for_text("#events-log", "peer left")

    def serious(self):
        with open(AXE, encoding="utf-8") as file:
            self.page.js(file.read())
        found = self.page.later("const done = arguments[0]; axe.run().then(x => done(x.violations), x => done([{id: String(x)}]))")
        return [(x["id"], [y["html"][:120] for y in x.get("nodes", [])][:3]) for x in found if x.get("impact", "serious") in ("serious", "critical")]

    def check_views(self, name):
        self.page.complaints()
        for view in (*VIEWS, "warnings"):
            with self.subTest(view=view):
                self.prepare(view)
                self.page.picture(f"{PICTURES}/{view}-{name}.png")
                wide = self.page.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(wide, 0, "the page is wider than the window")
                if os.path.exists(AXE):
                    self.assertEqual(self.serious(), [])
        self.assertEqual(self.page.complaints(), [])
        if not os.path.exists(AXE):
            self.skipTest("SKIPPED: axe-core is not installed, so accessibility is not checked; tools/meshd/page/build installs it")


class WideAndLight(Look):
    features = {"scheme": "light"}

    def test_all_views_are_accessible_and_fit(self):
        self.check_views("light-1600")


class WideAndDark(Look):
    features = {"scheme": "dark"}

    def test_all_views_are_accessible_and_fit(self):
        self.check_views("dark-1600")


class NarrowAndLight(Look):
    size = (360, 740)
    features = {"scheme": "light"}
    mock_options = ("--hostile", "--peers", "15")

    def test_all_views_are_accessible_and_fit(self):
        self.page.complaints()
        for view in VIEWS:
            with self.subTest(view=view):
                self.open_live(view)
                self.page.wait(f"!document.querySelector('#view-{view}').hidden", view)
                wide = self.page.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(wide, 0, "the page is wider than the window")


class NarrowAndDark(Look):
    size = (360, 740)
    features = {"scheme": "dark"}

    def test_all_views_are_accessible_and_fit(self):
        self.check_views("dark-360")


if __name__ == "__main__":
    run()
