"""HTML pages by the real programs: well-formed for expat, and with what the JSON says.

usage: html_pages_test.py SOURCE_FOLDER BUILD_FOLDER FAKE_RUN [unittest arguments]
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

BIN = pathlib.Path(sys.argv[2]) / "bin"
FAKE_RUN = sys.argv[3]
REPLICATES = 7


def texts(element):
    return " ".join("".join(element.itertext()).split())


class Pages(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="bench-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def make_arm(self, name, seconds, *more):
        for replicate in range(REPLICATES):
            subprocess.run([FAKE_RUN, seconds, *more, "--replicate", str(replicate), "--out",
                            str(self.folder / name / f"r{replicate}")], check=True, timeout=60)
        return self.folder / name

    def run_program(self, name, *arguments):
        return subprocess.run([BIN / name, *arguments], capture_output=True, text=True, timeout=120,
                              cwd=self.folder)

    def read(self, path):
        """The page as a tree; expat refuses what is not well-formed."""
        return xml.etree.ElementTree.parse(self.folder / path).getroot()

    def test_a_comparison_has_every_metric_and_verdict_of_the_json(self):
        base, head = self.make_arm("base", "1"), self.make_arm("he<ad>&\"'", "2")
        done = self.run_program("bench-compare", "--html=page.html", "--json", base, head)
        self.assertEqual(done.returncode, 1, done.stderr)
        said = json.loads(done.stdout)
        page = self.read("page.html")
        rows = {texts(row[0]): texts(row[-1]) for row in page.iter("tr")}
        self.assertGreaterEqual(len(said["metrics"]), 2)
        for metric in said["metrics"]:
            self.assertEqual(rows[metric["metric"]].split()[0], metric["verdict"].split()[0])
        self.assertIn(said["conclusion"], texts(page))
        self.assertIn("he<ad>&\"'", texts(page))
        # A dot is a move and a line of no length.
        dots = {texts(figure.find("figcaption/strong")): sum(
            path.get("d").count("h0") for path in figure.iter("path") if path.get("class") == "dots")
            for figure in page.iter("figure")}
        for metric in said["metrics"]:
            self.assertEqual(dots[metric["metric"]], len(metric["base"]) + len(metric["head"]))

    def test_arms_that_are_not_comparable_have_their_reasons(self):
        base, head = self.make_arm("base", "1"), self.make_arm("head", "1", "--threads", "7")
        done = self.run_program("bench-compare", "--html=page.html", "--json", base, head)
        self.assertEqual(done.returncode, 3, done.stderr)
        page = self.read("page.html")
        for reason in json.loads(done.stdout)["not_comparable"]:
            self.assertIn(f"not comparable: {reason}", texts(page))
        self.assertEqual(list(page.iter("figure")), [])
        threads = next(row for row in page.iter("tr") if texts(row[0]) == "threads")
        self.assertEqual([texts(cell) for cell in threads], ["threads", "2", "7"])

    def test_a_run_is_shown_on_a_page(self):
        run = self.make_arm("base", "1") / "r3"
        done = self.run_program("bench-run", "--show", run, "--html=page.html")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        page = self.read("page.html")
        self.assertEqual(texts(page.find("body/header/h1")), "sft_small@3, replicate 3")
        figures = {texts(row[0]): texts(row[1]) for row in page.iter("tr")}
        self.assertEqual(figures["loss"], "7 nats/token")
        printed = self.run_program("bench-run", "--show", run, "--html")
        self.assertEqual(printed.stdout, (self.folder / "page.html").read_text(encoding="utf-8"))
        refused = self.run_program("bench-run", "--show", run, "--html=gone/page.html")
        self.assertEqual(refused.returncode, 5)
        self.assertIn("gone/page.html", refused.stderr)


if __name__ == "__main__":
    del sys.argv[1:4]
    unittest.main()
