"""Learns addition modulo 97 with a small network. The lines with bench_metrics are what bench-run asks for."""
import os
import time

import torch
from torch import nn

import bench_metrics

STEPS, BATCH, MODULUS, NUM_TRAIN = 300, 256, 97, 8000

torch.manual_seed(int(os.environ.get("BENCH_SEED", "1")))
torch.use_deterministic_algorithms(True)
numbers = torch.arange(MODULUS)
pairs = torch.cartesian_prod(numbers, numbers)[torch.randperm(MODULUS**2)]
sums = pairs.sum(1) % MODULUS
model = nn.Sequential(nn.Embedding(MODULUS, 64), nn.Flatten(), nn.Linear(128, 256), nn.ReLU(),
                      nn.Linear(256, MODULUS))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)


def loss_of(logits, targets):
    return nn.functional.cross_entropy(logits, targets)


for step in range(1, STEPS + 1):
    begin = time.perf_counter()
    rows = torch.randint(NUM_TRAIN, (BATCH,))
    loss = loss_of(model(pairs[rows]), sums[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    bench_metrics.step(step, tokens=step * 2 * BATCH, loss=loss.item(), step_time=time.perf_counter() - begin)
    if step % 100 == 0:
        with torch.no_grad():
            logits = model(pairs[NUM_TRAIN:])
        right = (logits.argmax(1) == sums[NUM_TRAIN:]).double().mean()
        bench_metrics.evaluation(step, held_out_loss=loss_of(logits, sums[NUM_TRAIN:]), accuracy=right)
        bench_metrics.digest(step, weights=nn.utils.parameters_to_vector(model.parameters()).detach().numpy())

torch.save(model.state_dict(), os.path.join(os.environ.get("BENCH_ARTIFACT", "."), "model.pt"))
