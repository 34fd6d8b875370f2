#!/usr/bin/python3
"""Checks the OpenAPI document with redocly's linter, and checks that the linter finds faults put into a copy of it."""
import copy
import filecmp
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from skipping import run_cases

FOLDER = os.path.join(os.path.dirname(os.path.realpath(__file__)), "openapi")
TOOLS = os.path.join(FOLDER, "..", "..", "..", "tools")
DOCUMENT = os.environ.get("CAFMESH_OPENAPI", "openapi.json")


def missing_packages():
    """Installs the packages of package-lock.json. Returns None, or why that is impossible."""
    lock, mark = os.path.join(FOLDER, "package-lock.json"), os.path.join(FOLDER, "node_modules", ".made-from")
    if not shutil.which("npm"):
        return "npm is missing; tools/install-deps installs it"
    if os.path.exists(mark) and filecmp.cmp(lock, mark, shallow=False):
        return None
    made = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True, text=True, check=False)
    if made.returncode != 0 and re.search(r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|SELF_SIGNED_CERT|network", made.stderr):
        return "npm cannot fetch the linter"
    assert made.returncode == 0, made.stderr
    shutil.copyfile(lock, mark)
    return None


def codes_in_sources():
    """The codes of all problems that meshd and its HTTP server report."""
    result = set()
    for path in (x for folder in ("http", "meshd/api", "meshd/mesh") for x in glob.glob(f"{TOOLS}/{folder}/*.[ch]pp")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        result.update(re.findall(r'\b[45]\d\d,\s*"([a-z_]+)"(?!\s*\+)', text))
        if path.endswith("/hints.cpp"):
            result.update(re.findall(r'\{"([a-z_]+)",', text))
    return result


class Codes(unittest.TestCase):
    def test_the_document_lists_the_codes_of_all_problems(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            listed = json.load(file)["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        self.assertEqual(listed, sorted(codes_in_sources()))


class Lint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lacking = missing_packages()
        if lacking:
            raise unittest.SkipTest(f"SKIPPED: {lacking}")
        with open(DOCUMENT, encoding="utf-8") as file:
            cls.document = json.load(file)

    def lint(self, document):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "openapi.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            done = subprocess.run(["node", os.path.join(FOLDER, "lint.mjs"), path], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stdout)
        return done.stdout

    def test_the_linter_finds_nothing(self):
        self.assertEqual(self.lint(self.document), "")

    def test_the_linter_finds_what_is_wrong(self):
        wrong = copy.deepcopy(self.document)
        wrong["paths"]["/v1/kv/{key}"]["parameters"] = []
        wrong["paths"]["/livez"]["get"]["operationId"] = "readyz"
        wrong["paths"]["/v1/routes"]["get"]["responses"]["default"] = {"$ref": "#/components/responses/Nothing"}
        wrong["components"]["responses"]["Counter"]["content"]["application/json"]["example"] = {"value": "one"}
        wrong["components"]["schemas"]["Unused"] = {"type": "object"}
        said = self.lint(wrong)
        for rule in ("path-parameters-defined", "operation-operationId-unique", "no-unresolved-refs",
                     "no-invalid-media-type-examples", "no-unused-components"):
            self.assertIn(f"({rule})", said)


if __name__ == "__main__":
    run_cases()
