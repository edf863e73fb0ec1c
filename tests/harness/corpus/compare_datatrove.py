"""Compares our words, sentences, simplified text and MinHash signatures with PyPI datatrove and spaCy.

    compare_datatrove.py SOURCE BUILD [--count 2000] [--seed 1]

Texts: random mixtures of what spaCy has rules for (special cases, punctuation, units, URLs, quotes,
other scripts), and the documents of this repository. Prints how many there were and how many differ;
exits 1 if one does, 77 where the packages are not installed.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

try:
    import spacy
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.utils.text import simplify_text
    from datatrove.utils.word_tokenizers import load_word_tokenizer
except ImportError:
    spacy = None

CHARACTERS = list("aZbQx09.,:;'\"()[]{}<>/-–—~*+^$%@#&_…’“”°²©€£éßЯж中あ한ا ?!`|\\=§™→😀\u3000\u00a0\u00b7Ⅷ½１")
PIECES = ["km", "http://", "www.", "com", "'s", "US$", "...", "--", "  ", "\n", "\t", "e.g.", "10", "3.14", "m/s",
          "MB", "user@", "192.168.1.1", "8.8.8.8", "\n\n", "İ", "ΑΣ", "1,5", "१२"]


def random_text(draw, special_cases):
    text = ""
    for _ in range(draw.randint(1, 40)):
        text += draw.choice(special_cases) if draw.random() < 0.25 else draw.choice(CHARACTERS + PIECES)
        text += " " * (draw.random() < 0.25)
    return unicodedata.normalize("NFC", text)  # as the corpus reads texts


def documents(source):
    for path in sorted(pathlib.Path(source).glob("**/*.md")):
        if "build" not in path.parts:
            yield from path.read_text(encoding="utf-8").split("\n\n")


def expected(tokenizer, signature, text):
    shingles = signature.get_shingles(text)
    minima = [x for band in signature.get_signature(shingles) for x in band] if len(shingles) else []
    return {"words": tokenizer.word_tokenize(text), "sentences": max(1, len(tokenizer.span_tokenize(text))),
            "simplified": simplify_text(text), "signature": minima}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if spacy is None:
        print("PyPI datatrove and spacy are not installed")
        sys.exit(77)
    draw = random.Random(options.seed)
    tokenizer = load_word_tokenizer("en")
    special_cases = [case for case in spacy.blank("en").tokenizer.rules if not case.isspace()]
    texts = [random_text(draw, special_cases) for _ in range(options.count)]
    texts = [text for text in [*texts, *documents(options.source)] if text.strip()]
    tool = pathlib.Path(options.build) / "tests" / "harness" / "corpus" / "datatrove_tool"
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([tool], input=lines, capture_output=True, encoding="utf-8", check=True)
    with tempfile.TemporaryDirectory() as folder:
        signature = MinhashDedupSignature(folder)
        mismatches = []
        for text, line in zip(texts, done.stdout.split("\n")[:-1], strict=True):
            ours, theirs = json.loads(line), expected(tokenizer, signature, text)
            mismatches += [(key, text, ours[key], theirs[key]) for key in theirs if ours[key] != theirs[key]]
    print(f"{len(texts)} texts, {len(mismatches)} mismatches")
    for mismatch in mismatches[:5]:
        print("  ", *map(ascii, mismatch), sep="\n     ")
    sys.exit(1 if mismatches else 0)


if __name__ == "__main__":
    main()
