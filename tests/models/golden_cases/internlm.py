"""InternLM: LLaMA with biases of attention."""
from transformers import LlamaConfig, LlamaForCausalLM

from golden_cases.case import Case, rope


def build(has_bias):
    sizes = dict(vocab_size=61, hidden_size=30, num_hidden_layers=2, num_attention_heads=3,
                 intermediate_size=37, max_position_embeddings=64, rms_norm_eps=1e-6)
    model = LlamaForCausalLM(LlamaConfig(
        **sizes, attention_bias=has_bias, tie_word_embeddings=False, attn_implementation="eager",
        rope_parameters=rope()))
    config = dict(sizes, model_type="internlm", bias=has_bias, hidden_act="silu",
                  tie_word_embeddings=False, initializer_range=0.02)
    if has_bias:  # older files have no `rotary`
        config["rotary"] = {"base": 10000, "type": "dynamic"}
    return Case(model, config)


CASES = {"internlm_bias": lambda: build(True), "internlm_plain": lambda: build(False)}
