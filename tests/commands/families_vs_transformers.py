"""Folders of every family that we export, loaded by the classes of transformers.

    families_vs_transformers.py SOURCE BUILD

The tests of the families (tests/models/families/golden_test.cc) save each golden case as a Hugging
Face folder; where transformers has the family's class, it loads that folder, and its logits are
those of the golden case. MOSS's files are those of CodeGen, under another model_type.

Exits 77 where transformers or torch is not installed.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import safetensors.torch
    import torch
    import transformers
except ImportError as error:
    print(f"not installed: {error.name}")
    sys.exit(77)

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
GOLDEN = SOURCE / "tests" / "models" / "golden" / "families"
TEST = BUILD / "tests" / "models" / "models_test"
# Families whose class transformers has, by model_type; the others' code is in their repositories.
CLASSES = {"bloom": "BloomForCausalLM", "falcon": "FalconForCausalLM",
           "gpt_neox": "GPTNeoXForCausalLM", "llama": "LlamaForCausalLM",
           "moss": "CodeGenForCausalLM", "qwen2": "Qwen2ForCausalLM",
           "stablelm": "StableLmForCausalLM"}
# Both compute in fp32 what is stored rounded to it: some tens of roundings of 2^-24 (measured: 1.2e-6).
TOLERANCE = 5e-6


def load(folder, model_type):
    config = json.loads((folder / "config.json").read_text())
    if model_type == "moss":
        config["model_type"] = "codegen"
        (folder / "config.json").write_text(json.dumps(config))
    # By reading, eager attention adds Falcon's ALiBi twice.
    attention = "sdpa" if config.get("alibi") else "eager"
    model, report = getattr(transformers, CLASSES[model_type]).from_pretrained(
        folder, dtype=torch.float32, attn_implementation=attention, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"], report
    return model.eval()


def error_of(folder, model_type, golden):
    model = load(folder, model_type)
    bounds = golden["offsets"].tolist()
    rows = [golden["tokens"][begin:end] for begin, end in zip(bounds, bounds[1:])]
    with torch.no_grad():
        logits = torch.cat([model(row[None]).logits[0] for row in rows])
    return ((logits - golden["logits"]).abs().max() / golden["logits"].abs().max()).item()


def main():
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    num_failed = num_compared = 0
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([TEST, "--gtest_filter=*AnExportedFolder*"], check=True,
                       stdout=subprocess.DEVNULL, env=os.environ | {"TEST_TMPDIR": place})
        for path in sorted(GOLDEN.glob("*.safetensors")):
            folder = pathlib.Path(place) / f"family_{path.stem}"
            model_type = json.loads((folder / "config.json").read_text())["model_type"]
            if model_type not in CLASSES:
                print(f"{path.stem}: transformers has no class of {model_type}")
                continue
            error = error_of(folder, model_type, safetensors.torch.load_file(path))
            num_compared += 1
            num_failed += error > TOLERANCE
            print(f"{path.stem}: {model_type}, relative error {error:.2e}")
    print(f"{num_compared} folders compared, {num_failed} differ")
    return 1 if num_failed or num_compared < len(CLASSES) else 0


sys.exit(main())
