#!/usr/bin/python3
"""Runs the program that measures keys read and written per second, only for the second that wrk needs: whether it works, not
what it finds."""
import os
import re
import shutil
import subprocess
import sys
import unittest

from meshd import BINARY, PATIENCE
from page_commands import ROOT
from skipping import run_cases

PROGRAM = os.path.join(ROOT, "tools/benchmarks/key_value_rates.py")
ROWS = ("write | meshd", "write | meshd, `durable=true`", "read | meshd")


class Rates(unittest.TestCase):
    @unittest.skipUnless(shutil.which("wrk"), "SKIPPED: wrk is not installed")
    def test_a_short_run_prints_a_rate_of_each_row_for_each_number_of_connections(self):
        done = subprocess.run([sys.executable, PROGRAM, "--meshd", BINARY, "--seconds", "1", "--runs", "1",
                               "--connections", "1", "4"], capture_output=True, text=True, timeout=100 * PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        head, rule, *rows = done.stdout.splitlines()
        self.assertEqual(head, "| | server | 1 connection | spread | 4 connections | spread |")
        self.assertEqual((rule.count("|"), len(rows) >= len(ROWS)), (7, True), done.stdout)
        for name in ROWS:
            row, = (x for x in rows if x.startswith(f"| {name} |"))
            rates = re.fullmatch(r"\| .* \| ([\d,]+) \| 0.00 \| ([\d,]+) \| 0.00 \|", row)
            self.assertTrue(rates and all(int(x.replace(",", "")) > 0 for x in rates.groups()), row)


if __name__ == "__main__":
    run_cases()
