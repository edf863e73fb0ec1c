"""Makes golden/tokenizer_smollm2.json and golden/settings.json with PyPI `tokenizers`:
pip install tokenizers==0.23.3.

tokenizer_smollm2.json is golden/tokenizer_smollm.json without the 21 bytes that the published
vocabularies of SmolLM and SmolLM2 lack. settings.json has what our reader accepts beyond
the files themselves: a file, what is changed in it, and the ids that PyPI gives then.
"""
import json
import pathlib
import random

import tokenizers
from compare_tokenizers import random_text

GOLDEN = pathlib.Path(__file__).parent / "golden"
NUM_STRINGS = 24
# Bytes without a token in the published vocabularies of SmolLM and SmolLM2.
SMOLLM_GAPS = [0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xC0, 0xC1, 0xF1, 0xF2, *range(0xF5, 0x100)]
NFC = {"type": "NFC"}
BYTES = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
TRUNCATION = {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0}
PADDING = {"strategy": {"Fixed": 32}, "direction": "Right", "pad_to_multiple_of": 8, "pad_id": 0,
           "pad_type_id": 0, "pad_token": "<|endoftext|>"}
SPLIT = "/pre_tokenizer/pretokenizers/0/"

# Name, file, changes, whether the ids are those of the unchanged file.
CASES = [
    ("bytes without a token", "smollm2", {}, True),
    ("ignore_merges and bytes without a token", "smollm2", {"/model/ignore_merges": True}, True),
    ("unk_token", "smollm2", {"/model/unk_token": "<repo_name>"}, False),
    ("fuse_unk", "smollm2", {"/model/unk_token": "<repo_name>", "/model/fuse_unk": True}, False),
    ("fuse_unk without unk_token", "smollm2", {"/model/fuse_unk": True}, True),
    ("byte_fallback without its tokens", "smollm2", {"/model/byte_fallback": True}, True),
    ("unk_token is a word", "smollm2", {"/model/unk_token": "q"}, False),
    ("unk_token of a whole alphabet", "llama3", {"/model/unk_token": "<no token>"}, True),
    ("fuse_unk of a whole alphabet", "llama3", {"/model/fuse_unk": True}, True),
    ("byte_fallback of a whole alphabet", "llama3", {"/model/byte_fallback": True}, True),
    ("dropout 0.0", "llama3", {"/model/dropout": 0.0}, True),
    ("dropout 0", "qwen2", {"/model/dropout": 0}, True),
    ("empty prefix and suffix", "qwen2",
     {"/model/continuing_subword_prefix": "", "/model/end_of_word_suffix": ""}, True),
    ("truncation", "llama3", {"/truncation": TRUNCATION}, True),
    ("padding", "llama3", {"/padding": PADDING}, True),
    ("normalizers: none", "llama3", {"/normalizer": {"type": "Sequence", "normalizers": []}}, True),
    ("normalizers: one", "qwen2", {"/normalizer": {"type": "Sequence", "normalizers": [NFC]}}, True),
    ("normalizers: the same again", "qwen2",
     {"/normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Sequence", "normalizers": [NFC]}, NFC]}}, True),
    ("inverted split", "llama3", {SPLIT + "invert": True}, True),
    ("removed between matches, Llama 3", "llama3",
     {SPLIT + "invert": True, SPLIT + "behavior": "Removed"}, True),
    ("removed between matches, Qwen2", "qwen2",
     {SPLIT + "invert": True, SPLIT + "behavior": "Removed"}, True),
    ("decoders: one", "qwen2", {"/decoder": {"type": "Sequence", "decoders": [BYTES]}}, True),
    ("decoders: Fuse", "qwen2",
     {"/decoder": {"type": "Sequence", "decoders": [BYTES, {"type": "Fuse"}]}}, True),
    ("processors: none", "qwen2", {"/post_processor": {"type": "Sequence", "processors": []}}, True),
    ("post_processor: null", "qwen2", {"/post_processor": None}, True),
]


def characters(numbers):
    """Those that stand for these bytes (bytes_to_unicode of GPT-2)."""
    shifted = [b for b in range(256) if not (0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE)]
    return {chr(256 + shifted.index(b)) if b in shifted else chr(b) for b in numbers}


def without_smollm_gaps(file):
    """The file with every token that has one of these bytes left out, and ids without a gap."""
    gaps = characters(SMOLLM_GAPS)
    model = file["model"]
    vocab = sorted(model["vocab"].items(), key=lambda item: item[1])
    kept = [token for token, _ in vocab if not set(token) & gaps]
    model["vocab"] = {token: index for index, token in enumerate(kept)}
    model["merges"] = [pair for pair in model["merges"] if not set("".join(pair)) & gaps]
    for token in file["added_tokens"]:
        token["id"] = model["vocab"][token["content"]]
    return file


def changed(file, changes):
    for pointer, value in changes.items():
        *path, last = pointer.split("/")[1:]
        place = file
        for key in path:
            place = place[int(key) if isinstance(place, list) else key]
        place[last] = value
    return file


def load(file):
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(file))
    # transformers sets both with every call; they belong to the call.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def answer(tokenizer, text):
    tokenizer.encode_special_tokens = True
    as_text = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = False
    full = tokenizer.encode(text).ids
    return {"string": text, "text": as_text, "full": full, "decoded": tokenizer.decode(full)}


def strings(name, contents):
    draw = random.Random(name)
    yield from ["a\x04b", "qu\x06i\x13ck\x14", "\x16\x1d", "the \x04\x06 quick", "th\x1de",
                "\U0004a000 \U00090001x\U000f0000", "\u0104\u0104", "x" + "\x04" * 5 + "y"]
    while True:
        text = random_text(draw, contents)
        if len(text) <= 60:
            yield text


def main():
    smollm = json.loads((GOLDEN / "tokenizer_smollm.json").read_text(encoding="utf-8"))
    text = json.dumps(without_smollm_gaps(smollm), ensure_ascii=False, separators=(",", ":"))
    (GOLDEN / "tokenizer_smollm2.json").write_text(text, encoding="utf-8")
    cases = []
    for name, kind, changes, same in CASES:
        text = (GOLDEN / f"tokenizer_{kind}.json").read_text(encoding="utf-8")
        plain, other = load(json.loads(text)), load(changed(json.loads(text), changes))
        contents = [token.content for token in other.get_added_tokens_decoder().values()]
        source = strings(name, contents)
        rows = [answer(other, next(source)) for _ in range(NUM_STRINGS)]
        assert same == (rows == [answer(plain, row["string"]) for row in rows]), name
        lines = ",\n".join(json.dumps(row) for row in rows)
        head = json.dumps({"name": name, "file": kind, "changes": changes})
        cases.append(f'{head[:-1]}, "strings": [\n{lines}\n]}}')
    (GOLDEN / "settings.json").write_text(
        "[\n" + ",\n".join(cases) + "\n]\n", encoding="ascii")


if __name__ == "__main__":
    main()
