"""The picture of docs/families.md: held-out bits a byte against tokens, and against seconds of
training."""
from xml.sax.saxutils import escape

import numpy

from chart_axis import COLOURS, DASHES, nice_ticks, number
from family_runs import EXPERIMENTS

WIDTH, HEIGHT = 980, 430
PANEL_WIDTH, PANEL_HEIGHT, TOP = 400, 290, 50
LEFTS = (70, 550)
POINTS = 60  # of a band


class Panel:
    def __init__(self, left, title, x_range, y_range):
        self.left, self.title, self.x_range, self.y_range = left, title, x_range, y_range

    def x(self, value):
        low, high = self.x_range
        return self.left + PANEL_WIDTH * (value - low) / (high - low)

    def y(self, value):
        low, high = self.y_range
        return TOP + PANEL_HEIGHT * (1 - (value - low) / (high - low))

    def points(self, xs, ys):
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs, ys))

    def frame(self):
        bottom, right = TOP + PANEL_HEIGHT, self.left + PANEL_WIDTH
        yield (f'<text x="{self.left + PANEL_WIDTH / 2}" y="{bottom + 42}" '
               f'text-anchor="middle">{escape(self.title)}</text>')
        for tick in nice_ticks(*self.x_range):
            x = self.x(tick)
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="#444"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{number(tick)}</text>'
        for tick in nice_ticks(*self.y_range):
            y = self.y(tick)
            yield f'<line x1="{self.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            yield (f'<text x="{self.left - 8}" y="{y + 4:.1f}" '
                   f'text-anchor="end">{number(tick)}</text>')
        yield (f'<rect x="{self.left}" y="{TOP}" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}" '
               'fill="none" stroke="#444"/>')

    def family(self, curves, colour, dash):
        """Band over the replicates and the line of their mean, where all of them have points."""
        begin, end = max(xs[0] for xs, _ in curves), min(xs[-1] for xs, _ in curves)
        grid = numpy.linspace(begin, end, POINTS)
        values = numpy.array([numpy.interp(grid, xs, ys) for xs, ys in curves])
        low, high, mean = values.min(axis=0), values.max(axis=0), values.mean(axis=0)
        band = self.points(list(grid) + list(grid[::-1]), list(high) + list(low[::-1]))
        yield f'<polygon points="{band}" fill="{colour}" fill-opacity="0.18"/>'
        yield (f'<polyline points="{self.points(grid, mean)}" fill="none" stroke="{colour}" '
               f'stroke-width="1.8" stroke-dasharray="{dash}"/>')


def legend():
    x = LEFTS[0]
    for name, colour, dash in zip(EXPERIMENTS.values(), COLOURS, DASHES):
        yield (f'<line x1="{x}" x2="{x + 30}" y1="22" y2="22" stroke="{colour}" stroke-width="2.5" '
               f'stroke-dasharray="{dash}"/>')
        yield f'<text x="{x + 36}" y="26">{escape(name)}</text>'
        x += 145


def svg(runs):
    curves = {name: [run.curve for run in of_family] for name, of_family in runs.items()}
    everyone = [curve for of_family in curves.values() for curve in of_family]
    bits = numpy.concatenate([curve.bits for curve in everyone])
    margin = 0.03 * (bits.max() - bits.min())
    y_range = (bits.min() - margin, bits.max() + margin)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="13">',
             "<title>Held-out bits a byte of six families</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *legend()]
    for left, title, axis in ((LEFTS[0], "tokens", "tokens"),
                              (LEFTS[1], "seconds of training", "seconds")):
        farthest = max(float(getattr(curve, axis)[-1]) for curve in everyone)
        panel = Panel(left, title, (0.0, farthest), y_range)
        parts += panel.frame()
        for (name, of_family), colour, dash in zip(curves.items(), COLOURS, DASHES):
            parts += panel.family([(getattr(c, axis), c.bits) for c in of_family], colour, dash)
    middle = TOP + PANEL_HEIGHT / 2
    parts.append(f'<text x="20" y="{middle}" text-anchor="middle" '
                 f'transform="rotate(-90 20 {middle})">held-out bits a byte</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
