"""The work of perf_clm_1b by Hugging Face transformers under torch.compile, on one GPU: 1.1 B parameters, steps of
32 x 2,048 random tokens in micro-batches of 8, clipping at 1.0. The state of fused AdamW is fp32, as that of precision
`mixed`: of bf16 parameters torch's AdamW would have bf16 moments. So the parameters and gradients are fp32, and the
products bf16 by autocast; `mixed` has bf16 parameters and gradients beside its fp32 weights.

Prints one JSON object: the median time of the steps after the two that compile, and target tokens a second.
Arguments: --steps N (8), --small for a model that a processor can hold.
"""
import argparse
import json
import statistics
import time

import torch
import transformers

WARM_UP = 2
GEOMETRY = {"vocab_size": 32000, "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32,
            "num_key_value_heads": 8, "intermediate_size": 8192, "max_position_embeddings": 2048}
SMALL = {"vocab_size": 128, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
         "num_key_value_heads": 1, "intermediate_size": 64, "max_position_embeddings": 16}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()
    device = "cpu" if arguments.small else "cuda"
    geometry, batch, micro = (SMALL, 4, 2) if arguments.small else (GEOMETRY, 32, 8)
    torch.manual_seed(0)
    with torch.device(device):
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
            **geometry, tie_word_embeddings=False, attn_implementation="sdpa"))
    forward = model if arguments.small else torch.compile(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    length, times = geometry["max_position_embeddings"], []
    tokens = torch.randint(geometry["vocab_size"], (batch, length + 1), device=device)
    for _ in range(arguments.steps):
        begin = time.perf_counter()
        for rows in tokens.split(micro):
            targets = rows[:, 1:].contiguous()
            with torch.autocast(device, torch.bfloat16):
                loss = forward(input_ids=rows[:, :-1], labels=targets, shift_labels=targets, use_cache=False).loss
            (loss * micro / batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()  # waits for the device
        times.append(time.perf_counter() - begin)
    step = statistics.median(times[WARM_UP:])
    print(json.dumps({"step_time": step, "target_tokens_per_second": batch * length / step, "loss": loss.item()}))


if __name__ == "__main__":
    main()
