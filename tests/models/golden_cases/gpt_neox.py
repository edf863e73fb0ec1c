"""GPT-NeoX, StableLM-alpha's form: transformers' own class, whose head files call embed_out."""
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

from golden_cases.case import Case, renamed, rope


def build(**fields):
    config = GPTNeoXConfig(
        vocab_size=61, hidden_size=48, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=53, max_position_embeddings=64, layer_norm_eps=1e-5, hidden_act="gelu",
        tie_word_embeddings=False, attn_implementation="eager",
        rope_parameters=rope(partial_rotary_factor=0.25), **fields)
    return Case(GPTNeoXForCausalLM(config), config.to_dict(),
                stored=lambda tensors: renamed(tensors, {"lm_head": "embed_out"}))


CASES = {"gpt_neox": lambda: build(use_parallel_residual=True),
         "gpt_neox_sequential": lambda: build(use_parallel_residual=False)}
