"""The cases of messages between actors of different processes, over the mesh and with CAF's own remoting."""
import contextlib
import time
from statistics import median

from processes import Failure, Processes, Wire, free_port
from results import Limit
from runs import (PASSWORD, SIZES, STAR_TIMEOUT, START_TIMEOUT, Case, crypt_name, peer_name, round_trip, seconds_allowed,
                  start_line, stream, stream_figures)


def traffic_cases(drivers, threads):
    """Cases of actors that send messages to actors of another process: over the mesh, and with CAF's own remoting."""
    contenders = {False: {"cpp": "mesh_actors", "remoting": "remoting"}, True: {"cpp": "mesh_actors"}}
    binaries = {encrypted: {name: drivers[driver] for name, driver in drivers_of.items() if drivers[driver]}
                for encrypted, drivers_of in contenders.items()}
    streams = {("64 B", False): Limit("rate", least=800_000), ("64 B", True): Limit("rate", least=500_000),
               ("1 MiB", False): Limit("mb_s", least=600)}
    for (label, encrypted), limit in streams.items():
        size = SIZES[label]
        yield Case(f"actors {label} {crypt_name(encrypted)}", stream_figures(size),
                   {name: stream([binary] * 2, size, encrypted, threads)
                    for name, binary in binaries[encrypted].items()}, [limit])
    for hops, encrypted, bound in ((1, False, 60), (1, True, 70), (2, True, 150)):
        suffix = "" if hops == 1 else f" {hops} hops"
        yield Case(f"actors round trip 64 B {crypt_name(encrypted)}{suffix}", ["p50", "p99", "p999"],
                   {name: round_trip([binary] * (hops + 1), encrypted, threads)
                    for name, binary in binaries[encrypted].items()}, [Limit("p50", bound)])


DOWN_AFTER = 10  # the setting `actors.down_after`, in seconds
KILLS = 5  # in each run; each kills another process


def down_after_kill(binaries, encrypted, threads):
    def measure(_):
        delays = []
        for _ in range(KILLS):
            with Processes() as run:
                first, last = start_line(run, binaries, ("watcher", "echo"), encrypted, threads)
                first.wait_for("watching", START_TIMEOUT)
                began = time.monotonic()
                last.kill()
                delays.append((first.wait_for("down", START_TIMEOUT)["at"] - began) * 1e3)
        return {"down": median(delays), "down_most": max(delays)}
    return measure


def down_after_cut(binary, threads):
    """All sockets stay open, and the other process neither sends nor receives."""
    def measure(_):
        with Processes() as run, contextlib.closing(Wire(port := free_port())) as wire:
            common = {"password": PASSWORD, "threads": threads}
            run.start(binary, role="echo", name=peer_name(2), port=port, **common).wait_for("ready", START_TIMEOUT)
            watcher = run.start(binary, role="watcher", name=peer_name(1), port=free_port(), peer=wire.address,
                                **common)
            watcher.wait_for("watching", START_TIMEOUT)
            began = time.monotonic()
            wire.cut()
            return {"down": (watcher.wait_for("down", START_TIMEOUT)["at"] - began) * 1e3}
    return measure


def down_cases(drivers, threads):
    """The time until an actor that monitors one of another process is told that it is down."""
    node, remoting = drivers["mesh_actors"], drivers["remoting"]
    for hops in (1, 2):
        contenders = {"cpp": down_after_kill([node] * (hops + 1), True, threads)}
        if hops == 1 and remoting:
            contenders["remoting"] = down_after_kill([remoting] * 2, False, threads)
        suffix = "" if hops == 1 else f" {hops} hops"
        yield Case(f"actors down after kill -9{suffix}", ["down", "down_most"], contenders, [Limit("down_most", 100)])
    # CAF's remoting does not notice a cut while the socket stays open.
    yield Case("actors down after a cut", ["down"], {"cpp": down_after_cut(node, threads)},
               [Limit("down", (DOWN_AFTER + 1) * 1e3)], most_repetitions=2)


def beside_large(binary, role, encrypted, threads):
    def measure(seconds):
        with Processes() as run:
            process = run.start(binary, role=role, size=8 * SIZES["1 MiB"], seconds=seconds, threads=threads,
                                password=PASSWORD if encrypted else None)
            alone, throughput, beside = (process.wait_for(x, seconds_allowed(seconds))
                                         for x in ("alone", "throughput", "beside_stream"))
            if alone["failed"] or beside["failed"]:
                raise Failure("some small messages were not answered")
            return {"p99": beside["p99"], "p50": beside["p50"], "p99_alone": alone["p99"],
                    "mb_s": throughput["mb_per_s"]}
    return measure


def large_cases(drivers, threads):
    """Round trips of small messages between actors, while other actors of the same processes exchange 64 MiB in large
    messages, as bytes or as many short texts."""
    for role, encrypted in (("bytes", False), ("bytes", True), ("texts", False)):
        drivers_of = {"cpp": "large_messages"} if encrypted else {"cpp": "large_messages", "remoting": "large_remoting"}
        yield Case(f"actors round trip beside 8 MiB of {role} {crypt_name(encrypted)}",
                   ["p99", "p50", "p99_alone", "mb_s"],
                   {name: beside_large(drivers[driver], role, encrypted, threads)
                    for name, driver in drivers_of.items() if drivers[driver]}, [Limit("p99", 20_000)])


def names_seen(binary, nodes, degree, threads):
    def measure(seconds):
        with Processes() as run:
            process = run.start(binary, nodes=nodes, degree=degree, seconds=seconds, password=PASSWORD, threads=threads)
            done = process.wait_for("done", STAR_TIMEOUT)
            return {name: done[name] for name in ("p50", "p99", "p999")}
    return measure


def name_cases(drivers, threads):
    """The time from the publication of a name until each of 50 other peers sees it."""
    yield Case("actors name seen by 50 peers", ["p50", "p99", "p999"],
               {"cpp": names_seen(drivers["names"], 51, 16, threads)}, [Limit("p99", 200_000)])


def actor_cases(drivers, threads):
    for family in (traffic_cases, down_cases, large_cases, name_cases):
        yield from family(drivers, threads)
