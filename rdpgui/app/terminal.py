"""The terminal: a text of AWS, of a film or of a lab never colours it, clears it or turns its lines around."""

from __future__ import annotations

import sys

from rdpgui.core.plain import visible


def say(text: str, *, error: bool = False) -> None:
    """Print a text as written, any length, and at once."""
    print(visible(text, 0), file=sys.stderr if error else sys.stdout, flush=True)
