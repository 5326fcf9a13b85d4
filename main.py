"""Start rdpgui from a checkout: ``python main.py [run|lab|inspect|judge] …``."""

import sys

if __name__ == "__main__":
    try:
        from rdpgui.app.cli import main
    except ModuleNotFoundError as error:
        sys.exit(f"A part of rdpgui is not installed ({error.name}). Run: make install, or: pip install .")
    sys.exit(main())
