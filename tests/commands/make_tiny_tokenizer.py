"""Makes testdata/tiny.model, the tokenizer of the end-to-end tests: pip install sentencepiece==0.2.1.

Characters and bytes only, so that any text works and training takes no time.
"""

import io
import pathlib

import sentencepiece

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(["abcdefghijklmnopqrstuvwxyz", "0123456789 .,:#\n", "double zero one two"]),
    model_writer=model, model_type="char", vocab_size=300, byte_fallback=True,
    normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
    unk_id=0, bos_id=1, eos_id=2, pad_id=3, num_threads=1, minloglevel=2, hard_vocab_limit=False)
target = pathlib.Path(__file__).parent / "testdata" / "tiny.model"
target.write_bytes(model.getvalue())
print(target, len(model.getvalue()), "bytes")
