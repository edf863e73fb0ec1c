"""Qwen: Qwen2's class, whose rotation and queries are changed beyond the trained length."""
import math

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers.models.qwen2 import modeling_qwen2

from golden_cases.case import Case, concatenated, joined, renamed, rope

NAMES = {"model.embed_tokens": "transformer.wte", "model.layers": "transformer.h",
         "input_layernorm": "ln_1", "post_attention_layernorm": "ln_2", "self_attn": "attn",
         "o_proj": "c_proj", "mlp.gate_proj": "mlp.w2", "mlp.up_proj": "mlp.w1",
         "mlp.down_proj": "mlp.c_proj", "model.norm": "transformer.ln_f"}
TRAINED = 8
HEAD_DIM = 6
ROTATE = modeling_qwen2.apply_rotary_pos_emb


def logits(model, row, stretched=True):
    length = len(row)
    alpha = 1
    if stretched and length > TRAINED:
        alpha = max(1, 2 ** math.ceil(math.log2(length / TRAINED) + 1) - 1)
    theta = 10000.0 * alpha ** (HEAD_DIM / (HEAD_DIM - 2))
    # The buffer is fp32, as are the angles made of it.
    exponents = torch.arange(0, HEAD_DIM, 2, dtype=torch.float32) / HEAD_DIM
    model.model.rotary_emb.inv_freq = 1.0 / (theta ** exponents)
    factors = torch.tensor([max(1.0, math.log(p + 1, TRAINED)) for p in range(length)],
                           dtype=torch.float32)

    def rotated(q, k, cos, sin, *args, **kwargs):
        q, k = ROTATE(q, k, cos, sin, *args, **kwargs)
        return q * factors[:, None].to(q.dtype), k

    modeling_qwen2.apply_rotary_pos_emb = rotated
    try:
        return model(row[None]).logits[0]
    finally:
        modeling_qwen2.apply_rotary_pos_emb = ROTATE


def build(stretched=True):
    sizes = dict(vocab_size=61, hidden_size=30, num_hidden_layers=2, num_attention_heads=5)
    model = Qwen2ForCausalLM(Qwen2Config(
        **sizes, num_key_value_heads=5, intermediate_size=37, max_position_embeddings=64,
        rms_norm_eps=1e-6, tie_word_embeddings=False, attn_implementation="eager",
        rope_parameters=rope()))
    config = dict(sizes, model_type="qwen", intermediate_size=74, kv_channels=HEAD_DIM,
                  layer_norm_epsilon=1e-6, max_position_embeddings=64, seq_length=TRAINED,
                  use_dynamic_ntk=stretched, use_logn_attn=True, rotary_emb_base=10000, rotary_pct=1.0,
                  no_bias=True, tie_word_embeddings=False)
    return Case(model, config, (7, 1, 29), lambda t: renamed(joined(t, "c_attn", concatenated),
                                                             NAMES),
                lambda m, row: logits(m, row, stretched))


CASES = {"qwen": build, "qwen_log_n": lambda: build(stretched=False)}
