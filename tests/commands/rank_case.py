"""The base of the tests of runs of several ranks: starts them, waits for their end, knows the bits they leave."""

import re
import socket
import subprocess
import tempfile
import time

from command_case import BIN, CommandCase
from rank_processes import LIMIT_S, SHORT_RUN, all_ranks, newest_step, processes_of, wait_for
from tiny_run import Workplace, deterministic_content

ERROR = re.compile(r"^.*error:.*$", re.MULTILINE)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class RanksCase(CommandCase):
    STEPS = 12
    whole = {}  # what two ranks that nobody disturbs leave, by prompt template and steps: of this process' first test

    def setUp(self):
        super().setUp()
        self.definition = self.place.write_definition("ranks.toml", self.STEPS, replace=SHORT_RUN)
        self.out = self.place.folder / "out"

    def expected(self):
        key = (self.PROMPT_TEMPLATE, self.STEPS)
        if key not in RanksCase.whole:
            with tempfile.TemporaryDirectory(prefix="bench-test-") as folder:
                place = Workplace(BIN, folder, self.PROMPT_TEMPLATE)
                definition = place.write_definition("ranks.toml", self.STEPS, replace=SHORT_RUN)
                done = place.run(definition, "--nproc", 2)
                self.assertEqual(done.returncode, 0, done.stderr)
                RanksCase.whole[key] = deterministic_content(done.stdout.splitlines()[-1])
        return RanksCase.whole[key]

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

    def begin_or_go_on(self, steps):
        """The run, as far as so many steps behind where it was, and its ranks."""
        before = newest_step(self.out)
        process = self.start_ranks("--resume")
        ranks = all_ranks(process, 2)
        self.assertTrue(wait_for(lambda: newest_step(self.out) >= before + steps, process))
        return process, ranks

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
