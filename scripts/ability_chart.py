"""A picture of panels side by side: a dot for every replicate, lines through their means, intervals
of the mean where they are known, and levels that no arm has, such as chance."""
import dataclasses
import math
from xml.sax.saxutils import escape

from chart_axis import COLOURS, DASHES, nice_ticks, number

PANEL_WIDTH, PANEL_HEIGHT = 300, 240
LEFT, GAP, TOP, BOTTOM = 62, 78, 34, 62
LEGEND_WIDTH, LEGEND_LINE = 230, 20
DOT = 2.6
LINEAR, LOG, NAMES = "linear", "log", "names"


@dataclasses.dataclass
class Point:
    """`x` is a number, or of an axis of names its place among them."""
    x: float
    values: list  # one a replicate
    interval: tuple = None  # (low, high) of the mean

    def mean(self):
        return sum(self.values) / len(self.values)


@dataclasses.dataclass
class Series:
    name: str
    points: list
    dots: bool = True  # without, a thin line for each replicate: of curves of many points

    def replicates(self):
        """[(x, value)] of each replicate."""
        count = min(len(point.values) for point in self.points)
        return [[(point.x, point.values[i]) for point in self.points] for i in range(count)]


@dataclasses.dataclass
class Panel:
    x_title: str
    y_title: str
    series: list
    scale: str = LINEAR
    names: tuple = ()  # of an axis of names
    levels: dict = dataclasses.field(default_factory=dict)  # what a level is -> its value

    def shown(self):
        return [series for series in self.series if series.points]

    def xs(self):
        return [point.x for series in self.shown() for point in series.points]

    def ys(self):
        return [value for series in self.shown() for point in series.points
                for value in point.values] + list(self.levels.values())


def padded(low, high):
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    return low - margin, high + margin


class Drawing:
    """The elements of a panel whose left edge is at `left`; `styles`: (colour, dashes) by the name
    of a series or level."""

    def __init__(self, panel, left, styles):
        self.panel, self.left, self.styles = panel, left, styles
        self.y_range = padded(min(panel.ys()), max(panel.ys()))
        if panel.scale == NAMES:
            self.x_range = (-0.5, len(panel.names) - 0.5)
        else:
            self.x_range = padded(*(self.scaled(end) for end in (min(panel.xs()),
                                                                 max(panel.xs()))))

    def scaled(self, x):
        return math.log(x) if self.panel.scale == LOG else x

    def x(self, value):
        low, high = self.x_range
        return self.left + PANEL_WIDTH * (self.scaled(value) - low) / (high - low)

    def y(self, value):
        """Intervals may reach out of the picture."""
        low, high = self.y_range
        inside = min(max(value, low), high)
        return TOP + PANEL_HEIGHT * (1 - (inside - low) / (high - low))

    def x_ticks(self):
        if self.panel.scale == NAMES:
            return list(enumerate(self.panel.names))
        if self.panel.scale == LOG:
            return [(x, number(x)) for x in spread(sorted(set(self.panel.xs())), self.x)]
        return [(x, number(x)) for x in nice_ticks(*self.x_range) if x >= min(0, *self.panel.xs())]

    def frame(self):
        bottom = TOP + PANEL_HEIGHT
        middle = TOP + PANEL_HEIGHT / 2
        title_x = self.left - 46
        yield (f'<text x="{self.left + PANEL_WIDTH / 2:.1f}" y="{bottom + 50}" '
               f'text-anchor="middle">{escape(self.panel.x_title)}</text>')
        yield (f'<text x="{title_x}" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 '
               f'{title_x} {middle:.1f})">{escape(self.panel.y_title)}</text>')
        for place, (tick, name) in enumerate(self.x_ticks()):
            # Names take turns in two lines.
            line = bottom + 18 + (14 * (place % 2) if self.panel.scale == NAMES else 0)
            yield (f'<line x1="{self.x(tick):.1f}" x2="{self.x(tick):.1f}" y1="{bottom}" '
                   f'y2="{bottom + 4}" stroke="#444"/>')
            yield f'<text x="{self.x(tick):.1f}" y="{line}" text-anchor="middle">{escape(name)}</text>'
        for tick in nice_ticks(*self.y_range):
            yield (f'<line x1="{self.left}" x2="{self.left + PANEL_WIDTH}" y1="{self.y(tick):.1f}" '
                   f'y2="{self.y(tick):.1f}" stroke="#ddd"/>')
            yield (f'<text x="{self.left - 6}" y="{self.y(tick) + 4:.1f}" '
                   f'text-anchor="end">{number(round(tick, 12))}</text>')
        yield (f'<rect x="{self.left}" y="{TOP}" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}" '
               'fill="none" stroke="#444"/>')

    def line(self, points, colour, dashes, width):
        """Nothing for a single point."""
        if len(points) < 2:
            return
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        yield (f'<polyline points="{places}" fill="none" stroke="{colour}" '
               f'stroke-width="{width}" stroke-dasharray="{dashes}"/>')

    def interval(self, point, colour):
        x, (low, high) = self.x(point.x), map(self.y, point.interval)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}"/>'

    def mean_mark(self, point, colour):
        x, y = self.x(point.x), self.y(point.mean())
        yield f'<line x1="{x - 6:.1f}" x2="{x + 6:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>'

    def one_series(self, series):
        colour, dashes = self.styles[series.name]
        if not series.dots:
            for replicate in series.replicates():
                yield from self.line(replicate, colour, "", 0.7)
        means = [(point.x, point.mean()) for point in series.points]
        yield from self.line(means, colour, dashes, 2)
        for point in series.points if series.dots else []:
            if len(series.points) == 1 and len(point.values) > 1:
                yield from self.mean_mark(point, colour)
            if point.interval is not None:
                yield from self.interval(point, colour)
            for value in point.values:
                yield (f'<circle cx="{self.x(point.x):.1f}" cy="{self.y(value):.1f}" r="{DOT}" '
                       f'fill="{colour}"/>')

    def elements(self):
        yield from self.frame()
        for name, value in self.panel.levels.items():
            colour, dashes = self.styles[name]
            yield (f'<line x1="{self.left}" x2="{self.left + PANEL_WIDTH}" y1="{self.y(value):.1f}" '
                   f'y2="{self.y(value):.1f}" stroke="{colour}" stroke-dasharray="{dashes}"/>')
        for series in self.panel.shown():
            yield from self.one_series(series)


def spread(values, place, least=34):
    """Those of `values` whose numbers do not run into each other, from the last one on."""
    kept = []
    for value in reversed(values):
        if not kept or place(kept[-1]) - place(value) >= least:
            kept.append(value)
    return kept[::-1]


def described(panels):
    """For those who do not see the picture: every mean."""
    lines = []
    for panel in panels:
        for series in panel.shown():
            means = ", ".join(
                f"{panel.names[point.x] if panel.scale == NAMES else number(point.x)}: "
                f"{point.mean():.4g}" for point in series.points) if series.dots else \
                f"from {series.points[0].mean():.4g} to {series.points[-1].mean():.4g}"
            lines.append(f"{panel.y_title}, {series.name}: {means}")
        lines += [f"{panel.y_title}, {name}: {value:.4g}" for name, value in panel.levels.items()]
    return "; ".join(lines)


def styles_of(panels):
    """One colour a name in all panels; levels are grey."""
    names = list(dict.fromkeys(series.name for panel in panels for series in panel.shown()))
    levels = list(dict.fromkeys(name for panel in panels for name in panel.levels))
    styles = {name: (COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)])
              for i, name in enumerate(names)}
    return styles | {name: ("#777", DASHES[1 + i % (len(DASHES) - 1)])
                     for i, name in enumerate(levels)}


def legend(styles, left):
    for i, (name, (colour, dashes)) in enumerate(styles.items()):
        y = TOP + 6 + LEGEND_LINE * i
        yield (f'<line x1="{left}" x2="{left + 26}" y1="{y}" y2="{y}" stroke="{colour}" '
               f'stroke-width="2" stroke-dasharray="{dashes}"/>')
        yield f'<text x="{left + 32}" y="{y + 4}">{escape(name)}</text>'


def svg(title, panels):
    """Of the panels that have something to show; None where there are none."""
    panels = [panel for panel in panels if panel.shown()]
    if not panels:
        return None
    styles = styles_of(panels)
    lefts = [LEFT + i * (PANEL_WIDTH + GAP) for i in range(len(panels))]
    legend_left = lefts[-1] + PANEL_WIDTH + 18
    width = legend_left + LEGEND_WIDTH
    height = max(TOP + PANEL_HEIGHT + BOTTOM, TOP + LEGEND_LINE * (len(styles) + 1))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
             'font-family="sans-serif" font-size="12">',
             f"<title>{escape(title)}</title>", f"<desc>{escape(described(panels))}</desc>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>',
             *legend(styles, legend_left)]
    for left, panel in zip(lefts, panels):
        parts += Drawing(panel, left, styles).elements()
    return "\n".join(parts + ["</svg>"]) + "\n"
