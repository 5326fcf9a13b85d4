"""``python -m tests.kills [--layer process|world] --count 300 --seed 1 [--json FILE]``: status 1 if anything is wrong.

``process``: real programs on the lab; ``world``: the runner in virtual time, thousands in minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.kills.campaign import Outcome, moment, summary, try_moment
from tests.kills.service import Service
from tests.kills.world import try_world


def main() -> int:
    """Try all moments and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layer", choices=["process", "world"], default="process")
    parser.add_argument("--first", type=int, default=0, help="number of the first moment")
    parser.add_argument("--lanes", type=int, default=3, help="moments tried at once, at most")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    found = summary(_in_worlds(options) if options.layer == "world" else _with_processes(options))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if found["wrong"] else 0


def _in_worlds(options: argparse.Namespace) -> list[Outcome]:
    return [try_world(options.seed, options.first + number) for number in range(options.count)]


def _with_processes(options: argparse.Namespace) -> list[Outcome]:
    """Try all moments, as many at once as the lab has instances."""
    numbers: SimpleQueue[int] = SimpleQueue()
    for number in range(options.first, options.first + options.count):
        numbers.put(number)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="rdpgui-kills-") as name:
        folder = Path(name)
        service = Service(folder)

        def work(instance: str) -> None:
            while not numbers.empty():
                at = moment(options.seed, numbers.get())
                root = folder / f"{at.number}"
                root.mkdir()
                outcome = try_moment(service, instance, root, at)
                outcomes.append(outcome)
                sys.stdout.write(outcome.json() + "\n")
                sys.stdout.flush()

        try:
            instances = service.instances()[: options.lanes]
            with ThreadPoolExecutor(len(instances)) as pool:
                list(pool.map(work, instances))
        finally:
            service.end()
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
