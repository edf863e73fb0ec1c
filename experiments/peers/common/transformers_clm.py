"""The work of perf_clm_10m by Hugging Face transformers: 12 steps of 8 x 256 tokens of its stream.

Eager with SDPA, or --compile: the model under torch.compile. fp32, or --precision bf16: bf16 autocast, as
perf_clm_10m@2. A step: forward, cross-entropy of the 256 next tokens of each sequence, backward, clipping at
1.0, fused AdamW on two threads.
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
import transformers
import work

ROWS, ROW_TOKENS = 8, 256

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
parser.add_argument("--compile", action="store_true")
args = parser.parse_args()

torch.set_num_threads(work.THREADS)
torch.manual_seed(0)
model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
    **work.GEOMETRY, max_position_embeddings=ROW_TOKENS, bos_token_id=work.BOS, eos_token_id=work.EOS,
    pad_token_id=work.PAD))
forward = torch.compile(model) if args.compile else model
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
tokens = torch.from_numpy(work.sequences(ROW_TOKENS))
assert len(tokens) == work.STEPS * ROWS, tokens.shape

clock = work.StepClock()
for batch in tokens.split(ROWS):
    targets = batch[:, 1:].contiguous()
    with torch.autocast("cpu", torch.bfloat16, enabled=args.precision == "bf16"):
        loss = forward(input_ids=batch[:, :-1], labels=targets, shift_labels=targets, use_cache=False).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    clock.end_step(targets.numel(), targets.numel(), loss.item())
work.report(summary={"parameters": work.num_parameters(model)})
