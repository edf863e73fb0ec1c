"""StableLM: transformers' own class."""
from transformers import StableLmConfig, StableLmForCausalLM

from golden_cases.case import Case, rope


def build():
    config = StableLmConfig(
        vocab_size=61, hidden_size=48, num_hidden_layers=2, num_attention_heads=3,
        num_key_value_heads=1, intermediate_size=53, max_position_embeddings=64,
        layer_norm_eps=1e-5, tie_word_embeddings=False, attn_implementation="eager",
        rope_parameters=rope(partial_rotary_factor=0.25))
    return Case(StableLmForCausalLM(config), config.to_dict())


CASES = {"stablelm": build}
