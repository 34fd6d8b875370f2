"""How the cost of a mesh grows with its number of peers: the cases, and their chart, which gnuplot draws."""
import shutil
import subprocess

from cases import both, formation
from runs import Case

SIZES = (10, 30, 100, 300, 1000)
# The shapes of meshes with their greatest sizes. In a full mesh, each peer dials all earlier ones.
SHAPES = {"star": 1000, "degree 16": 1000, "full": 300}
MOST_FOR_GO = 100
METRICS = {"seconds": "seconds until all peers know all", "cpu_seconds": "CPU seconds until then",
           "peak": "MiB of memory at most until then", "bytes_in": "bytes/s into each peer at rest"}
COLOURS = {"star": "#1f6f8b", "degree 16": "#e07a3f", "full": "#7a5195"}


def name_of(shape, nodes):
    return f"growth: {shape}, {nodes:,} peers"


def role_of(shape, nodes):
    if shape == "star":
        return {"role": "star"}
    return {"role": "mesh", "degree": 16 if shape == "degree 16" else 2 * nodes}


def growth_cases(drivers, threads):
    for shape, greatest in SHAPES.items():
        for nodes in (x for x in SIZES if x <= greatest):
            contenders = both(drivers, "crowd")
            if nodes > MOST_FOR_GO:
                contenders.pop("go", None)
            yield Case(name_of(shape, nodes), list(METRICS),
                       {name: formation(binaries[0], nodes, threads, **role_of(shape, nodes))
                        for name, binaries in contenders.items()}, most_repetitions=1)


def curves(cases, metric):
    """Maps shape and contender to the points (nodes, figure) that were measured."""
    found = {case["name"]: case["figures"] for case in cases}
    result = {}
    for shape in SHAPES:
        for nodes in SIZES:
            for contender, figures in found.get(name_of(shape, nodes), {}).items():
                if figures and figures[metric] > 0:
                    result.setdefault((shape, contender), []).append((nodes, figures[metric]))
    return result


def script(cases, title, target):
    """The input for gnuplot: a panel for each metric, solid lines for cafmesh and dashed ones for the Go library."""
    lines = ["set terminal svg size 960,760 font 'sans-serif,12' background 'white'", f'set output "{target}"',
             f'set multiplot layout 2,2 title "{title}"', "set logscale xy", "set grid", "set key top left",
             "set xlabel 'peers'", f"set xrange [{SIZES[0] * 0.8}:{SIZES[-1] * 1.25}]"]
    for metric, label in METRICS.items():
        drawn = curves(cases, metric)
        if not drawn:
            continue
        lines.append(f"set title '{label}'")
        for number, points in enumerate(drawn.values()):
            lines += [f"$curve{number} << END", *(f"{nodes} {figure}" for nodes, figure in points), "END"]
        lines.append("plot " + ", ".join(
            f"$curve{number} with linespoints lw 2 pt 7 ps 0.5 lc rgb '{COLOURS[shape]}' dt {1 if who == 'cpp' else 2} "
            f"title '{shape}{'' if who == 'cpp' else ', Go'}'" for number, (shape, who) in enumerate(drawn)))
    return "\n".join([*lines, "unset multiplot", ""])


def why_no_chart():
    """Why no chart can be drawn; None if one can."""
    if not shutil.which("gnuplot"):
        return "there is no gnuplot to draw the chart: tools/install-deps --bench installs it"
    return None


def draw_growth(cases, title, target):
    done = subprocess.run(["gnuplot", "-"], input=script(cases, title, target), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"gnuplot failed: {done.stderr.strip()}")
