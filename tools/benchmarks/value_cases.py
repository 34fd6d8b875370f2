"""The cases of replicated values."""
from processes import Processes, free_port
from results import Limit
from runs import STAR_TIMEOUT, Case, peer_name, seconds_allowed

# Two rounds of gossip, in seconds.
REST_SECONDS = 65


def run_of(binary, threads, figures, **more):
    def measure(seconds):
        with Processes() as run:
            done = run.start(binary, seconds=seconds, threads=threads, **more).wait_for(
                "done", STAR_TIMEOUT + seconds_allowed(seconds))
            return {name: done[name] for name in figures}
    return measure


def takeover(binary, keys, threads):
    def measure(seconds):
        # With --quick, the time is too short to be sure that it contains gossip.
        watched = REST_SECONDS if seconds >= 4 else 5
        common = {"keys": keys, "size": 100, "threads": threads}
        with Processes() as run:
            port = free_port()
            donor = run.start(binary, role="donor", name=peer_name(1), port=port, **common)
            donor.wait_for("ready", STAR_TIMEOUT)
            newcomer = run.start(binary, role="newcomer", name=peer_name(2), peer=f"127.0.0.1:{port}", seconds=watched,
                                 **common)
            done = newcomer.wait_for("done", STAR_TIMEOUT)
            given = donor.wait_for("given", STAR_TIMEOUT)
            rested = newcomer.wait_for("rested", STAR_TIMEOUT)
            return {"seconds": done["seconds"], "p50": given["p50"], "p99": given["p99"], "bytes_in": rested["bytes_in"]}
    return measure


def value_cases(drivers, threads):
    """Cases of an lww_map with values of 100 bytes."""
    binary = drivers["values"]
    yield Case("values: puts with a watcher and a reader, 100,000 keys", ["rate", "memory_ratio"],
               {"cpp": run_of(binary, threads, ("rate", "memory_ratio"), role="watched", keys=100_000, size=100)},
               [Limit("rate", least=20_000), Limit("memory_ratio", 3)])
    yield Case("values: puts that reach three other nodes", ["rate"],
               {"cpp": run_of(binary, threads, ("rate",), role="spread", nodes=4, keys=10_000, size=100)})
    yield Case("values: a newcomer takes over 1,000,000 keys", ["seconds", "p99", "p50", "bytes_in"],
               {"cpp": takeover(binary, 1_000_000, threads)},
               [Limit("seconds", 10), Limit("p99", 5_000), Limit("bytes_in", 1_000)], most_repetitions=2)
