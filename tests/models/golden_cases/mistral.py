"""Mistral with a sliding window that its sequences outgrow: transformers' own class. Without one it
is LLaMA."""
from transformers import MistralConfig, MistralForCausalLM

from golden_cases.case import Case, rope


def build(window):
    config = MistralConfig(
        vocab_size=53, hidden_size=24, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=6, intermediate_size=40, max_position_embeddings=64,
        rms_norm_eps=1e-5, tie_word_embeddings=False, attn_implementation="eager",
        sliding_window=window, rope_parameters=rope())
    return Case(MistralForCausalLM(config), config.to_dict(), (5, 1, 31))


CASES = {"mistral_window": lambda: build(7)}
