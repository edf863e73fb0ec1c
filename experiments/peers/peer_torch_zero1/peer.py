"""The work of perf_clm_10m on two ranks of one thread each, with PyTorch's own ZeRO-1: transformers' model under
DistributedDataParallel (gradient_as_bucket_view) with ZeroRedundancyOptimizer(AdamW), over Gloo.

Beside it: perf_clm_10m --nproc 2 --set run.threads=1 --set training.sharding="optimizer_states". Each rank reads 4
of the 8 sequences of a step. Reported are rank 0's steps, and what the harness's summary has of its ranks: the heap
they hold at the end, their model states beside ZeRO's formula, and the bytes they send in a step beside those of a
ring's all-reduce.
"""
import os
import socket
import sys

sys.path.insert(0, "../common")
import rank_figures
import torch
import torch.distributed as dist
import transformers
import work
from torch.distributed.optim import ZeroRedundancyOptimizer

RANKS, ROWS, ROW_TOKENS = 2, 8, 256


def train(rank: int, port: int) -> None:
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    torch.manual_seed(0)
    dist.init_process_group("gloo", rank=rank, world_size=RANKS)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
        **work.GEOMETRY, max_position_embeddings=ROW_TOKENS, bos_token_id=work.BOS, eos_token_id=work.EOS,
        pad_token_id=work.PAD))
    parallel = torch.nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)
    optimizer = ZeroRedundancyOptimizer(model.parameters(), optimizer_class=torch.optim.AdamW, lr=3e-4,
                                        betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    sent = rank_figures.SentBytes(port)
    clock = work.StepClock() if rank == 0 else None
    for batch in torch.from_numpy(work.sequences(ROW_TOKENS)).split(ROWS):
        sent.begin_step()
        mine = batch.chunk(RANKS)[rank]
        targets = mine[:, 1:].contiguous()
        loss = parallel(input_ids=mine[:, :-1], labels=targets, shift_labels=targets, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        gradient_bytes = sum(parameter.grad.nbytes for parameter in model.parameters())
        model.zero_grad(set_to_none=True)
        sent.end_step()
        if clock:
            clock.end_step(ROWS * ROW_TOKENS, ROWS * ROW_TOKENS, loss.item())
    parameters = work.num_parameters(model)
    states = rank_figures.state_bytes(model, gradient_bytes, optimizer.optim.state.values())
    ring = 2 * (RANKS - 1) / RANKS * 4 * parameters
    figures = {"heap_bytes": rank_figures.heap_bytes(),
               "state_bytes_ratio": states / rank_figures.zero1_bytes(parameters, RANKS),
               "sent_bytes_ratio": None if sent.least is None else sent.least / ring}
    summary = {name: rank_figures.furthest_from_one(value) for name, value in figures.items()}
    if rank == 0:
        known = {name: value for name, value in summary.items() if value is not None}
        work.report(summary={**known, "parameters": parameters})
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    torch.multiprocessing.spawn(train, args=(free_port,), nprocs=RANKS)
