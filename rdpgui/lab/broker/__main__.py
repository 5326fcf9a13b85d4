"""``python -m rdpgui.lab.broker``: everything else comes on standard input."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run one broker; the exit status is 0 when the film (if any was wanted) is finished."""
    # One broker is one film: pools of idle threads per process would only cost memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from rdpgui.lab.broker.process import run

    # Unbuffered: a thread that waits in a buffered standard input aborts the interpreter's exit.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as commands:
        return run(commands, sys.stdout.buffer)


if __name__ == "__main__":
    sys.exit(main())
