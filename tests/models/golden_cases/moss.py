"""MOSS: transformers' class of CodeGen, whose files have the same names."""
from transformers import CodeGenConfig, CodeGenForCausalLM

from golden_cases.case import Case


def build():
    config = CodeGenConfig(vocab_size=61, n_embd=40, n_layer=2, n_head=4, n_inner=47,
                           n_positions=64, rotary_dim=6, layer_norm_epsilon=1e-5, resid_pdrop=0.0,
                           embd_pdrop=0.0, attn_pdrop=0.0, tie_word_embeddings=False)
    return Case(CodeGenForCausalLM(config), config.to_dict() | {"model_type": "moss"})


CASES = {"moss": build}
