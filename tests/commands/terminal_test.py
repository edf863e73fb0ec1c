"""The progress line on a terminal: it fits the window, follows it, and leaves nothing behind.

usage: terminal_test.py SOURCE_FOLDER BUILD_FOLDER [unittest arguments]; needs h5py.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from command_case import BIN, CommandCase  # noqa: E402
from terminal_screen import Screen, Terminal  # noqa: E402

NOTES = ["final evaluation"]  # all that stays


def rows_of_notes(columns):
    """What a terminal of that width shows at the end."""
    screen = Screen(columns)
    screen.write("\r\n".join(NOTES))
    return screen.lines()


class ProgressLine(CommandCase):
    PROMPT_TEMPLATE = "plain"

    def setUp(self):
        super().setUp()
        # About a second of training: a redraw each tenth of it.
        self.definition = self.place.write_definition("long.toml", steps=400, replace=[
            ("every_steps = 4", "every_steps = 1000"),
            ("checkpoint_every_steps = 3", "checkpoint_every_steps = 1000")])

    def run_in(self, columns, resize_to=(), reflows=True, **environment):
        """The terminal after a run in it; how many redraws there were is in its output. It has another size
        whenever the line is drawn for the one before."""
        sizes = list(resize_to)
        terminal = Terminal(columns, reflows)
        self.addCleanup(terminal.close)
        extra = {"TERM": "xterm", "COLUMNS": "", **environment}
        process = terminal.start([BIN / "bench-run", self.definition], cwd=self.place.folder,
                                 env=self.place.environment(**extra))
        unsettled = 0  # pieces that were drawn for another size
        while terminal.read():
            lines = terminal.screen.lines()
            if unsettled == 0:
                notes = len(rows_of_notes(columns)) if NOTES[0][:columns] in terminal.output else 0
                self.assertLessEqual(len(lines), notes + 1, lines)
            unsettled = max(unsettled - 1, 0)
            if sizes and unsettled == 0 and "step" in terminal.output:
                columns, unsettled = sizes.pop(0), 2
                terminal.resize(columns)
        _, _ = process.communicate(timeout=60)
        self.assertEqual((process.returncode, sizes), (0, []), terminal.output)
        self.assertGreater(terminal.output.count("\r\x1b["), 4, terminal.output)
        return terminal

    def test_at_any_width_only_notes_stay(self):
        for columns in (200, 80, 20, 5):
            terminal = self.run_in(columns, **({"NO_COLOR": ""} if columns == 200 else {}))  # empty, it says nothing
            self.assertEqual(terminal.screen.lines(), rows_of_notes(columns), columns)
            if columns >= 80:  # where there is room for a bar
                self.assertIn("\x1b[32m", terminal.output)

    def test_one_column_is_enough_to_go_on(self):
        self.assertEqual(self.run_in(1).screen.lines(), rows_of_notes(1))

    def test_over_changes_of_the_window_only_notes_stay_with_and_without_colours(self):
        for reflows, environment in ((True, {}), (False, {"NO_COLOR": "1"})):
            terminal = self.run_in(80, (40, 100, 20), reflows, **environment)
            self.assertEqual(terminal.screen.lines(), NOTES, reflows)
            # Colours are left out where they are not wanted.
            self.assertEqual("\x1b[32m" in terminal.output, not environment)

    def test_dumb_terminal_gets_lines(self):
        terminal = Terminal(80)
        self.addCleanup(terminal.close)
        process = terminal.start([BIN / "bench-run", self.definition], cwd=self.place.folder,
                                 env=self.place.environment(TERM="dumb"))
        while terminal.read():
            pass
        process.communicate(timeout=60)
        self.assertNotIn("\x1b", terminal.output)
        self.assertRegex(terminal.output, r"(?m)^step 1/400 .*\r$")


class TheScreenItself(unittest.TestCase):
    """By hand, so that the emulator does not hide what a terminal would show."""

    def test_long_line_wraps_and_clearing_takes_its_last_row_only(self):
        screen = Screen(4)
        screen.write("abcdef\r\x1b[Kg")
        self.assertEqual(screen.lines(), ["abcd", "g"])

    def test_wide_character_does_not_fit_into_the_last_column(self):
        screen = Screen(3)
        screen.write("ab\u8a2d")
        self.assertEqual(screen.lines(), ["ab", "\u8a2d"])

    def test_narrower_it_wraps_anew_with_the_cursor_on_its_character_or_cuts(self):
        for reflows, expected in ((True, ["no", "te", "xx"]), (False, ["no", "xx"])):
            screen = Screen(6, reflows)
            screen.write("note\r\nbar123\r")
            screen.resize(2)
            screen.write("\x1b[Jxx")
            self.assertEqual(screen.lines(), expected)


if __name__ == "__main__":
    unittest.main()
