"""Grammar "addition" a second time, by the text of its rows."""

ALPHABET = "What isplu?0123456789"


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        self.symbols = list(ALPHABET)

    def number(self, digits, stream):
        if digits == 1:
            return stream.below(10)
        return 10 ** (digits - 1) + stream.below(9 * 10 ** (digits - 1))

    def draw(self, part, index, stream, control):
        low, high = self.spec["min_digits"], self.spec["max_digits"]
        digits = low + stream.below(high - low + 1)
        a, b = self.number(digits, stream), self.number(digits, stream)
        shown = a + b
        if self.spec["answers"] == "shuffled":
            shown = self.number(digits, control) + self.number(digits, control)
        answer = str(shown)
        if self.spec["padded"]:
            answer = answer.rjust(high + 1, "0")
        if self.spec["order"] == "reversed":
            answer = answer[::-1]
        question = f"What is {a} plus {b}?"
        tokens = [4 + ALPHABET.index(c) for c in question + answer] + [2]
        marks = [0] * len(question) + [2] * (len(answer) + 1)
        return {"tokens": tokens, "marks": marks, "group": f"digits_{digits}", "key": f"{a}+{b}",
                "nll": []}
