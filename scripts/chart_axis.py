"""Ticks, their numbers, and the colours of pictures of several lines."""
import math

# Okabe and Ito's colours, which people with any colour vision tell apart; dashes for a print
# without colours.
COLOURS = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2")
DASHES = ("", "8 3", "3 3", "10 3 2 3", "1 3", "6 6", "12 4 4 4")


def nice_ticks(low, high, count=5):
    """Round numbers from `low` to `high`."""
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [step * i for i in range(first, last + 1)]


def number(value):
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e4 else f"{value:g}"
