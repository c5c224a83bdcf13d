#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""screen.py COLUMNS ROWS: what a vt100 shows after standard input. A block is
shown as #, and so many eighths of one as the number."""

import re
import sys

TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[()]?[A-Za-z0-9=>78]|(.)",
                   re.DOTALL)
BLOCKS = str.maketrans("█▉▊▋▌▍▎▏", "#7654321")


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.row = self.column = 0
        self.lines = [[" "] * columns for _ in range(rows)]

    def erase_display(self):
        self.erase_line(self.column)
        for row in range(self.row + 1, self.rows):
            self.lines[row] = [" "] * self.columns

    def erase_line(self, column):
        line = self.lines[self.row]
        line[column:] = [" "] * (self.columns - column)

    def command(self, numbers, letter):
        value = [int(n or 0) for n in numbers.strip("?").split(";")]
        first = max(value[0], 1)
        if letter == "H":
            self.row = first - 1
            self.column = max(value[1], 1) - 1 if len(value) > 1 else 0
        elif letter == "J":
            self.erase_display()
        elif letter == "K":
            self.erase_line(0 if value[0] == 1 else self.column)
        elif letter in "AB":
            self.row += first if letter == "B" else -first
        elif letter in "CD":
            self.column += first if letter == "C" else -first
        elif letter not in "mhlr":
            sys.exit(f"screen.py: unknown sequence {numbers}{letter}")

    def character(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row = min(self.row + 1, self.rows - 1)
        elif char == "\b":
            self.column -= 1
        elif char == "\t":
            self.column += 8 - self.column % 8
        elif char >= " ":
            self.lines[self.row][self.column] = char
            self.column = min(self.column + 1, self.columns - 1)

    def feed(self, text):
        for numbers, letter, char in TOKEN.findall(text):
            if letter:
                self.command(numbers, letter)
            elif char:
                self.character(char)


def main():
    screen = Screen(int(sys.argv[1]), int(sys.argv[2]))
    screen.feed(sys.stdin.read())
    for line in screen.lines:
        print("".join(line).rstrip().translate(BLOCKS))


main()
