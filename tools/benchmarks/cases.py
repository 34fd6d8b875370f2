"""The cases of the benchmark. Each has functions by contender; a call of one measures one run."""
import time

from actor_cases import actor_cases
from processes import Failure, Processes, free_port, free_ports
from results import Goal, Limit
from runs import (PASSWORD, SIZES, STAR_TIMEOUT, START_TIMEOUT, Case, crypt_name, main_figure, peer_name, round_trip,
                  seconds_allowed, start_line, stream, stream_figures)
from value_cases import value_cases


def contenders_of_one_hop(drivers, encrypted):
    """All contenders as pairs of name and binary. CAF's remoting is left out if `encrypted`, because it has no
    encryption."""
    drivers_of = {"cpp": "node", "go": "go", "floor": "floor", "zeromq": "zeromq", "remoting": "remoting"}
    if encrypted:
        del drivers_of["remoting"]
    return [(name, drivers[driver]) for name, driver in drivers_of.items() if drivers[driver]]


def unicast_goals(label, encrypted):
    least = {
        ("64 B", False): {"go": 10},
        ("64 B", True): {"go": 8, "floor": 0.6, "zeromq": 1},
        ("1 KiB", True): {"go": 8, "zeromq": 1},
        ("64 KiB", False): {"go": 6},
        ("64 KiB", True): {"go": 4, "floor": 0.7},
    }.get((label, encrypted), {})
    return [Goal(other, main_figure(SIZES[label]), least=bound) for other, bound in least.items()]


def unicast_cases(drivers, threads):
    for label, size in SIZES.items():
        for encrypted in (False, True):
            contenders = {name: stream([binary] * 2, size, encrypted, threads)
                          for name, binary in contenders_of_one_hop(drivers, encrypted)}
            yield Case(f"unicast {label} {crypt_name(encrypted)}", stream_figures(size), contenders,
                       unicast_goals(label, encrypted))


def hops_cases(drivers, threads):
    for hops in (2, 4):
        for label in ("64 B", "64 KiB"):
            size = SIZES[label]
            goals = [Goal("go", "rate", least=8)] if (hops, label) == (2, "64 B") else []
            yield Case(f"unicast {label} encrypted {hops} hops", stream_figures(size)[:2], {
                name: stream([binary] * (hops + 1), size, True, threads)
                for name, binary in (("cpp", drivers["node"]), ("go", drivers["go"])) if binary
            }, goals)


def round_trip_cases(drivers, threads):
    for hops in (1, 2):
        for encrypted in (False, True):
            goals = []
            if hops == 1:
                contenders = contenders_of_one_hop(drivers, encrypted)
                goals = [Goal("go", "p50", most=0.9), Goal("go", "p99", most=0.7), Goal("zeromq", "p50", most=1),
                         Goal("remoting", "p50", most=1)]
            else:
                contenders = [(name, binary) for name, binary in (("cpp", drivers["node"]), ("go", drivers["go"]))
                              if binary]
            suffix = "" if hops == 1 else f" {hops} hops"
            yield Case(f"round trip 64 B {crypt_name(encrypted)}{suffix}", ["p50", "p99", "p999"],
                       {name: round_trip([binary] * (hops + 1), encrypted, threads) for name, binary in contenders},
                       [goal for goal in goals if goal.other in dict(contenders)])


def beside_cases(drivers, threads):
    """Cases that measure round trips on one channel, while another channel of the same connection gets messages faster
    than its receiver takes them."""
    node = drivers["node"]

    def measure(seconds):
        with Processes() as run:
            first, _ = start_line(run, [node, node], ("pinger+source", "echo+slow"), True, threads, size=64,
                                  seconds=seconds)
            done = first.wait_for("done", seconds_allowed(seconds))
            return {name: done[name] for name in ("p50", "p99", "p999")}
    yield Case("round trip 64 B encrypted beside an overloaded channel", ["p50", "p99", "p999"], {"cpp": measure},
               [Limit("p99", 20_000)])


def mixed_cases(drivers, threads):
    pairs = {"cpp": ("node", "node"), "cpp to go": ("node", "go"), "go to cpp": ("go", "node"), "go": ("go", "go")}
    for label in ("64 B", "64 KiB"):
        size = SIZES[label]
        contenders = {name: stream([drivers[x] for x in pair], size, True, threads)
                      for name, pair in pairs.items() if all(drivers[x] for x in pair)}
        yield Case(f"mixed pair {label} encrypted", stream_figures(size)[:2], contenders)


def core_work(binary, work, peers, degree, threads, results):
    def measure(seconds):
        with Processes() as run:
            process = run.start(binary, core=work, nodes=peers, degree=degree, seconds=seconds, threads=threads)
            done = process.wait_for("done", 10 * seconds_allowed(seconds))
            if results.setdefault("result", done["result"]) != done["result"]:
                raise Failure("came to another result than the others")
            return {"ns": done["ns"]}
    return measure


def core_cases(drivers, threads):
    """Cases of calculations on a topology, without sockets. They do not use results that a node would cache, except
    in `cpp again`."""
    least = {"encode": 20, "apply known": 20, "apply new": 8, "unicast routes": 20, "broadcast routes": 10}
    for work, bound in least.items():
        for label, peers, degree in (("100 full", 100, 99), ("1,000 x 20", 1000, 20), ("1,000 full", 1000, 999)):
            works = {"cpp": (drivers["core"], work), "go": (drivers["go"], work)}
            if work == "encode":
                works["cpp again"] = (drivers["core"], "encode again")
            results = {}
            yield Case(f"{work} {label}", ["ns"],
                       {name: core_work(binary, work_of, peers, degree, threads, results)
                        for name, (binary, work_of) in works.items() if binary},
                       [Goal("go", "ns", most=1 / bound)])


def both(drivers, *names):
    """The named drivers for C++, and the driver for Go, which has all roles. Leaves out drivers that were not built."""
    found = {"cpp": [drivers[name] for name in names], "go": [drivers["go"]] * len(names)}
    return {name: binaries for name, binaries in found.items() if all(binaries)}


def broadcasts(binaries, listeners, threads, size=1024):
    node, crowd = binaries

    def measure(seconds):
        with Processes() as run:
            port = free_port()
            common = {"password": PASSWORD, "threads": threads, "size": size, "nodes": listeners}
            sender = run.start(node, role="broadcaster", name=peer_name(1), port=port, seconds=seconds, **common)
            sender.wait_for("ready", START_TIMEOUT)
            audience = run.start(crowd, role="listeners", peer=f"127.0.0.1:{port}", **common)
            sent = sender.wait_for("sent", seconds_allowed(seconds))
            done = audience.wait_for("done", seconds_allowed(seconds))
            return broadcast_figures(listeners, sent, done)
    return measure


def broadcast_figures(listeners, sent, done):
    if done["wrong"] or done["deliveries"] != listeners * sent["messages"]:
        raise Failure(f"{sent['messages']} messages to {listeners} listeners made {done['deliveries']} deliveries, "
                      f"{done['wrong']} wrong")
    return {"deliveries": done["deliveries"] / done["seconds"], "last": done["p50"],
            "cpu": (done["cpu"] + sent["cpu"]) / done["deliveries"] * 1e6}


def broadcast_cases(drivers, threads):
    for listeners in (10, 50):
        yield Case(f"broadcast 1 KiB encrypted to {listeners}", ["deliveries", "last", "cpu"],
                   {name: broadcasts(binaries, listeners, threads)
                    for name, binaries in both(drivers, "node", "crowd").items()})


def star(binary, nodes, threads):
    def measure(_):
        with Processes() as run:
            process = run.start(binary, role="star", nodes=nodes, port=free_port(), password=PASSWORD, threads=threads)
            together = process.wait_for("together", STAR_TIMEOUT)
            return {"seconds": together["seconds"], "peak": together["peak_kib"] / 1024,
                    "cpu_seconds": together["cpu"]}
    return measure


def star_cases(drivers, threads):
    """Cases that measure the time until every peer knows every other. The limit on unauthenticated connections is
    lifted for both contenders."""
    for nodes in (100, 300, 1000):
        contenders = both(drivers, "crowd")
        goals = {300: [Goal("go", "seconds", most=0.1), Goal("go", "peak", most=1 / 3)],
                 1000: [Limit("seconds", 60)]}.get(nodes, [])
        if nodes == 1000:
            contenders.pop("go", None)
        yield Case(f"star of {nodes:,} encrypted", ["seconds", "peak", "cpu_seconds"],
                   {name: star(binaries[0], nodes, threads) for name, binaries in contenders.items()},
                   goals, most_repetitions=3 if nodes == 100 else 1)


# Twice the interval of gossip and heartbeats, in seconds.
REST_SECONDS = 60


def at_rest(binaries, connections, threads):
    """Measures the idle CPU time and memory of a hub from outside, in the same way for both contenders."""
    node, crowd = binaries

    def measure(seconds):
        with Processes() as run:
            port = free_port()
            common = {"password": PASSWORD, "threads": threads, "nodes": connections}
            hub = run.start(node, name=peer_name(1), port=port, **common)
            hub.wait_for("ready", START_TIMEOUT)
            others = run.start(crowd, role="crowd", peer=f"127.0.0.1:{port}", **common)
            others.wait_for("together", STAR_TIMEOUT)
            time.sleep(2)
            # With --quick, the measured time may contain no gossip at all.
            watched = REST_SECONDS if seconds >= 4 else 5
            before = hub.cpu_seconds()
            time.sleep(watched)
            return {"cpu_minute": (hub.cpu_seconds() - before) * 60 / watched, "memory": hub.resident_mib()}
    return measure


def rest_cases(drivers, threads):
    yield Case("at rest with 100 connections", ["cpu_minute", "memory"],
               {name: at_rest(binaries, 100, threads) for name, binaries in both(drivers, "node", "crowd").items()},
               most_repetitions=1)


# Two rounds of gossip and the random delay before the first, in seconds.
MESH_REST_SECONDS = 65


def formation(binary, nodes, threads, **shape):
    """Measures how a mesh of many peers in one process forms, and then its rest."""
    def measure(seconds):
        # With --quick, the watched time contains one round of gossip.
        watched = MESH_REST_SECONDS if seconds >= 4 else 32
        with Processes() as run:
            process = run.start(binary, nodes=nodes, port=free_ports(nodes), seconds=watched, password=PASSWORD,
                                threads=threads, **shape)
            together = process.wait_for("together", STAR_TIMEOUT)
            rested = process.wait_for("rested", STAR_TIMEOUT)
            return {"seconds": together["seconds"], "cpu_seconds": together["cpu"],
                    "peak": together["peak_kib"] / 1024, "peak_at_rest": rested["peak_kib"] / 1024,
                    "cpu_rate": rested["cpu_ms"], "bytes_in": rested["bytes_in"], "bytes_out": rested["bytes_out"]}
    return measure


def mesh_cases(drivers, threads):
    """Each peer dials degree / 2 peers at random. Once all know each other, the mesh is watched at rest."""
    goals = {
        100: [Limit("seconds", 0.5), Limit("peak_at_rest", 45), Limit("cpu_rate", 0.1), Limit("bytes_in", 500)],
        300: [Limit("seconds", 3), Limit("cpu_seconds", 5), Limit("peak_at_rest", 200), Limit("bytes_in", 500)],
        1000: [Limit("seconds", 25), Limit("cpu_seconds", 45), Limit("peak_at_rest", 2560), Limit("bytes_in", 1000),
               Limit("cpu_rate", 0.5)],
    }
    degree = 16
    for nodes, goals_of_case in goals.items():
        contenders = both(drivers, "crowd")
        if nodes > 100:
            contenders.pop("go", None)
        yield Case(f"mesh of {nodes:,}, degree {degree}",
                   ["seconds", "cpu_seconds", "peak", "peak_at_rest", "cpu_rate", "bytes_in", "bytes_out"],
                   {name: formation(binaries[0], nodes, threads, role="mesh", degree=degree)
                    for name, binaries in contenders.items()},
                   goals_of_case, most_repetitions=1)


def change(binary, nodes, threads, degree):
    """Measures how fast all peers of a quiet mesh know that one more joins, and that it leaves."""
    def measure(seconds):
        with Processes() as run:
            process = run.start(binary, role="mesh", nodes=nodes, degree=degree, port=free_ports(nodes), seconds=1,
                                password=PASSWORD, threads=threads)
            process.wait_for("rested", STAR_TIMEOUT)
            joined = process.wait_for("joined", STAR_TIMEOUT)
            left = process.wait_for("left", STAR_TIMEOUT)
            return {"joined": joined["seconds"], "joined_cpu": joined["cpu_ms_each"], "left": left["seconds"],
                    "left_cpu": left["cpu_ms_each"]}
    return measure


def change_cases(drivers, threads):
    degree = 16
    for nodes in (100, 1000):
        goals = [Limit("joined", 1), Limit("joined_cpu", 1), Limit("left", 1), Limit("left_cpu", 1)]
        yield Case(f"a peer of {nodes:,} joins and leaves, degree {degree}", ["joined", "joined_cpu", "left", "left_cpu"],
                   {"cpp": change(drivers["crowd"], nodes, threads, degree)}, goals, most_repetitions=1)


def all_cases(drivers, threads):
    for family in (unicast_cases, round_trip_cases, beside_cases, hops_cases, mixed_cases, broadcast_cases,
                   actor_cases, core_cases, star_cases, rest_cases, mesh_cases,
                   change_cases, value_cases):
        yield from family(drivers, threads)
