"""The work of perf_decode_10m by transformers' generate(): 16 prompts of 64 tokens, 64 new ones each, greedy.

One time to warm up, five that count; all prompts together, and no token ends a sequence. fp32, or --precision
bf16: bf16 parameters, as perf_decode_10m@2.
"""
import argparse
import sys
import time

sys.path.insert(0, "../common")
import torch
import transformers
import work

PROMPTS, NEW_TOKENS, WARMUP, REPEATS = 16, 64, 1, 5

parser = argparse.ArgumentParser()
parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
args = parser.parse_args()

torch.set_num_threads(work.THREADS)
torch.manual_seed(0)
model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
    **work.GEOMETRY, max_position_embeddings=256, bos_token_id=work.BOS, eos_token_id=None, pad_token_id=work.PAD))
model = model.to(torch.bfloat16 if args.precision == "bf16" else torch.float32).eval()
prompts = torch.tensor([row["prompt"] for row in work.rows("sft")[:PROMPTS]])

times = []
for _ in range(WARMUP + REPEATS):
    begin = time.perf_counter()
    with torch.no_grad():
        out = model.generate(input_ids=prompts, attention_mask=torch.ones_like(prompts), do_sample=False,
                             min_new_tokens=NEW_TOKENS, max_new_tokens=NEW_TOKENS)
    times.append(time.perf_counter() - begin)
    assert out.shape == (PROMPTS, prompts.shape[1] + NEW_TOKENS), out.shape
generated = PROMPTS * NEW_TOKENS
work.report(samples={"generate_time": times[WARMUP:],
                     "generated_tokens_per_second": [generated / seconds for seconds in times[WARMUP:]]})
work.report(summary={"generated_tokens": generated, "parameters": work.num_parameters(model)})
