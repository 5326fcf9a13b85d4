"""``python -m tests.films --count 10000 --seed 1``: exit status 1 when anything is wrong."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.films.campaign import campaign, run, summary
from tests.films.foreign import FFMPEG, FFPROBE, kinds, wrong_with


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.films", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--foreign", action="store_true", help="one film of every kind that strangers make, instead")
    chosen = parser.parse_args()
    if chosen.foreign:
        return _foreign()
    if chosen.batch:
        for finding in run(chosen.seed, chosen.begin, chosen.batch):
            print(json.dumps(asdict(finding)), flush=True)
        return 0
    found = campaign(chosen.seed, chosen.count)
    for finding in found:
        print(f"{finding.number:6} {finding.what}: {finding.kind} of {finding.base}: {finding.detail}")
    print(summary(found, chosen.count))
    return 1 if found else 0


def _foreign() -> int:
    """Print each kind and what is wrong with what is said of it."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, kind in enumerate(kinds()):
            found = wrong_with(kind, Path(folder) / str(number))
            wrong += bool(found)
            print(f"{kind.case:4} {kind.name:45} {found or 'right'}", flush=True)
    second = "ffprobe as second witness" if FFPROBE is not None else "no second witness on this machine"
    print(f"{number + 1} kinds, {wrong} wrong; {second}; {'with' if FFMPEG else 'without'} those that ffmpeg makes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
