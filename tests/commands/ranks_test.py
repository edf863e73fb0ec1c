"""Runs of several ranks through the real binary: their launchers, equal bits, kills, refusals.

usage: ranks_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from clm_run_test import DEFINITION as CLM_DEFINITION  # noqa: E402
from command_case import BIN, CommandCase  # noqa: E402
from corpus_run_test import CORPUS  # noqa: E402
from ppo_run_test import PPO, SFT  # noqa: E402
from ppo_run_test import write as write_records  # noqa: E402
from rank_processes import (LIMIT_S, SHORT_RUN, all_ranks, checkpoint_under_way, newest_step,  # noqa: E402
                            processes_of, wait_for)
from reward_run_test import DEFINITION as REWARD_DEFINITION  # noqa: E402
from reward_run_test import pairs  # noqa: E402
from tiny_run import HERE, Workplace, deterministic_content  # noqa: E402

TORCHRUN = pathlib.Path(sys.executable).with_name("torchrun")
ERROR = re.compile(r"^.*error:.*$", re.MULTILINE)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class RanksCase(CommandCase):
    STEPS = 12
    whole = None  # what two ranks that nobody disturbs leave, by this process' first test

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("ranks.toml", self.STEPS, replace=SHORT_RUN)
        self.out = self.place.folder / "out"

    def expected(self):
        if RanksCase.whole is None:
            with tempfile.TemporaryDirectory(prefix="bench-test-") as folder:
                place = Workplace(BIN, folder)
                definition = place.write_definition("ranks.toml", self.STEPS, replace=SHORT_RUN)
                done = place.run(definition, "--nproc", 2)
                self.assertEqual(done.returncode, 0, done.stderr)
                RanksCase.whole = deterministic_content(done.stdout.splitlines()[-1])
        return RanksCase.whole

    def write(self, name, text):
        path = self.place.folder / name
        path.write_text(text)
        return path

    def start_ranks(self, *arguments, **extra):
        return self.place.start(self.definition, "--nproc", 2, "--out", self.out, *arguments, **extra)

    def start_rank(self, rank, *arguments, size=2, port=None, **extra):
        """By hand, as a script on each machine would."""
        return self.place.start(self.definition, "--out", self.out, *arguments, RANK=str(rank),
                                WORLD_SIZE=str(size), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port),
                                **extra)

    def ended(self, process):
        """Its output, once it has ended and nothing of it is left."""
        begin = time.monotonic()
        out, err = process.communicate(timeout=2 * LIMIT_S)
        self.assertLess(time.monotonic() - begin, LIMIT_S)
        # Ranks whose launcher was killed end a moment later.
        while processes_of(self.place.folder) and time.monotonic() - begin < LIMIT_S:
            time.sleep(0.01)
        self.assertEqual(processes_of(self.place.folder), [], err)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def assert_resumes_to_the_same_bits(self):
        path = self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--resume")
        self.assertEqual(deterministic_content(path), self.expected())

    def assert_one_error(self, outputs, *fragments):
        lines = ERROR.findall("".join(outputs))
        self.assertEqual(len(lines), 1, outputs)
        for fragment in fragments:
            self.assertIn(fragment, lines[0])


class Bits(RanksCase):
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

    def test_stopped_it_continues_to_the_same_bits_and_with_other_ranks_it_says_so(self):
        self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        other = self.place.folder / "other"
        shutil.copytree(self.out, other)
        self.assert_resumes_to_the_same_bits()
        done = self.place.run(self.definition, "--out", other, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("begun with 2 ranks, continuing with 1", done.stderr)
        with h5py.File(other / "results.h5") as file:
            self.assertEqual(list(file["steps/step"][:]), list(range(1, self.STEPS + 1)))

    def assert_learns_as_one_process(self, definition, *changes, ranks=2, stop_after=None):
        """A micro-batch a rank: ranks add their gradients in the order in which one process accumulates
        them, so without clipping (whose norm is added up otherwise) the bits are equal, also where the
        run changes hands after a step. The norm itself: within the rounding of one process' fp32 sums."""
        changes = ("--set", "optimizer.max_grad_norm=0", *changes)
        expected = self.training_of(deterministic_content(self.run_ok(definition, *changes)))
        whole = self.run_ok(definition, "--nproc", ranks, *changes)
        self.assertEqual(self.training_of(deterministic_content(whole)), expected)
        if stop_after is None:
            return
        for first, second in (((), ("--nproc", ranks)), (("--nproc", ranks), ())):
            out = self.place.folder / f"elastic-{len(first)}"
            self.run_ok(definition, *first, *changes, "--out", out, "--stop-after-step", stop_after)
            path = self.run_ok(definition, *second, *changes, "--out", out, "--resume")
            self.assertEqual(self.training_of(deterministic_content(path)), expected, first)
            shutil.rmtree(out)

    def test_two_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, "--set", "training.micro_batch_size=4",
                                          stop_after=5)

    def test_four_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, ranks=4, stop_after=5)

    def test_three_ranks_learn_as_one_process_bit_for_bit(self):
        self.assert_learns_as_one_process(self.definition, "--set", "training.batch_size=6",
                                          ranks=3, stop_after=7)

    def test_run_that_went_through_other_ranks_never_claims_the_bits_of_its_machine_class(self):
        self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 4)
        self.run_ok(self.definition, "--out", self.out, "--resume", "--stop-after-step", 8)
        path = self.run_ok(self.definition, "--out", self.out, "--resume")
        with h5py.File(path) as file:
            self.assertEqual((bool(file.attrs["strict"]), file.attrs["world_size"]), (False, 1))
        with h5py.File(self.run_ok(self.definition)) as file:
            self.assertTrue(file.attrs["strict"])

    def assert_continues_to_the_same_bits(self, definition, step):
        expected = deterministic_content(self.run_ok(definition, "--nproc", 2))
        out = self.place.folder / f"{definition.stem}-stopped-{step}"
        self.run_ok(definition, "--nproc", 2, "--out", out, "--stop-after-step", step)
        resumed = self.run_ok(definition, "--nproc", 2, "--out", out, "--resume")
        self.assertEqual(deterministic_content(resumed), expected)
        self.assertTrue(any(name.startswith("digests/weights") for name in expected))

    def test_pre_training_on_two_ranks(self):
        text = self.write("text.txt", "".join(f"{i % 10} is {i % 7}\n" for i in range(300)))
        definition = self.write("clm.toml", CLM_DEFINITION.format(text=text, steps=6))
        self.assert_continues_to_the_same_bits(definition, 3)
        self.assert_learns_as_one_process(definition, stop_after=3)
        self.assert_learns_as_one_process(definition, "--set", 'training.precision="mixed"', stop_after=3)

    def test_reward_model_on_two_ranks(self):
        train, held_out = self.place.folder / "train.jsonl", self.place.folder / "held_out.jsonl"
        write_records(train, pairs(range(32)))
        write_records(held_out, pairs(range(100, 108)))
        definition = self.write("reward.toml", REWARD_DEFINITION.format(
            tokenizer=HERE / "testdata" / "tiny.model", train=train, held_out=held_out, steps=6))
        self.assert_continues_to_the_same_bits(definition, 3)
        self.assert_learns_as_one_process(definition, stop_after=3)

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
        self.assert_continues_to_the_same_bits(definition, 6)
        self.assert_continues_to_the_same_bits(definition, 0)  # the first evaluation is done
        self.assert_learns_as_one_process(definition, stop_after=6)


class Killed(RanksCase):
    def kill_in_training(self, rank):
        process = self.start_ranks()
        ranks = all_ranks(process, 2)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 3, process))
        os.kill(ranks[rank], signal.SIGKILL)
        done = self.ended(process)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], f"rank {rank} was killed by signal 9")

    def test_rank_1_killed_in_training(self):
        self.kill_in_training(1)
        self.assert_resumes_to_the_same_bits()

    def test_rank_0_killed_in_training(self):
        self.kill_in_training(0)
        self.assert_resumes_to_the_same_bits()

    def test_one_of_four_ranks_killed_in_training(self):
        process = self.place.start(self.definition, "--nproc", 4, "--out", self.out)
        ranks = all_ranks(process, 4)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 3, process))
        os.kill(ranks[2], signal.SIGKILL)
        done = self.ended(process)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], "rank 2 was killed by signal 9")
        path = self.run_ok(self.definition, "--nproc", 4, "--out", self.out, "--resume")
        whole = self.run_ok(self.definition, "--nproc", 4)
        self.assertEqual(deterministic_content(path), deterministic_content(whole))

    def kill_in_a_checkpoint(self, rank):
        process = self.start_ranks()
        ranks = all_ranks(process, 2)
        unfinished = checkpoint_under_way(self.out, process, ranks[0], after=2)
        self.assertIsNotNone(unfinished, "no checkpoint was caught while it was written")
        os.kill(ranks[rank], signal.SIGKILL)
        if rank != 0:
            os.kill(ranks[0], signal.SIGCONT)
        done = self.ended(process)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], f"rank {rank} was killed by signal 9")
        return unfinished

    def test_rank_1_killed_while_a_checkpoint_is_written(self):
        self.kill_in_a_checkpoint(1)
        self.assert_resumes_to_the_same_bits()

    def test_rank_0_killed_while_it_writes_a_checkpoint(self):
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

    def test_launcher_killed_leaves_no_orphan(self):
        process = self.start_ranks()
        self.assertTrue(all_ranks(process, 2))
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 2, process))
        process.kill()
        self.ended(process)
        self.assert_resumes_to_the_same_bits()

    def test_sigterm_while_the_ranks_are_starting_is_not_lost(self):
        for wait_s in (0, 0.05, 0.3):  # before and after the ranks have handlers of their own
            process = self.start_ranks()
            self.assertTrue(all_ranks(process, 2))
            time.sleep(wait_s)
            process.send_signal(signal.SIGTERM)
            done = self.ended(process)
            self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), done.stderr)
            shutil.rmtree(self.out, ignore_errors=True)

    def test_sigterm_of_one_rank_stops_all_resumable_and_is_no_error(self):
        for rank in (0, 1):
            process = self.start_ranks()
            ranks = all_ranks(process, 2)
            self.assertTrue(wait_for(lambda: newest_step(self.out) >= 2, process))
            os.kill(ranks[rank], signal.SIGTERM)
            done = self.ended(process)
            self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), done.stderr)
            with h5py.File(self.out / "results.h5") as file:
                self.assertEqual(file.attrs["status"], "interrupted")
            self.assert_resumes_to_the_same_bits()
            shutil.rmtree(self.out)

    def test_sigterm_of_the_launcher_stops_all_resumable(self):
        process = self.start_ranks()
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 2, process))
        process.send_signal(signal.SIGTERM)
        done = self.ended(process)
        self.assertEqual(done.returncode, 143, done.stderr)
        self.assertEqual(ERROR.findall(done.stderr), [])
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
    def test_stopped_run_of_two_ranks_leaves_one_hugging_face_folder(self):
        result = self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        exported = self.run_ok("--export", result, self.place.folder / "exported")
        checkpoint = tensors_of(self.out / "checkpoints" / "step-000000005" / "tensors.safetensors")
        expected = {name.removeprefix("model/"): tensor for name, tensor in checkpoint.items()
                    if name.startswith("model/")}
        self.assertGreater(len(expected), 10)
        self.assertEqual(tensors_of(exported / "model.safetensors"), expected)
        self.assertIn('"LlamaForCausalLM"', (exported / "config.json").read_text())
        self.assert_resumes_to_the_same_bits()


    def test_what_it_left_is_forgotten_when_it_goes_on(self):
        result = self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        self.assertTrue((self.out / "artifact.sha256").exists())
        process = self.start_ranks("--resume")
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 7, process))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.ended(process).returncode, 143)
        self.assertFalse((self.out / "artifact.sha256").exists())
        self.assert_fails(self.place.run("--export", result, self.place.folder / "exported"), 2,
                          "left no trained model")


class Launchers(RanksCase):
    @unittest.skipUnless(TORCHRUN.exists(), "there is no torchrun")
    def test_torchrun_gives_the_same_bits_and_its_restart_resumes(self):
        process = subprocess.Popen(
            [TORCHRUN, "--no-python", "--nproc-per-node", "2", "--max-restarts", "1",
             "--master-port", str(free_port()), BIN / "bench-run", self.definition, "--out", self.out],
            cwd=self.place.folder, env=self.place.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        ranks = all_ranks(process, 2)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 3, process))
        os.kill(ranks[1], signal.SIGKILL)
        done = self.ended(process)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("continuing after step", done.stderr)
        self.assertEqual(deterministic_content(self.out / "results.h5"), self.expected())

    def test_slurms_variables_with_a_master_give_the_same_bits(self):
        port = str(free_port())
        processes = [self.place.start(self.definition, "--out", self.out, SLURM_PROCID=str(rank),
                                      SLURM_NTASKS="2", SLURM_LOCALID=str(rank),
                                      SLURM_STEP_TASKS_PER_NODE="2", MASTER_ADDR="127.0.0.1",
                                      MASTER_PORT=port) for rank in (0, 1)]
        done = [self.ended_one(process) for process in processes]
        self.assertEqual([d.returncode for d in done], [0, 0], [d.stderr for d in done])
        self.assertEqual(done[1].stdout, "")  # rank 0 alone writes
        self.assertEqual(deterministic_content(done[0].stdout.splitlines()[-1]), self.expected())

    def killed_without_a_launcher(self, killed, *fragments):
        port = free_port()
        ranks = [self.start_rank(rank, port=port) for rank in (0, 1)]
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 2, ranks[0]))
        ranks[killed].kill()
        ranks[killed].communicate()
        done = self.ended(ranks[1 - killed])
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], *fragments)
        self.assert_resumes_to_the_same_bits()

    def test_rank_killed_without_a_launcher_is_named_by_the_other(self):
        self.killed_without_a_launcher(1, "rank 1 is gone")

    def test_rank_0_killed_without_a_launcher_takes_the_store_along_and_is_named(self):
        self.killed_without_a_launcher(0, "rank 0, which holds it, is gone")

    def test_all_follow_the_device_of_rank_0(self):
        port = free_port()
        ranks = [self.start_rank(0, "--device", "cpu", port=port),
                 self.start_rank(1, "--device", "cuda", port=port)]
        done = [self.ended_one(rank) for rank in ranks]
        self.assertEqual([d.returncode for d in done], [0, 0], [d.stderr for d in done])
        self.assertEqual(deterministic_content(self.out / "results.h5"), self.expected())

    def test_suspended_with_its_terminal_all_go_on_together(self):
        process = self.place.start(self.definition, "--nproc", 2, "--out", self.out,
                                   start_new_session=True)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= 2, process))
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(3)  # of which the ranks' heartbeats know nothing
        os.killpg(process.pid, signal.SIGCONT)
        done = self.ended(process)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(deterministic_content(self.out / "results.h5"), self.expected())

    @staticmethod
    def ended_one(process):
        out, err = process.communicate(timeout=2 * LIMIT_S)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


class Refusals(RanksCase):
    def assert_end(self, processes, code, *fragments):
        """All end with `code`, and one of them says why, in one line."""
        begin = time.monotonic()
        outputs = [process.communicate(timeout=2 * LIMIT_S)[1] for process in processes]
        self.assertLess(time.monotonic() - begin, LIMIT_S)
        self.assertEqual({process.returncode for process in processes}, {code}, outputs)
        self.assert_one_error(outputs, *fragments)
        return "".join(outputs)

    def test_port_in_use_is_5(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            err = self.assert_end([self.start_rank(0, port=port)], 5, f"port {port}", "in use")
        self.assertEqual(len(err.splitlines()), 1, err)  # nothing of c10d's own
        self.assertFalse(self.out.exists())

    def test_missing_rank_is_5_and_named(self):
        port = free_port()
        err = self.assert_end([self.start_rank(rank, "--rank-timeout", 3, "--set", "training.batch_size=6",
                                               size=3, port=port)
                               for rank in (0, 2)], 5, "rank 1 of 3 did not come within 3 s")
        self.assertEqual(len(err.splitlines()), 1, err)
        self.assertFalse(self.out.exists())

    def test_missing_rank_0_is_5(self):
        err = self.assert_end([self.start_rank(1, "--rank-timeout", 2, port=free_port())], 5,
                              "cannot reach the ranks' store at 127.0.0.1")
        self.assertEqual(len(err.splitlines()), 1, err)

    def test_different_definitions_are_2_with_both_named(self):
        port = free_port()
        self.assert_end([self.start_rank(0, port=port),
                         self.start_rank(1, "--set", "training.steps=11", port=port)],
                        2, "ranks 0 and 1 differ in definition")
        self.assertFalse(self.out.exists())

    def test_what_cannot_be_spread_over_ranks_is_2(self):
        self.assert_fails(self.place.run(self.definition, "--nproc", 3), 2,
                          "training.batch_size 8 is not a multiple of 3 ranks")
        one = self.write("corpus.toml", CORPUS.format(path=self.place.data, here=HERE))
        self.assert_fails(self.place.run(one, "--nproc", 2), 2, "one process")

    def test_error_of_rank_0_that_holds_the_store_is_said_once_with_its_code_on_all(self):
        self.run_ok(self.definition, "--out", self.out, "--stop-after-step", 2)
        port = free_port()
        self.assert_end([self.start_rank(rank, "--set", "training.steps=11", "--resume", port=port)
                         for rank in (0, 1)], 2, "another definition")

    def test_contradicting_environments_are_2(self):
        run = self.place.run
        self.assert_fails(run(self.definition, RANK="0"), 2, "WORLD_SIZE is missing")
        self.assert_fails(run(self.definition, WORLD_SIZE="2"), 2, "RANK is missing")
        self.assert_fails(run(self.definition, RANK="0", WORLD_SIZE="2"), 2, "MASTER_ADDR")
        self.assert_fails(run(self.definition, "--nproc", 2, RANK="0", WORLD_SIZE="2",
                              MASTER_ADDR="127.0.0.1", MASTER_PORT="1"), 2, "--nproc")

    def test_full_disk_on_rank_0_is_5_said_once_and_the_run_goes_on_with_room(self):
        self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        limit = max(path.stat().st_size for path in self.out.rglob("*") if path.is_file())
        process = subprocess.Popen(
            [BIN / "bench-run", self.definition, "--nproc", "2", "--out", self.out, "--resume"],
            cwd=self.place.folder, env=self.place.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assert_end([process], 5, "File too large", str(self.out))
        self.assertEqual(processes_of(self.place.folder), [])
        self.assert_resumes_to_the_same_bits()

    def start_elsewhere(self, mount, *arguments, port):
        """Rank 1 where `mount`, a shell command, has changed what it sees of the files."""
        apart = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"]
        if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode != 0:
            self.skipTest("nothing can be mounted here")
        return subprocess.Popen(
            [*apart, BIN / "bench-run", self.definition, "--out", self.out, *arguments],
            cwd=self.place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.place.environment(RANK="1", WORLD_SIZE="2", MASTER_ADDR="127.0.0.1",
                                       MASTER_PORT=str(port)))

    def test_error_on_rank_1_is_said_once_with_its_rank(self):
        """A machine that does not share the run's folder: rank 1 finds no checkpoint there."""
        self.run_ok(self.definition, "--nproc", 2, "--out", self.out, "--stop-after-step", 5)
        port = free_port()
        hidden = self.start_elsewhere(f'mount -t tmpfs none "{self.out}/checkpoints"', "--resume",
                                      port=port)
        self.assert_end([self.start_rank(0, "--resume", port=port), hidden], 5,
                        "rank 1: ", "the checkpoint of step 5 is not there")
        self.assert_resumes_to_the_same_bits()

    def test_other_data_on_rank_1_are_2_and_named(self):
        """A machine that has the same path, and another version of the file."""
        other = self.write("other.jsonl", self.place.data.read_text().replace("spell", "write"))
        port = free_port()
        elsewhere = self.start_elsewhere(f'mount --bind "{other}" "{self.place.data}"', port=port)
        self.assert_end([self.start_rank(0, port=port), elsewhere], 2,
                        "data: rank 1 reads other content than rank 0")


if __name__ == "__main__":
    unittest.main()
