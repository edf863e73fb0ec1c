"""Falcon: transformers' own class. RW with sdpa: eager adds ALiBi twice."""
from transformers import FalconConfig, FalconForCausalLM

from golden_cases.case import Case, rope


def build(attention, **fields):
    config = FalconConfig(vocab_size=61, num_hidden_layers=2, layer_norm_epsilon=1e-5,
                          max_position_embeddings=64, hidden_dropout=0.0, attention_dropout=0.0,
                          attn_implementation=attention, rope_parameters=rope(), **fields)
    return Case(FalconForCausalLM(config), config.to_dict())


CASES = {
    "falcon_rw": lambda: build("sdpa", hidden_size=36, num_attention_heads=6, alibi=True, bias=True,
                               multi_query=False, parallel_attn=False),
    "falcon_7b": lambda: build("eager", hidden_size=40, num_attention_heads=5, alibi=False,
                               bias=False, multi_query=True, parallel_attn=True),
    "falcon_40b": lambda: build("eager", hidden_size=36, num_attention_heads=6, num_kv_heads=2,
                                alibi=False, bias=False, multi_query=True, parallel_attn=True,
                                new_decoder_architecture=True),
}
