"""Grammar "facts" a second time."""

import collections


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        first, last, values = spec["first_names"], spec["last_names"], spec["values"]
        names = streams.stream("facts/names").permutation(first * last)[: spec["facts"]]
        value_stream = streams.stream("facts/values")
        self.facts = [(f"f{name // last} ", f"l{name % last} ", f"v{value_stream.below(values)} ")
                      for name in names]
        self.symbols = ([f"f{i} " for i in range(first)] + [f"l{i} " for i in range(last)]
                        + [f"v{i} " for i in range(values)])
        if spec["exposures"] == "draws":
            stream = streams.stream("facts/draws")
            self.rows = [stream.below(spec["facts"]) for _ in range(spec["train_rows"])]
        else:
            counts = [0]
            while counts[-1] < spec["max_exposures"]:
                counts.append(max(1, 2 * counts[-1]))
            expanded = [fact for fact in range(spec["facts"])
                        for _ in range(counts[fact % len(counts)])]
            order = streams.stream("facts/order").permutation(len(expanded))
            self.rows = [expanded[place] for place in order]
        self.seen = collections.Counter(self.rows)

    def draw(self, part, index, stream, control):
        fact = self.rows[index] if part == "train" else index
        tokens = [1] + [4 + self.symbols.index(word) for word in self.facts[fact]] + [2]
        name = 1 if self.spec["targets"] == "all" and part == "train" else 0
        power = 0
        while self.seen[fact] and 2 * max(power, 0.5) <= self.seen[fact]:
            power = max(1, 2 * power)
        return {"tokens": tokens, "marks": [0, name, name, 2, 2], "group": f"exposures_{power}",
                "key": "", "nll": []}
