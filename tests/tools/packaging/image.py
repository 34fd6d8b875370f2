"""Builds the container image of meshd with buildah, as the Containerfile says, without a registry.

Its base is the minimal Debian of these tests. The step of the Containerfile that builds the packages is left out,
because they exist already.
"""
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile

from machine import PATIENCE, run

BASE, IMAGE = "debian:bookworm-slim", "cafmesh/meshd:test"
BUILDING = "RUN tools/package"


class CannotBuild(Exception):
    """buildah does not work on this machine."""


class images:
    """A store of images in a temporary folder, which is removed at the end."""
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cafmesh-images-", dir="/var/tmp")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(AssertionError):
            self.buildah("rm", "--all")
        for kind in ("root/overlay", "root"):  # the store may be a mount of its own
            subprocess.run(["umount", os.path.join(self.folder, kind)], stderr=subprocess.DEVNULL, check=False)
        run("rm", "-rf", "--one-file-system", self.folder)

    def buildah(self, *arguments):
        return run("buildah", f"--root={self.folder}/root", f"--runroot={self.folder}/run", *arguments).strip()

    def make_base(self, tree):
        """Makes the Containerfile's base image from `tree`, a folder with a minimal Debian."""
        try:
            container = self.buildah("from", "scratch")
            mount = self.buildah("mount", container)
        except AssertionError as reason:
            raise CannotBuild(str(reason)) from reason
        run("cp", "-a", tree + "/.", mount)
        self.buildah("umount", container)
        self.buildah("commit", "--quiet", "--rm", container, BASE)

    def build(self, top, packages):
        context = os.path.join(self.folder, "context")
        os.makedirs(os.path.join(context, "prebuilt"))
        for each in packages:
            shutil.copy(each, os.path.join(context, "prebuilt"))
        shutil.copytree(os.path.join(top, "tools"), os.path.join(context, "tools"), symlinks=True,
                        ignore=shutil.ignore_patterns("node_modules"))
        with open(os.path.join(top, "tools/packaging/container/Containerfile"), encoding="utf-8") as file:
            text = file.read()
        assert text.count(BUILDING) == 1, f"the Containerfile has no step {BUILDING}"
        recipe = os.path.join(self.folder, "Containerfile")
        with open(recipe, "w", encoding="utf-8") as file:
            file.write(text.replace(BUILDING, "RUN mkdir -p build && cp -r prebuilt build/packages"))
        self.buildah("bud", "--isolation=chroot", "--format=docker", "--pull-never", f"--file={recipe}", f"--tag={IMAGE}", context)

    def settings(self):
        """How to run the image: Entrypoint, Env, User, Volumes, Healthcheck."""
        return json.loads(self.buildah("inspect", "--type=image", IMAGE))["Docker"]["config"]

    @contextlib.contextmanager
    def running(self):
        """Runs the image by chroot, without a container engine. Yields the process and a function for the health check."""
        settings = self.settings()
        container = self.buildah("from", "--pull-never", IMAGE)
        mount = self.buildah("mount", container)
        within = ["chroot", f"--userspec={settings['User']}", mount]
        environment = dict(x.split("=", 1) for x in settings["Env"])
        for volume in settings["Volumes"]:  # as Kubernetes mounts it
            os.chown(mount + volume, 0, int(settings["User"].split(":")[1]))
            os.chmod(mount + volume, 0o2775)
        process = subprocess.Popen(within + settings["Entrypoint"], env=environment, stderr=subprocess.PIPE, text=True)
        health = settings["Healthcheck"]["Test"]
        assert health[0] == "CMD", str(health)
        try:
            yield process, lambda: subprocess.run(within + health[1:], env=environment, timeout=PATIENCE, check=False,
                                                  stderr=subprocess.DEVNULL).returncode == 0
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
            self.buildah("umount", container)

    def megabytes_beyond_base(self):
        sizes = []
        for name in (IMAGE, BASE):
            size, unit = re.fullmatch(r"([\d.]+) (\wB)", self.buildah("images", "--format", "{{.Size}}", name)).groups()
            sizes.append(float(size) * {"MB": 1, "GB": 1000}[unit])
        return sizes[0] - sizes[1]
