"""The work of perf_ppo_10m by TRL 1.0.0's PPOTrainer, the last release that has one: three iterations.

Policy, frozen reference, reward and value model; 16 prompts of 64 tokens, 64 sampled at temperature 0.7, scored,
then 4 epochs of one mini-batch with AdamW. Neither side clips gradients (TRL's loop ignores max_grad_norm). fp32, or
--precision bf16: as perf_ppo_10m@2. Of that TRL's own switch reaches the pass that is trained on alone; here policy and
value model also sample and value under bf16 autocast, and the frozen models are bf16.
"""
import argparse
import sys
import tempfile
import time

sys.path.insert(0, "../common")
import torch
import transformers
import trl_training
import work
from trl.experimental.ppo import PPOConfig, PPOTrainer

PROMPTS, NEW_TOKENS, EPOCHS, ITERATIONS = 16, 64, 4, 3

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
args = parser.parse_args()
BF16 = args.precision == "bf16"

rows = work.rows("ppo")
assert len(rows) == ITERATIONS * PROMPTS, len(rows)
prompts = [{"input_ids": row["prompt"]} for row in rows]


class IterationReports(transformers.TrainerCallback):
    def on_train_begin(self, *_args, **_kwargs):
        self.begin, self.iteration = time.perf_counter(), 0

    def on_step_end(self, *_args, **_kwargs):
        now = time.perf_counter()
        self.iteration += 1
        work.report(step=self.iteration * EPOCHS, metrics={"iteration_time": now - self.begin})
        self.begin = now


policy, reference = (transformers.LlamaForCausalLM(trl_training.model_config()) for _ in range(2))
reward, value = (transformers.LlamaForSequenceClassification(trl_training.model_config(num_labels=1))
                 for _ in range(2))
if BF16:
    # Of a whole call: autocast then converts the weights once for all its tokens.
    policy.generate = torch.autocast("cpu", torch.bfloat16)(policy.generate)
    value.model.forward = torch.autocast("cpu", torch.bfloat16)(value.model.forward)
    reference, reward = reference.to(torch.bfloat16), reward.to(torch.bfloat16)
with tempfile.TemporaryDirectory() as folder:
    arguments = PPOConfig(
        output_dir=folder, per_device_train_batch_size=PROMPTS, gradient_accumulation_steps=1, num_mini_batches=1,
        num_ppo_epochs=EPOCHS, total_episodes=ITERATIONS * PROMPTS, local_rollout_forward_batch_size=PROMPTS,
        response_length=NEW_TOKENS, temperature=0.7, num_sample_generations=0, bf16=BF16,
        gradient_checkpointing=False, use_cpu=True, learning_rate=3e-6, report_to="none", save_strategy="no",
        logging_strategy="no")
    trainer = PPOTrainer(args=arguments, processing_class=trl_training.tokenizer("left"), model=policy,
                         ref_model=reference, reward_model=reward, value_model=value, train_dataset=prompts,
                         eval_dataset=prompts[:1], callbacks=[IterationReports()])
    trainer.train()
work.report(summary={"parameters": work.num_parameters(policy, value)})
