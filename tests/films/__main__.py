"""``python -m tests.films --count 10000 --seed 1``: exit status 1 when anything is wrong."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tests.films.campaign import campaign, run, summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.films", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.batch:
        for finding in run(chosen.seed, chosen.begin, chosen.batch):
            print(json.dumps(asdict(finding)), flush=True)
        return 0
    found = campaign(chosen.seed, chosen.count)
    for finding in found:
        print(f"{finding.number:6} {finding.what}: {finding.kind} of {finding.base}: {finding.detail}")
    print(summary(found, chosen.count))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
