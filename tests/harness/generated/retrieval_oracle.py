"""Grammar "retrieval" a second time."""

import string


class Grammar:
    def __init__(self, spec, streams):
        self.spec = spec
        self.symbols = list(string.ascii_lowercase + " |=?"
                            + string.ascii_uppercase[: spec["values"]])
        stream, self.words = streams.stream("retrieval/words"), []
        while len(self.words) < spec["words"]:
            length = 2 + stream.below(5)
            word = "".join(string.ascii_lowercase[stream.below(26)] for _ in range(length))
            if word not in self.words:
                self.words.append(word)

    def draw(self, part, index, stream, control):
        value = string.ascii_uppercase[stream.below(self.spec["values"])]
        size = self.spec["length"] - len("|key=C|" + "|key?" + "C")
        place = stream.below(size + 1)
        filler = ""
        while len(filler) < size:
            filler += self.words[stream.below(len(self.words))] + " "
        filler = filler[:size]
        text = f"{filler[:place]}|key={value}|{filler[place:]}|key?{value}"
        return {"tokens": [4 + self.symbols.index(character) for character in text],
                "marks": [0] * (len(text) - 1) + [2],
                "group": f"depth_{place * self.spec['depths'] // (size + 1)}",
                "key": text, "nll": []}
