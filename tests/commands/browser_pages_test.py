"""Pages of a comparison, a run and a history by the real programs, in a real browser: scripts/check_pages.py finds nothing
to complain of, and does where something is wrong.

Skipped without Chromium, or where BENCH_TEST_AXE does not name the accessibility checker (setup_pages of
scripts/setup.sh installs both; .ci/run calls it).

usage: browser_pages_test.py SOURCE_FOLDER BUILD_FOLDER FAKE_RUN MAKE_RESULTS [unittest arguments]
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BIN = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) / "bin"
FAKE_RUN, MAKE_RESULTS = sys.argv[3:5]
REPLICATES = 7
# A hang, not a slow machine.
LONGEST_S = 300
# Grey on white, wider than a phone, a picture without a text in its place, nothing that the keyboard reaches.
WRONG = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body><main><h1>x</h1>
<p style="color:#bbb;background:#fff">pale</p><div style="width:3000px">wide</div><img src="data:image/gif;base64,">
</main></body></html>"""


def skip_reason():
    if not shutil.which("chromium"):
        return "no Chromium"
    axe = os.environ.get("BENCH_TEST_AXE", "")
    return None if axe and pathlib.Path(axe).is_file() else "BENCH_TEST_AXE names no axe.min.js"


class BrowserPages(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def make_arm(self, name, seconds):
        for replicate in range(REPLICATES):
            subprocess.run([FAKE_RUN, seconds, "--replicate", str(replicate), "--out",
                            self.folder / name / f"r{replicate}"], check=True, timeout=60)
        return self.folder / name

    def check(self, *pages):
        return subprocess.run([sys.executable, SOURCE / "scripts/check_pages.py", "--axe", os.environ["BENCH_TEST_AXE"],
                               *pages], capture_output=True, text=True, timeout=LONGEST_S)

    def make_pages(self):
        base, head = self.make_arm("base", "1"), self.make_arm("head", "2")
        runs = self.folder / "runs"  # of twenty commits, the later ten of which are slower
        subprocess.run([MAKE_RESULTS, runs, "40", "--replicates", "2", "--change-at", "10", "--change", "0.15"],
                       check=True, timeout=60)
        pages = {name: self.folder / f"{name}.html" for name in ("comparison", "run", "history")}
        commands = {"comparison": ["bench-compare", f"--html={pages['comparison']}", base, head],
                    "run": ["bench-run", "--show", base / "r0", f"--html={pages['run']}"],
                    "history": ["bench-compare", "--history", f"--html={pages['history']}", "sft_small", runs]}
        for name, (program, *arguments) in commands.items():
            done = subprocess.run([BIN / program, *arguments], capture_output=True, text=True, timeout=120)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertTrue(pages[name].exists(), name)
        return list(pages.values())

    def test_pages_work_on_a_phone_and_a_desk_light_and_dark_and_by_the_keyboard(self):
        done = self.check(*self.make_pages())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("no complaints"), 3)

    def test_what_is_wrong_with_a_page_is_found(self):
        page = self.folder / "wrong.html"
        page.write_text(WRONG, encoding="utf-8")
        done = self.check(page)
        self.assertEqual(done.returncode, 1, done.stderr)
        for complaint in ("color-contrast", "image-alt", "pixels wide", "keyboard: nothing to reach"):
            self.assertIn(complaint, done.stdout)


if __name__ == "__main__":
    del sys.argv[1:5]
    if skip_reason():
        print(f"skipped: {skip_reason()}; .ci/run installs what is needed where it can")
        sys.exit(77)
    unittest.main()
