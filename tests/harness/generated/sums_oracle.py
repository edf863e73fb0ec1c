"""Grammar "sums" a second time, by the text of its rows."""

ALPHABET = "0123456789+=,#"


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        self.symbols = list(ALPHABET)

    def number(self, digits, stream):
        if digits == 1:
            return stream.below(10)
        return 10 ** (digits - 1) + stream.below(9 * 10 ** (digits - 1))

    def columns(self, a, b):
        """As a child writes them: from the right, with what is carried."""
        text, carry = "", 0
        for x, y in zip(reversed(str(a)), reversed(str(b))):
            column = int(x) + int(y) + carry
            text += f"{x}+{y}+{carry}={column:02},"
            carry = column // 10
        return text

    def draw(self, part, index, stream, control):
        low, high = self.spec["min_digits"], self.spec["max_digits"]
        digits = low + stream.below(high - low + 1)
        a, b = self.number(digits, stream), self.number(digits, stream)
        written, steps, answer = self.spec["written"], "", str(a + b)
        if written == "reversed":
            answer = answer[::-1]
        if written == "steps":
            steps = self.columns(a, b)
        if written == "wrong":
            steps = self.columns(self.number(digits, control), self.number(digits, control))
        question, steps = f"{a}+{b}=", steps + "#"
        tokens = [4 + ALPHABET.index(c) for c in question + steps + answer] + [2]
        marks = [0] * len(question) + [1] * len(steps) + [2] * (len(answer) + 1)
        return {"tokens": tokens, "marks": marks, "group": f"digits_{digits}", "key": f"{a}+{b}",
                "nll": []}
