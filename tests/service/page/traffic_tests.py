#!/usr/bin/python3
"""Tests of the page in a browser with a mock of meshd: the chart of traffic."""
from page_test import PageTest, run

# Counts the chart's pixels that have nearly the colour of a line, once for incoming and once for outgoing
# traffic.
PIXELS = """
    const style = getComputedStyle(document.documentElement);
    const canvas = document.querySelector('#chart canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return ['--neighbour', '--self'].map(name => {
        const [r, g, b] = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/g).map(x => parseInt(x, 16));
        let found = 0;
        for (let i = 0; i < data.length; i += 4)
            if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 40 && data[i + 3] > 200) ++found;
        return found;
    });"""


class Chart(PageTest):
    features = {"scheme": "light"}

    def test_draws_both_lines(self):
        self.open_live("traffic")
        self.page.wait("meshd.traffic.times.length > 3", "there are readings")
        self.page.wait(lambda: min(self.page.js(PIXELS)) > 20, "both lines are drawn")

    def test_says_the_time_that_its_axis_spans(self):
        self.open_live("traffic")
        self.page.wait("meshd.traffic.times.length > 0", "there are readings")
        self.wait_for_text("#chart-span", "the last minute, all connections of this node")
        self.page.wait("Math.round(meshd.trafficPanel.axisSeconds) === 60", "the axis spans a minute")
        self.page.js("for (let i = 0; i < 200; ++i) { meshd.traffic.times.unshift(meshd.traffic.times[0] - 1);"
                     "meshd.traffic.totalIn.unshift(5000); meshd.traffic.totalOut.unshift(3000); }")
        self.wait_for_text("#chart-span", "the last 5 minutes")
        self.page.wait("Math.round(meshd.trafficPanel.axisSeconds) === 300", "the axis spans five minutes")


if __name__ == "__main__":
    run()
