"""Grammar "replace" a second time: str.replace is leftmost and without overlaps."""

import string


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        self.letters = string.ascii_lowercase[: spec["letters"]]
        self.symbols = list(self.letters + ">|=")
        stream = streams.stream("replace/rules")
        self.rules = []
        while len(self.rules) < spec["rules"]:
            rule = self.rule(stream)
            if rule not in self.rules and not streams.is_held_out("%s>%s" % rule):
                self.rules.append(rule)

    def word(self, length, stream):
        return "".join(self.letters[stream.below(len(self.letters))] for _ in range(length))

    def rule(self, stream):
        while True:
            x = self.word(self.spec["rule_length"], stream)
            y = self.word(self.spec["rule_length"], stream)
            if x != y:
                return x, y

    def draw(self, part, index, stream, control):
        unseen = part == "validation" and index % 2 == 1
        x, y = self.rule(stream) if unseen else self.rules[stream.below(len(self.rules))]
        z = self.word(self.spec["text_length"], stream)
        place = stream.below(len(z) - len(x) + 1)
        z = z[:place] + x + z[place + len(x):]
        shown = (x, y)
        while self.spec["shown"] == "other" and shown == (x, y):
            shown = self.rule(control)
        question = f"{shown[0]}>{shown[1]}|{z}="
        answer = z.replace(x, y)
        tokens = [4 + self.symbols.index(c) for c in question + answer] + [2]
        return {"tokens": tokens, "marks": [0] * len(question) + [2] * (len(answer) + 1),
                "group": "unseen" if unseen else "seen",
                "key": f"{x}>{y}" if unseen else f"{x}>{y}|{z}", "nll": []}
