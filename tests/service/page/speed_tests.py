#!/usr/bin/python3
"""Measures how smoothly the page draws a mesh of a thousand peers.

If other programs use the processors and the frames are too few, the test says SKIPPED.
"""
import os

import browser
from look_tests import PICTURES
from neighbours import Neighbours
from page_test import PageTest, run

PEERS, CONNECTIONS = 1000, 8000
WANTED_FRAMES = 30


class Large(PageTest):
    mock_options = ("--peers", str(PEERS), "--connections", str(CONNECTIONS))
    COUNT = """
        const done = arguments[0], begin = performance.now(), first = meshd.picture.frames;
        setTimeout(() => {
            const seconds = (performance.now() - begin) / 1000;
            done([(meshd.picture.frames - first) / seconds, document.querySelector('#picture').dataset.state]);
        }, 2000);"""

    def frames(self):
        self.open()
        self.page.wait("globalThis.meshd?.picture.frames > 2", "the picture has begun to move")
        frames, state = self.page.later(self.COUNT)
        self.assertEqual(state, "moving")
        self.page.settled()
        return frames

    def test_layout_of_a_thousand_peers_is_drawn_smoothly(self):
        neighbours, best = Neighbours(), 0
        # Other programs may use the processors, so the best of four attempts counts.
        for _ in range(4):
            best = max(best, neighbours.during(self.frames))
            if best >= 1.5 * WANTED_FRAMES:
                break
        text = f"page: {best:.0f} frames/s while {PEERS} peers with {CONNECTIONS} connections are laid out; the goal is {WANTED_FRAMES}"
        # Begins with a line break, because unittest has printed the name of the test.
        print(f"\nfigure: {text}", flush=True)
        self.page.picture(f"{PICTURES}/mesh-large.png")
        neighbours.judge(self, best >= WANTED_FRAMES, text)

    def test_picture_at_rest_is_not_drawn_again(self):
        self.open_live()
        self.page.settled()
        frames, _ = self.page.later(self.COUNT)
        self.assertLess(frames, 2)


if __name__ == "__main__":
    run()
