"""Runs meshd with the settings of the examples for containers, and the commands and probes in their files."""
import os
import re
import subprocess
import tempfile

import yaml

NAMES = {"metadata.name": "meshd-0"}  # what Kubernetes fills in


def settings(folder):
    """Yields the name of each example of meshd, and its environment."""
    def read(path):
        with open(os.path.join(folder, path), encoding="utf-8") as file:
            return list(yaml.safe_load_all(file))

    for name, service in read("compose.yaml")[0]["services"].items():
        yield f"compose.yaml, {name}", service["environment"]
    for path in ("kubernetes/mesh.yaml", "kubernetes/sidecar.yaml"):
        for each in read(path):
            spec = each["spec"].get("template", {}).get("spec", {})
            for container in spec.get("initContainers", []) + spec.get("containers", []):
                if container["name"] == "meshd":
                    yield path, {x["name"]: x["value"] if "value" in x else NAMES[x["valueFrom"]["fieldRef"]["fieldPath"]]
                                 for x in container["env"]}


def probes(folder):
    """Yields a command for each probe by HTTP, and one that asks under the name of the service, with the token."""
    with open(os.path.join(folder, "kubernetes/mesh.yaml"), encoding="utf-8") as file:
        text = file.read()
    ask = "curl -sS -H 'Host: {}' http://127.0.0.1:6784{}"
    for path, host in re.findall(r'httpGet: \{path: ([^,]+), port: http, httpHeaders: \[\{name: Host, value: "([^"]+)"', text):
        yield ask.format(host, path)
    yield ask.format("meshd-api:6784", "/v1/peers") + ' -H "Authorization: Bearer $(cat token)"'


def commands(folder):
    """The commands in the head of compose.yaml: what makes the secrets, and what asks the API."""
    with open(os.path.join(folder, "compose.yaml"), encoding="utf-8") as file:
        head = file.read().split("\n\n")[0]
    found = re.findall(r"^#   (.+)$", head, re.M)
    return [x for x in found if not x.startswith("docker ")]


def shell(command, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout if done.returncode == 0 else f"status {done.returncode}: {done.stderr}"


class running:
    """A meshd with the environment of an example, which finds the secrets in `folder` and listens on free ports."""
    def __init__(self, meshd, environment, folder):
        own = {k: str(v).replace("/run/secrets/meshd", folder).replace("/run/secrets", folder)
               for k, v in environment.items() if k != "MESHD_PEERS"}
        own["MESHD_HTTP"] = re.sub(r":\d+$", ":0", own.get("MESHD_HTTP", "127.0.0.1:0"))
        self.process = subprocess.Popen([meshd, "--preset=loopback", "--host=127.0.0.1", "--port=0"], env=own,
                                        stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        self.said, self.port = "", None
        for line in self.process.stderr:
            self.said += line
            found = re.search(r"serves HTTP on \S+:(\d+)", line)
            if found:
                self.port = found.group(1)
                break
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=30)


def try_examples(folder, meshd):
    """Yields a check of each example: whether it holds, what it expects, and the output."""
    with tempfile.TemporaryDirectory() as place:
        secrets, *asks = commands(folder)
        shell(secrets, place)
        for name, environment in settings(folder):
            with running(meshd, environment, place) as node:
                yield node.port, f"meshd starts with the settings of {name}", node.said
                questions = asks if name.startswith("compose") else probes(folder) if "mesh" in name else []
                for command in questions if node.port else []:
                    said = shell(command.replace("6784", node.port), place)
                    yield said.startswith(("{\"peers\":[", "{\"ok\":true")), f"{name}: {command}", said
