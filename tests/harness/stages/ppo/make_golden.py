"""Writes golden/ppo.json: PPO's advantages and losses as trainers with padded batches compute them.

usage: make_golden.py [FILE]; needs torch. Written apart from the C++ code and in another layout, [batch,
time] with masks, after N+ (arXiv:2403.17031) and TRL's PPOTrainer. Their score position and value mask are
options ("behind_end"); means are over real positions. Gradients are torch autograd's. Everything in float64.
"""

import json
import pathlib
import sys

import torch

torch.manual_seed(11)
LENGTHS = [5, 1, 3, 7]  # real tokens; the last one fills the window, so it may lack an end token
WIDTH = max(LENGTHS)  # the longest that a response may be
LAST = torch.tensor(LENGTHS) - 1
PLAIN = dict(score_position="end", value_positions="response")
SETTINGS = [
    dict(gamma=1.0, lam=0.95, beta=0.05, kl="k1", clip=0.2, value_clip=0.2, whiten_rewards=False,
         whiten_advantages=True, clamp=None, **PLAIN),
    dict(gamma=0.9, lam=0.8, beta=0.3, kl="k3", clip=0.1, value_clip=0.5, whiten_rewards=True,
         whiten_advantages=True, clamp=None, **PLAIN),
    dict(gamma=0.99, lam=1.0, beta=0.1, kl="k3", clip=0.2, value_clip=0.0, whiten_rewards=False,
         whiten_advantages=False, clamp=0.25, **PLAIN),
    # N+, and each of its two choices alone.
    dict(gamma=1.0, lam=0.95, beta=0.05, kl="k1", clip=0.2, value_clip=0.2, whiten_rewards=False,
         whiten_advantages=True, clamp=None, score_position="behind_end", value_positions="behind_end"),
    dict(gamma=0.9, lam=0.8, beta=0.3, kl="k3", clip=0.1, value_clip=0.5, whiten_rewards=True,
         whiten_advantages=True, clamp=None, score_position="behind_end", value_positions="behind_end"),
    dict(gamma=0.95, lam=0.9, beta=0.1, kl="k1", clip=0.2, value_clip=0.2, whiten_rewards=True,
         whiten_advantages=False, clamp=None, score_position="behind_end", value_positions="response"),
    dict(gamma=0.95, lam=0.9, beta=0.1, kl="k1", clip=0.2, value_clip=0.2, whiten_rewards=True,
         whiten_advantages=True, clamp=None, score_position="end", value_positions="behind_end"),
]


def masked_mean(x, mask):
    return (x * mask).sum() / mask.sum()


def masked_whiten(x, mask, shift_mean):
    mean = masked_mean(x, mask)
    count = mask.sum()
    variance = ((x - mean) ** 2 * mask).sum() / (count - 1)
    white = (x - mean) * torch.rsqrt(variance + 1e-8)
    return white if shift_mean else white + mean


def masks_of(s):
    """Of the real tokens, t <= s; of values; of rewards. N+'s padding_mask_p1 is ~(t <= s + 1)."""
    index = torch.arange(WIDTH)[None]
    tokens, plus1 = (index <= LAST[:, None]).double(), (index <= LAST[:, None] + 1).double()
    behind = [s[name] == "behind_end" for name in ("score_position", "value_positions")]
    return tokens, plus1 if behind[1] else tokens, plus1 if any(behind) else tokens


def score_index(s):
    if s["score_position"] == "end":
        return LAST
    return torch.where(LAST + 1 < WIDTH, LAST + 1, LAST)  # N+'s actual_end


def advantages_of(case, log_probs, ref_log_probs, values, scores, masks, s):
    mask, value_mask, reward_mask = masks
    log_ratio = log_probs - ref_log_probs
    kl = log_ratio if s["kl"] == "k1" else torch.exp(-log_ratio) - 1 + log_ratio
    rewards = -s["beta"] * kl * mask
    rewards[torch.arange(len(LENGTHS)), score_index(s)] += scores
    case["kl"] = kl
    if s["whiten_rewards"]:
        rewards = masked_whiten(rewards, reward_mask, shift_mean=False) * reward_mask
    values = values * value_mask
    running = torch.zeros(len(LENGTHS), dtype=torch.float64)
    columns = []
    for t in reversed(range(WIDTH)):
        next_values = values[:, t + 1] if t + 1 < WIDTH else torch.zeros_like(running)
        delta = rewards[:, t] + s["gamma"] * next_values - values[:, t]
        # Behind a row's end everything is masked to 0, so each row starts at its own end.
        running = delta + s["gamma"] * s["lam"] * running
        columns.append(running)
    advantages = torch.stack(columns[::-1], dim=1)
    returns = advantages + values
    if s["whiten_advantages"]:
        advantages = masked_whiten(advantages, mask, shift_mean=True) * mask
    return advantages, returns


def losses_of(case, log_probs, values, old_log_probs, old_values, advantages, returns, masks, s):
    mask, value_mask, _ = masks
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
    value = 0.5 * masked_mean(torch.max(square1, square2), value_mask)
    (policy + value).backward()
    count = mask.sum()
    mean_ratio = masked_mean(ratio, mask)
    case["policy_loss"], case["value_loss"] = policy, value
    case["policy_gradient"], case["value_gradient"] = log_probs.grad, values.grad
    case["clip_fraction"] = masked_mean((loss2 > loss1).double(), mask)
    case["value_clip_fraction"] = masked_mean((square2 > square1).double(), value_mask)
    case["approx_kl"] = 0.5 * masked_mean(difference**2, mask)
    case["ratio"] = mean_ratio
    case["ratio_variance"] = ((ratio - mean_ratio) ** 2 * mask).sum() / (count - 1)


def plain(value, mask):
    """Of a padded [batch, time] tensor what the mask leaves, row after row."""
    if not torch.is_tensor(value):
        return value
    value = value.detach()
    return (value[mask.bool()] if value.dim() == 2 else value).tolist()


def make_case(s):
    shape = (len(LENGTHS), WIDTH)
    masks = masks_of(s)
    noise = lambda scale: torch.randn(shape, dtype=torch.float64) * scale  # noqa: E731
    old_log_probs = -noise(1).abs() - 0.1
    ref_log_probs = old_log_probs + noise(0.3)
    old_values, scores = noise(1), torch.randn(len(LENGTHS), dtype=torch.float64)
    log_probs, values = old_log_probs + noise(0.25), old_values + noise(0.4)
    case = dict(settings=s, lengths=LENGTHS, longest=WIDTH, old_log_probs=old_log_probs, old_values=old_values,
                ref_log_probs=ref_log_probs, scores=scores, log_probs=log_probs, values=values)
    advantages, returns = advantages_of(case, old_log_probs, ref_log_probs, old_values, scores, masks, s)
    case["advantages"], case["returns"] = advantages, returns
    losses_of(case, log_probs, values, old_log_probs, old_values, advantages, returns, masks, s)
    valued = {"old_values", "values", "returns", "value_gradient"}
    return {name: plain(value, masks[name in valued]) for name, value in case.items()}


target = pathlib.Path(__file__).parent / "golden" / "ppo.json"
if len(sys.argv) > 1:
    target = pathlib.Path(sys.argv[1])
target.write_text(json.dumps([make_case(s) for s in SETTINGS], indent=1) + "\n")
print(target)
