"""Makes chrf.json: chrF2 of sentence pairs, and of all of them as a corpus, by sacrebleu 2.5.1.

python3 -m venv v && v/bin/pip install sacrebleu==2.5.1 && v/bin/python make_chrf.py
"""

import json
import pathlib
import random

from sacrebleu.metrics import CHRF

PAIRS = [
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("the cat is on a mat", "the cat sat on the mat"),
    ("无法创建临时文件", "无法创建临时文件"),
    ("無法建立暫存檔案", "无法创建临时文件"),
    ("无法创建文件", "无法创建临时文件"),
    ("", "reference"),
    ("hypothesis", ""),
    ("", ""),
    (" \t ", "x"),
    ("a", "a"),
    ("ab", "a"),
    ("a", "ab"),
    ("aaaaaaa", "aaa"),
    ("abcabcabc", "abc abc abc"),
    ("全\u3000角 空\u00a0格", "全角空格"),
    ("sep\u001carated\u2028text", "separated text"),
    ("😀😀 emoji 𝒳", "😀 emoji 𝒳𝒳"),
    ("Case Matters", "case matters"),
    ("xyz", "abc"),
]


def random_pairs(count: int) -> list[tuple[str, str]]:
    draw = random.Random(1)
    alphabet = "ab 文件c"
    text = lambda: "".join(draw.choice(alphabet) for _ in range(draw.randrange(1, 30)))
    return [(text(), text()) for _ in range(count)]


def main() -> None:
    chrf = CHRF()
    pairs = PAIRS + random_pairs(40)
    corpus = chrf.corpus_score([h for h, _ in pairs], [[r for _, r in pairs]]).score
    golden = {
        "sacrebleu": "2.5.1",
        "signature": str(chrf.get_signature()),
        "pairs": [
            {"hypothesis": h, "reference": r, "score": chrf.sentence_score(h, [r]).score}
            for h, r in pairs
        ],
        "corpus": corpus,
    }
    path = pathlib.Path(__file__).with_name("chrf.json")
    path.write_text(json.dumps(golden, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
