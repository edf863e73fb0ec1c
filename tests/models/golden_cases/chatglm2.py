"""ChatGLM2: transformers' class of GLM, which has its form, under other names."""
from transformers import GlmConfig, GlmForCausalLM

from golden_cases.case import Case, concatenated, joined, renamed, rope

NAMES = {"model.embed_tokens": "transformer.embedding.word_embeddings",
         "model.layers": "transformer.encoder.layers", "self_attn": "self_attention",
         "o_proj": "dense", "mlp.gate_up_proj": "mlp.dense_h_to_4h",
         "mlp.down_proj": "mlp.dense_4h_to_h",
         "model.norm": "transformer.encoder.final_layernorm", "lm_head": "transformer.output_layer"}


def build():
    model = GlmForCausalLM(GlmConfig(
        vocab_size=61, hidden_size=36, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, head_dim=12, intermediate_size=43, max_position_embeddings=64,
        rms_norm_eps=1e-5, attention_bias=True, tie_word_embeddings=False, pad_token_id=0,
        attn_implementation="eager", rope_parameters=rope(partial_rotary_factor=0.5)))
    config = dict(
        model_type="chatglm", padded_vocab_size=61, hidden_size=36, num_layers=2,
        num_attention_heads=6, multi_query_attention=True, multi_query_group_num=2, kv_channels=12,
        ffn_hidden_size=43, seq_length=64, layernorm_epsilon=1e-5, rmsnorm=True,
        post_layer_norm=True, add_bias_linear=False, add_qkv_bias=True, original_rope=True,
        apply_residual_connection_post_layernorm=False, tie_word_embeddings=False)
    return Case(model, config, stored=lambda t: renamed(
        joined(t, "query_key_value", concatenated), NAMES))


CASES = {"chatglm2": build}
