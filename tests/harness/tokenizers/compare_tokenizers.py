"""Compares our tokenizer.json reader with PyPI `tokenizers`, string by string.

    compare_tokenizers.py SOURCE BUILD [--count 10000] [--seed 1] [TOKENIZER.JSON ...]

Without files: the small ones of golden/, one a kind; published_tokenizers.py makes published ones.
For each, `count` random and adversarial strings, a quarter of them with bytes that published
vocabularies lack: ids with special tokens as text, ids as the file itself encodes (special tokens
recognised, post-processor applied, nothing truncated or padded), and the text that `count` random
id lists decode to. Prints the number of strings and of mismatches; exits 1 at any mismatch, 77
where `tokenizers` is not installed.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys

try:
    import tokenizers
except ImportError:
    tokenizers = None

ENGLISH = ("The quick brown fox's don't we'LL I'm THEY'RE it'd you've hello world Straße naïve "
           "function return include 1234567 3.14159 2024-01-01 \u017fo '\u017f 'S 'T").split(" ")
SPACES = [" ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", " \n", "\n ", "\u00a0", "\u2003", "\u3000",
          "\x0b", "\x0c", "\x1c", "\x1d", "\x1f", "\x85", "\u2028", "\u200b", "\ufeff", "\u180e"]
SCRIPTS = ["打开文件", "無法建立", "こんにちは", "カタカナ", "한국어", "Привет", "שלום", "مرحبا", "हिन्दी",
           "ไทย", "ქართ", "Ελλάδα", "①②③", "½⅓", "٣٤٥", "१२३", "Ⅷ", "𝟘𝟙", "𐍈", "𝔘"]
MARKS = ["e\u0301", "\u00e9", "A\u030a", "\u212b", "\u0344", "\u1100\u1161\u11a8", "\uac01", "\u0958",
         "q\u0307\u0323", "q\u0323\u0307", "\u2126", "\ufb01", "a\u0315\u0300\u05ae\u0300b", "\U0001d15e",
         "\u1df6\u0334", "\u0bc6\u0bbe", "\U00011935\U00011930", "\u0061\u1abf\u0334"]
OTHERS = ["😀", "👩‍👩‍👧‍👦", "🇨🇳", "❤️", "—", "…", "!!!", "???", "()[]{}", "<|", "|>", "</s>", "<s>", "<unk>",
          "\u2581", "\0", "\x7f", "\ufffd", "\uffff", "\U0010ffff", "\ue000", "aaaaaaaaaaaaaaaa",
          "=" * 40, "-" * 33, " " * 50, "\n" * 9, "ab" * 30, "0" * 25, "'" * 7]
NEW = ["\U00010d4a", "\U00016d40", "\U0002ebf0", "\U00010d40", "\U00011bf0", "\U00011de0",
       "\U00016ff4", "\u1c89", "\ua7cb"]


def random_character(draw):
    limit = draw.choice([0x80, 0x100, 0x800, 0x3000, 0xA000, 0x10000, 0x20000, 0x110000])
    while True:
        c = draw.randrange(limit)
        if not 0xD800 <= c <= 0xDFFF:
            return chr(c)


def random_text(draw, contents):
    pools = [ENGLISH, SPACES, SCRIPTS, MARKS, OTHERS, NEW, contents or OTHERS]
    pools = draw.sample(pools, draw.randint(1, len(pools)))
    parts = []
    for _ in range(draw.choice([0, 1, 1, 2, 3, 5, 8, 13, 21, 40])):
        kind = draw.random()
        if kind < 0.15:
            parts.append(random_character(draw))
        elif kind < 0.2:
            part = draw.choice(draw.choice(pools))
            parts.append(part[:draw.randint(0, len(part))])
        else:
            parts.append(draw.choice(draw.choice(pools)))
        if draw.random() < 0.3:
            parts.append(" ")
    return "".join(parts)


def with_gaps(draw, text):
    """With characters of which some byte has no token in SmolLM's vocabularies."""
    text = list(text)
    for _ in range(draw.randint(1, 6)):
        gap = draw.choice(["\x04", "\x06", "\x13", "\x14", "\x16", "\x1d", chr(draw.randrange(0x40000, 0xC0000))])
        text.insert(draw.randint(0, len(text)), gap * draw.choice([1, 1, 1, 2, 7]))
    return "".join(text)


def real_texts(source):
    """Lines of this repository, in which code and prose mix."""
    for path in sorted(pathlib.Path(source).glob("harness/**/*.[hc]*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield text
        yield from text.splitlines(keepends=True)


def answers(tool, file, requests):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    result = subprocess.run([tool, file], input=lines, capture_output=True, encoding="utf-8", check=False)
    if result.returncode != 0:
        sys.exit(f"{file}: tokenizer_tool exited {result.returncode}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def compare(tool, file, texts, draw, count):
    theirs = tokenizers.Tokenizer.from_file(str(file))
    # Both belong to a call: transformers sets them anew with each.
    theirs.no_truncation()
    theirs.no_padding()
    size = theirs.get_vocab_size(with_added_tokens=True)
    id_lists = [[draw.randrange(size) for _ in range(draw.randint(0, 12))] for _ in range(count)]
    ours = answers(tool, file, texts + id_lists)
    mismatches = []
    for mode, as_text in (("text", True), ("full", False)):
        theirs.encode_special_tokens = as_text
        encoded = theirs.encode_batch(texts, add_special_tokens=not as_text)
        for text, answer, expected in zip(texts, ours, encoded):
            if answer[mode] != expected.ids:
                mismatches.append((mode, text, answer[mode], expected.ids))
            elif as_text:
                id_lists.append(expected.ids)
    decoded = ours[len(texts):] + answers(tool, file, id_lists[count:])
    for ids, answer in zip(id_lists, decoded):
        expected = theirs.decode(ids, skip_special_tokens=True)
        if answer != expected:
            mismatches.append(("decode", ids, answer, expected))
    print(f"{file}: {len(texts)} strings, {len(id_lists)} id lists, {len(mismatches)} mismatches")
    for mismatch in mismatches[:5]:
        print("  ", *map(ascii, mismatch), sep="\n     ")
    return len(mismatches)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if tokenizers is None:
        print("PyPI tokenizers is not installed")
        sys.exit(77)
    golden = pathlib.Path(__file__).parent / "golden"
    files = options.files or sorted(golden.glob("tokenizer_*.json"))
    tool = pathlib.Path(options.build) / "tests" / "harness" / "tokenizers" / "tokenizer_tool"
    total = 0
    for file in files:
        draw = random.Random(options.seed)
        added = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["added_tokens"]
        contents = [token["content"] for token in added[:20]]
        texts = [random_text(draw, contents) for _ in range(options.count)]
        texts[::4] = [with_gaps(draw, text) for text in texts[::4]]
        texts += list(real_texts(options.source))[:options.count // 4]
        texts += ["a" * 100_000, "ab" * 50_000, " " * 100_000, "\n " * 30_000, "1" * 100_000, "打" * 50_000,
                  "!" * 100_000, "".join(random_character(draw) for _ in range(20_000))]
        total += compare(tool, file, texts, draw, options.count)
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
