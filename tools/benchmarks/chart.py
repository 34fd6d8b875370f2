"""A bar chart of the cases as SVG: one group per case, one bar per contender."""
from html import escape

from results import advantage, show, UNITS

COLOURS = {"cpp": "#1f6f8b", "go": "#e07a3f", "floor": "#9aa5ab", "zeromq": "#7a5195", "zeromq curve": "#7a5195",
           "remoting": "#c9a227"}
OTHER_COLOUR = "#6b8f3c"
BAR, GAP, LEFT, WIDTH, RIGHT = 14, 14, 250, 420, 260


def svg(cases, title):
    """Draws the chart. Bars are relative to the best of their case, because units differ; labels have the figures.
    Longer is better, also for latencies and times."""
    parts, y = [], 60
    for case in cases:
        metric = case["shown"][0]
        # Bars show ratios, so every figure must be above 0. A figure of 0 is drawn as the smallest figure
        # that a label can show.
        least = 10 ** -UNITS[metric][1]
        drawn = [(name, x[metric] or least) for name, x in case["figures"].items() if x]
        if not drawn:
            continue
        parts += _group(case, drawn, y)
        y += len(drawn) * BAR + GAP
    height = y + 10
    width = LEFT + WIDTH + RIGHT
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            f'<text x="10" y="24" font-size="16">{escape(title)}</text>',
            '<text x="10" y="42" fill="#555">Longer is better: each bar relative to the best of its group.</text>']
    return "\n".join(head + parts + ["</svg>"]) + "\n"


def _group(case, drawn, y):
    metric = case["shown"][0]
    go = dict(drawn).get("go")
    best = max(advantage(metric, value, drawn[0][1]) for _, value in drawn)
    parts = [f'<text x="{LEFT - 10}" y="{y + BAR - 3}" text-anchor="end">{escape(case["name"])}</text>']
    for number, (name, value) in enumerate(drawn):
        top = y + number * BAR
        length = max(1.0, WIDTH * advantage(metric, value, drawn[0][1]) / best)
        colour = COLOURS.get(name, OTHER_COLOUR)
        label = f"{name} {show(metric, value)} {UNITS[metric][0]}"
        if go and name != "go":
            label += f" ({advantage(metric, value, go):.1f} x go)"
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + length + 5:.1f}" y="{top + BAR - 4}" fill="#333">{escape(label)}</text>')
    return parts
