"""Counts of instructions and allocations, and their comparison with recorded ones."""
import json
import re

# Maps each case to a number of rounds that takes Valgrind about a second.
COUNTED = {
    "link in 64 B plain": 50,
    "link out and in 64 B encrypted": 10,
    "topology encoded 100 full": 50,
    "topology applied, new 100 full": 10,
    "unicast routes 1,000 x 20": 50,
}
FIGURES = ("instructions", "allocations")
TOLERANCE = 0.1
UPDATE = "tools/instructions --update"


class Unreadable(Exception):
    pass


def parse_callgrind(lines, program):
    """Instructions in `program` itself, and all calls of `operator new`.

    Instructions in libc and libsodium do not count, because these choose variants
    for the processor. A superfluous copy still shows as an allocation.
    """
    instructions, allocations = 0, 0
    ours, inclusive, names, called = False, False, {}, ""
    for line in lines:
        name = re.match(r"(c?)(ob|fn)=(?:\((\d+)\))? ?(.*)", line)
        if name:
            call, kind, number, text = name.groups()
            # Callgrind writes a name in full only once. Later lines have only its number.
            if number:
                text = names.setdefault((kind, number), text)
            if kind == "ob" and not call:
                ours = text == program
            elif kind == "fn" and call:
                called = text
        elif line.startswith("calls="):
            inclusive = True
            if called.startswith("operator new"):
                allocations += int(line[len("calls="):].split()[0])
        elif re.match(r"[0-9+*-]", line):
            # The line after a call has the costs of the called function.
            if ours and not inclusive:
                instructions += int(line.split()[-1])
            inclusive = False
    if instructions == 0:
        raise Unreadable(f"nothing was counted in {program}")
    return {"instructions": instructions, "allocations": allocations}


def per_round(counts, rounds):
    return {figure: round(counts[figure] / rounds) for figure in FIGURES}


def change(now, before):
    """The relative difference as text; empty without a recorded count."""
    return f"{now / before - 1:+.1%}" if before else ""


def compare(now, before, tolerance=TOLERANCE):
    """One line for each figure that differs, and for each case that only one side has."""
    result = []
    for case in sorted(now.keys() | before.keys()):
        if case not in now or case not in before:
            result.append(f"{case}: {'not measured any more' if case in before else 'not in the file yet'}")
            continue
        for figure in FIGURES:
            x, y = now[case][figure], before[case][figure]
            if abs(x - y) > tolerance * y:
                result.append(f"{case}: {x:,} {figure} {change(x, y)}, were {y:,}")
    return result


def verdict(differences):
    """The result of the comparison as text."""
    if not differences:
        return "All within 10 % of the recorded counts."
    return "\n".join(["Beyond 10 % of the recorded counts:", *(f"  {x}" for x in differences),
                      f"If the change is intended: {UPDATE}, and commit the file with a reason."])


def table(now, before):
    rows = [("case", "instructions", "before", "", "allocations", "before", "")]
    for case, figures in now.items():
        row = [case]
        for figure in FIGURES:
            was = before.get(case, {}).get(figure)
            row += [f"{figures[figure]:,}", "" if was is None else f"{was:,}", change(figures[figure], was)]
        rows.append(tuple(row))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0])] + [x.rjust(w) for x, w in zip(row[1:], widths[1:])]).rstrip()
            for row in rows]


def to_text(build, cases):
    """One case per line, so that diffs are small."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(figures)}" for name, figures in cases.items())
    return f'{{"build": {json.dumps(build)},\n "a round": {{\n{rows}\n}}}}\n'


def from_text(text):
    """Returns the build for which the counts hold, and the cases."""
    document = json.loads(text)
    return document["build"], document["a round"]
