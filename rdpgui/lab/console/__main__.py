"""``python -m rdpgui.lab.console``: configuration from standard input, events on standard output."""

import os
import sys

# The console does no arithmetic: numpy's BLAS would keep a pool and its buffers for nothing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rdpgui.lab.console.process import main

if __name__ == "__main__":
    sys.exit(main())
