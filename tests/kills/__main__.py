"""``python -m tests.kills --count 300 --seed 1 [--json FILE]``: exit status 1 when anything is wrong."""

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


def main() -> int:
    """Try all moments, as many at once as the lab has instances."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first moment")
    parser.add_argument("--lanes", type=int, default=3, help="moments tried at once, at most")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
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
    found = summary(outcomes)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
