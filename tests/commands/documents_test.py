"""What the documents say is true: their Python runs on a results file, their options and files
exist, and pages made from figures are what the figures say.

usage: documents_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import SOURCE, CommandCase  # noqa: E402

FOR_USERS = [SOURCE / "README.md", SOURCE / "FORMAT.md", SOURCE / "CONTRIBUTING.md",
             *sorted((SOURCE / "docs").glob("*.md"))]
README_LINES = 120
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\./(bench-run|bench-compare|run-tests)\b([^`\n|]*)")
# Options with a value that a rehearsal does not take; and those that name files of the reader's.
NOT_REHEARSED = re.compile(r" (--same-seed|--(repeat|nproc|out|profile|profile-steps|device) \S+)")
OF_THE_READER = {"--sweep", "--resume", "--set"}
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def python_blocks(path):
    return [body for language, body in BLOCK.findall(path.read_text(encoding="utf-8"))
            if language == "python"]


class Documents(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def test_python_of_the_documents_runs_on_a_results_file(self):
        results = self.run_ok(self.place.definition)
        blocks = [(path, body) for path in FOR_USERS for body in python_blocks(path)]
        self.assertGreaterEqual(len(blocks), 2)
        before = pathlib.Path.cwd()
        os.chdir(results.parent)  # where README's results.h5 is
        try:
            for path, body in blocks:
                with self.subTest(path=path.name), contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(compile(body, str(path), "exec"), {"path": str(results)})
                    if path.name == "README.md":
                        self.assertIn("nats/token", out.getvalue())
        finally:
            os.chdir(before)

    def test_options_of_commands_exist(self):
        known = {}
        for program in ("bench-run", "bench-compare"):
            text = self.place.run("--help", program=program).stdout
            known[program] = set(OPTION.findall(text))
        known["run-tests"] = {"--preset"}
        found = 0
        for path in FOR_USERS:
            for program, rest in COMMAND.findall(path.read_text(encoding="utf-8")):
                for option in OPTION.findall(rest.split("#")[0]):
                    found += 1
                    self.assertIn(option, known[program], f"{path.name}: ./{program}{rest}")
        self.assertGreater(found, 20)

    def test_experiments_of_commands_exist(self):
        for path in FOR_USERS:
            for _, rest in COMMAND.findall(path.read_text(encoding="utf-8")):
                for name, version in re.findall(r"experiments/([a-z]\w*)(?:@(\d+))?", rest):
                    folder = SOURCE / "experiments" / name
                    wanted = folder / f"v{version}.toml" if version else folder
                    self.assertTrue(wanted.exists(), f"{path.name}: {name}@{version}")

    def test_commands_that_run_an_experiment_are_accepted(self):
        """As far as a rehearsal goes: options, definition, settings. --plan prints all it does."""
        found = 0
        for path in FOR_USERS:
            for program, rest in COMMAND.findall(path.read_text(encoding="utf-8")):
                rest = rest.split("#")[0]
                words = shlex.split(rest if "--plan" in rest else NOT_REHEARSED.sub("", rest))
                named = [word for word in words if re.fullmatch(r"experiments/[a-z]\w*(@\d+)?", word)]
                if program != "bench-run" or not named or OF_THE_READER.intersection(words):
                    continue
                found += 1
                if "--plan" not in words:
                    words.append("--dry-run")
                done = self.place.run(*words, BENCH_ROOT=str(SOURCE))
                self.assertEqual(done.returncode, 0, f"{path.name}: {words}: {done.stderr}")
        self.assertGreater(found, 8)

    def test_links_lead_to_files(self):
        found = 0
        for path in FOR_USERS:
            for target in LINK.findall(path.read_text(encoding="utf-8")):
                found += 1
                self.assertTrue((path.parent / target).exists(), f"{path.name}: {target}")
        self.assertGreater(found, 5)

    def test_readme_is_a_front_door(self):
        lines = (SOURCE / "README.md").read_text(encoding="utf-8").splitlines()
        self.assertLessEqual(len(lines), README_LINES)

    def test_the_plan_of_the_documents_is_what_the_program_prints(self):
        text = (SOURCE / "docs/memory_planning.md").read_text(encoding="utf-8")
        (_, command), (_, shown) = BLOCK.findall(text)
        words = command.split()
        self.assertEqual(words[0], "./bench-run")
        done = self.place.run(*words[1:], BENCH_ROOT=str(SOURCE))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, shown)

    def test_the_plan_of_a_corpus_is_what_the_program_prints(self):
        blocks = BLOCK.findall((SOURCE / "docs/corpus.md").read_text(encoding="utf-8"))
        ((command, shown),) = [body.split("\n", 1) for _, body in blocks if "--plan" in body.split("\n", 1)[0]]
        done = self.place.run(*shlex.split(command)[1:], BENCH_ROOT=str(SOURCE))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, shown)

    def test_blocks_are_closed_and_their_toml_can_be_read(self):
        found = 0
        for path in [*FOR_USERS, *sorted(SOURCE.glob("experiments/**/*.md"))]:
            text = path.read_text(encoding="utf-8")
            with self.subTest(path=path.relative_to(SOURCE)):
                self.assertEqual(len(re.findall(r"^ *```", text, re.MULTILINE)) % 2, 0)
                for language, body in BLOCK.findall(text):
                    # A block that is not closed begins another one at its end.
                    self.assertNotRegex(body, r"(?m)^##+ ")
                    if language == "toml":
                        found += 1
                        tomllib.loads(body)
        self.assertGreater(found, 10)

    def test_definitions_of_the_documents_are_definitions(self):
        """Their inputs may be the reader's: what is not there is no error of the definition."""
        found = 0
        for path in FOR_USERS:
            for language, body in BLOCK.findall(path.read_text(encoding="utf-8")):
                if language != "toml" or not re.search(r"^stage = ", body, re.MULTILINE):
                    continue
                found += 1
                definition = self.place.folder / f"shown{found}.toml"
                definition.write_text(body)
                done = self.place.run(definition, "--dry-run", BENCH_ROOT=str(SOURCE))
                # An error in a definition has the file, and a line of it or a field.
                self.assertNotIn(definition.name, done.stderr, path.name)
                self.assertIn(done.returncode, (0, 2, 5), done.stderr)
        self.assertGreater(found, 7)

    def test_figures_are_rendered(self):
        for script in ("render_benchmarks.py", "render_verdicts.py"):
            done = subprocess.run([sys.executable, SOURCE / "scripts" / script, "--check"],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_report_of_arms_side_by_side_becomes_a_table(self):
        row = {"metric": "step_time", "units": "s", "base_centre": 0.5, "head_centre": 1.0,
               "ratio_estimate": {"ratio": 2.0, "interval": [1.9, 2.1]}}
        # A metric that the arms describe differently has no centre.
        counted = {"metric": "parameters", "units": "1", "base": [10, 12], "head": [9, 9], "base_centre": None,
                   "head_centre": None, "ratio_estimate": {"ratio": 0.9, "interval": [0.0, None]}}
        report = {"format": "bench-comparison", "side_by_side": True, "conclusion": "", "interval_level": 0.9,
                  "base": {"path": "ours", "num_runs": 7}, "head": {"path": "peer_theirs", "num_runs": 8},
                  "metrics": [row, counted]}
        folder = self.place.folder / "docs"
        folder.mkdir()
        readme = self.place.folder / "README.md"
        readme.write_text("Before.\n<!-- peers: scripts/render_benchmarks.py writes this -->\nold\n"
                          "<!-- end of peers -->\nAfter.\n")
        (folder / "benchmarks.json").write_text(json.dumps({"machines": {"m": "A machine"}, "figures": []}))
        (folder / "report.json").write_text(json.dumps(report))
        command = [sys.executable, SOURCE / "scripts/render_benchmarks.py", "--docs", folder, "--add",
                   folder / "report.json", "--machine", "m", "--what", "W, bf16", "--command", "c", "--date", "2026-11"]
        for _ in range(2):  # the second time it takes the place of the first
            subprocess.run(command, check=True)
        text = (folder / "benchmarks.md").read_text(encoding="utf-8")
        self.assertEqual(text.count("| `step_time` | 0.5 s | 1 s | 2 (1.9 to 2.1) |"), 1)
        self.assertEqual(text.count("| `parameters` | 11 | 9 | 0.9 |"), 1)
        self.assertIn("7 processes of each", text)
        # Where the figures are: bf16, malloc as it is.
        shown = readme.read_text(encoding="utf-8")
        self.assertEqual(shown.count("| W | 0.5 s | theirs |  |  | 2 (1.9 to 2.1) |  |\n"), 1)
        self.assertRegex(shown, r"(?s)\ABefore\.\n.*A machine.*\nAfter\.\n\Z")
        self.assertNotIn("\nold\n", shown)
        self.assertEqual(subprocess.run([*command[:4], "--check"], check=False).returncode, 0)
        readme.write_text(shown.replace("1.9 to", "1.8 to"))
        self.assertEqual(subprocess.run([*command[:4], "--check"], capture_output=True).returncode, 1)
        figure = [*command[:4], "--machine", "m", "--what", "V", "--command", "c", "--date", "2026-11", "--figure"]
        for value in ("1", "2"):  # of the same command: in the place of the first
            subprocess.run([*figure, value], check=True)
        text = (folder / "benchmarks.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^\| V .*$", text, re.MULTILINE), ["| V | 2 | `c` | 2026-11 |"])
        readme.write_text("No markers.\n")
        self.assertNotEqual(subprocess.run(command, capture_output=True).returncode, 0)
        readme.write_text(shown)
        (folder / "report.json").write_text(json.dumps(report | {"side_by_side": False}))
        self.assertNotEqual(subprocess.run(command, capture_output=True).returncode, 0)

    def test_a_pair_without_a_report_side_by_side_is_left_out_and_the_others_go_on(self):
        root = self.place.folder / "root"
        (root / "scripts").mkdir(parents=True)
        shutil.copy(SOURCE / "scripts/compare_peers.py", root / "scripts")
        # Exit 3 as of all arms side by side; PPO leaves no report, the reward model half of one, and ZeRO-1
        # one of arms that were not comparable. Figures of decoding cannot be kept.
        (root / "bench-compare").write_text("""#!/usr/bin/env python3
import sys
report = next(word.split("=", 1)[1] for word in sys.argv if word.startswith("--json="))
head = sys.argv[-1]
if "ppo" not in head:
    text = '{"side_by_' if "trl_rm" in head else '{"side_by_side": %s}' % ("false" if "zero1" in head else "true")
    open(report, "w").write(text)
sys.exit(3)
""")
        (root / "bench-compare").chmod(0o755)
        (root / "scripts/render_benchmarks.py").write_text(
            "import sys\nname = sys.argv[sys.argv.index('--what') + 1]\nprint('kept', name)\n"
            "sys.exit('Decoding' in name)\n")
        (root / "docs").mkdir()
        (root / "docs/benchmarks.json").write_text(json.dumps({"machines": {"m": "A machine"}, "figures": []}))
        (root / "out").mkdir()
        (root / "out/peer_trl_ppo_fp32.json").write_text('{"side_by_side": true}')  # of an earlier time
        command = [sys.executable, root / "scripts/compare_peers.py", root / "out", "--machine", "m", "--date", "2026-11",
                   "--keep"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        left_out = re.search(r"^left out: (.*)$", done.stdout, re.MULTILINE).group(1).split("; ")
        self.assertEqual({name.split(",")[0] for name in left_out}, {"Reward model", "PPO", "Decoding",
                                                                     "ZeRO-1 on two ranks"})
        # Each with both settings of malloc, and but for ZeRO-1 in both precisions.
        self.assertEqual(len(left_out), 4 + 4 + 4 + 2)
        kept = re.findall(r"^kept (.*)$", done.stdout, re.MULTILINE)
        self.assertEqual({name.split(",")[0] for name in kept}, {"Pre-training", "Fine-tuning", "Decoding", "Corpus"})
        self.assertTrue((root / "out/peer_trl_ppo_fp32.json").exists())
        # Of a build whose programs are then replaced, the first ones are run.
        built = root / "build/bin/bench-compare"
        built.parent.mkdir(parents=True)
        shutil.move(root / "bench-compare", built)
        only = [*command[:-1], "--build", root / "build", "--only", "Corpus"]
        self.assertEqual(subprocess.run(only, capture_output=True).returncode, 0)
        built.write_text("#!/bin/sh\nexit 5\n")
        self.assertEqual(subprocess.run(only, capture_output=True).returncode, 0)
        # Before anything runs.
        done = subprocess.run([*only, "--machine", "other"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("docs/benchmarks.json has m", done.stderr)

    def test_commands_beside_figures_are_committed(self):
        text = "".join((SOURCE / "docs" / name).read_text(encoding="utf-8") for name in ("benchmarks.md", "comparing.md"))
        scripts = set(re.findall(r"\b(?:scripts|tests)/[\w/]+\.py", text))
        self.assertGreater(len(scripts), 10)
        for script in scripts:
            self.assertTrue((SOURCE / script).exists(), script)


if __name__ == "__main__":
    unittest.main()
