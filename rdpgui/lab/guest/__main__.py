"""``python -m rdpgui.lab.guest``: configuration from standard input, events on standard output."""

import os
import sys

# One machine, one thread of arithmetic: numpy's BLAS would keep a pool and its buffers for nothing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before PySide6, which reads the source of whatever is imported after it: a tenth of the start.
import rdpgui.lab.rfb  # noqa: F401
from rdpgui.lab.guest.process import main

if __name__ == "__main__":
    sys.exit(main())
