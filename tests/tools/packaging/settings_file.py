"""Checks the settings file of the packages against the README, the manual page and meshd.

Each function yields checks: whether a check holds, what it expects, and details. `read` reads a file of the
repository.
"""
import os
import re
import subprocess

SETTING = re.compile(r"^(?:; )?([a-z][a-z-]*) = (.+)$", re.M)
SHAPE = re.compile(r'-?\d+\w*|true|false|"[^"]*"|\["[^"]*"(?:, "[^"]*")*\]')
FILE = "tools/packaging/service/meshd.conf"
# Settings of the mesh whose values in the file are not the defaults.
EXAMPLES = {("mesh", x) for x in ("host", "preset", "nickname", "peers")}
TOKENS = {"token": "a-token-for-testing", "read-token": "a-token-for-reading"}


def settings_of(text):
    """Yields section, name and value of each setting in a configuration file, also of those in comments."""
    sections = re.split(r"^\[(\w+)\]$", text, flags=re.M)
    for section, body in zip(sections[1::2], sections[2::2]):
        for name, value in SETTING.findall(body):
            yield section, name, value


def page_of(read):
    return read("tools/packaging/man/meshd.conf.5.in").replace("\\", "")


def without_meshd(read):
    text, page = read(FILE), page_of(read)
    settings = list(settings_of(text))
    strange = [x for x in settings if not SHAPE.fullmatch(x[2])]
    yield len(settings) > 15 and not strange, "each setting has a value that CAF can read", str(strange)
    active = [x for x in settings if re.search(rf"^{x[1]} = ", text, re.M)]
    yield active == [("mesh", "host", '"127.0.0.1"')], "a fresh installation listens on loopback only", str(active)
    mesh = {x.replace("_", "-") for x in re.findall(r"^\| `(\w+)` \|", read("README.md"), re.M)} | {"preset"}
    unknown = [x[1] for x in settings if x[0] == "mesh" and x[1] not in mesh]
    yield not unknown, "settings of the mesh are those of the README", str(unknown)
    missing = [x[1] for x in settings if x[1] not in page]
    yield not missing, "the manual page has each setting of the file", str(missing)


def run(meshd, *options):
    done = subprocess.run([meshd, *options], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def accepted(read, folder, meshd):
    """Has meshd check the file, also with all comments as settings and with the files that these refer to."""
    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        return file.name
    text = read(FILE)
    every = re.sub(r"^; (?=[a-z-]+ = )", "", text, flags=re.M)
    every = re.sub(r'(= ")/(?:etc|var/lib)(?:/meshd(?=/))?/', rf"\1{folder}/", every)
    for name, token in TOKENS.items():
        write(name, token + "\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", os.path.join(folder, "http.key"), "-out", os.path.join(folder, "http.pem")],
                   stderr=subprocess.DEVNULL, check=True)
    for name, lines in (("meshd.conf", text), ("all.conf", every)):
        status, said = run(meshd, f"--config={write(name, lines)}", "--check-config")
        yield status == 0, f"meshd accepts {name}", said


def complete(read, meshd):
    """Compares the file with the settings that meshd prints without a file."""
    settings = list(settings_of(read(FILE)))
    printed = run(meshd, "--print-config")[1]
    lines = printed.splitlines()
    options = re.findall(r"^([a-z-]+) = ", printed.split("[mesh]")[0], re.M)
    page, there = page_of(read), {x[:2] for x in settings}
    missing = [x for x in options if x not in page]
    yield bool(options) and not missing, "the manual page has each setting of meshd", str(missing)
    missing = [x for x in options if ("meshd", x) not in there]
    yield not missing, "the file has each setting of meshd", str(missing)
    wrong = [f"{name} = {value}" for section, name, value in settings if (section, name) not in EXAMPLES
             and not {f"{name} = {value}", f'{name} = ""', f"{name} = []"} & set(lines)]
    yield not wrong, "values in comments are the defaults", str(wrong)
