"""What the peers of TRL share: a tokenizer for its trainers, arguments, and a callback that times steps."""
import json

import torch
import transformers
import work

torch.set_num_threads(work.THREADS)
torch.manual_seed(0)


def model_config(**more):
    return transformers.LlamaConfig(**work.GEOMETRY, max_position_embeddings=512, bos_token_id=work.BOS,
                                    eos_token_id=work.EOS, pad_token_id=work.PAD, **more)


def tokenizer(padding_side: str = "right"):
    """One of as many words as ids: trainers ask it for its padding and end tokens. The rows are ids already."""
    import tokenizers
    words = {"<unk>": work.UNK, "<s>": work.BOS, "</s>": work.EOS, "<pad>": work.PAD}
    words |= {f"t{i}": i for i in range(4, work.GEOMETRY["vocab_size"])}
    model = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<unk>"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=model, bos_token="<s>", eos_token="</s>",
                                                pad_token="<pad>", padding_side=padding_side)


def arguments(folder: str, batch: int, bf16: bool) -> dict:
    """Of a trainer that does the work of a perf_* experiment: no evaluation, no checkpoints, no tracker of runs.
    What TRL's trainers measure of each step beside that cannot be switched off (../README.md)."""
    return {"output_dir": folder, "per_device_train_batch_size": batch, "max_steps": work.STEPS, "bf16": bf16,
            "fp16": False, "use_cpu": True, "gradient_checkpointing": False, "optim": "adamw_torch_fused",
            "lr_scheduler_type": "constant", "max_grad_norm": 1.0, "report_to": [], "save_strategy": "no",
            "logging_strategy": "steps", "logging_steps": 1, "disable_tqdm": True, "seed": 0}


def in_order(trainer):
    """The rows in their order, so that it is known which tokens a step has."""
    trainer._get_train_sampler = lambda dataset=None: torch.utils.data.SequentialSampler(
        dataset if dataset is not None else trainer.train_dataset)
    return trainer


class StepReports(transformers.TrainerCallback):
    """`tokens_of(step)`: tokens and target tokens of a step, from 0."""

    def __init__(self, tokens_of):
        self.tokens_of, self.clock = tokens_of, None

    def on_train_begin(self, *_args, **_kwargs):
        self.clock = work.StepClock()

    def on_log(self, _args, _state, _control, logs=None, **_kwargs):
        if logs and "loss" in logs:
            self.clock.end_step(*self.tokens_of(self.clock.step), float(logs["loss"]))
            print(json.dumps(logs), flush=True)
