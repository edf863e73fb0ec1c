"""Makes tests/models/golden/families/*.safetensors: each family's decoder on tiny random models.

Each file holds the weights as a file of the family would (names and storage), a ragged batch, and
what the oracle computes in float64 for each sequence alone: logits, the summed next-token loss and
the gradient of that loss with respect to every stored tensor, all in fp32. The family's config.json
is in the metadata. The cases are in golden_cases/<family>.py, one file a family.

Run with torch and transformers 5.23 installed:
    python tests/models/make_family_golden.py [FAMILY...]
"""
import importlib
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))


def initialise(model) -> None:
    """Spread well beyond the usual 0.02, so that every part matters in the result."""
    for name, p in model.named_parameters():
        is_scale = p.dim() == 1 and name.endswith("weight")
        torch.nn.init.normal_(p, 1.0 if is_scale else 0.0, 0.2)


def stored(case, tensors: dict) -> dict:
    return {n: t.detach().float().contiguous() for n, t in case.stored(tensors).items()}


def results(case, rows: list) -> dict:
    model = case.model.double()
    model.zero_grad()
    logits = [case.logits(row) for row in rows]
    loss = sum(torch.nn.functional.cross_entropy(l[:-1], row[1:], reduction="sum")
               for l, row in zip(logits, rows))
    loss.backward()
    grads = stored(case, {n: p.grad for n, p in model.named_parameters()})
    return {"logits": torch.cat(logits).detach().float(), "loss_sum": loss.detach().float()[None],
            **{"grad." + n: t for n, t in grads.items()}}


def make(name: str, case) -> None:
    initialise(case.model)
    weights = stored(case, {n: p.clone() for n, p in case.model.named_parameters()})
    rows = [case.row(n) for n in case.lengths]
    offsets = torch.tensor([0] + case.lengths).cumsum(0)
    tensors = weights | {"tokens": torch.cat(rows), "offsets": offsets} | results(case, rows)
    save_file(tensors, HERE / "golden" / "families" / f"{name}.safetensors",
              {"config": json.dumps(case.config)})


def main() -> None:
    files = (HERE / "golden_cases").glob("*.py")
    families = sys.argv[1:] or sorted(p.stem for p in files if p.stem != "case")
    for family in families:
        for name, build in importlib.import_module(f"golden_cases.{family}").CASES.items():
            torch.manual_seed(0)
            make(name, build())


if __name__ == "__main__":
    main()
