"""The work of perf_sft_10m by TRL's SFTTrainer: 12 steps of 16 rows of prompt and response.

Its default collator, which pads the rows of a batch to the longest; loss on responses only. fp32, or
--precision bf16: bf16 autocast, as perf_sft_10m@2.
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

ROWS = 16

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
args = parser.parse_args()

rows = work.rows("sft")
assert len(rows) == work.STEPS * ROWS, len(rows)
dataset = datasets.Dataset.from_dict({
    "input_ids": [row["prompt"] + row["response"] for row in rows],
    "completion_mask": [[0] * len(row["prompt"]) + [1] * len(row["response"]) for row in rows]})


def tokens_of(step: int):
    batch = rows[step * ROWS:(step + 1) * ROWS]
    targets = sum(len(row["response"]) for row in batch)
    return targets + sum(len(row["prompt"]) for row in batch), targets


model = transformers.LlamaForCausalLM(trl_training.model_config())
with tempfile.TemporaryDirectory() as folder:
    trainer = trl_training.in_order(trl.SFTTrainer(
        model=model, train_dataset=dataset, processing_class=trl_training.tokenizer(),
        args=trl.SFTConfig(**trl_training.arguments(folder, ROWS, args.precision == "bf16"), learning_rate=2e-5,
                           max_length=512, packing=False, completion_only_loss=True),
        callbacks=[trl_training.StepReports(tokens_of)]))
    trainer.train()
work.report(summary={"parameters": work.num_parameters(model)})
