"""Builds the drivers, which are the programs to measure: C++ with CMake, Go from Debian's sources only."""
import os
import shutil
import subprocess
import sys

GOPATH = "/usr/share/gocode"
MESH_SOURCE = os.path.join(GOPATH, "src/github.com/weaveworks/mesh")
# These files are compiled into a copy of the library, because they measure what
# its interface does not expose.
INSIDE = "tools/benchmarks/go/inside"
TARGETS = {"node": "bench_node", "core": "bench_core", "crowd": "bench_crowd",
           "mesh_actors": "bench_mesh_actors", "floor": "bench_floor", "zeromq": "bench_zeromq",
           "remoting": "bench_remoting", "names": "bench_names", "values": "bench_values", "large_messages": "bench_large_messages",
           "large_remoting": "bench_large_remoting"}


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


class drivers_on_demand(dict):
    """Maps a driver's name to its binary, or every name to None while cases are only listed."""

    def __missing__(self, name):
        return None


def build_drivers(root, folder):
    result = drivers_on_demand()
    result.update(build_cpp(root, folder))
    result["go"] = build_go(root, folder)
    return result


# The CMake options of tools/bench's build folder.
BENCHMARKS = ("-DCAFMESH_BENCHMARKS=ON", "-DCAFMESH_TOOLS=ON", "-DCAFMESH_TESTS=OFF")


def configure(root, folder, *options):
    run(["cmake", "-S", root, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", *options])


def compile_target(root, folder, target):
    jobs = run([os.path.join(root, "tools/jobs")]).strip()
    run(["cmake", "--build", folder, "--parallel", jobs, "--target", target])


def build_cpp(root, folder):
    print("Building the C++ drivers ...", file=sys.stderr)
    configure(root, folder, *BENCHMARKS)
    compile_target(root, folder, "benchmarks")
    binaries = {name: os.path.join(folder, "tools/benchmarks", target) for name, target in TARGETS.items()}
    return {name: binary for name, binary in binaries.items() if os.path.exists(binary)}


def build_micro(root, folder, target, *options):
    """Builds a program that runs the microbenchmarks."""
    print(f"Building {target} ...", file=sys.stderr)
    configure(root, folder, *options)
    compile_target(root, folder, target)
    return os.path.join(folder, "tools/benchmarks/micro", target)


def go_environment(folder, gopath=GOPATH):
    # These variables make Go build offline and write only to the build folder.
    return {**os.environ, "GO111MODULE": "off", "GOENV": "off", "GOFLAGS": "", "CGO_ENABLED": "0", "GOPATH": gopath,
            "GOCACHE": os.path.join(folder, "go-cache")}


def copy_library(root, folder):
    """Makes a GOPATH with a copy of the Go library and our own files. Debian's GOPATH has the dependencies."""
    gopath = os.path.join(folder, "gopath")
    package = os.path.join(gopath, "src/github.com/weaveworks/mesh")
    shutil.rmtree(package, ignore_errors=True)
    os.makedirs(package)
    for source in (MESH_SOURCE, os.path.join(root, INSIDE)):
        for name in sorted(os.listdir(source)):
            if name.endswith(".go") and not name.endswith("_test.go"):
                shutil.copyfile(os.path.join(source, name), os.path.join(package, name))
    return gopath + os.pathsep + GOPATH


def build_go(root, folder):
    """Builds the Go driver. Returns None, after a message, without Go or the library."""
    if not shutil.which("go") or not os.path.isfile(os.path.join(MESH_SOURCE, "router.go")):
        print("There is no Go here, or no Go library: tools/install-deps --go installs both. Measuring without.",
              file=sys.stderr)
        return None
    print("Building the Go driver ...", file=sys.stderr)
    folder = os.path.realpath(folder)
    binary = os.path.join(folder, "bench_go")
    run(["go", "build", "-o", binary, "."], cwd=os.path.join(root, "tools/benchmarks/go"),
        env=go_environment(folder, copy_library(root, folder)))
    return binary
