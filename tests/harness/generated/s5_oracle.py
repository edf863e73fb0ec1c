"""Grammar "s5" a second time: permutations from itertools, whose order is lexicographic."""

import itertools


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        everything = list(itertools.permutations(range(5)))
        order = streams.stream("s5/permutations").permutation(120)
        self.permutations = [everything[number] for number in order[: spec["permutations"]]]
        self.symbols = (["0 ", "1 ", "2 ", "3 ", "4 ", "= ", ". "]
                        + [f"p{i} " for i in range(spec["permutations"])])

    def draw(self, part, index, stream, control):
        low, high = self.spec["min_steps"], self.spec["max_steps"]
        count = low + stream.below(high - low + 1)
        start = stream.below(5)
        chosen = [stream.below(len(self.permutations)) for _ in range(count)]
        states = list(itertools.accumulate(chosen, lambda at, p: self.permutations[p][at],
                                           initial=start))[1:]
        steps = {"chain": states[:-1], "direct": [], "filler": ["."] * (count - 1),
                 "wrong": None}[self.spec["written"]]
        if steps is None:
            steps = [control.below(5) for _ in range(count - 1)]
        padding = ["."] * (high - count if self.spec["aligned"] else 0)
        words = [f"p{p}" for p in chosen] + padding + ["=", start] + steps + [states[-1]]
        tokens = [4 + self.symbols.index(f"{word} ") for word in words] + [2]
        given = self.spec["written"] == "filler"
        marks = [0] * (count + len(padding) + 2) + [0 if given else 1] * len(steps) + [2, 2]
        group = 1
        while group < count:
            group *= 2
        return {"tokens": tokens, "marks": marks, "group": f"steps_to_{group}",
                "key": "".join(f"p{p} " for p in chosen) + f"= {start}", "nll": []}
