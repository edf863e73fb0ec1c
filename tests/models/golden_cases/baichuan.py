"""Baichuan and Baichuan2: LLaMA, with ALiBi as a mask, and a head of normalised rows."""
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from golden_cases.case import Case, concatenated, joined, rope

HEADS = 6  # no power of two: slopes of both kinds


def slopes(count):
    closest = 2 ** (count.bit_length() - 1)
    base = 2 ** (-8 / closest)
    between = 2 ** (-4 / closest)
    return torch.tensor([base ** (i + 1) for i in range(closest)] +
                        [between ** (2 * i + 1) for i in range(count - closest)])


def alibi_arguments(row):
    length = len(row)
    bias = slopes(HEADS)[:, None, None] * torch.arange(length)[None, None, :]
    future = torch.ones(length, length).triu(1).bool()
    mask = bias.expand(HEADS, length, length).masked_fill(future, float("-inf"))
    return {"attention_mask": mask[None].double(), "position_ids": torch.zeros(1, length).long(),
            "use_cache": False}


def logits(has_alibi, is_second):
    def compute(model, row):
        hidden = model.model(row[None], **(alibi_arguments(row) if has_alibi else {}))[0][0]
        weight = model.lm_head.weight
        if is_second:
            weight = weight / weight.pow(2).sum(1, keepdim=True).sqrt()
        return hidden @ weight.T
    return compute


def build(has_alibi, is_second):
    sizes = dict(vocab_size=61, hidden_size=36, num_hidden_layers=2, num_attention_heads=HEADS,
                 intermediate_size=43, rms_norm_eps=1e-6)
    model = LlamaForCausalLM(LlamaConfig(
        **sizes, max_position_embeddings=64, tie_word_embeddings=False,
        attn_implementation="eager", rope_parameters=rope()))
    config = dict(sizes, model_type="baichuan", hidden_act="silu", tie_word_embeddings=False,
                  **{"model_max_length" if has_alibi else "max_position_embeddings": 64})
    if is_second:
        config["z_loss_weight"] = 0
    return Case(model, config, (7, 1, 13), lambda t: joined(t, "W_pack", concatenated),
                logits(has_alibi, is_second))


CASES = {"baichuan_7b": lambda: build(False, False), "baichuan_13b": lambda: build(True, False),
         "baichuan2_7b": lambda: build(False, True), "baichuan2_13b": lambda: build(True, True)}
