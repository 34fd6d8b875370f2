"""Medians, ratios and goals of measured figures, and their table, all without input or output."""
from statistics import median

# Maps each figure to its unit and its number of decimals.
UNITS = {
    "rate": ("/s", 0), "mb_s": ("MB/s", 1), "cpu": ("CPU s per million", 2),
    "p50": ("us", 1), "p99": ("us", 1), "p999": ("us", 1),
    "deliveries": ("/s", 0), "last": ("us", 0),
    "seconds": ("s", 3), "peak": ("MiB", 1), "memory": ("MiB", 1), "cpu_seconds": ("CPU s", 2), "cpu_minute": ("CPU s per minute", 3),
    "peak_at_rest": ("MiB at rest", 1), "cpu_rate": ("CPU ms/s per peer", 3), "bytes_in": ("bytes/s in per peer", 0),
    "bytes_out": ("bytes/s out per peer", 0), "ns": ("ns", 0),
    "joined": ("s until all know", 3), "joined_cpu": ("CPU ms per peer until then", 3), "left": ("s until all know", 3),
    "left_cpu": ("CPU ms per peer until then", 3), "memory_ratio": ("bytes per byte of keys and values", 2),
    "p99_alone": ("us alone, p99", 1), "down": ("ms until down", 1), "down_most": ("ms at most", 1),
}
HIGHER_IS_BETTER = {"rate", "mb_s", "deliveries"}


def medians(runs):
    """The median of each figure over all runs; None if there are no runs."""
    if not runs:
        return None
    return {name: median(run[name] for run in runs) for name in runs[0]}


def advantage(metric, ours, theirs):
    """How many times better `ours` is; 2 means twice the rate or half the time."""
    if not ours or not theirs:
        return None
    return ours / theirs if metric in HIGHER_IS_BETTER else theirs / ours


class Goal:
    """A bound on the ratio of the figures of C++ to those of another contender."""

    def __init__(self, other, metric, least=None, most=None):
        self.other, self.metric, self.least, self.most = other, metric, least, most

    def ratio(self, figures):
        ours, theirs = figures.get("cpp"), figures.get(self.other)
        if not ours or not theirs or not theirs[self.metric]:
            return None
        return ours[self.metric] / theirs[self.metric]

    def reached(self, figures):
        """Whether the goal is reached; None if it was not measured."""
        ratio = self.ratio(figures)
        if ratio is None:
            return None
        return ratio >= self.least if self.least is not None else ratio <= self.most

    def text(self):
        bound = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"
        return f"{self.metric} {bound} x {self.other}"


class Limit:
    """An absolute bound on a figure of C++. Its ratio is the figure divided by the bound."""

    other = None

    def __init__(self, metric, most=None, least=None):
        self.metric, self.most, self.least = metric, most, least

    def ratio(self, figures):
        ours = figures.get("cpp")
        return ours[self.metric] / (self.least or self.most) if ours else None

    def reached(self, figures):
        ratio = self.ratio(figures)
        if ratio is None:
            return None
        return ratio >= 1 if self.least else ratio <= 1

    def text(self):
        bound = f">= {self.least:g}" if self.least else f"<= {self.most:g}"
        return f"{self.metric} {bound} {UNITS[self.metric][0]}"


def show(metric, value):
    digits = UNITS[metric][1]
    return f"{value:,.{digits}f}"


def table(cases):
    """Lines of text, with a row per figure and a column per contender.

    cases: dicts with name, shown (metrics, the main one first), figures
    (contender -> metric -> value) and goals."""
    contenders = []
    for case in cases:
        contenders += [x for x in case["figures"] if x not in contenders]
    header = ["case", "figure"] + contenders + ["x go", "x floor", "goal"]
    rows = []
    for case in cases:
        for metric in case["shown"]:
            rows.append(_row(case, metric, contenders))
    widths = [max(len(row[i]) for row in [header] + rows) for i in range(len(header))]
    align = [str.ljust if i < 2 or i == len(header) - 1 else str.rjust for i in range(len(header))]
    lines = ["  ".join(f(x, w) for f, x, w in zip(align, row, widths)).rstrip() for row in [header] + rows]
    return [lines[0], "-" * max(map(len, lines))] + lines[1:]


def _row(case, metric, contenders):
    figures = case["figures"]
    first = metric == case["shown"][0]
    row = [case["name"] if first else "", UNITS[metric][0] if metric not in ("p50", "p99", "p999") else f"{metric} us"]
    for name in contenders:
        value = (figures.get(name) or {}).get(metric)
        row.append("" if value is None else show(metric, value))
    ours = (figures.get("cpp") or {}).get(metric)
    for other in ("go", "floor"):
        theirs = (figures.get(other) or {}).get(metric)
        ratio = None if not ours or not theirs else ours / theirs
        row.append("" if ratio is None else f"{ratio:.2f}")
    row.append("; ".join(_verdict(goal, figures) for goal in case["goals"] if goal.metric == metric))
    return row


def _verdict(goal, figures):
    reached = goal.reached(figures)
    return f"{goal.text()}: " + ("not measured" if reached is None else "reached" if reached else "MISSED")


def missed(cases):
    """The goals that were measured and not reached, as text."""
    return [f"{case['name']}: {goal.text()}, is {goal.ratio(case['figures']):.2f}"
            for case in cases for goal in case["goals"] if goal.reached(case["figures"]) is False]
