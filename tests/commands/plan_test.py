"""bench-run EXPERIMENT --plan through the real binary: the ZeRO paper's table, and what it refuses.

usage: plan_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, CommandCase  # noqa: E402
from tiny_run import HERE  # noqa: E402

# Rajbhandari et al., arXiv:1910.02054, table 1: GB a device for Pos, Pos+g and Pos+g+p, as printed.
PAPER = {
    7_500_000_000: {1: "120 120 120", 4: "52.5 41.3 30", 16: "35.6 21.6 7.5", 64: "31.4 16.6 1.88",
                    256: "30.4 15.4 0.47", 1024: "30.1 15.1 0.12"},
    128_000_000_000: {1: "2048 2048 2048", 4: "896 704 512", 16: "608 368 128", 64: "536 284 32",
                      256: "518 263 8", 1024: "513 257 2"},
    1_000_000_000_000: {1: "16000 16000 16000", 4: "7000 5500 4000", 16: "4750 2875 1000",
                        64: "4187 2218 250", 256: "4046 2054 62.5", 1024: "4011 2013 15.6"},
}
# Geometries with exactly as many: V D + D + L (4 D D + 3 D F + 2 D), heads of 100.
# parameters -> hidden_size, num_layers, intermediate_size, vocabulary
GEOMETRIES = {
    7_500_000_000: (5000, 30, 9600, 35_939),
    128_000_000_000: (16000, 40, 45000, 39_919),
    1_000_000_000_000: (25000, 125, 73200, 49_749),
}


def unit(printed):
    """Of the last digit: 0.1 of "41.3"."""
    return 10.0 ** -len(printed.partition(".")[2])


class Plan(CommandCase):
    def plan(self, *arguments):
        done = self.place.run(*arguments, "--plan", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def committed(self, name):
        return self.plan("--experiments", SOURCE / "experiments", name)

    def test_the_papers_table_is_reproduced(self):
        num_checked = 0
        for parameters, rows in PAPER.items():
            hidden, layers, intermediate, vocabulary = GEOMETRIES[parameters]
            plan = self.plan(self.place.definition, "--vocab-size", vocabulary,
                             "--set", f"model.hidden_size={hidden}",
                             "--set", f"model.num_layers={layers}",
                             "--set", f"model.num_heads={hidden // 100}",
                             "--set", "model.num_kv_heads=0",
                             "--set", f"model.intermediate_size={intermediate}",
                             "--set", "training.precision=mixed")
            self.assertEqual(plan["trained_parameters"], parameters)
            self.assertEqual([of["ranks"] for of in plan["plans"]], list(rows))
            for of in plan["plans"]:
                gigabytes = [stage["state_bytes"] / 1e9 for stage in of["stages"]]
                self.assertEqual(gigabytes[0], 16 * parameters / 1e9)
                for value, printed in zip(gigabytes[1:], rows[of["ranks"]].split(), strict=True):
                    self.assertLess(abs(value - float(printed)), unit(printed),
                                    (parameters, of["ranks"], printed))
                    num_checked += 1
        self.assertEqual(num_checked, 54)

    def test_every_committed_experiment_that_trains_has_a_plan_and_makes_nothing(self):
        roles = {"clm_1b": ["decoder"], "sft_small": ["decoder"], "rm_small": ["reward"],
                 "ppo_small": ["policy", "value", "reference", "reward"],
                 "rlhf_small": ["policy", "value", "reference", "reward"]}
        for name, expected in roles.items():
            plan = self.committed(name)
            self.assertEqual([model["role"] for model in plan["models"]], expected)
            self.assertIn("translations_tokenizer@1", plan["vocabulary"]["source"])
        self.assertFalse(self.place.store.exists())

    def test_parts_of_the_need_add_up(self):
        plan = self.committed("ppo_small")
        for of in plan["plans"]:
            for stage in of["stages"]:
                states = (stage["parameter_bytes"] + stage["gradient_bytes"]
                          + stage["optimizer_state_bytes"])
                self.assertEqual(stage["state_bytes"], states)
                self.assertAlmostEqual(
                    stage["total_bytes"],
                    states + plan["frozen_bytes"]
                    + max(of["activation_bytes"]["peak"], stage["update_bytes"]), delta=1)

    def test_number_of_parameters_is_that_of_a_run(self):
        import h5py
        with h5py.File(self.run_ok(self.place.definition)) as file:
            parameters = file["summary/parameters"][()]
        plan = self.plan(self.place.definition)
        self.assertEqual(plan["trained_parameters"], parameters)
        self.assertIn(str(HERE), plan["vocabulary"]["source"])

    def models(self):
        done = self.place.run("--models", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["models"]

    def test_published_models_are_planned_by_their_names(self):
        """Some of them: all are asked for in one process (tests/harness/run/plan_command_test.cc)."""
        models = self.models()
        self.assertGreater(len(models), 35)
        for model in (models[0], models[len(models) // 2], models[-1]):
            plan = self.plan("--model", model["name"], "--plan-ranks", "1")
            self.assertEqual(plan["trained_parameters"], model["parameters"], model["name"])
            self.assertEqual(plan["model"], model["name"])
            self.assertEqual(plan["vocabulary"]["size"], model["vocab_size"])
            self.assertGreater(plan["plans"][0]["activation_bytes"]["kept"], 0)
            self.assertNotIn("experiment", plan)

    def test_a_published_model_takes_the_place_of_an_experiments(self):
        plan = self.plan(self.place.definition, "--model", "llama-7b")
        self.assertEqual(plan["trained_parameters"], 6_738_415_616)
        self.assertEqual(plan["precision"], "fp32")
        self.assertIn("experiment", plan)

    def test_arithmetic_is_that_of_a_computation_by_hand(self):
        # 2 a weight of every matrix but the embedding; scores and sums over 1,024 keys.
        plan = self.plan("--model", "llama-7b")
        weights = 6_738_415_616 - 32_000 * 4096 - 65 * 4096
        self.assertEqual(plan["models"][0]["forward_flops_per_token"],
                         2 * weights + 32 * 4 * 4096 * 1024)

    def test_text_is_a_table_of_a_hundred_columns(self):
        done = self.place.run("--experiments", SOURCE / "experiments", "ppo_small", "--plan",
                              "--plan-ranks", "2,8,2", "--device-gb", "0.5")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertLessEqual(max(map(len, lines)), 100)
        rows = [line.split()[0] for line in lines if line[:7].strip().isdigit()]
        self.assertEqual(rows, ["2", "8", "2", "8"])
        self.assertIn("500.0 MB", done.stdout)

    def test_what_makes_no_sense_is_2(self):
        """One of the values of options that are refused: the others are in tests/harness/run/options_test.cc."""
        tiny = self.place.definition
        experiments = ("--experiments", SOURCE / "experiments")
        for arguments, fragment in [
                (("translations", "--plan", *experiments), "clm, sft, reward and ppo"),
                (("corpus_small", "--plan", *experiments), "--input-gib"),
                ((tiny, "--plan", "--plan-ranks", "4,0"), "at least 1"),
                ((tiny, "--plan", "--vocab-size", str(2**40)), "vocab_size"),
                (("--plan", "--model", "gpt-4"), "no published model \"gpt-4\""),
                (("--plan", "--model", "llama-7b", "--set", "training.max_tokens=8"), "EXPERIMENT"),
        ]:
            self.assert_fails(self.place.run(*arguments), 2, fragment)
        missing = self.place.write_definition("missing.toml", replace=[("tiny.model", "no.model")])
        self.assert_fails(self.place.run(missing, "--plan"), 5, "no.model")

    def corpus(self):
        """A definition of stage corpus, and rates by hand: 1 GiB in 1,000 documents, 100 s a phase."""
        definition = self.place.folder / "corpus.toml"
        definition.write_text('stage = "corpus"\n[run]\nthreads = 2\n[corpus]\nsources = ["manpages"]\n'
                              f'[tokenizer]\npath = "{HERE}/testdata/tiny.model"\n')
        phases = ("digest of the input", "read and filter", "equal documents", "signatures", "similar documents", "clusters", "clean",
                  "tokenise", "data set", "held-out check")
        rates = self.place.folder / "rates.json"
        rates.write_text(json.dumps({
            "format": "bench-corpus-rates", "format_version": 1, "machine": "by hand", "input": "nothing",
            "input_bytes": 1 << 30, "text_bytes": 1 << 30, "documents": 1000, "program_bytes": 10 ** 8,
            "phases": [{"phase": p, "seconds": 100, "read_bytes": 10, "written_bytes": 5} for p in phases]}))
        return definition, rates

    def test_a_corpus_takes_what_its_rates_say(self):
        definition, rates = self.corpus()
        plan = self.plan(definition, "--rates", rates, "--input-gib", 36, "--plan-ranks", "1,18")
        self.assertEqual(plan["format"], "bench-corpus-plan")
        one, many = plan["plans"]
        # The digest and eight phases over 2 threads a rank; the data set by one.
        self.assertAlmostEqual(one["hours"], 9 * 0.5 + 1)
        self.assertAlmostEqual(many["hours"], 9 * 0.5 / 18 + 1)
        self.assertEqual((many["shards"], many["partitions"]), (144, 36))
        self.assertAlmostEqual(many["read_bytes"], 10 * 360)
        self.assertEqual(one["exchanged_bytes"], 0)
        self.assertAlmostEqual(many["exchanged_bytes"], 5 * 360 * 17 / 18)
        small = self.plan(definition, "--rates", rates, "--input-gib", 36, "--plan-ranks", 1,
                          "--document-bytes", (1 << 30) / 2000)
        # Twice the documents: twice the records, in three phases.
        self.assertAlmostEqual(small["plans"][0]["hours"], 6 * 0.5 + 1 + 3 * (2 * 0.5))
        text = self.place.run(definition, "--plan", "--rates", rates, "--input-gib", 36)
        self.assertIn("phases on 1024 ranks", text.stdout)

    def test_the_plans_of_the_document_are_printed_by_their_commands(self):
        text = (SOURCE / "docs" / "corpus.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```\n\./bench-run experiments/(corpus_small --plan [^\n]*)\n(.*?)```", text, re.DOTALL)
        self.assertGreaterEqual(len(blocks), 1)
        for command, printed in blocks:
            with self.subTest(command=command):
                done = self.place.run("--experiments", SOURCE / "experiments", *command.split())
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, printed)

    def test_the_document_says_what_the_committed_rates_do_not_plan(self):
        """Repeated substrings, until they are measured; then the document has no more need to turn them off."""
        rates = json.loads((SOURCE / "experiments" / "data" / "corpus_rates.json").read_text(encoding="utf-8"))
        substrings = {"anchors", "repeated anchors", "passages", "repeated substrings", "removed substrings"}
        missing = substrings - {rate["phase"] for rate in rates["phases"]}
        text = (SOURCE / "docs" / "corpus.md").read_text(encoding="utf-8")
        off = "corpus.substrings.enabled=false"
        arguments = ("--experiments", SOURCE / "experiments", "corpus_small", "--plan", "--input-gib", 1)
        done = self.place.run(*arguments)
        if missing:
            self.assert_fails(done, 2, "the rates have no phase", "scripts/bench_corpus_ranks.py")
            done = self.place.run(*arguments, "--set", off)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(f"--set {off}" in text, bool(missing))

    def test_what_a_plan_of_a_corpus_cannot_know_is_asked_for(self):
        definition, rates = self.corpus()
        run = self.place.run
        self.assert_fails(run(definition, "--plan", "--rates", rates), 2, "--input-gib")
        self.assert_fails(run(definition, "--plan", "--rates", rates, "--input-gib", 1, "--set",
                              "corpus.substrings.enabled=true"), 2, 'no phase "anchors"')
        self.assert_fails(run(definition, "--plan", "--input-gib", 1, "--vocab-size", 9), 2, "--vocab-size")
        self.assert_fails(run(self.place.definition, "--plan", "--input-gib", 1), 2, "stage corpus")
        rates.write_text('{"format": "bench-plan"}')
        self.assert_fails(run(definition, "--plan", "--rates", rates, "--input-gib", 1), 4, "rates.json")


if __name__ == "__main__":
    unittest.main()
