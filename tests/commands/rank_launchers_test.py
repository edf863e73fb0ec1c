"""Runs of several ranks by their launchers, and what is refused: torchrun, SLURM, by hand, wrong environments.

usage: rank_launchers_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, SOURCE  # noqa: E402
from rank_case import RanksCase, free_port  # noqa: E402
from rank_processes import LIMIT_S, all_ranks, newest_step, processes_of, wait_for  # noqa: E402
from tiny_run import deterministic_content  # noqa: E402

TORCHRUN = pathlib.Path(sys.executable).with_name("torchrun")


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

    def test_slurms_variables_with_a_master_give_the_same_bits_and_all_follow_the_device_of_rank_0(self):
        port = str(free_port())
        processes = [self.place.start(self.definition, "--out", self.out, "--device", device, SLURM_PROCID=str(rank),
                                      SLURM_NTASKS="2", SLURM_LOCALID=str(rank),
                                      SLURM_STEP_TASKS_PER_NODE="2", MASTER_ADDR="127.0.0.1",
                                      MASTER_PORT=port) for rank, device in enumerate(("cpu", "cuda"))]
        done = [self.ended_one(process) for process in processes]
        self.assertEqual([d.returncode for d in done], [0, 0], [d.stderr for d in done])
        self.assertEqual(done[1].stdout, "")  # rank 0 alone writes
        self.assertEqual(deterministic_content(done[0].stdout.splitlines()[-1]), self.expected())

    def test_rank_killed_without_a_launcher_is_named_by_the_other(self):
        """Rank 0 takes the store along."""
        for killed, fragment in ((1, "rank 1 is gone"), (0, "rank 0, which holds it, is gone")):
            port, before = free_port(), newest_step(self.out)
            ranks = [self.start_rank(rank, "--resume", port=port) for rank in (0, 1)]
            self.assertTrue(wait_for(lambda: newest_step(self.out) >= before + 2, ranks[0]))
            ranks[killed].kill()
            ranks[killed].communicate()
            done = self.ended(ranks[1 - killed])
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assert_one_error([done.stderr], fragment)
        self.assert_resumes_to_the_same_bits()

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
    stopped = None  # after step 5: the folder of a run of two ranks, by the first test that asks

    def begin_as_stopped(self):
        if Refusals.stopped is None:
            folder = tempfile.TemporaryDirectory(prefix="bench-test-")
            self.addClassCleanup(folder.cleanup)
            Refusals.stopped = pathlib.Path(folder.name) / "run"
            self.run_ok(self.definition, "--nproc", 2, "--out", Refusals.stopped, "--stop-after-step", 5)
        shutil.copytree(Refusals.stopped, self.out)

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
        self.assert_fails(self.place.run("perf_tokenizer", "--experiments", SOURCE / "experiments", "--nproc", 2),
                          2, "one process")

    def test_error_of_rank_0_that_holds_the_store_is_said_once_with_its_code_on_all(self):
        self.begin_as_stopped()
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
        self.begin_as_stopped()
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
        self.begin_as_stopped()
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
