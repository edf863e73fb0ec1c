"""The work of perf_rm_10m by TRL's RewardTrainer: 12 steps of 16 pairs.

Its default collator, which pads both sides of all pairs of a batch to the longest. fp32, or --precision bf16: bf16
autocast, as perf_rm_10m@2.
"""
import argparse
import sys
import tempfile

sys.path.insert(0, "../common")
import datasets
import transformers
import trl
import trl_training
import work

PAIRS = 16

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
args = parser.parse_args()

rows = work.rows("train")
assert len(rows) == work.STEPS * PAIRS, len(rows)
dataset = datasets.Dataset.from_dict({
    f"{side}_ids": [row["prompt"] + row[side] for row in rows] for side in ("chosen", "rejected")})


def tokens_of(step: int):
    """Of both rows of each pair. What is trained on are pairs, one loss each."""
    batch = rows[step * PAIRS:(step + 1) * PAIRS]
    tokens = sum(2 * len(row["prompt"]) + len(row["chosen"]) + len(row["rejected"]) for row in batch)
    return tokens, sum(len(row["chosen"]) + len(row["rejected"]) for row in batch)


model = transformers.LlamaForSequenceClassification(trl_training.model_config(num_labels=1))
with tempfile.TemporaryDirectory() as folder:
    trainer = trl_training.in_order(trl.RewardTrainer(
        model=model, train_dataset=dataset, processing_class=trl_training.tokenizer(),
        args=trl.RewardConfig(**trl_training.arguments(folder, PAIRS, args.precision == "bf16"), learning_rate=1e-5,
                              max_length=512),
        callbacks=[trl_training.StepReports(tokens_of)]))
    trainer.train()
work.report(summary={"parameters": work.num_parameters(model)})
