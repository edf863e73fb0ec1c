"""Makes tests/models/golden/llama_reward*.safetensors: transformers' LlamaForSequenceClassification
with one label on a tiny random model.

Each file holds the weights, pairs of rows (tokens of chosen and rejected rows in turn, concatenated,
and offsets), and what transformers computes in float64 from *padded* batches: the score of every row,
and for the loss settings of SETTINGS the summed pair loss and its gradient with respect to every
weight and to a bias that is added to every score. Rows end with the end token, hold it early as
well, or were cut before it. The two files differ in the padding's side; its token is the end token's
neighbour, so no row holds it. Outputs are stored in fp32.

Run with torch and transformers 5.23 installed:  python tests/models/make_reward_golden.py
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForSequenceClassification

EOS, PAD = 2, 3
BIAS = 0.375  # exact in fp32
SETTINGS = {"plain": (0.0, 0.0), "both": (0.5, 0.01)}  # margin, centering
LENGTHS = [9, 6, 4, 17, 11, 12]  # chosen, rejected, chosen, ...


def build() -> LlamaForSequenceClassification:
    config = LlamaConfig(
        vocab_size=61, hidden_size=24, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=6, intermediate_size=36, rms_norm_eps=1e-5,
        max_position_embeddings=64, num_labels=1, pad_token_id=PAD, eos_token_id=EOS,
        bos_token_id=1, attn_implementation="sdpa",
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
    model = LlamaForSequenceClassification(config)
    for name, p in model.named_parameters():
        torch.nn.init.normal_(p, 1.0 if "norm" in name else 0.0, 0.2)
    return model


def make_rows() -> list:
    rows = [torch.randint(4, 61, (n,)) for n in LENGTHS]
    for row in rows[:-1]:
        row[-1] = EOS  # the last row was cut
    rows[0][3] = EOS   # early as well as last
    rows[5][2] = EOS   # early only
    return rows


def scores(model, rows: list, side: str) -> torch.Tensor:
    longest = max(map(len, rows)) + 2  # the longest row is padded, too
    ids = torch.full((len(rows), longest), PAD)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        where = slice(0, len(row)) if side == "right" else slice(longest - len(row), longest)
        ids[i, where], mask[i, where] = row, 1
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    return model(input_ids=ids, attention_mask=mask, position_ids=positions).logits[:, 0]


def pair_loss(rewards: torch.Tensor, margin: float, centering: float) -> torch.Tensor:
    chosen, rejected = rewards[0::2], rewards[1::2]
    # Written out, not by logsigmoid.
    ranking = torch.log(1 + torch.exp(-(chosen - rejected - margin)))
    return (ranking + centering * (chosen + rejected) ** 2).sum()


def main() -> None:
    folder = pathlib.Path(__file__).parent / "golden"
    for side in ("right", "left"):
        torch.manual_seed(0)
        model = build()
        tensors = {n: p.detach().clone() for n, p in model.named_parameters()}
        config = json.dumps(model.config.to_dict())
        rows = make_rows()
        tensors |= {"tokens": torch.cat(rows),
                    "offsets": torch.tensor([0] + LENGTHS).cumsum(0)}
        model.double()
        for name, (margin, centering) in SETTINGS.items():
            model.zero_grad()
            bias = torch.tensor([BIAS], dtype=torch.double, requires_grad=True)
            rewards = scores(model, rows, side) + bias
            loss = pair_loss(rewards, margin, centering)
            loss.backward()
            tensors |= {"rewards": rewards.detach().float(), f"{name}.loss": loss.detach().float()[None],
                        f"{name}.grad.score.bias": bias.grad.float()}
            tensors |= {f"{name}.grad.{n}": p.grad.float().contiguous()
                        for n, p in model.named_parameters()}
        save_file(tensors, folder / f"llama_reward_{side}.safetensors", {"config": config})


if __name__ == "__main__":
    main()
