"""Grammar "markov" a second time. The chain's predictive distribution is kept as exact fractions
where it can be: alpha and the counts as they are, sums by the order that the grammar documents."""

import itertools
import math


class Grammar:
    def __init__(self, spec, streams):
        self.states, self.alpha, self.length = spec["states"], spec["alpha"], spec["length"]
        self.symbols = [f"{i} " for i in range(self.states)]

    def weights(self, path, state):
        """Of what follows `state`, counted anew from the whole path."""
        weights = [self.alpha] * self.states
        for before, after in zip(path, path[1:]):
            if before == state:
                weights[after] += 1
        return weights

    def draw(self, part, index, stream, control):
        path = [stream.below(self.states)]
        bayes, unigram = [0.0], [0.0]
        while len(path) < self.length:
            weights = self.weights(path, path[-1])
            sums = list(itertools.accumulate(weights))
            point = stream.uniform() * sums[-1]
            state = next((j for j in range(self.states - 1) if point < sums[j]), self.states - 1)
            bayes.append(-math.log(weights[state] / sums[-1]))
            counted = (path.count(state) + self.alpha) / (len(path) + self.states * self.alpha)
            unigram.append(-math.log(counted))
            path.append(state)
        uniform = [0.0] + [math.log(self.states)] * (self.length - 1)
        tokens = [4 + state for state in path]
        return {"tokens": tokens, "marks": [0] + [1] * (self.length - 1), "group": "rows",
                "key": " ".join(map(str, tokens)), "nll": [bayes, unigram, uniform]}
