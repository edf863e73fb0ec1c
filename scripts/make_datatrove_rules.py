#!/usr/bin/env python3
"""Writes harness/corpus/datatrove_rules.cc: the tables of spaCy's English tokenizer and sentence splitter
and of datatrove's text rules, which the preset "datatrove" of a corpus follows.

Regular expressions are rewritten for ICU: character sets become \\x{..} ranges without anything that the
two engines read differently, and the letters are named once and used as {n}. Special cases are words that
spaCy splits by list.

Run with a Python that has datatrove 0.10 and spacy 3.8:
  python scripts/make_datatrove_rules.py > harness/corpus/datatrove_rules.cc
"""
import re
import re._constants as c
import re._parser as parser
from importlib import metadata

import spacy
from datatrove.utils.text import PUNCTUATION, TERMINAL_PUNCTUATION
from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER
from spacy.pipeline import Sentencizer

WIDTH = 100
WORD, PART = " ", "~"  # what parts the special cases, and the pieces of one
CATEGORIES = {c.CATEGORY_DIGIT: r"\p{Nd}", c.CATEGORY_WORD: r"\p{L}\p{N}_", c.CATEGORY_SPACE: r"\p{Z}\t-\r"}
NEGATED = {c.CATEGORY_NOT_SPACE: r"^\p{Z}\t-\r"}


def merged(ranges) -> list:
    """Sorted, disjoint, not touching."""
    result = []
    for first, last in sorted(ranges):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def code(point: int) -> str:
    if point > 0xFFFF:
        return rf"\U{point:08X}"
    if point > 0x7E or point < 0x21:
        return rf"\u{point:04X}"
    return chr(point) if chr(point).isalnum() else "\\" + chr(point)


def ranges_text(ranges) -> str:
    return "".join(code(a) + ("" if a == b else "-" * (b > a + 1) + code(b)) for a, b in merged(ranges))


def points(ranges) -> set:
    return {point for first, last in ranges for point in range(first, last + 1)}


class Sets:
    """Long character sets, each once; a set that contains one is written with its name."""

    def __init__(self, texts):
        ranges = [[(i[1], i[1]) if i[0] is c.LITERAL else i[1] for i in parser.parse(f"[{t}]")[0][1]]
                  for t in texts]
        self.texts = [ranges_text(r) for r in ranges]
        self.points = [points(r) for r in ranges]

    def text(self, ranges) -> str:
        left = points(ranges)
        for i, named in enumerate(self.points):
            if named <= left:
                return f"{{{i}}}" + ranges_text([(p, p) for p in left - named])
        return ranges_text(ranges)


class Translator:
    def __init__(self, sets: Sets):
        self.sets = sets

    def pattern(self, pattern: str) -> str:
        tree = parser.parse(pattern, re.UNICODE)
        return self.sequence(tree)

    def sequence(self, items) -> str:
        return "".join(self.item(op, value) for op, value in items)

    def item(self, op, value) -> str:
        return getattr(self, str(op).lower())(value)

    def literal(self, value) -> str:
        return code(value)

    def any(self, _) -> str:
        return "."

    def at(self, value) -> str:
        return {c.AT_BEGINNING: "^", c.AT_END: "$"}[value]

    def in_(self, value) -> str:
        ranges, categories = [], ""
        for op, item in value:
            if op is c.LITERAL:
                ranges.append((item, item))
            elif op is c.RANGE:
                ranges.append(item)
            elif op is c.CATEGORY and item in NEGATED and len(value) == 1:
                return f"[{NEGATED[item]}]"
            else:
                categories += CATEGORIES[item]
        return f"[{self.sets.text(ranges) + categories}]"

    def branch(self, value) -> str:
        return "(?:" + "|".join(self.sequence(branch) for branch in value[1]) + ")"

    def subpattern(self, value) -> str:
        return "(?:" + self.sequence(value[3]) + ")"

    def max_repeat(self, value) -> str:
        low, high, items = value
        bounds = {(0, 1): "?", (0, c.MAXREPEAT): "*", (1, c.MAXREPEAT): "+"}.get(
            (low, high), f"{{{low},{'' if high is c.MAXREPEAT else high}}}")
        return f"(?:{self.sequence(items)}){bounds}"

    def assert_(self, value) -> str:
        return ("(?=" if value[0] > 0 else "(?<=") + self.sequence(value[1]) + ")"

    def assert_not(self, value) -> str:
        return ("(?!" if value[0] > 0 else "(?<!") + self.sequence(value[1]) + ")"


setattr(Translator, "in", Translator.in_)
setattr(Translator, "assert", Translator.assert_)


def literal(text: str) -> str:
    """A string literal of C++ in lines of at most WIDTH columns, never cut inside an escape."""
    lines, line = [], ""
    for piece in re.findall(r"\\u....|\\U........|\\.|.", text):
        if len((line + piece).encode()) > WIDTH - 10:
            lines.append(line)
            line = ""
        line += piece
    return "\n".join(f'    R"~({line})~"' for line in [*lines, line])


def constant(name: str, text: str) -> str:
    return f"const std::string_view {name} =\n{literal(text)};\n"


def special_cases(tokenizer) -> str:
    """Words in sorted order, the pieces of each parted. White space is its own token anyway."""
    entries = []
    for word, pieces in sorted(tokenizer.rules.items()):
        parts = [piece[65] for piece in pieces]
        if word.isspace():
            assert parts == [word]
            continue
        assert not any(x.isspace() or x == PART for x in word), word
        entries.append(PART.join(parts))
    return WORD.join(entries)


def main() -> None:
    tokenizer = spacy.blank("en").tokenizer
    assert tokenizer.token_match is None
    sets = Sets([ALPHA, ALPHA_LOWER, ALPHA_UPPER])
    translate = Translator(sets).pattern
    patterns = {
        "kSpacyPrefix": translate(tokenizer.prefix_search.__self__.pattern),
        "kSpacySuffix": translate(tokenizer.suffix_search.__self__.pattern),
        "kSpacyInfix": translate(tokenizer.infix_finditer.__self__.pattern),
        "kSpacyUrl": translate(tokenizer.url_match.__self__.pattern),
    }
    code_sets = {"kSpacySentenceEnds": Sentencizer.default_punct_chars, "kDatatrovePunctuation": PUNCTUATION,
                 "kDatatroveTerminals": TERMINAL_PUNCTUATION}
    out = [f"""// Written by scripts/make_datatrove_rules.py from spaCy {spacy.__version__} (MIT licence, Explosion AI)
// and datatrove {metadata.version("datatrove")} (Apache licence 2.0, Hugging Face).
#include "harness/corpus/datatrove_rules.h"

namespace bench::corpus {{

// clang-format off
const std::array<std::string_view, kNumSpacySets> kSpacySets = {{{{
{''.join(literal(s) + "," + chr(10) for s in sets.texts)}}}}};
"""]
    out += [constant(name, text) for name, text in patterns.items()]
    out.append(constant("kSpacySpecialCases", special_cases(tokenizer)))
    out += [constant(name, f"[{ranges_text([(ord(x), ord(x)) for x in chars])}]")
            for name, chars in code_sets.items()]
    out.append("// clang-format on\n\n}  // namespace bench::corpus")
    print("\n".join(out))


main()
