"""Qwen2: transformers' own class; also with a sliding window in every layer."""
from transformers import Qwen2Config, Qwen2ForCausalLM

from golden_cases.case import Case, rope


def build(lengths=(7, 1, 13), **window):
    config = Qwen2Config(
        vocab_size=61, hidden_size=36, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, intermediate_size=44, max_position_embeddings=64,
        rms_norm_eps=1e-6, tie_word_embeddings=True, attn_implementation="eager",
        rope_parameters=rope(1e6), **window)
    return Case(Qwen2ForCausalLM(config), config.to_dict(), lengths)


CASES = {
    "qwen2": build,
    "qwen2_window": lambda: build((6, 27), use_sliding_window=True, sliding_window=5,
                                  max_window_layers=0),
}
