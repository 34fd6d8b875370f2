#!/usr/bin/python3
"""The committed page is what its sources give, and keeps the rules for them."""
import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import browser

SOURCES = os.path.join(browser.PAGE, "src")


def files(folder):
    for path, folders, names in os.walk(folder):
        folders[:] = [x for x in folders if x != "node_modules"]
        yield from (os.path.relpath(os.path.join(path, x), folder) for x in names)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Page(unittest.TestCase):
    def test_build_gives_the_committed_files_byte_for_byte(self):
        if not shutil.which("npm"):
            self.skipTest("SKIPPED: npm is not installed, so the page cannot be built again; on Debian: apt-get install npm")
        with tempfile.TemporaryDirectory() as folder:
            built = subprocess.run([os.path.join(browser.PAGE, "build"), folder], capture_output=True, text=True, check=False)
            if built.returncode != 0 and re.search(r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|network", built.stderr):
                self.skipTest("SKIPPED: npm cannot fetch the packages of the page")
            self.assertEqual(built.returncode, 0, built.stderr)
            self.assertEqual(sorted(files(folder)), sorted(files(browser.DIST)), "run tools/meshd/page/build and commit dist/")
            differing = [x for x in files(folder) if not filecmp.cmp(os.path.join(folder, x), os.path.join(browser.DIST, x), shallow=False)]
            self.assertEqual(differing, [], "run tools/meshd/page/build and commit dist/")

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
        long = [x for x in files(SOURCES) if read(os.path.join(SOURCES, x)).count("\n") >= 400]
        self.assertEqual([x for x in long if not x.startswith("style/parts")], [])

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
    sys.exit(unittest.main(verbosity=2))
