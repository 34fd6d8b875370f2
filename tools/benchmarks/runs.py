"""What the cases of the benchmark have in common: what a case is, and runs between two ends of a chain of peers."""
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional

from processes import Failure, Processes, free_port
from results import Goal

PASSWORD = "correct horse battery staple"
START_TIMEOUT = 30
# The time limit in seconds. A star of 300 Go peers needs about a minute.
STAR_TIMEOUT = 300


@dataclass
class Case:
    name: str
    # The figures to show. The table's ratios and the chart use the first figure.
    shown: List[str]
    contenders: Dict[str, Callable[[float], dict]]  # seconds to measure -> figures
    goals: List[Goal] = field(default_factory=list)
    most_repetitions: Optional[int] = None        # limit for slow cases


def peer_name(number):
    return f"02:00:00:00:00:{number:02x}"


def seconds_allowed(seconds):
    """The time limit of a run in seconds, long enough for a busy machine."""
    return 60 + 4 * seconds


def start_line(run, binaries, roles, encrypted, threads, **more):
    """Starts a chain of peers, each of which dials the next. The first has roles[0], the last roles[1], and the others
    relay. Returns the first and the last process."""
    ends = {0: roles[0], len(binaries) - 1: roles[1]}
    following, last = None, None
    for number in reversed(range(len(binaries))):
        port = free_port()
        process = run.start(
            binaries[number], role=ends.get(number, "relay"), name=peer_name(number + 1), port=port,
            peer=f"127.0.0.1:{following}" if following else None, to=peer_name(len(binaries)),
            password=PASSWORD if encrypted else None, threads=threads, **more)
        process.wait_for("ready", START_TIMEOUT)
        following, last = port, last or process
    return process, last


def rates(size, sent, done):
    if done["wrong"] or done["messages"] != sent["messages"]:
        raise Failure(f"{sent['messages']} messages were sent, {done['messages']} arrived, {done['wrong']} wrong")
    return {
        "rate": done["messages"] / done["seconds"],
        "mb_s": done["messages"] * size / done["seconds"] / 1e6,
        "cpu": (done["cpu"] + sent["cpu"]) / done["messages"] * 1e6,
    }


def stream(binaries, size, encrypted, threads):
    def measure(seconds):
        with Processes() as run:
            first, last = start_line(run, binaries, ("source", "sink"), encrypted, threads,
                                     size=size, seconds=seconds)
            sent = first.wait_for("sent", seconds_allowed(seconds))
            return rates(size, sent, last.wait_for("done", seconds_allowed(seconds)))
    return measure


def round_trip(binaries, encrypted, threads, size=64):
    def measure(seconds):
        with Processes() as run:
            first, _ = start_line(run, binaries, ("pinger", "echo"), encrypted, threads,
                                  size=size, seconds=seconds)
            done = first.wait_for("done", seconds_allowed(seconds))
            return {name: done[name] for name in ("p50", "p99", "p999")}
    return measure


SIZES = {"64 B": 64, "1 KiB": 1024, "64 KiB": 64 * 1024, "1 MiB": 1024 * 1024}


def crypt_name(encrypted):
    return "encrypted" if encrypted else "plain"


def main_figure(size):
    """The figure that counts for a stream: messages per second for small messages, bytes per second for large ones."""
    return "mb_s" if size >= 64 * 1024 else "rate"


def stream_figures(size):
    return ["mb_s", "rate", "cpu"] if size >= 64 * 1024 else ["rate", "mb_s", "cpu"]
