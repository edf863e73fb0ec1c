"""The corpus stage on several ranks: the same bytes as on one, also when ranks are killed and the run goes on.

usage: corpus_ranks_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import collections
import contextlib
import gzip
import json
import os
import pathlib
import signal
import sys
import tempfile
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN  # noqa: E402
from corpus_run_test import CORPUS, prose, table  # noqa: E402
from rank_case import RanksCase, free_port  # noqa: E402
from rank_processes import all_ranks, wait_for  # noqa: E402
from tiny_run import HERE, Workplace  # noqa: E402

# Two large files, so that there is something to split and to unpack, and all deduplications.
MORE = """\
split_mib = 1

[corpus.paragraphs]
enabled = true

[corpus.substrings]
enabled = true
min_bytes = {min_bytes}

[tokenizer]
"""
TABLES = ("read", "kept", "rejected", "removed", "removed_samples", "shortened", "dropped_lines", "duplicates",
          "left_out", "data")
# The phases in which a rank is killed, of all kinds: of shards, of partitions, of partitions that answer shards or each
# other, of rank 0 alone (where the shards of tokens begin), and of these. One run dies in several of them, which lie so
# far apart that a rank that dies a moment late does not do so in the next one: ([(phase, rank that is killed, ranks)],
# ranks that end it). Rank 0 dies where it works alone, and while it gathers the data set.
DEATHS = (([("split files", 1, 2), ("clusters", 0, 2), ("anchors", 1, 2), ("removed substrings", 1, 2),
            ("shards of tokens", 0, 2)], 3),
          ([("read and filter", 0, 3), ("clusters 1 large", 1, 3), ("repeated anchors", 2, 3), ("clean", 0, 2),
            ("held-out check", 1, 2)], 2),
          ([("signatures", 2, 3), ("clusters 1 small", 0, 3), ("passages", 1, 3), ("tokenise", 2, 3)], 1),
          ([("removed lines", 1, 2), ("repeated substrings", 1, 2), ("data set", 0, 2)], 3))
TRIES = 5  # a run may be complete before it is hit
INTERRUPTED = 128 + signal.SIGTERM
MIN_BYTES = 400  # of a repeated substring
SHARED = prose(9001, 2).replace("\n\n", " ")  # as a part of lines
LINE = prose(9002, 1)


def text_of(number):
    """A text of its own, but for what every step of deduplication is to find in a fifth of them each: a long string
    within a line, a line, and nearly all of another text."""
    text = prose(number, 4)
    if number % 5 == 0:
        return text.replace("\n\n", f" {SHARED} ", 1)
    if number % 5 == 1:
        return f"{text}\n\n{LINE}"
    return f"{text_of(number - 2)} Then there was light." if number % 5 == 2 else text


def records(numbers, line_feed="\n"):
    """Two thirds of a record are of no document: files are split by their bytes, and texts are what takes time."""
    return "".join(json.dumps({"text": text_of(i), "note": "-" * 3000}) + line_feed for i in numbers)


def write_input(folder):
    folder.mkdir()
    for i in range(12):
        (folder / f"{i}.txt").write_text(text_of(i))
    # With a copy of a text, records that are none, CRLF, and no line feed at the end.
    (folder / "large.jsonl").write_text(
        records(range(150), "\r\n") + '{"no": "text"}\n\n' + records(range(150, 300)).rstrip("\n"))
    # Stored, not deflated: as large as its text; without the time, so that every input is the same.
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(records(range(240, 480)).encode(), compresslevel=0, mtime=0))
    (folder / "bad.txt").write_bytes(b"abc \xff")


def outcome(results):
    """What must not depend on the number of ranks: the digest of the input among it."""
    with h5py.File(results) as file:
        tables = {name: table(file, name) for name in TABLES}
        summary = {name: value[()] for name, value in file["summary"].items()
                   if value.attrs.get("deterministic", False)}
        summary |= {f"input {role}": digest for role, digest in file["inputs"].attrs.items()}
        summary["recipe key"] = file.attrs["recipe_key"]
    return (pathlib.Path(results).parent / "artifact.sha256").read_text(), tables, summary


def finished_parts(out):
    """{phase: parts on record}"""
    return collections.Counter(path.parent.name for path in out.glob("corpus/done/*/*") if path.name.isdigit())


def parts_of(out, phase):
    """How many parts of a phase are on record. Asked a thousand times a second: one folder is read."""
    try:
        return sum(name.isdigit() for name in os.listdir(out / "corpus" / "done" / phase))
    except FileNotFoundError:
        return 0


def under_way(out, phase):
    """Whether a part of the phase is on record."""
    return parts_of(out, phase) > 0


class CorpusRanks(RanksCase):
    one = None  # what one process leaves

    def setUp(self):
        super().setUp()
        self.write_definition(self.place)

    def write_definition(self, place):
        files = place.folder / "files"
        write_input(files)
        self.assertGreater((files / "large.jsonl").stat().st_size, 1 << 20)
        self.assertGreater((files / "packed.jsonl.gz").stat().st_size, 1 << 20)
        self.definition = place.folder / "corpus.toml"
        text = CORPUS.format(path=files, here=HERE)
        self.assertIn("[tokenizer]\n", text)
        self.definition.write_text(text.replace("[tokenizer]\n", MORE.format(min_bytes=MIN_BYTES)))

    def by_one(self):
        if CorpusRanks.one is None:
            with tempfile.TemporaryDirectory(prefix="bench-test-") as folder:
                place = Workplace(BIN, folder)
                self.write_definition(place)
                done = place.run(self.definition)
                self.assertEqual(done.returncode, 0, done.stderr)
                one = outcome(done.stdout.splitlines()[-1])
                self.assert_all_phases_find_something(one[1])
                CorpusRanks.one = one
            self.definition = self.place.folder / "corpus.toml"
        return CorpusRanks.one

    def assert_all_phases_find_something(self, tables):
        """Else ranks would be killed over empty work."""
        self.assertLessEqual({"repeated_lines", "repeated_substrings"}, {row["filter"] for row in tables["shortened"]})
        removed = collections.Counter()
        for row in tables["removed"]:
            removed[row["filter"]] += row["documents"]
        self.assertGreater(removed["exact_duplicates"], 0)
        self.assertGreater(removed["near_duplicates"], 0)

    def test_one_two_three_and_five_ranks_leave_the_same_bytes(self):
        artifact, tables, summary = self.by_one()
        self.assertGreater(sum(row["documents"] for row in tables["kept"]), 320)
        self.assertGreater(len(tables["duplicates"]), 0)
        self.assertIn("large.jsonl#151", {row["id"] for row in tables["rejected"]})
        for ranks in (3, 5):  # and two by a launcher's environment
            out = self.place.folder / f"out-{ranks}"
            results = self.run_ok(self.definition, "--nproc", ranks, "--out", out)
            self.assertEqual(outcome(results), (artifact, tables, summary), ranks)
            self.assertFalse((out / "corpus").exists())

    def test_nothing_depends_on_how_files_are_split(self):
        artifact, tables, _ = self.by_one()
        results = self.run_ok(self.definition, "--set", "corpus.split_mib=1000")
        self.assertEqual(outcome(results)[:2], (artifact, tables))

    def kill(self, phase, rank, out, num_ranks=3):
        """A run of several ranks, of which one dies while the phase goes on (or a moment later). Returns the parts
        that are finished, or None where all of them were before it died."""
        process = self.place.start(self.definition, "--nproc", num_ranks, "--out", out, "--resume")
        ranks = all_ranks(process, num_ranks)
        if ranks and wait_for(lambda: under_way(out, phase), process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(ranks[rank], signal.SIGKILL)
        done = self.ended(process)
        if done.returncode == 0 or not (out / "corpus").exists():
            return None
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], f"rank {rank} was killed by signal 9")
        return finished_parts(out)

    def killed(self, deaths):
        """The folder of such a run, which dies in one phase after the other, and the parts that are finished."""
        for attempt in range(TRIES):
            out = self.place.folder / f"killed-{deaths[0][0]}-{attempt}".replace(" ", "-")
            kept = collections.Counter()
            for phase, rank, num_ranks in deaths:
                finished = self.kill(phase, rank, out, num_ranks)
                if finished is None:
                    break
                self.assertGreater(finished[phase], 0)
                self.assertTrue(all(finished[name] >= count for name, count in kept.items()), (finished, kept))
                kept = finished
            else:
                return out, kept
        self.skipTest(f"{deaths}: {TRIES} runs were complete before a rank of them was killed")

    def assert_goes_on(self, out, num_ranks, finished, expected, attempts=2):
        results = self.run_ok(self.definition, "--nproc", num_ranks, "--out", out, "--resume")
        self.assertEqual(outcome(results), expected)
        with h5py.File(results) as file:
            phases = {row["phase"]: row for row in table(file, "phases")}
            # On any number of ranks the bytes are these.
            self.assertTrue(file.attrs["strict"])
            self.assertEqual(file.attrs["attempts"], attempts)
            self.assertEqual(file.attrs["world_size"], num_ranks)
        self.assertEqual({name: row["parts_kept"] for name, row in phases.items() if row["parts_kept"]},
                         dict(finished))
        self.assertFalse((out / "corpus").exists())

    def test_a_run_whose_ranks_were_killed_goes_on_without_what_is_finished(self):
        expected = self.by_one()
        for deaths, last in DEATHS:
            with self.subTest(deaths=deaths):
                out, finished = self.killed(deaths)
                # Also by another number of ranks.
                self.assert_goes_on(out, last, finished, expected, attempts=len(deaths) + 1)

    def test_a_run_that_was_told_to_stop_goes_on(self):
        expected = self.by_one()
        process = self.place.start(self.definition, "--nproc", 3, "--out", self.out)
        self.assertTrue(wait_for(lambda: under_way(self.out, "read and filter"), process))
        process.send_signal(signal.SIGTERM)
        done = self.ended(process)
        self.assertEqual(done.returncode, INTERRUPTED, done.stderr)
        finished = finished_parts(self.out)
        self.assertGreater(finished["read and filter"], 0)
        self.assertEqual(finished["held-out check"], 0)
        self.assert_goes_on(self.out, 2, finished, expected)

    def test_more_threads_a_rank_than_the_budget_holds_are_not_used_when_a_run_goes_on(self):
        expected = self.by_one()
        # 24 MiB hold one thread of these documents: on two ranks each has one of two, on one rank it would have both.
        self.definition.write_text(self.definition.read_text().replace("budget_mib = 64", "budget_mib = 24"))
        done = self.place.run(self.definition)
        self.assert_fails(done, 2, "corpus.budget_mib", "2 threads")
        process = self.place.start(self.definition, "--nproc", 2, "--out", self.out)
        ranks = all_ranks(process, 2)
        self.assertTrue(wait_for(lambda: under_way(self.out, "read and filter"), process))
        os.kill(ranks[1], signal.SIGKILL)
        self.assertEqual(self.ended(process).returncode, 5)
        done = self.place.run(self.definition, "--out", self.out, "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("going on with 1 threads a rank, not 2", done.stderr)
        self.assertEqual(outcome(done.stdout.splitlines()[-1])[0], expected[0])

    def test_work_of_other_files_is_left_as_it_is(self):
        out, finished = self.killed([("read and filter", 2, 3)])
        work = out / "corpus" / "work"
        before = work.read_bytes()
        work.write_bytes(before[:-1])
        done = self.ended(self.place.start(self.definition, "--nproc", 2, "--out", out, "--resume"))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assert_one_error([done.stderr], "is damaged", f"remove the folder {out}/corpus")
        self.assertEqual(finished_parts(out), finished)
        work.write_bytes(before)
        self.assert_goes_on(out, 2, finished, self.by_one(), attempts=3)

    def test_launchers_environment_makes_ranks(self):
        expected = self.by_one()
        port = free_port()
        ranks = [self.start_rank(rank, size=2, port=port) for rank in (1, 0)]
        done = [self.ended(process) for process in ranks]
        self.assertEqual([d.returncode for d in done], [0, 0], [d.stderr for d in done])
        self.assertEqual(outcome(done[1].stdout.splitlines()[-1]), expected)

    def test_an_error_of_the_input_is_said_once(self):
        (self.place.folder / "files" / "cut.jsonl.gz").write_bytes(
            gzip.compress(records(range(500, 740)).encode(), compresslevel=0)[:-5000])
        done = self.ended(self.place.start(self.definition, "--nproc", 3, "--out", self.out))
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assert_one_error([done.stderr], "cut.jsonl.gz:", "cut short")


if __name__ == "__main__":
    unittest.main()
