"""Checks the example files for containers: every name that they use is defined, every field is known, and nothing runs as
root."""
import glob
import json
import os
import re

import yaml

from known_fields import check_fields

INSTRUCTIONS = {"FROM", "RUN", "CMD", "LABEL", "EXPOSE", "ENV", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR",
                "ARG", "STOPSIGNAL", "HEALTHCHECK"}
DEFAULT_MAX_KV_BYTES = 256 * 1024 ** 2


def instructions(text):
    """Yields the instructions of a Containerfile, each with its argument."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    for line in filter(str.strip, text.split("\n")):
        name, _, argument = line.strip().partition(" ")
        yield name, argument.strip()


def check_containerfile(text):
    """Yields what is wrong with a Containerfile."""
    all_of_it = list(instructions(text))
    stages, user, last = [], None, {}
    for name, argument in all_of_it:
        if name not in INSTRUCTIONS:
            yield f"{name} is no instruction"
        if name == "FROM":
            user, last = None, {}
            image, *alias = argument.split()
            if not re.fullmatch(r"[\w./-]+:[\w.-]+", image) or image.endswith(":latest"):
                yield f"{image} has no fixed tag"
            stages.append(alias[1] if alias else None)
        last[name] = argument
        user = argument if name == "USER" else user
        source = re.search(r"--(?:from|mount=\S*from)=(\w+)", argument)
        if source and source.group(1) not in stages:
            yield f"there is no stage {source.group(1)}"
        if name == "RUN" and "apt-get install" in argument and "/var/lib/apt/lists" not in argument:
            yield f"leaves apt's lists in the image: {argument}"
    if user in (None, "root", "0"):
        yield "the image runs as root"
    for name in ("ENTRYPOINT", "HEALTHCHECK"):
        command = re.search(r"\[.*\]", last.get(name, ""))
        if not command or not all(isinstance(x, str) for x in json.loads(command.group())):
            yield f"{name} must be a list of texts, because the image may have no shell"


def check_compose(document):
    """Yields what is wrong with a compose file."""
    yield from check_fields(document)
    services = document["services"]
    for name, service in services.items():
        if "image" not in service and "build" not in service:
            yield f"{name} has neither an image nor a build"
        for secret in service.get("secrets", []):
            source = secret if isinstance(secret, str) else secret["source"]
            if source not in document.get("secrets", {}):
                yield f"{name} uses the secret {source}, which is not defined"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith((".", "/")) and source not in document.get("volumes", {}):
                yield f"{name} uses the volume {source}, which is not defined"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"{name} publishes {port} beyond loopback"
        for peer in service.get("environment", {}).get("MESHD_PEERS", "").split(","):
            if peer.split(":")[0] not in services:
                yield f"{name} has the peer {peer}, which is no service"
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"]:
            yield f"{name} is not read-only without capabilities"


def is_subset(selector, labels):
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def check_pod(name, template):
    spec = template["spec"]
    volumes = {x["name"] for x in spec.get("volumes", [])} | set(template.get("claims", []))
    for container in spec.get("initContainers", []) + spec["containers"]:
        what = f"{name}, container {container['name']}"
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{what}: there is no volume {mount['name']}"
        if not re.search(r":[\w.-]+$", container["image"]) or container["image"].endswith(":latest"):
            yield f"{what}: {container['image']} has no fixed tag"
        context = {**spec.get("securityContext", {}), **container.get("securityContext", {})}
        if not context.get("runAsNonRoot"):
            yield f"{what} may run as root"
        if "meshd" in container["name"] and not (
                context.get("readOnlyRootFilesystem") and context.get("allowPrivilegeEscalation") is False
                and context.get("capabilities") == {"drop": ["ALL"]}):
            yield f"{what} has more rights than it needs"
        ports = {x.get("name") for x in container.get("ports", [])} | {x["containerPort"] for x in container.get("ports", [])}
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            port = container.get(probe, {}).get("httpGet", {}).get("port")
            if port is not None and port not in ports:
                yield f"{what}: {probe} asks the port {port}, which is not declared"


def bytes_of(text):
    """The bytes of a quantity of Kubernetes, such as 64Mi."""
    number, unit = re.fullmatch(r"(\d+)(Ki|Mi|Gi|)", str(text)).groups()
    return int(number) * 1024 ** ["", "Ki", "Mi", "Gi"].index(unit)


def check_room_for_the_map(name, spec):
    """Yields where the map of meshd, at its limit, would exceed what its container or its volume may have."""
    pod = spec["template"]["spec"]
    storage = {x["metadata"]["name"]: x["spec"]["resources"]["requests"]["storage"]
               for x in spec.get("volumeClaimTemplates", [])}
    for container in pod.get("initContainers", []) + pod["containers"]:
        if "meshd" not in container["name"]:
            continue
        settings = {x["name"]: x.get("value") for x in container["env"]}
        most = int(settings.get("MESHD_MAX_KV_BYTES") or DEFAULT_MAX_KV_BYTES)
        memory = container["resources"]["limits"]["memory"]
        # In memory, the map may take four times its limit.
        if 4 * most > bytes_of(memory):
            yield f"{name}: the map may take 4 times {most} bytes, but the limit on memory is {memory}"
        for mount in container["volumeMounts"]:
            room = storage.get(mount["name"])
            if room and most > bytes_of(room):
                yield f"{name}: the map may have {most} bytes, but {mount['name']} has {room}"


def check_kubernetes(documents):
    """Yields what is wrong with the objects of one file."""
    services = {x["metadata"]["name"]: x for x in documents if x["kind"] == "Service"}
    for each in documents:
        name = f"{each['kind']} {each['metadata']['name']}"
        if not each.get("apiVersion"):
            yield f"{name} has no apiVersion"
        yield from (f"{name}: {x}" for x in check_fields(each))
        if each["kind"] not in ("StatefulSet", "Deployment"):
            continue
        spec = each["spec"]
        template = dict(spec["template"])
        template["claims"] = [x["metadata"]["name"] for x in spec.get("volumeClaimTemplates", [])]
        labels = template["metadata"]["labels"]
        if not is_subset(spec["selector"]["matchLabels"], labels):
            yield f"{name} does not select its own pods"
        if each["kind"] == "StatefulSet":
            service = services.get(spec["serviceName"])
            if not service or service["spec"].get("clusterIP") != "None":
                yield f"{name} has no headless service {spec['serviceName']}"
            elif not is_subset(service["spec"]["selector"], labels):
                yield f"{name}: its service selects other pods"
        yield from check_pod(name, template)
        yield from check_room_for_the_map(name, spec)


def mounts_of_state(folder):
    """Yields where the files for Kubernetes and Compose mount the state of meshd."""
    for path in glob.glob(os.path.join(folder, "**", "*.yaml"), recursive=True):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        yield from re.findall(r"- \{name: state, mountPath: ([^ ,}]+)", text)
        yield from re.findall(r"volumes: \[\"state-\w+:([^\"]+)\"\]", text)


def check_folder(folder):
    """Yields what is wrong with all files of a folder, each with the path of the file."""
    def read(path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    for parent, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name == "Containerfile":
                wrong = check_containerfile(read(path))
            elif name == "compose.yaml":
                wrong = check_compose(yaml.safe_load(read(path)))
            elif name.endswith(".yaml"):
                wrong = check_kubernetes([x for x in yaml.safe_load_all(read(path)) if x])
            else:
                continue
            for each in wrong:
                yield f"{os.path.relpath(path, folder)}: {each}"
