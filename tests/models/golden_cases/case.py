"""A golden case: an oracle with parameters, and how a family's files hold them."""
import torch


class Case:
    """`stored` maps the oracle's named tensors, weights or gradients, to the family's; it only
    renames, joins and moves rows, so a gradient's map is that of its weight."""

    def __init__(self, model, config: dict, lengths=(7, 1, 13), stored=lambda tensors: tensors,
                 logits=None):
        self.model, self.config, self.lengths = model.eval(), config, list(lengths)
        self.stored = stored
        self._logits = logits or (lambda m, row: m(row[None]).logits[0])

    def logits(self, row):
        return self._logits(self.model, row)

    def row(self, length):
        return torch.randint(0, self.config.get("vocab_size") or self.config["padded_vocab_size"],
                             (length,))


def renamed(tensors: dict, parts: dict) -> dict:
    """Replaces each key of `parts` in the names by its value, in order."""
    out = {}
    for name, tensor in tensors.items():
        for old, new in parts.items():
            name = name.replace(old, new)
        out[name] = tensor
    return out


def joined(tensors: dict, target: str, join) -> dict:
    """Replaces q_proj, k_proj and v_proj of each layer by `target`, made of them by `join`."""
    out = {}
    for name, tensor in tensors.items():
        if ".q_proj." in name:
            parts = [tensors[name.replace("q_proj", p)] for p in ("q_proj", "k_proj", "v_proj")]
            out[name.replace("q_proj", target)] = join(*parts)
        elif ".k_proj." not in name and ".v_proj." not in name:
            out[name] = tensor
    return out


def concatenated(q, k, v):
    return torch.cat([q, k, v])


def grouped(num_kv_heads: int):
    """One block a key/value head: its queries, its key, its value."""
    def join(q, k, v):
        blocks = [x.unflatten(0, (num_kv_heads, -1)) for x in (q, k, v)]
        return torch.cat(blocks, dim=1).flatten(0, 1)
    return join


def rope(theta=10000.0, **fields):
    return {"rope_type": "default", "rope_theta": theta, **fields}
