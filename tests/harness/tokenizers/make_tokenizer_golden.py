"""Makes golden/tokenizer_*.json, one a kind, and golden/tokenizers.json, strings with the ids that
PyPI `tokenizers` gives: pip install tokenizers==0.23.3.

Small byte-level BPE vocabularies with the pipelines of Llama 3, Qwen2 and SmolLM, trained on
golden/corpus.txt (an early state of this folder's scripts).
"""
import json
import pathlib
import random

import tokenizers
from compare_tokenizers import ENGLISH, SCRIPTS, random_text
from tokenizers import AddedToken, Regex, decoders, models, normalizers, pre_tokenizers, processors

GOLDEN = pathlib.Path(__file__).parent / "golden"
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LETTERS = r"|[^\r\n\p{L}\p{N}]?\p{L}+|"
LLAMA3 = CONTRACTIONS + LETTERS + r"\p{N}{1,3}" + REST
QWEN2 = CONTRACTIONS + LETTERS + r"\p{N}" + REST
NUM_STRINGS = 200


def corpus():
    yield from [" ".join(ENGLISH + SCRIPTS) + "\n"] * 3
    yield (GOLDEN / "corpus.txt").read_text(encoding="utf-8")


def train(pre_tokenizer, special, ignore_merges=False, normalizer=None):
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus(), tokenizers.trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.model.ignore_merges = ignore_merges
    return tokenizer


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def added(texts, special, **options):
    return [AddedToken(text, special=special, normalized=False, **options) for text in texts]


def llama3():
    tokenizer = train(split(LLAMA3), [], ignore_merges=True)
    tokenizer.add_special_tokens(added(
        ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
         "<|eot_id|>"], special=True))
    begin = "<|begin_of_text|>"
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single=f"{begin} $A", pair=f"{begin} $A {begin}:1 $B:1",
                                      special_tokens=[(begin, tokenizer.token_to_id(begin))])])
    return tokenizer


def qwen2():
    tokenizer = train(split(QWEN2), [], normalizer=normalizers.NFC())
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens(added(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], special=True))
    tokenizer.add_tokens(added(["<tool_call>", "</tool_call>"], special=False))
    tokenizer.add_tokens([AddedToken("q\u0323\u0307", special=False, normalized=True, lstrip=True),
                          AddedToken("|>", special=False, normalized=False, rstrip=True)])
    return tokenizer


def smollm():
    return train(pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                          pre_tokenizers.ByteLevel(add_prefix_space=False)]),
                 ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>"])


def main():
    golden = {}
    for kind, make in (("llama3", llama3), ("qwen2", qwen2), ("smollm", smollm)):
        tokenizer = make()
        tokenizer.save(str(GOLDEN / f"tokenizer_{kind}.json"), pretty=False)
        draw = random.Random(kind)
        contents = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
        golden[kind] = []
        while len(golden[kind]) < NUM_STRINGS:
            text = random_text(draw, contents)
            if len(text) > 60:
                continue
            tokenizer.encode_special_tokens = True
            as_text = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = False
            full = tokenizer.encode(text).ids
            golden[kind].append({"string": text, "text": as_text, "full": full,
                                 "decoded": tokenizer.decode(full)})
    rows = {kind: ",\n".join(json.dumps(row) for row in strings) for kind, strings in golden.items()}
    text = ",\n".join(f'"{kind}": [\n{lines}\n]' for kind, lines in rows.items())
    (GOLDEN / "tokenizers.json").write_text("{\n" + text + "\n}\n", encoding="ascii")


if __name__ == "__main__":
    main()
