"""Grammar "induction" a second time."""

import itertools


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        self.symbols = [f"{i} " for i in range(spec["symbols"])]

    def draw(self, part, index, stream, control):
        low, high = self.spec["min_period"], self.spec["max_period"]
        period = low + stream.below(high - low + 1)
        length = self.spec["length"]
        segment = [4 + stream.below(self.spec["symbols"]) for _ in range(min(period, length))]
        tokens = list(itertools.islice(itertools.cycle(segment), length))
        marks = [0] * (period + 1) + [1] * (length - period - 1)
        return {"tokens": tokens, "marks": marks[:length], "group": "rows",
                "key": " ".join(map(str, tokens)), "nll": []}
