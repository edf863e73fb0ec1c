"""Makes tests/models/golden/*.safetensors: transformers' LlamaForCausalLM on tiny random models.

Each file holds the weights, a ragged batch (tokens of all sequences, concatenated, and offsets),
and what transformers computes in float64 for each sequence alone: logits, the summed
next-token loss (sequences of one token add nothing), and the gradient of that loss with respect to
every weight. Outputs are stored in fp32. The configuration is in the metadata as config.json.

Run with torch and transformers 5.23 installed:  python tests/models/make_llama_golden.py
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

CASES = {
    # Odd sizes throughout; grouped-query attention with three queries a group.
    "llama_gqa_untied": dict(
        vocab_size=97, hidden_size=36, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, head_dim=10, intermediate_size=56, rms_norm_eps=1e-5,
        tie_word_embeddings=False, rope_theta=10000.0, lengths=[7, 1, 13]),
    "llama_tied": dict(
        vocab_size=97, hidden_size=24, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=4, head_dim=6, intermediate_size=33, rms_norm_eps=1e-6,
        tie_word_embeddings=True, rope_theta=500.0, lengths=[5, 31]),
    # One key/value head, and longer than a block of queries of the attention kernel.
    "llama_mqa_long": dict(
        vocab_size=61, hidden_size=32, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=1, head_dim=8, intermediate_size=40, rms_norm_eps=1e-5,
        tie_word_embeddings=False, rope_theta=10000.0, lengths=[150, 3]),
    # Heads that are wider than the residual stream has room for: q has 64 columns of 48.
    "llama_wide_heads": dict(
        vocab_size=61, hidden_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=32, intermediate_size=40, rms_norm_eps=1e-6,
        tie_word_embeddings=True, rope_theta=10000.0, lengths=[9, 1, 21]),
}


def build(case: dict) -> LlamaForCausalLM:
    sizes = {k: v for k, v in case.items() if k not in ("lengths", "rope_theta")}
    config = LlamaConfig(**sizes, max_position_embeddings=256, attn_implementation="eager",
                         rope_parameters={"rope_type": "default", "rope_theta": case["rope_theta"]})
    model = LlamaForCausalLM(config)
    for name, p in model.named_parameters():
        # Spread well beyond the usual 0.02, so that every part matters in the result.
        torch.nn.init.normal_(p, 1.0 if "norm" in name else 0.0, 0.2)
    return model


def run(model: LlamaForCausalLM, rows: list) -> dict:
    model = model.double()
    model.zero_grad()
    logits = [model(row[None]).logits[0] for row in rows]
    loss = sum(torch.nn.functional.cross_entropy(l[:-1], row[1:], reduction="sum")
               for l, row in zip(logits, rows))
    loss.backward()
    out = {"logits": torch.cat(logits), "loss_sum": loss[None]}
    out |= {"grad." + name: p.grad for name, p in model.named_parameters()}
    return {name: t.detach().float().contiguous() for name, t in out.items()}


def main() -> None:
    folder = pathlib.Path(__file__).parent / "golden"
    folder.mkdir(exist_ok=True)
    for name, case in CASES.items():
        torch.manual_seed(0)
        model = build(case)
        weights = {n: p.detach().clone() for n, p in model.named_parameters()}
        rows = [torch.randint(0, case["vocab_size"], (n,)) for n in case["lengths"]]
        offsets = torch.tensor([0] + case["lengths"]).cumsum(0)
        tensors = weights | {"tokens": torch.cat(rows), "offsets": offsets} | run(model, rows)
        save_file(tensors, folder / f"{name}.safetensors",
                  {"config": json.dumps(model.config.to_dict())})


if __name__ == "__main__":
    main()
