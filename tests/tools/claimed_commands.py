"""The indented lines of README.md: who runs each command, and which lines are what a program prints or reads."""
import os
import re

RUN_AND_GO = "tests/service/run_build_tests.py"
EXAMPLES = "tests/tools/install_tests"
SERVICE = "tests/service/examples_tests.py"
# The file that runs each command, or one with the same effect and other paths and ports.
TESTED_BY = {
    "tools/run": RUN_AND_GO,
    "tools/run --with-go": RUN_AND_GO,
    "tools/run --service": "tests/service/run_tests.py",
    "tools/test": ".ci/run",
    "build/tools/hello_mesh": EXAMPLES,
    "build/tools/hello_mesh 127.0.0.1:42581": EXAMPLES,
    "cmake -S . -B build -G Ninja -DCAFMESH_TESTS=OFF -DCAFMESH_TOOLS=OFF": "tests/tools/subproject_tests",
    "cmake --build build": "tools/test",
    "cmake --install build --prefix /usr/local": EXAMPLES,
    "cmake --build build --target adder": "tools/test",
    "build/tools/adder": EXAMPLES,
    "build/tools/adder --mesh.port=0 --mesh.peers=localhost": EXAMPLES,
    "build/tools/meshd/meshd --peers=seed.example --password-file=mesh.password": SERVICE,
    "curl -X PUT http://127.0.0.1:6784/v1/kv/colour -H 'content-type: application/octet-stream' -d blue": SERVICE,
    "build/tools/meshctl/meshctl status": SERVICE,
}
# What programs print, and what is typed into them. Everything else that is indented is a command.
NO_COMMAND = re.compile(r"\[info\] |Mesh connected|Incrementing|\.\.\.$|All three agree|([0-9a-f]{2}:){5}|[\d ]+$")


def indented_commands(text):
    """The commands of a page, whose programs in fences are left out."""
    for line in re.findall(r"^    (\S.*)$", text, flags=re.M):
        if line.startswith("$ ") or not NO_COMMAND.match(line):
            yield re.sub(r"  +#.*", "", line.removeprefix("$ "))


def unclaimed(text, root):
    """Yields what is wrong: commands that no test claims, claims for none, and claims of no test."""
    there = set(indented_commands(text))
    yield from (f"no test runs {x}" for x in there - set(TESTED_BY))
    yield from (f"there is no command {x}" for x in set(TESTED_BY) - there)
    yield from (f"there is no {x}" for x in set(TESTED_BY.values()) if not os.path.exists(os.path.join(root, x)))
