"""Inputs, builds and commits of programs of others, through the real binaries.

usage: program_sources_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program_case import DEFINITION, TRAIN, Programs  # noqa: E402


class Inputs(Programs):
    def test_inputs_are_part_of_the_recipe_and_found_by_name(self):
        data = self.write("data.txt", "3\n")
        text = DEFINITION + '[[program.inputs]]\nname = "numbers"\npath = "data.txt"\n'
        self.write("mine.toml", text)
        self.write("train.py", TRAIN.replace("seed % 97", "int(open(os.environ['BENCH_INPUT_NUMBERS']).read())"))
        keys, losses = [], []
        for content in ("3\n", "3\n", "4\n"):
            data.write_text(content)
            with h5py.File(self.run_ok(self.definition)) as file:
                keys.append(file.attrs["recipe_key"])
                losses.append(file["summary/loss"][()])
                self.assertIn("numbers", file["inputs"].attrs)
        self.assertEqual(keys[0], keys[1])
        self.assertNotEqual(keys[0], keys[2])
        self.assertAlmostEqual(losses[2] - losses[0], 1)
        data.unlink()
        self.assert_fails(self.place.run(self.definition), 5, "data.txt")

    def test_what_one_program_leaves_another_one_takes(self):
        root = self.place.folder / "experiments"
        for name, script, extra in (
                ("first", "echo 5 > {artifact}/number", ""),
                ("second", "cat {input.made}/number",
                 '[[program.inputs]]\nname = "made"\nartifact = "first@1"\n')):
            (root / name).mkdir(parents=True)
            (root / name / "v1.toml").write_text(
                'stage = "program"\n[program]\ncommand = ["/bin/sh", "-c", %s]\n%s' % (json.dumps(script), extra))
        self.assertEqual(self.place.run("--lock", "--experiments", root).returncode, 0)
        done = self.place.run("second", "--experiments", root)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("first@1 is not in the store: running it first", done.stderr)
        folder = pathlib.Path(done.stdout.splitlines()[-1]).parent
        self.assertEqual((folder / "program.log").read_text(), "5\n")

    def test_a_declared_data_source_is_an_input_by_its_content(self):
        files = self.place.folder / "files/usr/share"
        files.mkdir(parents=True)
        (files / "numbers").write_text("7\n")
        line = f"usr/share/numbers {hashlib.sha256((files / 'numbers').read_bytes()).hexdigest()}\n"
        digest = hashlib.sha256(line.encode()).hexdigest()
        sources = self.place.store / "sources"
        sources.mkdir(parents=True)
        files.parent.parent.rename(sources / f"numbers-{digest[:16]}")  # as if it had been fetched
        root = self.place.folder / "experiments"
        (root / "data").mkdir(parents=True)
        manifest = ('kind = "files"\npackage = "no-such-package"\nlicence = "none"\ndescription = "made by a test"\n'
                    'files = ["usr/share/*"]\nsha256 = "%s"\n')
        (root / "data/numbers.toml").write_text(manifest % digest)
        self.write("mine.toml", DEFINITION + '[[program.inputs]]\nname = "mine"\nsource = "numbers"\n')
        self.write("train.py", TRAIN.replace(
            "seed % 97", "int(open(os.environ['BENCH_INPUT_MINE'] + '/usr/share/numbers').read())"))
        with h5py.File(self.run_ok(self.definition, "--experiments", root)) as file:
            self.assertEqual(file.attrs["status"], "complete")
            self.assertAlmostEqual(float(file["summary/loss"][()]), 1 / 5 + 7)
            self.assertEqual(file["inputs"].attrs["mine"], digest)
            self.assertEqual(file["tables/sources/source"][:].tolist(), [b"numbers"])
        # One that is declared otherwise is another input, and is not there.
        (root / "data/numbers.toml").write_text(manifest % ("0" * 64))
        self.assert_fails(self.place.run(self.definition, "--experiments", root), 5, "no-such-package")
        self.write("mine.toml", DEFINITION + '[[program.inputs]]\nname = "mine"\nsource = "no_such_source"\n')
        self.assert_fails(self.place.run(self.definition, "--experiments", root), 2, "no_such_source")

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.folder, "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
                       check=True, capture_output=True)

    def test_the_source_of_a_run_is_the_programs_repository(self):
        self.write("mine.toml", DEFINITION.replace("[program]\n", '[program]\nsource = "."\n'))
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "one")
        head = subprocess.run(["git", "-C", self.folder, "rev-parse", "HEAD"], capture_output=True, text=True,
                              check=True).stdout.strip()
        with h5py.File(self.run_ok(self.definition)) as file:
            provenance = file["provenance"].attrs
            self.assertEqual(provenance["source_commit"], head)
            self.assertFalse(provenance["source_dirty"])
            self.assertNotEqual(provenance.get("harness_commit"), head)
            self.assertFalse(provenance["source_tree_differs"])
        self.write("train.py", TRAIN + "# changed\n")
        with h5py.File(self.run_ok(self.definition)) as file:
            self.assertTrue(file["provenance"].attrs["source_dirty"])
            self.assertIn("+# changed", file["provenance"].attrs["source_diff"])

    def test_a_build_is_made_once_for_a_commit(self):
        build = 'build = ["/bin/sh", "-c", "echo built >> count; cp train.py made.py"]\n'
        self.write("mine.toml", DEFINITION.replace("[program]\n", '[program]\nsource = "."\n' + build)
                   .replace("train.py", "made.py", 1).replace("cp made.py", "cp train.py"))
        self.write("mine.toml", self.definition.read_text().replace('"{python}", "train.py"', '"{python}", "made.py"'))
        self.write(".gitignore", "count\nmade.py\n")
        self.git("init", "--quiet")
        for number in (1, 2):
            self.write("train.py", TRAIN + f"# {number}\n")
            self.git("add", ".")
            self.git("commit", "--quiet", "-m", "a commit")
            for _ in range(2):
                self.run_ok(self.definition)
            self.assertEqual((self.folder / "count").read_text(), "built\n" * number)
        self.write("mine.toml", self.definition.read_text().replace("echo built >> count;", "echo no rule >&2; exit 3;"))
        self.assert_fails(self.place.run(self.definition), 5, "program.build ended with exit code", "no rule")


class Commits(Programs):
    def test_commits_of_the_programs_repository_are_compared(self):
        self.write("mine.toml", DEFINITION.replace("[program]\n", '[program]\nsource = "trainer"\n'))
        trainer = self.folder / "trainer"
        trainer.mkdir()

        def git(*arguments):
            subprocess.run(["git", "-C", trainer, "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
                           check=True, capture_output=True)

        git("init", "--quiet")
        for subject, more in (("first", 0), ("worse", 3), ("same", 3)):
            (trainer / "train.py").write_text(TRAIN.replace("1 / step", f"{more} + 1 / step") + f"# {subject}\n")
            git("add", ".")
            git("commit", "--quiet", "-m", subject)
        cache = self.place.folder / "cache"
        for number, (base, head, code, verdict) in enumerate((
                ("HEAD~2", "HEAD~1", 1, "REGRESSED"), ("HEAD~1", ".", 0, "same"))):
            done = self.place.run("--commits", "--source", trainer, "--out", self.place.folder / f"out{number}",
                                  "--replicates", 9, "--metrics", "loss,accuracy", "--json", base, head,
                                  self.definition, program="bench-compare", BENCH_CACHE=str(cache),
                                  BENCH_ROOT=str(self.place.folder))
            self.assertEqual(done.returncode, code, done.stderr + done.stdout)
            verdicts = {metric["metric"]: metric["verdict"] for metric in json.loads(done.stdout)["metrics"]}
            self.assertEqual(verdicts["loss"], verdict)
        log = subprocess.run(["git", "-C", trainer, "log", "--format=%H"], capture_output=True, text=True, check=True)
        commits = log.stdout.split()
        with h5py.File(self.place.folder / "out0/mine.toml/base/r0/results.h5") as file:
            self.assertEqual(file["provenance"].attrs["source_commit"], commits[2])
        with h5py.File(self.place.folder / "out1/mine.toml/head/r0/results.h5") as file:
            self.assertEqual(file["provenance"].attrs["source_commit"], commits[0])

    def test_a_source_that_is_none_is_refused(self):
        done = self.place.run("--commits", "--source", self.folder, "--out", "x", "a", "b", self.definition,
                              program="bench-compare", GIT_CEILING_DIRECTORIES=str(self.place.folder))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("is not the root of a git repository", done.stderr)

    def test_a_definition_without_a_source_has_no_commits(self):
        done = self.place.run(self.definition, BENCH_PROGRAM_SOURCE=str(self.folder))
        self.assert_fails(done, 2, "program.source is not set")


if __name__ == "__main__":
    unittest.main()
