#!/usr/bin/python3
"""Tests that the manual pages have their sections, and name every setting, command and option."""
import os
import re
import subprocess
import unittest

from meshd import run
from page_commands import read_page
from skipping import run_cases

MESHCTL = os.environ.get("CAFMESH_MESHCTL", "")
PAGES = {"meshd.8": "tools/packaging/man/meshd.8.in", "meshd.conf.5": "tools/packaging/man/meshd.conf.5.in",
         "meshctl.1": "tools/meshctl/man/meshctl.1"}
SECTIONS = {
    "meshd.8": ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SIGNALS", "EXIT STATUS", "FILES", "SECURITY", "EXAMPLES",
                "SEE ALSO"],
    "meshd.conf.5": ["NAME", "DESCRIPTION", "SECTION [MESH]", "SECTION [MESHD]", "EXAMPLE", "SEE ALSO"],
    "meshctl.1": ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "JSON", "EXIT STATUS", "ENVIRONMENT",
                  "EXAMPLES", "SEE ALSO"],
}
# Options that a configuration file must not contain. It has password-file instead.
SECRET = {"password"}


def source(page):
    return read_page(PAGES[page])


def plain(roff):
    """The text of a page without macros, fonts and escapes."""
    text = re.sub(r"^\.[A-Z]+ ?", "", roff, flags=re.M)
    return re.sub(r'\\f.|\\|"', "", text)


def sections(page):
    parts = re.split(r"^\.SH (.+)$", source(page), flags=re.M)
    return {plain(name): body for name, body in zip(parts[1::2], parts[2::2])}


def tags(body):
    """The lines that begin the paragraphs of a list."""
    return [" ".join(plain(x).split()) for x in re.findall(r"^\.TP\n(.+)$", body, flags=re.M)]


def settings(body):
    """The names of settings in the tags. A default in parentheses after a name is left out."""
    return [name for tag in tags(body) for name in re.findall(r"[a-z][a-z-]*", re.sub(r"\(.*?\)", "", tag))]


def help_sections():
    """The options that `meshd --help` lists: before the settings, in `The service`, and in `The mesh`."""
    found = re.split(r"^(The service|The mesh), .*$", run("--help").stdout, flags=re.M)
    return [re.findall(r"^  --([a-z-]+)", found[i], flags=re.M) for i in (0, 2, 4)]


class Pages(unittest.TestCase):
    def test_each_page_has_its_sections_with_text(self):
        for page, expected in SECTIONS.items():
            found = sections(page)
            self.assertEqual(list(found), expected, page)
            for name, body in found.items():
                self.assertGreater(len(plain(body).strip()), 5, f"{page}: {name}")

    def test_each_page_names_itself_and_pages_that_exist(self):
        for page in PAGES:
            name, number = page.rsplit(".", 1)
            self.assertRegex(source(page).splitlines()[0].lower(), rf"^\.th {re.escape(name)} {number} ")
            self.assertIn(name, plain(sections(page)["NAME"]))
            own = {x for x in re.findall(r"\b(mesh[a-z.]+) ?\((\d)\)", plain(source(page)))}
            self.assertLessEqual({f"{x}.{y}" for x, y in own}, set(PAGES))
            self.assertTrue(own, page)

    def test_each_option_signal_and_status_of_meshd_is_there(self):
        found = sections("meshd.8")
        options = " ".join(tags(found["OPTIONS"]))
        for name in help_sections()[0]:
            self.assertRegex(options, rf"--{name}\b")
        self.assertEqual(tags(found["SIGNALS"]), ["SIGTERM , SIGINT", "SIGHUP"])
        self.assertEqual(tags(found["EXIT STATUS"]), ["0", "1", "2"])

    def test_what_sighup_reads_is_said_everywhere(self):
        texts = (run("--help").stdout, plain(sections("meshd.8")["SIGNALS"]), read_page("tools/meshd/README.md"))
        for text in (x[x.index("SIGHUP"):][:200] for x in texts):
            for word in ("peers", "passwords", "tokens", "certificate"):
                self.assertIn(word, text)

    def test_each_setting_is_there_once_and_no_other(self):
        found = sections("meshd.conf.5")
        _, service, mesh = help_sections()
        self.assertGreater(len(service), 15)
        self.assertGreater(len(mesh), 25)
        self.assertEqual(sorted(settings(found["SECTION [MESHD]"])), sorted(service))
        self.assertEqual(sorted(settings(found["SECTION [MESH]"])), sorted(set(mesh) - SECRET))

    def test_numbers_that_are_defaults_are_those_in_use(self):
        printed = dict(re.findall(r'^([a-z-]+) = "?(\w+)"?$', run("--print-config").stdout.split("[mesh]")[0], re.M))
        text = " ".join(tags(sections("meshd.conf.5")["SECTION [MESHD]"]))
        numbers = re.findall(r"([a-z-]+) ?\((\d+)\)", text)
        self.assertGreater(len(numbers), 4)
        for name, value in numbers:
            self.assertEqual(printed[name], value, name)


@unittest.skipUnless(MESHCTL, "SKIPPED: $CAFMESH_MESHCTL names no meshctl")
class Meshctl(unittest.TestCase):
    def completed(self, *words):
        script = subprocess.run([MESHCTL, "completion", "bash"], capture_output=True, text=True, check=True).stdout
        ask = (script + f"\nCOMP_WORDS=(meshctl {' '.join(x or chr(39) * 2 for x in words)})\nCOMP_CWORD={len(words)}\n"
               "_meshctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
        return subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True).stdout.split()

    def test_each_command_and_each_of_its_options_is_there(self):
        commands = sections("meshctl.1")["COMMANDS"]
        parts = re.split(r"^\.SS (.+)$", commands, flags=re.M)
        there = dict(zip(parts[1::2], parts[2::2]))
        general = plain(sections("meshctl.1")["OPTIONS"])
        expected = []
        for first in (x for x in self.completed("") if not x.startswith("-")):
            inner = [] if first in there else self.completed(first, "")
            expected += [f"{first} {x}" for x in inner if not x.startswith("-")] or [first]
        self.assertEqual(sorted(expected), sorted(there))
        for name, body in there.items():
            for option in self.completed(*name.split(), "--"):
                self.assertTrue(re.search(rf"{option}\b", plain(body)) or re.search(rf"{option}\b", general)
                                or option == "--help", f"{name} {option}")


if __name__ == "__main__":
    run_cases()
