"""Writes golden/ppo.json: PPO's advantages and losses as trainers with padded batches compute them.

usage: make_ppo_golden.py [FILE]; needs torch. Written apart from the C++ code and in another layout, [batch,
time] with masks, after N+ (arXiv:2403.17031) and TRL's PPOTrainer, without their quirks that
tests/harness/stages/ppo_advantages_test.cc and training's documentation name: the score is at the end
token, and means are over real tokens. Gradients are torch autograd's. Everything in float64.
"""

import json
import pathlib
import sys

import torch

torch.manual_seed(11)
LENGTHS = [5, 1, 3, 7]  # real tokens; the last one fills the window, so it may lack an end token
WIDTH = max(LENGTHS)
SETTINGS = [
    dict(gamma=1.0, lam=0.95, beta=0.05, kl="k1", clip=0.2, value_clip=0.2, whiten_rewards=False,
         whiten_advantages=True, clamp=None),
    dict(gamma=0.9, lam=0.8, beta=0.3, kl="k3", clip=0.1, value_clip=0.5, whiten_rewards=True,
         whiten_advantages=True, clamp=None),
    dict(gamma=0.99, lam=1.0, beta=0.1, kl="k3", clip=0.2, value_clip=0.0, whiten_rewards=False,
         whiten_advantages=False, clamp=0.25),
]


def masked_mean(x, mask):
    return (x * mask).sum() / mask.sum()


def masked_whiten(x, mask, shift_mean):
    mean = masked_mean(x, mask)
    count = mask.sum()
    variance = ((x - mean) ** 2 * mask).sum() / (count - 1)
    white = (x - mean) * torch.rsqrt(variance + 1e-8)
    return white if shift_mean else white + mean


def advantages_of(case, log_probs, ref_log_probs, values, scores, mask, s):
    log_ratio = log_probs - ref_log_probs
    kl = log_ratio if s["kl"] == "k1" else torch.exp(-log_ratio) - 1 + log_ratio
    rewards = -s["beta"] * kl * mask
    last = torch.tensor(LENGTHS) - 1
    rewards[torch.arange(len(LENGTHS)), last] += scores
    case["kl"], case["rewards"] = kl, rewards
    if s["whiten_rewards"]:
        rewards = masked_whiten(rewards, mask, shift_mean=False) * mask
    values = values * mask
    running = torch.zeros(len(LENGTHS), dtype=torch.float64)
    columns = []
    for t in reversed(range(WIDTH)):
        next_values = values[:, t + 1] if t + 1 < WIDTH else torch.zeros_like(running)
        delta = rewards[:, t] + s["gamma"] * next_values - values[:, t]
        # Behind a row's end everything is masked to 0, so each row starts at its own last token.
        running = (delta + s["gamma"] * s["lam"] * running) * mask[:, t]
        columns.append(running)
    advantages = torch.stack(columns[::-1], dim=1)
    returns = advantages + values
    if s["whiten_advantages"]:
        advantages = masked_whiten(advantages, mask, shift_mean=True) * mask
    return advantages, returns


def losses_of(case, log_probs, values, old_log_probs, old_values, advantages, returns, mask, s):
    log_probs = log_probs.clone().requires_grad_(True)
    values = values.clone().requires_grad_(True)
    difference = log_probs - old_log_probs
    if s["clamp"] is not None:
        difference = torch.clamp(difference, -s["clamp"], s["clamp"])
    ratio = torch.exp(difference)
    loss1 = -advantages * ratio
    loss2 = -advantages * torch.clamp(ratio, 1 - s["clip"], 1 + s["clip"])
    policy = masked_mean(torch.max(loss1, loss2), mask)
    square1 = (values - returns) ** 2
    if s["value_clip"] > 0:
        near = torch.clamp(values, old_values - s["value_clip"], old_values + s["value_clip"])
        square2 = (near - returns) ** 2
    else:
        square2 = square1
    value = 0.5 * masked_mean(torch.max(square1, square2), mask)
    (policy + value).backward()
    count = mask.sum()
    mean_ratio = masked_mean(ratio, mask)
    case["policy_loss"], case["value_loss"] = policy, value
    case["policy_gradient"], case["value_gradient"] = log_probs.grad, values.grad
    case["clip_fraction"] = masked_mean((loss2 > loss1).double(), mask)
    case["value_clip_fraction"] = masked_mean((square2 > square1).double(), mask)
    case["approx_kl"] = 0.5 * masked_mean(difference**2, mask)
    case["ratio"] = mean_ratio
    case["ratio_variance"] = ((ratio - mean_ratio) ** 2 * mask).sum() / (count - 1)


def ragged(x):
    """The real tokens of a padded [batch, time] tensor, row after row."""
    return [float(x[b, t]) for b, length in enumerate(LENGTHS) for t in range(length)]


def plain(value):
    if not torch.is_tensor(value):
        return value
    value = value.detach()
    return float(value) if value.dim() == 0 else ragged(value) if value.dim() == 2 else value.tolist()


def make_case(s):
    shape = (len(LENGTHS), WIDTH)
    mask = (torch.arange(WIDTH)[None] < torch.tensor(LENGTHS)[:, None]).double()
    noise = lambda scale: torch.randn(shape, dtype=torch.float64) * scale  # noqa: E731
    old_log_probs = -noise(1).abs() - 0.1
    ref_log_probs = old_log_probs + noise(0.3)
    old_values, scores = noise(1), torch.randn(len(LENGTHS), dtype=torch.float64)
    log_probs, values = old_log_probs + noise(0.25), old_values + noise(0.4)
    case = dict(settings=s, lengths=LENGTHS, old_log_probs=old_log_probs, old_values=old_values,
                ref_log_probs=ref_log_probs, scores=scores, log_probs=log_probs, values=values)
    advantages, returns = advantages_of(case, old_log_probs, ref_log_probs, old_values, scores, mask, s)
    case["advantages"], case["returns"] = advantages, returns
    losses_of(case, log_probs, values, old_log_probs, old_values, advantages, returns, mask, s)
    return {name: plain(value) for name, value in case.items()}


target = pathlib.Path(__file__).parent / "golden" / "ppo.json"
if len(sys.argv) > 1:
    target = pathlib.Path(sys.argv[1])
target.write_text(json.dumps([make_case(s) for s in SETTINGS], indent=1) + "\n")
print(target)
