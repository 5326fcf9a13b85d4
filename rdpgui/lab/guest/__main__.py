"""``python -m rdpgui.lab.guest``: configuration from standard input, events on standard output."""

import sys

from rdpgui.lab.guest.process import main

if __name__ == "__main__":
    sys.exit(main())
