"""The reader's campaign: ``python -m tests.reader --count 3000``. Exit status 1: it falls short of its targets.

Targets: at least 99 % of the end screens named right and none wrongly; no desktop taken for an end screen; no interval
without the truth.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rdpgui.media.reader.model import LineReader
from tests.reader.campaign import Tally, clocks, desktops, end_screens

RIGHT_SHARE = 0.99


def main() -> int:
    """Run the campaign and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000, help="end screens, and as many desktops")
    parser.add_argument("--films", type=int, default=500, help="films with a clock")
    parser.add_argument("--first", type=int, default=0, help="number of the first picture")
    arguments = parser.parse_args()
    numbers = range(arguments.first, arguments.first + arguments.count)
    reader = LineReader()
    screens, desks = end_screens(reader, numbers), desktops(reader, numbers)
    _print("end screens", screens)
    _print("desktops", desks)
    with tempfile.TemporaryDirectory() as folder:
        films = clocks(range(arguments.first, arguments.first + arguments.films), Path(folder))
    _print("films with a clock", films)
    short = screens.counts["right"] < RIGHT_SHARE * len(numbers) or screens.counts["named wrongly"] > 0
    wrong = desks.counts["named wrongly"] + sum(films.counts[way + "named wrongly"] for way in ("", "searched "))
    return int(short or wrong > 0)


def _print(name: str, tally: Tally) -> None:
    print(name)
    for word, count in sorted(tally.counts.items()):
        print(f"  {count:6d}  {word}")
    for miss in tally.misses:
        print(f"    {miss}")


if __name__ == "__main__":
    sys.exit(main())
