"""InternLM2: LLaMA, its q, k and v joined by key/value head; also beyond its trained length."""
from transformers import LlamaConfig, LlamaForCausalLM

from golden_cases.case import Case, grouped, joined, renamed

NAMES = {"embed_tokens": "tok_embeddings", "input_layernorm": "attention_norm",
         "post_attention_layernorm": "ffn_norm", "self_attn": "attention", "o_proj": "wo",
         "mlp.gate_proj": "feed_forward.w1", "mlp.up_proj": "feed_forward.w3",
         "mlp.down_proj": "feed_forward.w2", "lm_head": "output"}
SIZES = dict(vocab_size=61, hidden_size=36, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, intermediate_size=44, rms_norm_eps=1e-5)


def stored(tensors):
    return renamed(joined(tensors, "wqkv", grouped(2)), NAMES)


def build(positions, scaling, lengths):
    model = LlamaForCausalLM(LlamaConfig(
        **SIZES, max_position_embeddings=positions, tie_word_embeddings=False,
        attn_implementation="eager",
        rope_parameters={"rope_theta": 1e6, "rope_type": "default", **scaling}))
    config = dict(SIZES, model_type="internlm2", bias=False, hidden_act="silu", rope_theta=1000000,
                  max_position_embeddings=positions, tie_word_embeddings=False)
    if scaling:
        config["rope_scaling"] = {"type": "dynamic", "factor": scaling["factor"]}
    return Case(model, config, lengths, stored)


CASES = {
    "internlm2": lambda: build(64, {}, (7, 1, 13)),
    "internlm2_dynamic": lambda: build(16, {"rope_type": "dynamic", "factor": 2.0}, (7, 31)),
}
