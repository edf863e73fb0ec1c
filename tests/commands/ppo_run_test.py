"""PPO through the real binary: what it learns, resume, kills, refusals, its artifact.

usage: ppo_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import CommandCase  # noqa: E402
from reward_run_test import DEFINITION as REWARD_DEFINITION  # noqa: E402
from tiny_run import HERE, NAN_FILLED, deterministic_content  # noqa: E402

MODEL = """\
[model]
hidden_size = 16
num_layers = 2
num_heads = 2
intermediate_size = 24
max_positions = 128

[tokenizer]
path = "{tokenizer}"

[data]
path = "{data}"
validation_fraction = 0.25
prompt_template = "plain"
"""

SFT = """\
stage = "sft"
base_seed = 5

[run]
threads = 1

""" + MODEL + """
[optimizer]
learning_rate = 1e-2

[training]
steps = 150
batch_size = 8
max_tokens = 64

[evaluation]
rows_per_task = 8
generate_rows_per_task = 4
max_new_tokens = 8
num_samples = 1
"""

PPO = """\
stage = "ppo"
base_seed = 3

[run]
threads = 1
flush_interval_s = 0.05
checkpoint_every_steps = 3

""" + MODEL + """
[init]
weights = "folder"
folder = "{policy}"

[reward]
folder = "{reward}"

[rollout]
max_new_tokens = 6
temperature = 1

[ppo]
epochs = 2
mini_batches = 2

[optimizer]
learning_rate = 3e-3

[training]
steps = {steps}
batch_size = 8
micro_batch_size = 2
max_tokens = 64

[evaluation]
every_steps = 8
prompts_per_task = 8
num_samples = 2
"""


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


class Ppo(CommandCase):
    """An answer is "yes" or "no", as often; the reward model likes "yes"."""

    models = None  # policy and reward model that all tests begin with, trained by the first

    def setUp(self):
        super().setUp()
        self.data = self.place.folder / "prompts.jsonl"
        write(self.data, [{"instruction": f"is {i} so", "output": "yes" if i % 2 else "no"}
                          for i in range(64)])
        self.policy, self.reward = self.place.folder / "policy", self.place.folder / "reward_model"
        if type(self).models is None:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-models-")
            self.addClassCleanup(folder.cleanup)
            type(self).models = pathlib.Path(folder.name)
            self.train_models(type(self).models)
        shutil.copytree(type(self).models / "policy", self.policy)
        shutil.copytree(type(self).models / "reward", self.reward)
        self.definition = self.write_definition()

    def text(self, template, **values):
        return template.format(tokenizer=HERE / "testdata" / "tiny.model", data=self.data, **values)

    def train_models(self, folder):
        sft = self.place.folder / "sft.toml"
        sft.write_text(self.text(SFT))
        self.run_ok("--export", self.run_ok(sft), folder / "policy")
        train, held_out = self.place.folder / "train.jsonl", self.place.folder / "held_out.jsonl"
        pairs = [{"prompt": f"is {i} so", "chosen": "yes", "rejected": "no"} for i in range(80)]
        write(train, pairs[:64])
        write(held_out, pairs[64:])
        reward = self.place.folder / "reward.toml"
        reward.write_text(REWARD_DEFINITION.format(
            tokenizer=HERE / "testdata" / "tiny.model", train=train, held_out=held_out, steps=60))
        self.run_ok("--export", self.run_ok(reward), folder / "reward")

    def expected(self):
        """What a run of the definition leaves that nobody disturbs."""
        return deterministic_content(self.once(self.definition))

    def write_definition(self, steps=24, replace=()):
        text = self.text(PPO, policy=self.policy, reward=self.reward, steps=steps)
        for old, new in replace:
            assert old in text, old
            text = text.replace(old, new)
        path = self.place.folder / "ppo.toml"
        path.write_text(text)
        return path

    def test_it_learns_what_the_reward_model_likes_and_shows_what_that_costs(self):
        path = self.run_ok(self.write_definition(steps=80))
        with h5py.File(path) as file:
            rollouts = {name: column[:] for name, column in file["tables/rollouts"].items()}
            self.assertEqual(list(rollouts["step"]), list(range(1, 81, 4)))
            self.assertEqual(rollouts["kl"][0], 0)
            self.assertGreater(rollouts["kl"][-1], 0)
            self.assertGreater(rollouts["learned_reward"][-3:].mean(),
                               rollouts["learned_reward"][0] + 0.3)
            for column in ("sampled_exact_match", "sampled_chrf", "response_tokens", "ended_fraction",
                           "score", "kl_coefficient", "rlhf_reward"):
                self.assertIn(column, rollouts)
            # The first mini-batch of a rollout is trained on by the policy that sampled it.
            steps = file["steps"]
            self.assertTrue((steps["ratio"][::4] == 1).all())
            self.assertTrue((steps["approx_kl"][::4] == 0).all())
            self.assertGreater(steps["approx_kl"][3], 0)
            self.assertEqual(steps["loss"].attrs["units"], "1")
            for name in ("policy_loss", "value_loss", "entropy", "clip_fraction",
                         "value_clip_fraction", "ratio_variance"):
                self.assertEqual(len(steps[name]), 80, name)
            evals = file["evals"]
            self.assertEqual(evals["kl"][0], 0)
            self.assertEqual(list(evals["step"][:2]), [0, 8])
            summary = {name: value[()] for name, value in file["summary"].items()}
            self.assertEqual(summary["initial_exact_match"], evals["exact_match"][0])
            self.assertEqual(summary["initial_learned_reward"], evals["learned_reward"][0])
            self.assertGreater(summary["learned_reward"], summary["initial_learned_reward"])
            self.assertGreater(summary["kl"], 0)
            samples = {name: column[:] for name, column in file["tables/samples"].items()}
            self.assertEqual(len(samples["answer"]), 2)
            self.assertIn("reward_before", samples)

    def test_a_verifiable_objective_needs_no_reward_model(self):
        definition = self.write_definition(steps=8, replace=(
            (f'folder = "{self.reward}"', 'objective = "verifiable"'),
            ("[rollout]", '[value]\nmodel = "shared"\n\n[rollout]')))
        with h5py.File(self.run_ok(definition)) as file:
            self.assertNotIn("learned_reward", file["summary"])
            rollouts = file["tables/rollouts"]
            self.assertNotIn("learned_reward", rollouts)
            self.assertEqual(len(rollouts["score"]), 2)

    def test_advantages_from_groups_need_no_value_model_and_continue_to_the_same_bits(self):
        definition = self.write_definition(steps=16, replace=(
            ("[ppo]", '[ppo]\nadvantages = "group"\nkl_estimator = "k3"'),
            ("[rollout]", "[rollout]\nresponses_per_prompt = 4")))
        result = self.run_ok(definition)
        with h5py.File(result) as file:
            steps, rollouts = file["steps"], file["tables/rollouts"]
            self.assertTrue((steps["ratio"][::4] == 1).all())
            self.assertEqual(steps["kl_loss"][0], 0)
            self.assertGreater(steps["kl_loss"][-1], 0)
            for name in ("value_loss", "value_clip_fraction"):
                self.assertNotIn(name, steps)
            self.assertEqual(len(rollouts["uniform_groups"]), 4)
            self.assertNotIn("rlhf_reward", rollouts)
        expected = deterministic_content(result)
        self.assert_stops_change_no_bit((definition,), ((3, 10),), expected)
        with h5py.File(self.run_ok(definition, "--nproc", 2)) as file:
            self.assertEqual(len(file["tables/rollouts/score"]), 4)
        plan = json.loads(self.place.run(definition, "--plan", "--json").stdout)
        self.assertNotIn("value", [model["role"] for model in plan["models"]])

    def test_stopped_anywhere_in_an_iteration_it_continues_to_the_same_bits(self):
        # Each attempt ends in another place of an iteration of four steps than it began.
        self.assert_stops_change_no_bit((self.definition,), ((0, 2, 8), (1, 4, 23), (3, 10)), self.expected())

    def test_killed_it_continues_to_the_same_bits_and_rows(self):
        whole = self.once(self.definition)
        expected = deterministic_content(whole)
        with h5py.File(whole) as file:
            rows = {name: list(column[:]) for name, column in file["tables/rollouts"].items()}
        for checkpoint in ("step-000000003", "step-000000006", "step-000000015"):
            out = self.place.folder / checkpoint
            process = self.place.start(self.definition, "--out", out)
            deadline = time.monotonic() + 60
            while process.poll() is None and not (out / "checkpoints" / checkpoint).exists():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            resumed = self.run_ok(self.definition, "--out", out, "--resume")
            self.assertEqual(deterministic_content(resumed), expected, checkpoint)
            with h5py.File(resumed) as file:
                self.assertEqual({name: list(column[:])
                                  for name, column in file["tables/rollouts"].items()}, rows)

    def test_recomputed_activations_give_the_same_bits(self):
        recomputed = self.run_ok(self.definition, "--set", "training.recompute_activations=true")
        self.assertEqual(deterministic_content(recomputed), self.expected())

    def test_score_and_value_behind_the_end_train_and_continue_to_the_same_bits(self):
        definition = self.write_definition(replace=(
            ("[ppo]\n", '[ppo]\nscore_position = "behind_end"\nvalue_positions = "behind_end"\n'),))
        path = self.run_ok(definition)
        expected = deterministic_content(path)
        with h5py.File(path) as file:
            self.assertLess(file["tables/rollouts/response_tokens"][0], 6)  # there is room
            self.assertTrue((file["steps/ratio"][::4] == 1).all())
            self.assertTrue((file["steps/value_clip_fraction"][::4] == 0).all())
        self.assert_stops_change_no_bit((definition,), ((2, 9),), expected, environment={})
        self.write_definition()
        self.assertNotEqual(self.expected(), expected)

    def test_in_bf16_it_trains_and_continues_to_the_same_bits(self):
        definition = self.write_definition(steps=12)
        frozen = {}
        contents = {}
        for precision in ("fp32", "autocast", "mixed"):
            arguments = (definition, "--set", f"training.precision={precision}")
            path = self.run_ok(*arguments)
            contents[precision] = deterministic_content(path)
            with h5py.File(path) as file:
                # As in fp32: bf16 rounds the policy, its reference and the pass that is trained on alike.
                self.assertEqual(file["tables/rollouts/kl"][0], 0)
                self.assertEqual(file["evals/kl"][0], 0)
                self.assertTrue((file["steps/ratio"][::4] == 1).all(), precision)
                self.assertTrue((file["steps/approx_kl"][::4] == 0).all(), precision)
                self.assertGreater(file["steps/approx_kl"][3], 0)
            if precision != "fp32":
                self.assert_stops_change_no_bit(arguments, ((6,),), contents[precision], environment=NAN_FILLED)
            plan = json.loads(self.place.run(*arguments, "--plan", "--json").stdout)
            frozen[precision] = plan["frozen_bytes"]
        head = 4 * (16 + 1)  # of the reward model, in fp32 always
        self.assertEqual(frozen["fp32"] - head, 2 * (frozen["autocast"] - head))
        self.assertEqual(frozen["mixed"], frozen["autocast"])
        self.assertEqual(len({content["steps/loss"] for content in contents.values()}), 3)
        folder = self.place.folder / "bf16"
        self.run_ok("--export", path, folder)
        self.assertEqual(json.loads((folder / "config.json").read_text())["torch_dtype"], "bfloat16")

    def test_its_artifact_answers_and_is_exported(self):
        path = self.once(self.definition)
        self.assertTrue(self.place.run("--generate", path, "is 3 so").returncode == 0)
        folder = self.place.folder / "exported"
        self.run_ok("--export", path, folder)
        config = json.loads((folder / "config.json").read_text())
        self.assertEqual(config["architectures"], ["LlamaForCausalLM"])
        # It is a policy like the one that it began as.
        again = self.write_definition(steps=4, replace=((str(self.policy), str(folder)),))
        self.run_ok(again)

    def test_a_prompt_in_both_files_is_4_and_named(self):
        other = self.place.folder / "other.jsonl"
        write(other, [{"instruction": "is 7 so", "output": "yes"}])
        definition = self.write_definition(replace=(
            ("validation_fraction = 0.25", f'validation_path = "{other}"'),))
        self.assert_fails(self.place.run(definition), 4, str(other), str(self.data))

    def test_models_that_do_not_belong_are_2_or_4(self):
        self.assert_fails(self.place.run(self.write_definition(replace=(
            (f'folder = "{self.reward}"', f'folder = "{self.policy}"'),))), 4, "score.weight")
        self.assert_fails(self.place.run(self.write_definition(replace=(
            ("num_layers = 2", "num_layers = 3"),))), 2, "num_layers")
        self.assert_fails(self.place.run(self.write_definition(replace=(
            ("steps = 24", "steps = 25"),))), 2, "training.steps")
        shutil.rmtree(self.reward)
        self.assertIn(self.place.run(self.write_definition()).returncode, (4, 5))

    def test_bad_prompts_are_4_and_name_the_line(self):
        self.data.write_text('{"instruction": "a", "output": "b"}\n{"instruction": ""}\n')
        self.assert_fails(self.place.run(self.definition), 4, f"{self.data}:2: ")


if __name__ == "__main__":
    unittest.main()
