"""What runs leave, and what may take it away: moved folders, damaged journals, changed inputs, closed
descriptors, through the real binary.

usage: store_run_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import shutil
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, CommandCase  # noqa: E402
from tiny_run import deterministic_content, write_data  # noqa: E402


def flip_bit(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def flip_bit_of_frame(journal, index):
    """In the frame with this number (from 0) of a journal: a length, a checksum, the payload."""
    data = journal.read_bytes()
    start = 0
    for _ in range(index):
        start += 8 + int.from_bytes(data[start:start + 4], "little")
    assert start + 9 < len(data)
    flip_bit(journal, start + 9)


class Moved(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def store_command(self, *arguments):
        done = self.place.run("--store", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def prune(self):
        return self.store_command("prune", "--experiments", SOURCE / "experiments")

    def generates(self, result, **extra):
        return self.place.run("--generate", result, "spell 12", **extra)

    def test_moved_run_keeps_its_model_until_its_user_lets_it_go(self):
        first, second = self.place.folder / "first", self.place.folder / "second"
        self.run_ok(self.place.definition, "--out", first)
        first.rename(second)
        self.prune()
        self.assertEqual(self.generates(second).returncode, 0)
        listed = self.store_command("list")
        self.assertIn(f"not found in {first}", listed)
        self.assertIn("--store forget", listed)
        # Another run where it was changes nothing.
        self.run_ok(self.place.definition, "--out", first, "--set", "base_seed=9")
        self.prune()
        self.assertEqual(self.generates(second).returncode, 0)
        self.store_command("remember", second)
        self.store_command("forget", first)
        self.prune()
        for run in (first, second):
            self.assertEqual(self.generates(run).returncode, 0)
        shutil.rmtree(second)
        self.assertIn(f"not found in {second}", self.store_command("list"))
        before = len(list((self.place.store / "objects").iterdir()))
        self.store_command("forget", second)
        self.prune()
        self.assertEqual(len(list((self.place.store / "objects").iterdir())), before - 1)
        self.assertEqual(self.generates(first).returncode, 0)

    def test_portable_run_is_all_that_another_machine_needs(self):
        self.run_ok(self.place.definition, "--out", "here", "--portable")
        moved = self.place.folder / "there"
        (self.place.folder / "here").rename(moved)
        empty = {"BENCH_STORE": str(self.place.folder / "empty")}
        self.assertEqual(self.generates(moved, **empty).returncode, 0)
        self.run_ok("--export", moved / "results.h5", "exported", **empty)
        weights = next(moved.glob("artifact/*/model.safetensors"))
        flip_bit(weights, -3)
        self.assert_fails(self.generates(moved, **empty), 4, "model.safetensors", "BENCH_STORE")

    def test_complete_run_becomes_portable_afterwards(self):
        self.run_ok(self.place.definition, "--out", "r")
        self.assertFalse((self.place.folder / "r/artifact").exists())
        self.run_ok(self.place.definition, "--out", "r", "--resume", "--portable")
        empty = {"BENCH_STORE": str(self.place.folder / "empty")}
        self.assertEqual(self.generates("r", **empty).returncode, 0)
        self.assert_fails(self.place.run("--store", "forget", "nowhere"), 2, "no run is remembered")


class Damaged(CommandCase):
    def test_whole_results_outlive_a_flipped_bit_in_the_journal(self):
        path = self.run_ok(self.place.definition, "--out", "r")
        whole = path.read_bytes()
        journal = path.parent / "run.journal"
        flip_bit_of_frame(journal, 6)
        damaged = journal.read_bytes()
        self.assert_fails(self.place.run("--recover", "r"), 4, "is whole", "journal is damaged")
        done = self.place.run(self.place.definition, "--out", "r", "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("journal of this run is damaged", done.stderr)
        self.assertEqual(path.read_bytes(), whole)
        self.assertEqual(journal.read_bytes(), damaged)

    def test_run_whose_journal_lost_rows_before_its_checkpoint_is_not_continued(self):
        path = self.run_ok(self.place.definition, "--out", "r", "--stop-after-step", 7)
        whole = path.read_bytes()
        journal = path.parent / "run.journal"
        flip_bit_of_frame(journal, 6)
        self.assert_fails(self.place.run(self.place.definition, "--out", "r", "--resume"), 4,
                          "run.journal is damaged", "step 7")
        self.assertEqual(path.read_bytes(), whole)

    def test_results_that_another_program_writes_are_not_called_damaged(self):
        path = self.run_ok(self.place.definition, "--out", "r")
        with h5py.File(path, "r+"):
            done = self.place.run(path, path, program="bench-compare")
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertIn("open for writing in another program", done.stderr)


class Inputs(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_resume_of_a_run_whose_inputs_changed_is_2_and_names_them(self):
        path = self.run_ok(self.place.definition, "--out", "complete")
        self.run_ok(self.place.definition, "--out", "stopped", "--stop-after-step", 4)
        before = path.read_bytes()
        write_data(self.place.data, count=61)
        for run in ("complete", "stopped"):
            self.assert_fails(self.place.run(self.place.definition, "--out", run, "--resume"), 2,
                              run, "other inputs", "data is ")
        self.assertEqual(path.read_bytes(), before)
        write_data(self.place.data)
        self.run_ok(self.place.definition, "--out", "complete", "--resume")
        self.run_ok(self.place.definition, "--out", "stopped", "--resume")

    def test_same_file_in_another_place_is_comparable_and_another_file_is_not(self):
        base = self.run_ok(self.place.definition)
        copy = self.place.folder / "elsewhere.jsonl"
        write_data(copy)
        moved = self.place.write_definition("moved.toml", replace=[(str(self.place.data), str(copy))])
        head = self.run_ok(moved)
        self.assertEqual(deterministic_content(base), deterministic_content(head))
        with h5py.File(base) as a, h5py.File(head) as b:
            for name in ("definition_sha256", "recipe_key", "run_id"):
                self.assertEqual(a.attrs[name], b.attrs[name])
        done = self.place.run("--require=bitwise", base, head, program="bench-compare")
        self.assertEqual(done.returncode, 0, done.stdout)
        write_data(copy, count=61)
        done = self.place.run(base, self.run_ok(moved), program="bench-compare")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("digest of the input data", done.stdout)
        self.assertNotIn("definition hash", done.stdout)


class ClosedDescriptors(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def closed(self, which, *arguments, program="bench-run"):
        command = ["bash", "-c", f'exec "$0" "$@" {which}', self.place.bin / program, *arguments]
        return subprocess.run(list(map(str, command)), cwd=self.place.folder, timeout=240,
                              env=self.place.environment(), check=False, capture_output=True)

    def test_nothing_is_printed_into_the_files_of_a_run(self):
        for i, which in enumerate(("0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-")):
            out = f"r{i}"
            done = self.closed(which, self.place.definition, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr)
            recovered = self.place.run("--recover", out)
            self.assertEqual(recovered.returncode, 0, recovered.stderr)
            with h5py.File(self.place.folder / out / "results.h5") as file:
                self.assertEqual(file.attrs["status"], "complete")
                self.assertEqual(file.attrs["journal_torn_bytes"], 0)
            journal = (self.place.folder / out / "run.journal").read_bytes()
            self.assertNotIn(b"final evaluation", journal)

    def test_replicates_and_the_comparison_start_without_them_too(self):
        closed = "0<&- 1>&- 2>&-"
        done = self.closed(closed, self.place.definition, "--repeat", "2", "--out", "r")
        self.assertEqual(done.returncode, 0, done.stderr)
        paths = [self.place.folder / "r" / f"r{i}" / "results.h5" for i in range(2)]
        for path in paths:
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["status"], "complete")
        done = self.closed(closed, "--require=bitwise", paths[0], paths[0], program="bench-compare")
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
