#!/usr/bin/python3
"""Checks that the committed page, in tools/meshd/page/dist, is the one that its sources build."""
import filecmp
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import browser


def files(folder):
    for path, folders, names in os.walk(folder):
        folders[:] = [x for x in folders if x != "node_modules"]
        yield from (os.path.relpath(os.path.join(path, x), folder) for x in names)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Build(unittest.TestCase):
    def test_build_gives_the_committed_files_byte_for_byte(self):
        if not shutil.which("npm"):
            self.skipTest("SKIPPED: npm is not installed, so the page cannot be built again; on Debian: apt-get install npm")
        with tempfile.TemporaryDirectory() as folder:
            built = subprocess.run([os.path.join(browser.PAGE, "build"), folder], capture_output=True, text=True, check=False)
            if built.returncode != 0 and re.search(r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|SELF_SIGNED_CERT|network", built.stderr):
                self.skipTest("SKIPPED: npm cannot fetch the packages of the page")
            self.assertEqual(built.returncode, 0, built.stderr)
            self.assertEqual(sorted(files(folder)), sorted(files(browser.DIST)), "run tools/meshd/page/build and commit dist/")
            differing = [x for x in files(folder) if not filecmp.cmp(os.path.join(folder, x), os.path.join(browser.DIST, x), shallow=False)]
            self.assertEqual(differing, [], "run tools/meshd/page/build and commit dist/")


if __name__ == "__main__":
    unittest.main(verbosity=2)
