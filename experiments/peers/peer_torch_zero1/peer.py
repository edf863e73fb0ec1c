"""The work of perf_clm_10m on two ranks of one thread each, with PyTorch's own ZeRO-1: transformers' model under
DistributedDataParallel (gradient_as_bucket_view) with ZeroRedundancyOptimizer(AdamW), over Gloo.

Beside it: perf_clm_10m --nproc 2 --set run.threads=1 --set training.sharding="optimizer_states". Each rank reads 4
of the 8 sequences of a step. Reported are rank 0's steps, and the largest resident set of a rank.
"""
import os
import resource
import socket
import sys

sys.path.insert(0, "../common")
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
    clock = work.StepClock() if rank == 0 else None
    for batch in torch.from_numpy(work.sequences(ROW_TOKENS)).split(ROWS):
        mine = batch.chunk(RANKS)[rank]
        targets = mine[:, 1:].contiguous()
        loss = parallel(input_ids=mine[:, :-1], labels=targets, shift_labels=targets, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        model.zero_grad(set_to_none=True)
        if clock:
            clock.end_step(ROWS * ROW_TOKENS, ROWS * ROW_TOKENS, loss.item())
    peak = torch.tensor(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0, dtype=torch.float64)
    dist.reduce(peak, 0, dist.ReduceOp.MAX)
    if rank == 0:
        work.report(summary={"rank_peak_memory": peak.item(), "parameters": work.num_parameters(model)})
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    torch.multiprocessing.spawn(train, args=(free_port,), nprocs=RANKS)
