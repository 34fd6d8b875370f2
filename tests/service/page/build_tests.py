#!/usr/bin/python3
"""Checks that the committed page, in tools/meshd/page/dist, is the one that its sources build."""
import filecmp
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

import browser
from skipping import run_cases


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


class Readme(unittest.TestCase):
    def test_the_command_for_a_page_without_a_mesh_serves_it(self):
        if not shutil.which("node"):
            self.skipTest("SKIPPED: node is not installed; on Debian: apt-get install nodejs")
        command, = re.findall(r"^    (node .+)$", read(os.path.join(browser.PAGE, "README.md")), re.M)
        root = os.path.realpath(os.path.join(browser.PAGE, "..", "..", ".."))
        with subprocess.Popen(shlex.split(command), cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as mock:
            try:
                address = f"http://127.0.0.1:{json.loads(mock.stdout.readline())['port']}"
                with urllib.request.urlopen(address + "/", timeout=10) as answer:
                    self.assertIn(b"<!doctype html>", answer.read(100).lower())
                with urllib.request.urlopen(address + "/v1/peers", timeout=10) as answer:
                    self.assertGreaterEqual(len(json.load(answer)["peers"]), 40)
            finally:
                mock.terminate()


if __name__ == "__main__":
    run_cases()
