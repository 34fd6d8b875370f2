"""Reads a systemd unit, and starts its service as systemd would, but below another root folder."""
import ctypes
import os
import re
import resource
import shlex
import subprocess

USER = 61184  # the first user ID for DynamicUser=
SECONDS = {"": 1, "s": 1, "ms": 0.001, "min": 60}


class unit_file:
    """The settings of a systemd unit: a list of values for each name. An empty value clears the list."""
    def __init__(self, path):
        self.values = {}
        with open(path, encoding="utf-8") as file:
            lines = file.read().replace("\\\n", " ").split("\n")
        for line in lines:
            line = line.strip()
            if not line or line[0] in "#;":
                continue
            section = re.fullmatch(r"\[(\w+)\]", line)
            if section:
                current = section.group(1)
                continue
            name, _, value = line.partition("=")
            if value:
                self.values.setdefault((current, name), []).append(value)
            else:
                self.values[current, name] = []

    def all(self, name, section="Service"):
        return self.values.get((section, name), [])

    def one(self, name, section="Service"):
        found = self.all(name, section)
        assert len(found) == 1, f"{name}= is given {len(found)} times"
        return found[0]

    def command(self, name="ExecStart"):
        return shlex.split(self.one(name))

    def environment(self):
        pairs = (x.split("=", 1) for line in self.all("Environment") for x in shlex.split(line))
        return dict(pairs)

    def credentials(self):
        """Maps each credential of the unit to its file name in the credential store."""
        return dict(x.split(":", 1) for x in self.all("LoadCredential"))

    def seconds(self, name):
        number, unit = re.fullmatch(r"(\d+)([a-z]*)", self.one(name)).groups()
        return int(number) * SECONDS[unit]


# -- system calls

def system_call_sets():
    """Maps the name of each set of system calls that systemd knows to its members."""
    said = subprocess.run(["systemd-analyze", "syscall-filter"], text=True, check=True, stdout=subprocess.PIPE).stdout
    sets, current = {}, None
    for line in said.split("\n"):
        if line.startswith("@"):
            current = sets.setdefault(line.strip(), [])
        elif line.startswith("    ") and not line.strip().startswith("#") and current is not None:
            current.append(line.strip())
    return sets


def expanded(name, sets):
    if not name.startswith("@"):
        return {name}
    return set().union(*(expanded(x, sets) for x in sets[name]))


def allowed_system_calls(unit):
    """The system calls that SystemCallFilter= allows. The set @default is always allowed."""
    sets = system_call_sets()
    result = expanded("@default", sets)
    for line in unit.all("SystemCallFilter"):
        names = set().union(*(expanded(x, sets) for x in line.lstrip("~").split()))
        result = result - names if line.startswith("~") else result | names
    return result


def filter_system_calls(library, allowed):
    """Makes all other system calls of this process fail with EPERM."""
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(0x00050000 | 1)))
    for name in allowed:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(context, ctypes.c_uint32(0x7fff0000), number, 0)
    assert library.seccomp_load(context) == 0, "the filter of system calls was refused"


# -- starting

def make_state_folder(root, name):
    """Makes the folder and the symbolic link that StateDirectory= makes with DynamicUser=."""
    private = os.path.join(root, "var/lib/private")
    os.makedirs(private, mode=0o700, exist_ok=True)
    folder = os.path.join(private, name)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for path, _, names in os.walk(folder):
        for each in [path] + [os.path.join(path, x) for x in names]:
            os.chown(each, USER, USER)
    link = os.path.join(root, "var/lib", name)
    if not os.path.lexists(link):
        os.symlink(f"private/{name}", link)
    os.chmod(private, 0o755)  # systemd would mount the folder instead
    return f"/var/lib/{name}"


def copy_credentials(unit, root, name):
    """Copies the credentials of the unit from /etc/credstore below the root folder, as far as they exist there."""
    folder = os.path.join(root, "run/credentials", name)
    subprocess.run(["rm", "-rf", folder], check=True)
    os.makedirs(folder)
    for credential, file in unit.credentials().items():
        source = os.path.join(root, "etc/credstore", file)
        if os.path.exists(source):
            subprocess.run(["install", "-m", "400", "-o", str(USER), source, os.path.join(folder, credential)], check=True)
    os.chown(folder, USER, USER)
    os.chmod(folder, 0o500)
    return f"/run/credentials/{name}"


def start(unit, root, notify_socket, output):
    """Starts the service below a root folder, as an unprivileged user.

    It has the folders, variables, limits and allowed system calls of the unit, but no mount namespace.
    """
    state = unit.one("StateDirectory")
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "NOTIFY_SOCKET": notify_socket,
        "STATE_DIRECTORY": make_state_folder(root, state),
        "CREDENTIALS_DIRECTORY": copy_credentials(unit, root, f"{state}.service"),
        "WATCHDOG_USEC": str(int(unit.seconds("WatchdogSec") * 1e6)), **unit.environment()}
    allowed = allowed_system_calls(unit)
    # In a container, the hard limit on open files cannot be raised.
    files = min(int(unit.one("LimitNOFILE")), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    # These libraries are loaded before chroot. Below the root folder they may be missing.
    seccomp, libc = ctypes.CDLL("libseccomp.so.2"), ctypes.CDLL(None)

    def enter():
        os.chroot(root)
        os.chdir("/")
        os.umask(int(unit.one("UMask"), 8))
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)
        libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        filter_system_calls(seccomp, allowed)

    return subprocess.Popen(unit.command(), env=environment, stdin=subprocess.DEVNULL, stdout=output,
                            stderr=subprocess.STDOUT, preexec_fn=enter)
