"""A terminal for programs that draw on one: a pty of a size, and the screen that its output leaves.

The screen knows what a progress line may use: carriage return, line feed, CSI J and K, colours, wrapping at the last
column, and a new size, at which it wraps long lines anew with the cursor on its character (as tmux and most
terminals of desktops do) or cuts them (as xterm does).
"""

import codecs
import fcntl
import os
import re
import struct
import subprocess
import termios
import unicodedata

ESCAPE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?]*)?$")


def width_of(character):
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    def __init__(self, columns, reflows=True):
        self.columns, self.reflows = columns, reflows
        self.rows = [[]]    # of cells; a wide character has an empty one behind it
        self.wrapped = [False]  # whether a row goes on in the next
        self.row = self.column = 0
        self.unfinished = ""  # an escape sequence whose end is still to come

    def lines(self):
        """What stands there, without the empty lines at the end."""
        texts = ["".join(row).rstrip() for row in self.rows]
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def write(self, text):
        text = self.unfinished + text
        cut = UNFINISHED.search(text)
        self.unfinished = cut[0] if cut else ""
        text = text.removesuffix(self.unfinished)
        at = 0
        while at < len(text):
            escape = ESCAPE.match(text, at)
            if escape:
                self.control(escape)
                at = escape.end()
                continue
            assert text[at] != "\x1b", text[at:at + 9]
            self.put(text[at])
            at += 1

    def control(self, escape):
        parameters, kind = escape.groups()
        if kind in "JK":
            assert parameters in ("", "0"), escape[0]
            del self.rows[self.row][self.column:]
            self.wrapped[self.row] = False
            if kind == "J":
                del self.rows[self.row + 1:], self.wrapped[self.row + 1:]
        else:
            assert kind == "m", escape[0]

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.down(False)
        else:
            assert character.isprintable() or width_of(character) == 0, character
            width = width_of(character)
            if self.column + width > self.columns:
                self.down(True)
                self.column = 0
            row = self.rows[self.row]
            row.extend([" "] * (self.column - len(row)))
            row[self.column:self.column + width] = [character] + [""] * (width - 1) if width else []
            self.column += width

    def down(self, wraps):
        self.wrapped[self.row] = wraps
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])
            self.wrapped.append(False)

    def resize(self, columns):
        if not self.reflows:
            self.rows = [row[:columns] for row in self.rows]
            self.columns, self.column = columns, min(self.column, columns - 1)
            return
        whole, cursor = [[]], None
        for number, row in enumerate(self.rows):
            if number == self.row:
                cursor = (len(whole) - 1, len(whole[-1]) + self.column)
            whole[-1] += row
            if not self.wrapped[number]:
                whole.append([])
        self.columns, self.rows, self.wrapped = columns, [], []
        for number, line in enumerate(whole[:-1]):
            if number == cursor[0]:
                self.row, self.column = len(self.rows) + cursor[1] // columns, cursor[1] % columns
            for begin in range(0, max(len(line), 1), columns):
                self.rows.append(line[begin:begin + columns])
                self.wrapped.append(begin + columns < len(line))


class Terminal:
    """Runs a program with the terminal as its standard error."""

    def __init__(self, columns, reflows=True):
        self.screen = Screen(columns, reflows)
        self.output = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.master, self.slave = os.openpty()
        self.set_size(columns)

    def set_size(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def resize(self, columns):
        self.set_size(columns)
        self.screen.resize(columns)

    def start(self, command, **extra):
        """The one program of this terminal: once it has ended, reading comes to an end."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=self.slave, **extra)
        os.close(self.slave)
        return process

    def read(self):
        """The next piece of output, which is on the screen then; empty at the end."""
        try:
            piece = os.read(self.master, 4096)
        except OSError:  # nobody has the other side any more
            piece = b""
        text = self.decoder.decode(piece)
        self.output += text
        self.screen.write(text)
        return piece

    def close(self):
        os.close(self.master)
