"""The base class of the tests of meshd's web page."""
import os
import unittest

import browser
from skipping import run_cases, skip_all

PICTURES = os.environ.get("CAFMESH_PAGE_PICTURES", os.path.join(browser.TREE, "build/page_pictures"))
VIEWS = ("mesh", "traffic", "targets", "channels", "store", "events")


class PageTest(unittest.TestCase):
    """One browser for each class of tests, and a mock of meshd for each test."""
    mock_options = ()
    size = (1600, 900)
    features = {}

    @classmethod
    def setUpClass(cls):
        cls.page = browser.Browser(*cls.size, **cls.features)

    @classmethod
    def tearDownClass(cls):
        cls.page.stop()

    def setUp(self):
        self.mock = browser.Mock(*self.mock_options)
        self.addCleanup(self.mock.stop)
        self.addCleanup(lambda: self.page.open("about:blank"))
        self.page.complaints()
        self.page.addresses()

    def open(self, view="mesh"):
        self.page.open("about:blank")
        self.page.open(f"{self.mock.url}#{view}")

    def open_live(self, view="mesh"):
        self.open(view)
        self.page.wait("document.querySelector('#page-state').textContent === 'live'", "the page is live")
        self.page.wait("document.querySelectorAll('#peers-table tbody tr').length > 0", "the table has peers")

    def table(self, table):
        """The texts of a table's rows."""
        return self.page.js("return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map("
                            "row => [...row.cells].map(cell => cell.textContent))", table)

    def wait_for_text(self, selector, part, seconds=20):
        self.page.wait(lambda: part in self.page.text(selector), f"{selector} says {part!r}", seconds)

    def row(self, table, text):
        """The selector of the first row with a cell that has this text."""
        number = next(i for i, cells in enumerate(self.table(table), 1) if text in cells)
        return f"{table} tbody tr:nth-child({number})"


def run():
    lacking = browser.missing()
    if lacking:
        skip_all("PAGE TESTS", f"{lacking}; on Debian: apt-get install nodejs chromium chromium-driver python3-selenium")
    run_cases()
