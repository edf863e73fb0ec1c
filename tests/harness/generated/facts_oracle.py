"""Grammar "facts" a second time."""

import collections


def exposures_of_block(max_exposures, tapered_from):
    """How often the facts of one block are trained on, in their order."""
    powers = [0, 1]
    while powers[-1] < max_exposures:
        powers.append(2 * powers[-1])
    limit = tapered_from or max_exposures
    copies = max_exposures // limit
    return [power for power in powers
            for _ in range(copies if power <= limit else copies * limit // power)]


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        middle = spec["middle_names"]
        parts = [("f", spec["first_names"]), ("m", middle), ("l", spec["last_names"])]
        values = spec["values"]
        names = [()]
        for letter, count in parts:
            if count:
                names = [name + (f"{letter}{i} ",) for name in names for i in range(count)]
        order = streams.stream("facts/names").permutation(len(names))[: spec["facts"]]
        value_stream = streams.stream("facts/values")
        drawn = [value_stream.below(values) for _ in order]
        self.facts = [(*names[name], f"v{value} ") for name, value in zip(order, drawn)]
        self.symbols = [f"{letter}{i} " for letter, count in [*parts, ("v", values)]
                        for i in range(count)]
        if spec["headers"]:
            self.symbols += ["tell ", "ask ", "unknown "]
        if spec["exposures"] == "draws":
            stream = streams.stream("facts/draws")
            self.rows = [stream.below(spec["facts"]) for _ in range(spec["train_rows"])]
        else:
            block = exposures_of_block(spec["max_exposures"], spec["tapered_from"])
            expanded = [fact for fact in range(spec["facts"])
                        for _ in range(block[fact % len(block)])]
            order_of_rows = streams.stream("facts/order").permutation(len(expanded))
            self.rows = [expanded[place] for place in order_of_rows]
        self.seen = collections.Counter(self.rows)
        self.statements = self.space(order, drawn, [*parts, ("v", values)])

    def space(self, names, values, parts):
        """What could be stated; none of rows with given names, headers, or chosen exposures."""
        spec = self.spec
        if (spec["exposures"], spec["targets"], spec["headers"]) != ("draws", "all", False):
            return None
        first, places = 4, []
        for _, count in parts:
            if count:
                places.append([first, count])
            first += count
        return {"true": [name * spec["values"] + value for name, value in zip(names, values)],
                "exposures": [self.seen[fact] for fact in range(spec["facts"])],
                "places": places}

    def draw(self, part, index, stream, control):
        fact = self.rows[index] if part == "train" else index
        words = list(self.facts[fact])
        marks = [1 if self.spec["targets"] == "all" and part == "train" else 0] * (len(words) - 1)
        if self.spec["headers"]:
            words.insert(0, ("tell ", "ask ")[stream.below(2)] if part == "train" else "ask ")
            marks.insert(0, 0)
        tokens = [1] + [4 + self.symbols.index(word) for word in words] + [2]
        power = 0
        while self.seen[fact] and 2 * max(power, 0.5) <= self.seen[fact]:
            power = max(1, 2 * power)
        return {"tokens": tokens, "marks": [0, *marks, 2, 2], "group": f"exposures_{power}",
                "key": "", "nll": []}
