"""Our Hugging Face folders against transformers, both ways.

    export_vs_transformers.py SOURCE BUILD [--count 3000]

1. Export: for each kind of SentencePiece model (character, bpe, unigram, each with pieces for the
   alpaca template) a tiny run is trained and exported; transformers loads it (AutoModelForCausalLM,
   AutoTokenizer). Compared: ids of `count` strings, the chat template's text and ids, logits, and
   the tokens of greedy generation.
2. Import: a LLaMA folder that transformers saved in shards, with a byte-level BPE tokenizer.json
   (golden/), is the start of a run of zero learning rate with template chatml; its export must have
   the same logits, prompt ids and greedy tokens. The definition has no [model]. Folders: shards;
   heads that are wider than hidden_size / heads; shards and a stale index of other weights beside
   the single file, of which transformers decides what is read.

Exits 77 where transformers, torch or sentencepiece is not installed.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import sentencepiece
    import torch
    import transformers
except ImportError as error:
    print(f"not installed: {error.name}")
    sys.exit(77)

from tiny_run import DEFINITION, Workplace  # noqa: E402

SOURCE = pathlib.Path(sys.argv[1])
DATA = SOURCE / "tests" / "harness" / "tokenizers"
sys.path.insert(0, str(DATA))
from compare_tokenizers import ENGLISH, SCRIPTS, random_text  # noqa: E402

ALPACA = ["Below is an instruction that describes a task. Write a response that appropriately "
          "completes the request.\n\n### Instruction:\n", "\n\n### Input:\n", "\n\n### Response:"]
PROMPTS = ["spell 17", "打开文件\n 😀\t </s> \u2581x", "  two  spaces "]
# How many greedy tokens of 6 x 64 and of one answer must be decided by more than rounding, so that
# agreement means something. Generation ends at the end token, which a model of random weights finds
# by chance.
MIN_GREEDY_TOKENS = 192
MIN_ANSWER_TOKENS = 8
# A logit of these models passes about 10 matrix products of 16 to 24 terms and two softmaxes over up
# to 200 places: 650 roundings, each of 2^-24 of the largest magnitude on the way (taken as ten times
# the largest logit, at least 10), in two implementations that order them otherwise.
ROUNDING = 2 * 650 * 2.0 ** -24


def train_sentencepiece(kind, path):
    texts = [" ".join(ENGLISH + SCRIPTS), "0123456789 abcdefghijklmnopqrstuvwxyz#:.\n<>/", *ALPACA,
             (SOURCE / "tests" / "commands" / "tiny_run.py").read_text(encoding="utf-8")]
    options = {"model_type": kind, "vocab_size": 900 if kind != "unigram" else 600,
               "byte_fallback": True, "normalization_rule_name": "identity",
               "add_dummy_prefix": False, "remove_extra_whitespaces": False,
               "allow_whitespace_only_pieces": True, "hard_vocab_limit": False, "unk_id": 0,
               "bos_id": 1, "eos_id": 2, "pad_id": 3, "num_threads": 1, "minloglevel": 2,
               "max_sentence_length": 1 << 20,
               "user_defined_symbols": [text.replace(" ", "\u2581") for text in ALPACA]}
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(texts),
                                             model_prefix=str(path.with_suffix("")), **options)


class Checks:
    def __init__(self):
        self.num_failed = 0

    def __call__(self, ok, what):
        print(("ok    " if ok else "WRONG ") + what)
        self.num_failed += not ok


def run_and_export(place, definition, name):
    run = place.run(definition, "--out", place.folder / f"{name}_run", "--device", "cpu")
    if run.returncode != 0:
        sys.exit(f"{name}: bench-run exited {run.returncode}: {run.stderr}")
    folder = place.folder / f"{name}_export"
    export = place.run("--export", place.folder / f"{name}_run", folder)
    if export.returncode != 0:
        sys.exit(f"{name}: --export exited {export.returncode}: {export.stderr}")
    print(export.stderr, end="")
    return folder


def load(folder):
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder)


def bound(logits):
    return ROUNDING * 10 * max(1.0, logits.abs().max().item())


def greedy(model, prompt, max_new_tokens, num_ids):
    """transformers' greedy tokens among the tokenizer's ids (a vocabulary may be padded beyond
    them, where ours never chooses), as far as rounding cannot turn the choice."""
    padding = list(range(num_ids, model.config.vocab_size))
    with torch.no_grad():
        generated = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False,
                                   max_new_tokens=max_new_tokens, output_logits=True,
                                   suppress_tokens=padding or None, return_dict_in_generate=True)
    tokens = []
    for token, logits in zip(generated.sequences[0, prompt.shape[1]:].tolist(), generated.logits):
        first, second = logits[0][:num_ids].topk(2).values.tolist()
        if first - second <= 2 * bound(logits):
            break
        tokens.append(token)
    return tokens


def alpaca_message(request):
    given = {"input": request["input"]} if request["input"] else {}
    return {"role": "user", "content": request["instruction"], **given}


def chat_message(request):
    return {"role": "user", "content": "\n".join(filter(None, request.values()))}


def answers(tool, folder, requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    result = subprocess.run([tool, folder], input=lines, capture_output=True, encoding="utf-8",
                            check=False)
    if result.returncode != 0:
        sys.exit(f"{folder}: decoder_tool exited {result.returncode}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


def compare_model(check, tool, name, folder, model, tokenizer, message):
    """Prompt ids, logits and greedy tokens of our decoder against transformers'."""
    requests = [{"instruction": prompt, "input": given} for prompt in PROMPTS for given in ("", "42")]
    num_tokens = 0
    for request, ours in zip(requests, answers(tool, folder, requests)):
        # In transformers the name of a special token in a text is that token.
        if not any(special in request["instruction"] for special in tokenizer.all_special_tokens):
            ids = tokenizer.apply_chat_template([message(request)], add_generation_prompt=True,
                                                return_dict=False)
            check(equal_ids(ours["prompt"], ids, tokenizer), f"{name}: {len(ids)} prompt ids of "
                  f"{request['instruction']!a}, {request['input']!a}")
        prompt = torch.tensor([ours["prompt"]])
        with torch.no_grad():
            logits = model(prompt).logits[0, -1]
        difference = (logits - torch.tensor(ours["logits"])).abs().max().item()
        check(difference <= bound(logits), f"{name}: logits of {request['instruction']!a} differ by "
              f"{difference:.1e}, bound {bound(logits):.1e}")
        tokens = greedy(model, prompt, 64, len(tokenizer))
        num_tokens += len(tokens)
        check(ours["tokens"][:len(tokens)] == tokens, f"{name}: {len(tokens)} greedy tokens")
    check(num_tokens >= MIN_GREEDY_TOKENS, f"{name}: {num_tokens} greedy tokens in all")


def compare_answer(check, place, name, model, tokenizer):
    """What bench-run --generate prints against transformers' greedy answer to the same chat."""
    chat = [{"role": "user", "content": PROMPTS[0]}]
    prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt",
                                           return_dict=True)
    tokens = greedy(model, prompt["input_ids"], 256, len(tokenizer))
    theirs = tokenizer.decode(tokens, skip_special_tokens=True)
    run = place.run("--generate", place.folder / f"{name}_run", PROMPTS[0])
    check(run.returncode == 0, f"{name}: bench-run --generate exited {run.returncode}: "
          f"{run.stderr[-200:]!a}")
    ours = run.stdout
    # It escapes what a terminal would obey.
    theirs = "".join(f"\\x{ord(c):02x}" if c < " " or "\x7f" <= c < "\xa0" else c for c in theirs)
    check(len(tokens) >= MIN_ANSWER_TOKENS and ours.startswith(theirs), f"{name}: bench-run --generate, {len(tokens)} tokens: "
          f"{ours[:40]!a}")
    if not ours.startswith(theirs):
        print(ascii(ours), ascii(theirs), sep="\n    ")


def differ_by_rounding(ours, theirs, vocabulary):
    """Whether two unigram segmentations have one score up to what 32-bit sums of it can lose."""
    is_byte = {id for id, (piece, _) in enumerate(vocabulary) if piece.startswith("<0x")}
    if sorted(id for id in ours if id in is_byte) != sorted(id for id in theirs if id in is_byte):
        return False
    scores = [sum(vocabulary[id][1] for id in ids if id not in is_byte) for ids in (ours, theirs)]
    # SentencePiece also sums an unknown character's score, which is its lowest less 10.
    lowest = min(score for _, score in vocabulary if score > -1000)
    unknown = len([id for id in ours if id in is_byte]) * (10 - lowest)
    rounding = len(ours) * 2.0 ** -24 * (abs(scores[0]) + unknown)
    return abs(scores[0] - scores[1]) <= rounding


def equal_ids(ours, theirs, tokenizer):
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    return ours == theirs or (model["type"] == "Unigram"
                              and differ_by_rounding(ours, theirs, model["vocab"]))


def compare_ids(check, tool, name, folder, tokenizer, count):
    draw = random.Random(name)
    contents = ["</s>", "<s>", "<unk>", "<0x41>", "<0x0A>", "\u2581", *ALPACA]
    texts = [random_text(draw, contents) for _ in range(count)]
    wrong, num_rounded, num_other_texts = [], 0, 0
    for text, answer in zip(texts, answers(tool, folder, texts)):
        ours = answer["ids"]
        num_other_texts += answer["decoded"] != tokenizer.decode(ours)
        theirs = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        if ours == theirs:
            continue
        if equal_ids(ours, theirs, tokenizer):
            num_rounded += 1
        else:
            wrong.append((text, ours, theirs))
    check(not wrong, f"{name}: ids of {len(texts)} strings, {len(wrong)} differ, and {num_rounded} "
          "where two segmentations have one score up to 32-bit rounding")
    for case in wrong[:3]:
        print(*map(ascii, case), sep="\n    ")
    check(num_other_texts == 0, f"{name}: texts of these ids, {num_other_texts} differ")


def compare_prompt(check, name, tokenizer):
    for prompt in PROMPTS:
        for given in ("", "42"):
            head = ALPACA[0] if not given else ALPACA[0].replace(
                "a task. Write", "a task, paired with an input that provides further context. Write")
            text = head + prompt + (ALPACA[1] + given if given else "") + ALPACA[2]
            message = {"role": "user", "content": prompt, **({"input": given} if given else {})}
            rendered = tokenizer.apply_chat_template([message], tokenize=False)
            check(rendered == "<s>" + text, f"{name}: chat template of {prompt!a}, input {given!a}")


def exported(check, place, kind, count):
    name = f"sentencepiece {kind}"
    path = place.folder / f"{kind}.model"
    train_sentencepiece(kind, path)
    # Trained so little that its answers do not end at once, whatever the machine rounds.
    definition = place.write_definition(f"{kind}.toml", replace=[
        (str(pathlib.Path(__file__).parent / "testdata" / "tiny.model"), str(path)),
        ("learning_rate = 1e-2", "learning_rate = 1e-3")])
    folder = run_and_export(place, definition, name)
    model, tokenizer = load(folder)
    compare_ids(check, place.tool, name, folder, tokenizer, count)
    compare_prompt(check, name, tokenizer)
    compare_model(check, place.tool, name, folder, model, tokenizer, alpaca_message)
    compare_answer(check, place, name, model, tokenizer)


def make_llama(folder, vocab_size, end_token, seed=3, max_shard_size="20KB", **sizes):
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=vocab_size, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=512, rope_theta=1e4,
        rms_norm_eps=1e-5, tie_word_embeddings=True, initializer_range=0.5,
        bos_token_id=None, eos_token_id=end_token, **sizes)
    model = transformers.LlamaForCausalLM(config).eval()
    model.save_pretrained(folder, max_shard_size=max_shard_size)
    return model


def save_shards(check, name, folder, **config):
    model = make_llama(folder, **config)
    shards = list(folder.glob("*.safetensors"))
    check(len(shards) > 1, f"{name}: {len(shards)} shards")
    return model


def save_wide_heads(check, name, folder, **config):
    # A seed whose greedy answers do not end at once (MIN_GREEDY_TOKENS).
    model = make_llama(folder, seed=5, head_dim=12, **config)
    check(model.model.layers[0].self_attn.q_proj.out_features == 24, f"{name}: heads of 12")
    return model


def save_twice(check, name, folder, **config):
    """Other weights in shards, and an index of shards that are gone, beside a single file."""
    other = folder.parent / f"{folder.name}_other"
    make_llama(other, seed=4, **config)
    make_llama(folder, max_shard_size="1GB", **config)
    for path in other.glob("model*"):
        (folder / path.name).write_bytes(path.read_bytes())
    next(folder.glob("model-00002-*")).unlink()
    check((folder / "model.safetensors").exists()
          and (folder / "model.safetensors.index.json").exists(), f"{name}: a file and an index")
    return transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def imported(check, place, kind, prompt_template, save):
    name = f"tokenizer.json {kind}"
    golden = DATA / "golden" / f"tokenizer_{kind}.json"
    source = place.folder / f"{kind}_source"
    source.mkdir()
    (source / "tokenizer.json").write_bytes(golden.read_bytes())
    end = "<|eot_id|>" if prompt_template == "llama3" else "<|im_end|>"
    (source / "tokenizer_config.json").write_text(json.dumps({"eos_token": end}))
    # Published vocabularies are padded.
    end_token = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(golden)).convert_tokens_to_ids(end)
    theirs = save(check, name, source, vocab_size=640, end_token=end_token)
    definition = place.write_definition(f"{kind}.toml", replace=[
        (str(pathlib.Path(__file__).parent / "testdata" / "tiny.model"), str(source)),
        (DEFINITION[DEFINITION.index("[model]"):DEFINITION.index("[tokenizer]")], ""),
        ("learning_rate = 1e-2", "learning_rate = 1e-30"),
        ("validation_fraction = 0.2", f'validation_fraction = 0.2\nprompt_template = "{prompt_template}"'),
    ], extra=f'\n[init]\nweights = "folder"\nfolder = "{source}"\n')
    folder = run_and_export(place, definition, name)
    _, tokenizer = load(folder)
    compare_model(check, place.tool, name, folder, theirs, tokenizer, chat_message)
    compare_answer(check, place, name, theirs, tokenizer)
    compare_chat(check, name, folder, tokenizer, prompt_template)


def compare_chat(check, name, folder, tokenizer, prompt_template):
    """The published texts, written out, and their ids in the tokenizers library."""
    for prompt in PROMPTS:
        text = {"chatml": f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n",
                "llama3": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
                          f"{prompt.strip()}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
                }[prompt_template]
        chat = [{"role": "user", "content": prompt}]
        rendered = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        check(rendered == text, f"{name}: chat template of {prompt!a}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=3000)
    options = parser.parse_args()
    check = Checks()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        place = Workplace(pathlib.Path(options.build) / "bin", folder)
        place.tool = pathlib.Path(options.build) / "tests" / "harness" / "decoder_tool"
        for kind in ("char", "bpe", "unigram"):
            exported(check, place, kind, options.count)
        for kind, prompt_template, save in (("llama3", "llama3", save_shards),
                                            ("qwen2", "chatml", save_wide_heads),
                                            ("smollm", "chatml", save_twice)):
            imported(check, place, kind, prompt_template, save)
    print(f"{check.num_failed} wrong")
    sys.exit(1 if check.num_failed else 0)


if __name__ == "__main__":
    main()
