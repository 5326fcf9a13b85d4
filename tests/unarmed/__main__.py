"""``python -m tests.unarmed --count 10000 --seed 1 [--json FILE]``: exit status 1 on any call but reads."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path


def main() -> int:
    """Try all sequences, some hundreds in each window."""
    parser = argparse.ArgumentParser(prog="python -m tests.unarmed", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    os.environ.setdefault("QT_API", "pyside6")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    logging.disable(logging.CRITICAL)
    from PySide6.QtWidgets import QApplication

    from rdpgui.core.settings import Theme
    from rdpgui.ui.theme import Theming
    from tests.unarmed.fuzz import SEQUENCES_A_WINDOW, Found, fuzz_window, replayed

    theming = Theming(QApplication([]))
    theming.start(Theme.DARK)
    wrong: list[tuple[int, Found]] = []
    totals = dict.fromkeys(("sequences", "pressed", "reads"), 0)
    begun_s = time.monotonic()
    seed = options.seed
    while totals["sequences"] < options.count:
        with tempfile.TemporaryDirectory(prefix="rdpgui-unarmed-") as folder:
            found = fuzz_window(
                theming, Path(folder), seed, min(SEQUENCES_A_WINDOW, options.count - totals["sequences"])
            )
        for name in totals:
            totals[name] += getattr(found, name)
        if found.changes or found.bugs or found.armed:
            wrong.append((seed, found))
            sys.stdout.write(f"seed {seed}:\n{replayed(found)}\n")
        sys.stdout.write(f"seed {seed}: {totals}, {time.monotonic() - begun_s:.0f} s\n")
        sys.stdout.flush()
        seed += 1
    figures = {**totals, "wrong": [{"seed": number, **asdict(found)} for number, found in wrong]}
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
