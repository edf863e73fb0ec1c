"""Signals of terminals, pipes and job managers through the real binary.

usage: signals_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402
from corpus_run_test import CORPUS, prose  # noqa: E402
from rank_case import ERROR, RanksCase  # noqa: E402
from rank_processes import SHORT_RUN, all_ranks, children, newest_step, state_of, stop, wait_for  # noqa: E402
from tiny_run import HERE, deterministic_content  # noqa: E402

SAVED = re.compile(r"^saved a checkpoint after step (\d+), as asked for$", re.MULTILINE)
NO_CHECKPOINTS = [("checkpoint_every_steps = 3", "checkpoint_every_steps = 100000"),
                  ("every_steps = 4", "every_steps = 100000")]


def until_it_trains(process):
    """Until its first step is done: the first line of progress says so."""
    for line in process.stderr:
        if line.startswith("step 1/"):
            break


def step_of_next_saved(process):
    for line in process.stderr:
        saved = SAVED.match(line)
        if saved:
            return int(saved[1])
    raise AssertionError("it ended without a checkpoint")


def stop_at_once(pid):
    """SIGSTOP: what is sent from here on comes in time."""
    stop(pid)
    assert state_of(pid) == "T", "it has ended already"


def stop_in_training(process):
    until_it_trains(process)
    stop_at_once(process.pid)


def passed_on(number, process, pid):
    """Waits until the signal that came to `process` has come to its child `pid`, which is stopped."""
    return wait_for(lambda: number in pending(pid), process)


def pending(pid):
    """The signals that have come to a process and wait."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    mask = int(re.search(r"ShdPnd:\s*([0-9a-f]+)", status)[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


class Checkpoints(CommandCase):
    STEPS = 200  # most of a second
    PROMPT_TEMPLATE = "plain"
    whole = None  # what a run that nobody disturbs leaves, by the first test that asks

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("long.toml", self.STEPS, replace=NO_CHECKPOINTS)
        self.out = self.place.folder / "out"

    def expected(self):
        if Checkpoints.whole is None:
            Checkpoints.whole = deterministic_content(self.run_ok(self.definition))
        return Checkpoints.whole

    def begin(self):
        process = self.place.start(self.definition, "--out", self.out)
        until_it_trains(process)
        return process

    def ask(self, process, *signals):
        """The step of the checkpoint that a run in training saves when `signals` come together."""
        stop_at_once(process.pid)
        for number in signals:
            process.send_signal(number)
        process.send_signal(signal.SIGCONT)
        step = step_of_next_saved(process)
        self.assertTrue((self.out / "checkpoints" / f"step-{step:09d}").exists())
        return step

    def test_usr1_and_usr2_save_one_and_the_run_goes_on_to_the_same_bits(self):
        process, step = self.begin(), 0
        for signals in ((signal.SIGUSR1,), (signal.SIGUSR2,), (signal.SIGUSR1, signal.SIGUSR2)):
            before, step = step, self.ask(process, *signals)
            self.assertTrue(before < step < self.STEPS, (before, step))
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual((process.returncode, SAVED.findall(stderr)), (0, []), stderr)
        self.assertEqual(deterministic_content(stdout.splitlines()[-1]), self.expected())

    def test_killed_after_it_the_run_continues_from_there_to_the_same_bits(self):
        process = self.begin()
        step = self.ask(process, signal.SIGUSR1)
        process.kill()
        process.communicate()
        done = self.place.run(self.definition, "--out", self.out, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"continuing after step {step}\n", done.stderr)
        self.assertEqual(deterministic_content(self.out / "results.h5"), self.expected())

    def test_replicates_save_theirs_through_who_started_them(self):
        process = self.place.start(self.definition, "--repeat", 2, "--out", self.out)
        until_it_trains(process)
        (first,) = children(process.pid)
        stop_at_once(first)
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(passed_on(signal.SIGUSR1, process, first))
        os.kill(first, signal.SIGCONT)
        stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, stderr)
        self.assertEqual(len(SAVED.findall(stderr)), 1, stderr)
        self.assertEqual([pathlib.Path(line).parent.name for line in stdout.splitlines()[-2:]],
                         ["r0", "r1"])

    def test_stage_without_checkpoints_says_so_and_goes_on(self):
        files = self.place.folder / "files"
        files.mkdir()
        for i in range(200):
            (files / f"{i}.txt").write_text(prose(i, 6), encoding="utf-8")
        definition = self.place.folder / "corpus.toml"
        definition.write_text(CORPUS.format(path=files, here=HERE), encoding="utf-8")
        process = self.place.start(definition, "--out", self.out)
        self.assertTrue(wait_for((self.out / "corpus").exists, process))
        process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGUSR2)
        _, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, stderr)
        self.assertIn("nothing to checkpoint here (stage corpus)", stderr)


class Stops(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("long.toml", 100000, replace=NO_CHECKPOINTS)
        self.out = self.place.folder / "out"

    def assert_interrupted(self):
        with h5py.File(self.out / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "interrupted")
            self.assertEqual(file["steps/step"][-1], newest_step(self.out))

    def test_signals_of_closing_terminals_pipes_and_limits_end_it_resumable_with_their_codes(self):
        for number, code in ((signal.SIGHUP, 129), (signal.SIGPIPE, 141), (signal.SIGXCPU, 152)):
            process = self.place.start(self.definition, "--out", self.out)
            stop_in_training(process)
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)  # no second one: see harness/control/signals.h
            _, stderr = process.communicate(timeout=60)
            self.assertEqual((process.returncode, ERROR.findall(stderr)), (code, []), stderr)
            self.assert_interrupted()
            shutil.rmtree(self.out)

    def start_with_one_pipe(self, *arguments, **extra):
        """As `2>&1 | head -1`: (process, the end that is read)."""
        reader, writer = os.pipe()
        process = subprocess.Popen([BIN / "bench-run", self.definition, "--out", self.out, *arguments],
                                   cwd=self.place.folder, env=self.place.environment(), stdout=writer,
                                   stderr=writer, **extra)
        os.close(writer)
        return process, os.fdopen(reader, encoding="utf-8")

    def test_reader_of_both_streams_that_goes_away_ends_it_resumable_with_141(self):
        process, reader = self.start_with_one_pipe()
        with reader:
            self.assertTrue(any(line.startswith("step 1/") for line in iter(reader.readline, "")))
        process.send_signal(signal.SIGUSR1)  # of which it writes a line; the next would come after 10 s
        self.assertEqual(process.wait(timeout=60), 141)
        self.assert_interrupted()

    def test_reader_that_goes_away_ends_several_ranks_resumable_with_141(self):
        process, reader = self.start_with_one_pipe("--nproc", "2")
        with reader:
            self.assertTrue(any(line.startswith("step 1/") for line in iter(reader.readline, "")))
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(timeout=60), 141)
        self.assert_interrupted()

    def test_reader_of_the_errors_alone_goes_away_from_who_ignores_that_and_the_run_completes(self):
        """As under systemd, which starts programs with SIGPIPE ignored."""
        definition = self.place.write_definition("short.toml")
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([BIN / "bench-run", definition, "--out", self.out], check=False,
                              cwd=self.place.folder, env=self.place.environment(), text=True,
                              stdout=subprocess.PIPE, stderr=writer, restore_signals=False, timeout=120)
        os.close(writer)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(deterministic_content(done.stdout.splitlines()[-1]),
                         deterministic_content(self.run_ok(definition)))

    def test_hang_up_that_was_ignored_at_the_start_stays_ignored(self):
        """nohup."""
        definition = self.place.write_definition("long.toml", 300, replace=NO_CHECKPOINTS)
        process = subprocess.Popen(["nohup", BIN / "bench-run", definition, "--out", self.out],
                                   cwd=self.place.folder, env=self.place.environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        stop_in_training(process)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, stderr)

    def test_list_to_a_reader_that_is_gone_ends_as_other_programs_do(self):
        for program, arguments in (("bench-run", ["--help"]), ("bench-compare", ["--help"])):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([BIN / program, *arguments], stdout=writer, check=False, text=True,
                                  stderr=subprocess.PIPE, timeout=60)
            os.close(writer)
            self.assertIn(done.returncode, (141, -signal.SIGPIPE), program)  # the same to a shell
            self.assertEqual(done.stderr, "", program)


class OfRanks(RanksCase):
    STEPS = 24  # room for attempts that do some steps more than they are waited for

    def test_request_to_the_launcher_one_rank_or_all_saves_together_and_changes_no_bit(self):
        self.place.prompt_template = "plain"
        self.definition = self.place.write_definition("request.toml", steps=120, replace=(
            *SHORT_RUN, ("checkpoint_every_steps = 1\n", "checkpoint_every_steps = 100000\n")))
        process = self.start_ranks()
        ranks = all_ranks(process, 2)
        until_it_trains(process)
        for asked, signalled in (("rank 0", [ranks[0]]), ("rank 1", [ranks[1]]), ("launcher", [process.pid]),
                                 ("all", [process.pid, *ranks.values()])):
            for rank in ranks.values():  # so that they see it at one step
                stop_at_once(rank)
            for pid in signalled:
                os.kill(pid, signal.SIGUSR1)
            if process.pid in signalled:
                for rank in ranks.values():
                    self.assertTrue(passed_on(signal.SIGUSR1, process, rank))
            for rank in ranks.values():
                os.kill(rank, signal.SIGCONT)
            step = step_of_next_saved(process)
            self.assertTrue((self.out / "checkpoints" / f"step-{step:09d}").exists(), asked)
        done = self.ended(process)
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (0, []), done.stderr)
        self.assertEqual(deterministic_content(self.out / "results.h5"),
                         deterministic_content(self.run_ok(self.definition, "--nproc", 2)))

    def test_request_while_the_ranks_are_starting_kills_none(self):
        process = self.start_ranks()
        ranks = all_ranks(process, 2)
        for pid in (*ranks.values(), process.pid):
            os.kill(pid, signal.SIGUSR2)
        done = self.ended(process)
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (0, []), done.stderr)
        self.assertEqual(deterministic_content(self.out / "results.h5"), self.expected())

    def assert_stopped(self, process, code):
        done = self.ended(process)
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (code, []), done.stderr)
        with h5py.File(self.out / "results.h5") as file:
            self.assertEqual(file.attrs["status"], "interrupted")

    def test_hang_up_of_the_launcher_and_sigterm_to_every_process_of_the_job_stop_all_resumable(self):
        process, _ = self.begin_or_go_on(2)
        process.send_signal(signal.SIGHUP)
        self.assert_stopped(process, 129)
        # As systemd and scancel send it: a rank has it from them and from its launcher.
        process, ranks = self.begin_or_go_on(2)
        for pid in (*ranks.values(), process.pid):
            os.kill(pid, signal.SIGTERM)
        self.assert_stopped(process, 143)
        self.assert_resumes_to_the_same_bits()

    def test_second_sigterm_ends_the_launcher_and_a_rank_that_cannot_go_on(self):
        process, ranks = self.begin_or_go_on(2)
        stop(ranks[1])
        process.send_signal(signal.SIGTERM)
        self.assertTrue(passed_on(signal.SIGTERM, process, ranks[1]))
        process.send_signal(signal.SIGTERM)
        done = self.ended(process)
        self.assertEqual((done.returncode, ERROR.findall(done.stderr)), (143, []), done.stderr)
        self.assert_resumes_to_the_same_bits()


if __name__ == "__main__":
    unittest.main()
