#!/usr/bin/python3
"""Tests of the page in a browser with a mock of meshd: the picture of the mesh, the table of peers, a peer's details."""
import unittest

from page_test import VIEWS, PageTest, run


class ThePage(PageTest):
    def test_loads_every_view_without_complaints_of_the_browser(self):
        for view in VIEWS:
            self.open_live(view)
            self.page.wait(f"!document.querySelector('#view-{view}').hidden", view)
        self.assertEqual(self.page.complaints(), [])

    def test_asks_only_its_own_host(self):
        for view in VIEWS:
            self.open_live(view)
        foreign = [x for x in self.page.addresses() if not x.startswith((self.mock.url, "about:", "data:"))]
        self.assertEqual(foreign, [])

    def test_warnings_of_the_node_are_counted_beside_its_state_and_listed_at_a_click(self):
        told = {"code": "name_twice", "first": "2026-01-31T12:00:00Z", "last": "2026-01-31T12:00:00Z"}
        self.mock.act("warn", warnings=[{**told, "detail": "two peers are named a", "hint": "Give one another name.", "times": 3},
                                        {**told, "detail": "<b>\u202egnp", "times": 1}])
        self.open_live()
        self.wait_for_text("#warnings-button", "2 warnings")
        self.page.click("#warnings-button")
        self.assertTrue(self.page.js("return document.querySelector('#warnings-dialog').open"))
        items = self.page.js("return [...document.querySelectorAll('#warnings-list li')].map(x => [...x.children].map(y => y.textContent))")
        self.assertEqual(items[0][:2], ["two peers are named a", "Give one another name."])
        self.assertRegex(items[0][2], r"^3 times, last \d+ d \d+ h ago$")
        self.assertEqual(items[1][0], "<b>\\u{202e}gnp")
        self.mock.act("warn", warnings=[])
        self.mock.act("restart")
        self.page.wait("document.querySelector('#warnings-button').hidden", "there is none any more")
        self.assertFalse(self.page.js("return document.querySelector('#warnings-dialog').open"))

    def test_legend_tells_all_shapes_and_lines_apart_without_colours(self):
        self.open_live()
        masks = self.page.js("""return [...document.querySelectorAll('#legend-list canvas')].map(x => {
            const pixels = x.getContext('2d').getImageData(0, 0, x.width, x.height).data;
            return pixels.filter((_, i) => i % 4 === 3).join();
        })""")
        self.assertEqual((len(masks), len(set(masks))), (11, 11))

    def test_picture_is_the_same_at_each_load(self):
        places = []
        for _ in range(2):
            self.open_live()
            self.page.settled()
            places.append(self.page.js("return meshd.picture.places()"))
        self.assertEqual(*places)

    def test_table_equals_the_topology(self):
        self.open_live()
        topology = self.mock.get("v1/topology")
        hops = {x["name"]: x["hops_next"] for x in self.mock.get("v1/peers")["peers"]}
        nicknames = {x["name"]: x["nickname"] for x in topology["peers"]}
        self.page.wait("meshd.mesh.hops.size > 0", "next hops are known")
        self.page.wait(lambda: len(self.table("#peers-table")) == len(topology["peers"]), "all rows are there")
        rows = {cells[1]: cells for cells in self.table("#peers-table")}
        for peer in topology["peers"]:
            cells = rows[peer["name"]]
            established = sum(x["established"] for x in peer["connections"])
            total = len(peer["connections"])
            self.assertEqual(cells[0], peer["nickname"])
            self.assertEqual(cells[4], "–" if peer["self"] else nicknames.get(hops[peer["name"]], "–"))
            self.assertEqual(cells[5], str(total) if established == total else f"{established}/{total}")
        self.assertEqual(set(self.page.js("return Object.keys(meshd.picture.places())")), set(rows))

    def test_peer_vanishes_when_it_leaves(self):
        self.open_live()
        topology = self.mock.get("v1/topology")
        ours = next(x for x in topology["peers"] if x["self"])
        gone = ours["connections"][0]["peer"]
        self.mock.act("kill", name=gone)
        self.page.wait(lambda: gone not in [x[1] for x in self.table("#peers-table")], "its row is gone", 3)
        self.page.wait(f"!('{gone}' in meshd.picture.places())", "it is gone from the picture", 3)
        self.assertIn("peer left", self.page.text("#events-log") + self.page.text("#last-event") + self.events_shown())

    def test_peer_vanishes_at_the_event_even_if_the_topology_cannot_be_read(self):
        self.open_live()
        self.mock.act("refuse", path="/v1/topology")
        gone = self.page.js("return meshd.mesh.names.at(-1)")
        self.mock.act("kill", name=gone)
        self.page.wait(lambda: gone not in [x[1] for x in self.table("#peers-table")], "its row is gone", 5)

    def events_shown(self):
        self.page.js("location.hash = 'events'")
        self.page.wait("document.querySelector('#events-log').children.length > 2", "the log shows events")
        return self.page.text("#events-log")

    def test_peer_that_joins_appears_beside_its_neighbour_and_the_others_stay(self):
        self.open_live()
        self.page.settled()
        before = self.page.js("return [...meshd.mesh.names]")
        self.page.js("meshd.picture.camera.following = false")
        places = self.page.js("return meshd.picture.places()")
        name = self.mock.act("join", nickname="late", to=before[-1])["name"]
        self.page.wait(f"'{name}' in meshd.picture.places() && meshd.picture.places()['{name}'][0] !== null", "it is in the picture")
        self.page.wait("meshd.mesh.links.some(x => x.a === arguments[0] || x.b === arguments[0])".replace("arguments[0]", f"'{name}'"), "it is connected")
        self.page.settled()
        after = self.page.js("return meshd.picture.places()")
        self.assertEqual({x: places[x] for x in before[:-1]}, {x: after[x] for x in before[:-1]})

    def press(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.page.cdp("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def far_peer(self):
        return self.page.js("return meshd.mesh.names.reduce((a, b) => "
                            "(meshd.mesh.paths.get(b)?.distance ?? 0) > (meshd.mesh.paths.get(a)?.distance ?? 0) ? b : a)")

    def test_click_on_a_peer_shows_it_and_the_way_to_it(self):
        self.open_live()
        self.page.settled()
        self.page.wait("meshd.mesh.hops.size > 0", "next hops are known")
        name = self.far_peer()
        left, top = self.page.js("const box = document.querySelector('#picture').getBoundingClientRect(); return [box.left, box.top]")
        x, y = self.page.js("return meshd.picture.places()[arguments[0]]", name)
        self.press(left + x, top + y)
        peers = {x["name"]: x for x in self.mock.get("v1/peers")["peers"]}
        self.wait_for_text("#detail-title", peers[name]["nickname"])
        self.assertIn(name, self.page.text("#detail-facts"))
        path = self.page.js("return [...document.querySelectorAll('#detail-path li')].map(x => x.textContent)")
        self.assertEqual(path[1], peers[peers[name]["hops_next"]]["nickname"])
        self.assertEqual(len(path) - 1, self.page.js("return meshd.mesh.paths.get(arguments[0]).distance", name))
        self.assertIn("selected", self.page.find(self.row("#peers-table", name)).get_attribute("class"))
        shown = self.page.js("return [...document.querySelectorAll('#detail-connections button')].map(x => x.title)")
        links = next(x["connections"] for x in self.mock.get("v1/topology")["peers"] if x["name"] == name)
        self.assertEqual(shown, [x["peer"] for x in links])
        self.assertEqual(self.page.text("#detail-count"), f"{len(links)} of {len(links)} established")
        self.press(left + 5, top + 60)
        self.page.wait("meshd.selection.value === null", "a click beside it ends the selection")

    def test_keys_move_through_the_table_and_select(self):
        from selenium.webdriver.common.keys import Keys
        self.open_live()
        self.page.click("#peers-filter")
        active = self.page.driver.switch_to.active_element
        active.send_keys(Keys.TAB)  # the scrolling region
        while not self.page.js("return document.activeElement.matches('.row-button')"):
            self.page.driver.switch_to.active_element.send_keys(Keys.TAB)
        for key in (Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER):
            self.page.driver.switch_to.active_element.send_keys(key)
        third = self.table("#peers-table")[2]
        self.assertEqual(self.page.js("return meshd.selection.value"), third[1])
        self.wait_for_text("#detail-title", third[0])

    def test_table_sorts_by_a_column_in_both_directions(self):
        self.open_live()
        self.page.click("#peers-table th[data-column=hops] button")
        self.assertEqual(self.page.find("#peers-table th[data-column=hops]").get_attribute("aria-sort"), "descending")
        self.page.click("#peers-table th[data-column=hops] button")
        known = [int(x[3]) for x in self.table("#peers-table") if x[3] != "–"]
        self.assertEqual(known, sorted(known))

    def test_keys_on_the_picture_pan_and_zoom(self):
        from selenium.webdriver.common.keys import Keys
        self.open_live()
        self.page.settled()
        scale = self.page.js("return meshd.picture.camera.scale")
        self.page.find("#picture").send_keys("+", Keys.ARROW_LEFT)
        self.assertGreater(self.page.js("return meshd.picture.camera.scale"), scale)
        self.page.find("#picture").send_keys("0")
        self.assertEqual(self.page.js("return meshd.picture.camera.scale"), scale)


class WithHostilePeers(PageTest):
    mock_options = ("--hostile", "--peers", "26")

    def test_text_of_peers_is_shown_as_text_without_control_or_bidi_characters(self):
        for view in VIEWS:
            self.open_live(view)
            self.page.wait(f"!document.querySelector('#view-{view}').hidden", view)
            if view == "channels":
                self.page.wait("document.querySelectorAll('#channels-list li').length > 2", "channels")
            self.assertEqual(self.page.js("return [document.images.length, document.querySelectorAll('body script, b').length]"), [0, 0])
            bad = self.page.js(r"return [...document.body.textContent.matchAll(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\u0000-\u0008\u001b]/g)].length")
            self.assertEqual(bad, 0, view)
            longest = self.page.js("return Math.max(...[...document.querySelectorAll('td, dd, h2, li button')].map(x => x.textContent.length))")
            self.assertLess(longest, 700)
        self.assertEqual(self.page.complaints(), [])


class WithReducedMotion(PageTest):
    features = {"motion": "reduce"}

    def test_the_picture_shows_only_the_end_of_each_movement(self):
        self.open_live()
        self.page.settled()
        self.assertLess(self.page.js("return meshd.picture.frames"), 15)


if __name__ == "__main__":
    run()
