"""BLOOM: transformers' own class, with heads that are no power of two."""
from transformers import BloomConfig, BloomForCausalLM

from golden_cases.case import Case


def build():
    config = BloomConfig(vocab_size=61, hidden_size=36, n_layer=2, n_head=6,
                         layer_norm_epsilon=1e-5, hidden_dropout=0.0, attention_dropout=0.0)
    return Case(BloomForCausalLM(config), config.to_dict())


CASES = {"bloom": build}
