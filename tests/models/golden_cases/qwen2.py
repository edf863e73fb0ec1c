"""Qwen2: transformers' own class."""
from transformers import Qwen2Config, Qwen2ForCausalLM

from golden_cases.case import Case, rope


def build():
    config = Qwen2Config(
        vocab_size=61, hidden_size=36, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, intermediate_size=44, max_position_embeddings=64,
        rms_norm_eps=1e-6, tie_word_embeddings=True, attn_implementation="eager",
        rope_parameters=rope(1e6))
    return Case(Qwen2ForCausalLM(config), config.to_dict())


CASES = {"qwen2": build}
