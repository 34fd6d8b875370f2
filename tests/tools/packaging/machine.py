"""A minimal Debian in a folder, to install packages in. Needs root and a mirror of Debian."""
import contextlib
import ctypes
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time

from unit_file import start

RELEASE = "bookworm"
PATIENCE = 60  # seconds
CLONE_NEWNET = 0x40000000
# Paths where packages may leave files: the records of dpkg and apt, and caches.
ALLOWED = ("var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "etc/ld.so.cache", "run", "tmp", "proc",
           "etc/apt/apt.conf.d/99host")


def run(*command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\nfailed with {done.returncode}: {' '.join(command)}"
    return done.stdout


def debian_sources():
    """The host's package sources for this release of Debian, as lines of sources.list."""
    said = run("apt-get", "indextargets", "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages",
               "Origin: Debian")
    return sorted({x for x in said.split("\n") if x.split(" ")[2:3] and x.split(" ")[2].split("-")[0] == RELEASE})


class machine:
    """A fresh copy of a minimal Debian. The original is made once, and kept in `base`."""
    def __init__(self, folder):
        self.root = os.path.join(folder, "machine")
        base = os.path.join(folder, "base")
        sources = debian_sources()
        if not os.path.exists(base):
            shutil.rmtree(base + ".new", ignore_errors=True)
            # Only a mirror of the release has the base system. Mirrors of updates do not.
            mirrors = [x.split(" ")[1] for x in sources if x.split(" ")[2] == RELEASE]
            run("debootstrap", "--variant=minbase", RELEASE, base + ".new", *mirrors[:1])
            os.rename(base + ".new", base)
        self.remove()
        run("cp", "-a", base, self.root)
        shutil.copy("/etc/resolv.conf", os.path.join(self.root, "etc/resolv.conf"))
        self.write("etc/apt/sources.list", "\n".join(sources) + "\n")
        settings = [x for x in run("apt-config", "dump").split("\n") if x.startswith(("Acquire::http", "Acquire::Check-"))]
        self.write("etc/apt/apt.conf.d/99host", "\n".join(settings) + "\n")
        os.makedirs(os.path.join(self.root, "var/lib/private"), mode=0o700)  # a folder that systemd leaves
        self.run("apt-get", "-q", "update")

    def remove(self):
        run("rm", "-rf", "--one-file-system", self.root)

    def write(self, path, text, mode=0o644):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, mode)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def has(self, path):
        return os.path.lexists(os.path.join(self.root, path))

    def run(self, *command):
        """Runs a command as root in the machine. All processes that it starts end with it."""
        print("  # " + " ".join(command), flush=True)
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                       "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child", f"--root={self.root}", "--mount-proc=/proc",
                   *command, env=environment)

    def install(self, packages):
        """Installs packages from files, and their dependencies from Debian's mirror."""
        for each in packages:
            shutil.copy(each, os.path.join(self.root, "tmp"))
        self.run("apt-get", "-q", "-y", "--no-install-recommends", "install",
                 *(f"/tmp/{os.path.basename(x)}" for x in packages))
        for each in packages:
            os.remove(os.path.join(self.root, "tmp", os.path.basename(each)))

    def files(self):
        """All paths in the machine, except those that packages may leave behind."""
        found = set()
        for parent, folders, names in os.walk(self.root):
            inner = os.path.relpath(parent, self.root)
            folders[:] = [x for x in folders if os.path.normpath(os.path.join(inner, x)) not in ALLOWED]
            found.update(os.path.normpath(os.path.join(inner, x)) for x in folders + names)
        return {x for x in found if x not in ALLOWED}


# -- a running service

@contextlib.contextmanager
def own_network():
    """Gives this thread and the processes that it starts a network with only a loopback device."""
    assert ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
    run("ip", "link", "set", "lo", "up")
    yield


def apart(function):
    """Runs a function on a thread that has a network of its own."""
    failure = []

    def body():
        try:
            with own_network():
                function()
        except BaseException as problem:  # pylint: disable=broad-except
            failure.append(problem)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


class service:
    """The service of a systemd unit, running in a machine without systemd."""
    def __init__(self, where, unit):
        self.where = where
        self.log = os.path.join(where.root, "tmp/service.log")
        self.told = []
        path = os.path.join(where.root, "run/notify")
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o777)
        self.socket.settimeout(0.2)
        with open(self.log, "w", encoding="utf-8") as output:
            self.process = start(unit, where.root, "/run/notify", output)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.socket.close()
        os.remove(self.log)

    def wait_until_told(self, what, count=1):
        """Waits until the service has sent `what`, such as READY=1, to its service manager `count` times."""
        end = time.monotonic() + PATIENCE
        while sum(what in x for x in self.told) < count:
            with contextlib.suppress(socket.timeout):
                self.told.append(self.socket.recv(4096).decode())
            assert self.process.poll() is None and time.monotonic() < end, \
                f"{what} was not told; status {self.process.poll()}; told {self.told}; said:\n{self.said()}"

    def said(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def ask(self, method, path, body=None, token=None, content_type="application/octet-stream", trusted=None):
        """Sends a request to the service, over TLS if a certificate to trust is given.

        Returns the status and the content of the answer.
        """
        where = ("127.0.0.1", 6784)
        connection = http.client.HTTPConnection(*where, timeout=PATIENCE) if trusted is None else \
            http.client.HTTPSConnection(*where, timeout=PATIENCE, context=ssl.create_default_context(cafile=trusted))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = content_type
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        is_json = "json" in answer.getheader("content-type", "")
        return answer.status, json.loads(content) if is_json and content else content

    def stop(self, signal):
        self.process.send_signal(signal)
        return self.process.wait(PATIENCE)
