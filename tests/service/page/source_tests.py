#!/usr/bin/python3
"""Checks the page's sources and the served files against our rules, and runs module_tests.mjs."""
import os
import re
import shutil
import subprocess
import unittest

import browser
from build_tests import files, read
from skipping import run_cases

SOURCES = os.path.join(browser.PAGE, "src")


class Page(unittest.TestCase):
    def test_packages_come_from_the_public_registry(self):
        found = re.findall(r'"resolved": "(https?://[^/"]+)', read(os.path.join(browser.PAGE, "package-lock.json")))
        self.assertEqual(set(found) - {"https://registry.npmjs.org"}, set())

    def test_index_names_only_files_that_are_there_and_nothing_inline(self):
        html = read(os.path.join(browser.DIST, "index.html"))
        names = re.findall(r'(?:src|href)="([^"#]+)"', html)
        self.assertEqual([x for x in names if not os.path.isfile(os.path.join(browser.DIST, x))], [])
        self.assertNotRegex(html, r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|@\w+@")

    def test_sources_never_make_markup_of_text(self):
        for name in files(SOURCES):
            if name.endswith(".js"):
                self.assertNotRegex(read(os.path.join(SOURCES, name)), r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", name)

    def test_sources_are_short_files(self):
        self.assertEqual([x for x in files(SOURCES) if read(os.path.join(SOURCES, x)).count("\n") >= 400], [])

    def test_licences_name_every_bundled_package(self):
        text = read(os.path.join(browser.DIST, "licenses.txt"))
        for package in ("d3-force", "d3-dispatch", "d3-quadtree", "d3-timer", "uplot"):
            self.assertIn(package, text)


class Modules(unittest.TestCase):
    def test_pass_their_tests_without_a_browser(self):
        if not shutil.which("node"):
            self.skipTest("SKIPPED: node is not installed; on Debian: apt-get install nodejs")
        done = subprocess.run(["node", "--test", os.path.join(browser.HERE, "module_tests.mjs")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    run_cases()
