"""Runs of several ranks through the real binary: equal bits, kills, what they leave.

usage: ranks_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import os
import pathlib
import shutil
import signal
import sys
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from clm_run_test import DEFINITION as CLM_DEFINITION  # noqa: E402
from ppo_run_test import PPO, SFT  # noqa: E402
from ppo_run_test import write as write_records  # noqa: E402
from rank_case import ERROR, RanksCase  # noqa: E402
from rank_processes import (SHORT_RUN, all_ranks, checkpoint_under_way, newest_step,  # noqa: E402
                            wait_for)
from reward_run_test import DEFINITION as REWARD_DEFINITION  # noqa: E402
from reward_run_test import pairs  # noqa: E402
from tiny_run import HERE, deterministic_content  # noqa: E402


class Bits(RanksCase):
    PROMPT_TEMPLATE = "plain"

    @staticmethod
    def training_of(content):
        """What training left, whoever trained: all but the figures of the ranks, and the norm."""
        training = {name: value for name, value in content.items()
                    if not name.startswith("ranks/") and "state_bytes_ratio" not in name
                    and "grad_norm" not in name}
        assert "digests/optimizer" in training and any(name.endswith("/loss") for name in training)
        return training

    def test_sharded_optimizer_states_give_the_bits_of_plain_data_parallelism(self):
        plain = self.run_ok(self.definition, "--nproc", 2, "--set", 'training.sharding="none"')
        self.assertEqual(self.training_of(deterministic_content(plain)),
                         self.training_of(self.expected()))
        with h5py.File(plain) as file:
            self.assertEqual(file.attrs["world_size"], 2)

    def test_stopped_it_continues_with_other_ranks_says_so_and_never_claims_the_bits_of_its_machine_class(self):
        self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        done = self.place.run(self.definition, "--out", self.out, "--resume", "--stop-after-step", 8)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("begun with 2 ranks, continuing with 1", done.stderr)
        with h5py.File(self.run_ok(self.definition, "--out", self.out, "--resume")) as file:
            self.assertEqual((bool(file.attrs["strict"]), file.attrs["world_size"]), (False, 1))
            self.assertEqual(list(file["steps/step"][:]), list(range(1, self.STEPS + 1)))
        with h5py.File(self.once(self.definition)) as file:
            self.assertTrue(file.attrs["strict"])

    def assert_learns_as_one_process(self, definition, *changes, ranks=2, stops, undisturbed=False):
        """A micro-batch a rank: ranks add their gradients in the order in which one process accumulates
        them, so without clipping (whose norm is added up otherwise) the bits are equal, also where the
        run changes hands twice: from the ranks to one process, and from that back to the ranks. `undisturbed`:
        ranks that nothing interrupts, too. The norm itself: within the rounding of one process' fp32 sums."""
        changes = ("--set", "optimizer.max_grad_norm=0", *changes)
        expected = self.training_of(deterministic_content(self.run_ok(definition, *changes)))
        if undisturbed:
            whole = self.run_ok(definition, *changes, "--nproc", ranks)
            self.assertEqual(self.training_of(deterministic_content(whole)), expected)
        begin = (definition, *changes, "--out", self.place.folder / "elastic", "--resume")
        self.run_ok(*begin, "--nproc", ranks, "--stop-after-step", stops[0])
        self.run_ok(*begin, "--stop-after-step", stops[1])
        whole = self.run_ok(*begin, "--nproc", ranks)
        self.assertEqual(self.training_of(deterministic_content(whole)), expected)
        shutil.rmtree(self.place.folder / "elastic")

    def test_two_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, "--set", "training.micro_batch_size=4",
                                          stops=(5, 7), undisturbed=True)

    def test_four_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, ranks=4, stops=(5, 7))

    def test_three_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, "--set", "training.batch_size=6",
                                          ranks=3, stops=(4, 7))

    def assert_continues_to_the_same_bits(self, definition, *steps):
        whole = self.run_ok(definition, "--nproc", 2)
        expected = deterministic_content(whole)
        self.assert_stops_change_no_bit((definition, "--nproc", 2), (steps,), expected, environment={})
        self.assertTrue(any(name.startswith("digests/weights") for name in expected))
        return whole

    def test_pre_training_on_two_ranks(self):
        text = self.write("text.txt", "".join(f"{i % 10} is {i % 7}\n" for i in range(300)))
        definition = self.write("clm.toml", CLM_DEFINITION.format(text=text, steps=6))
        self.assert_continues_to_the_same_bits(definition, 3)
        self.assert_learns_as_one_process(definition, stops=(3, 5))
        self.assert_learns_as_one_process(definition, "--set", 'training.precision="mixed"', stops=(2, 4))

    def test_reward_model_on_two_ranks(self):
        train, held_out = self.place.folder / "train.jsonl", self.place.folder / "held_out.jsonl"
        write_records(train, pairs(range(32)))
        write_records(held_out, pairs(range(100, 108)))
        definition = self.write("reward.toml", REWARD_DEFINITION.format(
            tokenizer=HERE / "testdata" / "tiny.model", train=train, held_out=held_out, steps=6))
        self.assert_continues_to_the_same_bits(definition, 3)
        self.assert_learns_as_one_process(definition, stops=(3, 5))
        self.assert_learns_as_one_process(definition, "--set", 'training.precision="mixed"', stops=(2, 4))

    def test_ppo_on_two_ranks_stopped_within_an_iteration(self):
        data = self.place.folder / "prompts.jsonl"
        write_records(data, [{"instruction": f"is {i} so", "output": "yes"} for i in range(32)])
        policy = self.place.folder / "policy"
        made = {"tokenizer": HERE / "testdata" / "tiny.model", "data": data}
        sft = self.write("sft.toml", SFT.format(**made).replace("steps = 150", "steps = 1"))
        self.run_ok("--export", self.run_ok(sft), policy)
        text = PPO.format(policy=policy, reward="", steps=8, **made)
        for old, new in (('[reward]\nfolder = ""',
                          '[reward]\nobjective = "verifiable"\n\n[value]\ninit = "policy"'),):
            self.assertIn(old, text)
            text = text.replace(old, new)
        definition = self.write("ppo.toml", text)
        self.assert_continues_to_the_same_bits(definition, 0, 6)  # at 0 the first evaluation is done
        # An iteration is four steps: ranks sample both rollouts, one process trains on the first of them.
        self.assert_learns_as_one_process(definition, stops=(1, 3))
        # In bf16 too. What is sampled may then depend on how many sequences a rank decodes together.
        definition.write_text(definition.read_text().replace(
            "micro_batch_size = 2", 'micro_batch_size = 2\nprecision = "mixed"'))
        with h5py.File(self.assert_continues_to_the_same_bits(definition, 2, 5)) as file:
            self.assertTrue((file["steps/ratio"][::4] == 1).all())
            self.assertEqual(file["tables/rollouts/kl"][0], 0)


class Killed(RanksCase):
    STEPS = 24  # room for three attempts that do some steps more than they are waited for

    def assert_killed(self, process, rank):
        done = self.ended(process)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], f"rank {rank} was killed by signal 9")

    def test_rank_1_then_rank_0_then_the_launcher_killed_in_training(self):
        for rank in (1, 0):
            process, ranks = self.begin_or_go_on(3)
            os.kill(ranks[rank], signal.SIGKILL)
            self.assert_killed(process, rank)
        process, _ = self.begin_or_go_on(2)
        process.kill()
        self.ended(process)  # without an orphan
        self.assert_resumes_to_the_same_bits()

    def test_one_of_four_ranks_killed_in_training(self):
        self.definition = self.place.write_definition("four.toml", 12, replace=SHORT_RUN)
        process = self.place.start(self.definition, "--nproc", 4, "--out", self.out)
        ranks = all_ranks(process, 4)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 3, process))
        os.kill(ranks[2], signal.SIGKILL)
        self.assert_killed(process, 2)
        path = self.run_ok(self.definition, "--nproc", 4, "--out", self.out, "--resume")
        whole = self.run_ok(self.definition, "--nproc", 4)
        self.assertEqual(deterministic_content(path), deterministic_content(whole))

    def kill_in_a_checkpoint(self, rank):
        process, ranks = self.begin_or_go_on(2)
        unfinished = checkpoint_under_way(self.out, process, ranks[0], after=newest_step(self.out))
        self.assertIsNotNone(unfinished, "no checkpoint was caught while it was written")
        os.kill(ranks[rank], signal.SIGKILL)
        if rank != 0:
            os.kill(ranks[0], signal.SIGCONT)
        self.assert_killed(process, rank)
        return unfinished

    def test_rank_1_and_then_rank_0_killed_while_a_checkpoint_is_written(self):
        self.kill_in_a_checkpoint(1)
        unfinished = self.kill_in_a_checkpoint(0)
        self.assertTrue(unfinished.exists())  # the fault itself
        self.assert_resumes_to_the_same_bits()
        self.assertFalse(unfinished.exists())

    def test_divergence_is_no_failure_of_a_rank(self):
        self.definition = self.place.write_definition("hot.toml", self.STEPS, replace=(
            *SHORT_RUN, ("learning_rate = 1e-2", "learning_rate = 100\nweight_decay = 1")))
        done = self.ended(self.start_ranks())
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (1, []), done.stderr)
        with h5py.File(self.out / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "diverged")

    def test_sigterm_while_the_ranks_are_starting_is_not_lost(self):
        for wait_s in (0, 0.05, 0.3):  # before and after the ranks have handlers of their own
            process = self.start_ranks()
            self.assertTrue(all_ranks(process, 2))
            time.sleep(wait_s)
            process.send_signal(signal.SIGTERM)
            done = self.ended(process)
            self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), done.stderr)
            shutil.rmtree(self.out, ignore_errors=True)

    def test_sigterm_of_one_rank_or_the_launcher_stops_all_resumable_and_is_no_error(self):
        for asked in (0, 1, "launcher"):
            process, ranks = self.begin_or_go_on(1)  # it does a step or two more
            os.kill(process.pid if asked == "launcher" else ranks[asked], signal.SIGTERM)
            done = self.ended(process)
            self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), (asked, done.stderr))
            with h5py.File(self.out / "results.h5") as file:
                self.assertEqual(file.attrs["status"], "interrupted")
                self.assertEqual(file["steps/step"][-1], newest_step(self.out))
        self.assert_resumes_to_the_same_bits()


def tensors_of(path):
    """{name: (dtype, shape, bytes)} of a safetensors file."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    return {name: (t["dtype"], t["shape"], data[8 + size:][slice(*t["data_offsets"])])
            for name, t in header.items() if name != "__metadata__"}


class Export(RanksCase):
    def test_stopped_run_of_two_ranks_leaves_one_hugging_face_folder_and_forgets_it_when_it_goes_on(self):
        result = self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        self.assertTrue((self.out / "artifact.sha256").exists())
        exported = self.run_ok("--export", result, self.place.folder / "exported")
        checkpoint = tensors_of(self.out / "checkpoints" / "step-000000005" / "tensors.safetensors")
        expected = {name.removeprefix("model/"): tensor for name, tensor in checkpoint.items()
                    if name.startswith("model/")}
        self.assertGreater(len(expected), 10)
        self.assertEqual(tensors_of(exported / "model.safetensors"), expected)
        self.assertIn('"LlamaForCausalLM"', (exported / "config.json").read_text())
        process = self.start_ranks("--resume")
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 7, process))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.ended(process).returncode, 143)
        self.assertFalse((self.out / "artifact.sha256").exists())
        self.assert_fails(self.place.run("--export", result, self.place.folder / "again"), 2, "left no trained model")
        self.assert_resumes_to_the_same_bits()


if __name__ == "__main__":
    unittest.main()
