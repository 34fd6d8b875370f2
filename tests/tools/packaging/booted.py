"""Boots a minimal Debian with systemd-nspawn, to test the service under systemd."""
import contextlib
import os
import re
import shutil
import subprocess
import time

from machine import PATIENCE, run

NAME = "cafmesh-packages"


class CannotBoot(Exception):
    """systemd-nspawn cannot boot a system on this machine."""


class booted:
    """A running system with systemd. Its network has only a loopback device."""
    def __init__(self, where):
        self.root = where.root
        self.log = open(where.root + ".console", "w+", encoding="utf-8", errors="replace")
        # The host may not run systemd or machined, so the system is not registered with them.
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--boot", f"--machine={NAME}",
             f"--directory={where.root}"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self.first = None

    def __enter__(self):
        try:
            self.soon(self.is_up, "the machine boots")
        except BaseException as problem:
            self.__exit__()
            raise problem if isinstance(problem, CannotBoot) else CannotBoot(str(problem)) from problem
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()  # asks the system to shut down
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()  # kills the whole system
                self.process.wait()
        self.log.close()
        os.remove(self.log.name)

    def console(self):
        self.log.seek(0)
        return self.log.read()[-3000:]

    def soon(self, holds, what, seconds=PATIENCE):
        """Waits until `holds()` is true, and returns that value."""
        end = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise CannotBoot(f"systemd-nspawn ended with {self.process.returncode}:\n{self.console()}")
            value = holds()
            if value:
                return value
            assert time.monotonic() < end, f"not within {seconds} s: {what}\n{self.console()}"
            time.sleep(0.1)

    def is_up(self):
        with contextlib.suppress(OSError, IndexError):
            pid = self.process.pid
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                self.first = file.read().split()[0]
            return self.attempt("systemctl", "is-system-running")[1] in ("running", "degraded")
        return False

    def attempt(self, *command):
        """Runs a command inside the system. Returns its exit status and its output."""
        done = subprocess.run(["nsenter", f"--target={self.first}", "--all", "--wdns=/", *command], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"})
        return done.returncode, done.stdout.strip()

    def run(self, *command):
        status, said = self.attempt(*command)
        assert status == 0, f"{said}\nfailed with {status}: {' '.join(command)}\n{self.journal()}"
        return said

    def curl(self, path, *options):
        """Runs the host's curl in the network of the system, to send a request to the service."""
        return run("nsenter", f"--target={self.first}", "--net", "curl", "--silent", "--show-error", "--fail", "--noproxy", "*",
                   f"http://127.0.0.1:6784{path}", *options)

    def journal(self):
        return self.attempt("journalctl", "--unit=meshd", "--no-pager", "--lines=40")[1]

    def pid(self):
        """The ID of the service's main process; 0 while the service is not active."""
        said = self.run("systemctl", "show", "--property=MainPID,ActiveState", "meshd")
        return int(re.search(r"MainPID=(\d+)", said).group(1)) if "ActiveState=active" in said else 0

    def pid_after(self, old, what, seconds=PATIENCE):
        """Waits until the service is active, with another main process than `old`. Returns its ID."""
        return self.soon(lambda: self.pid() not in (0, old) and self.pid(), what, seconds)

    def copy_in(self, path):
        """Copies a file to /srv of the running system, because its /tmp is a separate mount. Returns the path there."""
        os.makedirs(os.path.join(self.root, "srv"), exist_ok=True)
        shutil.copy(path, os.path.join(self.root, "srv"))
        return "/srv/" + os.path.basename(path)


def can_boot():
    """Whether systemd-nspawn is installed and runs."""
    return shutil.which("systemd-nspawn") is not None and bool(run("systemd-nspawn", "--version"))
