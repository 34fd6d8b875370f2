#!/usr/bin/python3
"""Runs every command of tools/meshd/README.md and compares its output. Checks that the page has every setting."""
import re
import subprocess
import unittest

import page_commands
from meshd import BINARY

PAGE = "tools/meshd/README.md"


class Readme(unittest.TestCase):
    def test_every_command_prints_what_the_page_shows(self):
        page_commands.check_page(self, PAGE)

    def test_the_table_of_settings_is_complete(self):
        printed = subprocess.run([BINARY, "--print-config"], capture_output=True, text=True, check=True,
                                 env=page_commands.ENVIRONMENT).stdout
        options = re.findall(r"^([a-z-]+) = ", printed.split("[mesh]")[0], flags=re.M)
        section = page_commands.read_page(PAGE).split("## Settings")[1].split("## Operation")[0]
        said = [y for x in re.findall(r"^\| (`.*?) \|", section, flags=re.M) for y in re.findall(r"`([a-z-]+)`", x)]
        self.assertEqual(said, options)


if __name__ == "__main__":
    unittest.main(verbosity=2)
