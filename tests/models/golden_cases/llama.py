"""Scalings of LLaMA's rotary positions (the plain model: make_llama_golden.py)."""
from transformers import LlamaConfig, LlamaForCausalLM

from golden_cases.case import Case


def scaled(lengths=(5, 29), **rope):
    config = LlamaConfig(
        vocab_size=53, hidden_size=20, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, intermediate_size=28, max_position_embeddings=64,
        rms_norm_eps=1e-5, tie_word_embeddings=False, attn_implementation="eager",
        rope_parameters={"rope_theta": 10000.0, **rope})
    return Case(LlamaForCausalLM(config), config.to_dict(), lengths)


CASES = {
    "llama_rope_linear": lambda: scaled(rope_type="linear", factor=2.5),
    "llama_rope_yarn": lambda: scaled(rope_type="yarn", factor=4.0,
                                      original_max_position_embeddings=16),
    "llama_rope_llama3": lambda: scaled(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=16),
}
