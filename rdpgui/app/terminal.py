"""The terminal: what it cannot show is replaced, and when it fails nothing ends because of it.

Every line that the program prints goes through ``say``. A text of AWS, of a film or of a lab never colours the
terminal, clears it or turns its lines around. A console that knows no Japanese or no dash
gets the nearest thing that it knows; a reader that has gone (``… | head -1``) or a device that is full is told of once,
on standard error, and whatever the program was doing goes on.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rdpgui.core.plain import one_line, visible
from rdpgui.i18n import N_, SOURCE_LANGUAGE, _, fill, language, speaking

_ERRORS = "rdpgui.nearest"
LETTERS = N_("Verdict")
"""A word whose translation is made of the letters of its language, and of nothing that a terminal may lack besides."""

_NEAREST = {
    "–": "-",
    "—": "-",
    "…": "...",
    "×": "x",
    "±": "+/-",
    "−": "-",
    "·": "-",
    "→": "->",
    "▶": ">",
    "✓": "+",
    "✗": "x",
    "≤": "<=",
    "≥": ">=",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "。": ".",
    "、": ",",
}
"""What stands for a character that a terminal does not have; for others their plain letters, or a question mark."""


class _Failure:
    """The first failure of standard output: told once, and remembered for the exit status."""

    error: OSError | None = None
    work_goes_on = False


def begin() -> None:
    """Make the standard streams ready: open, and never failing on a character."""
    _open_closed_descriptors()
    codecs.register_error(_ERRORS, _nearest)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a stand-in of a test or of a GUI has none
        if reconfigure is not None:
            reconfigure(errors=_ERRORS)
    _Failure.error, _Failure.work_goes_on = None, False


def work_goes_on() -> None:
    """From now on the output is only the account of work that is done all the same."""
    _Failure.work_goes_on = True


def say(*lines: str, error: bool = False) -> None:
    """Print lines as written, any length, and at once: on standard output, or on standard error.

    A break within one is written out: no name and no message of AWS passes for a line of the program's.
    """
    text = "\n".join(one_line(line, 0) for line in lines)
    _print(text, sys.stderr if error else sys.stdout)


def say_json(value: Any) -> None:
    """Print JSON; where the terminal lacks a character the whole is escaped, so that it stays what it says."""
    import json  # the window never prints any

    text = json.dumps(value, indent=2, ensure_ascii=False)
    _print(visible(text if can_show(text) else json.dumps(value, indent=2), 0), sys.stdout)


def end(status: int, *, when_lost: int) -> int:
    """Bring everything out and return the exit status.

    Args:
        status: of what was done.
        when_lost: instead of it, where the output itself was the thing and could not be written. A reader that has
            gone had what it wanted.
    """
    _print("", sys.stdout, end="")
    error = _Failure.error
    if error is None or error.errno == errno.EPIPE or _Failure.work_goes_on:
        return status
    return when_lost


def _print(text: str, stream: TextIO | None, *, end: str = "\n") -> None:
    if stream is None:
        return
    try:
        print(text, file=stream, end=end, flush=True)
    except OSError as error:
        _give_up(stream, error)
    except ValueError:
        return  # closed by somebody else: there is no terminal any more


def _give_up(stream: TextIO, error: OSError) -> None:
    """Send what is still to come nowhere, and say so once."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        return  # no descriptor of the system: nothing more can be done about it
    finally:
        os.close(nowhere)
    if stream is sys.stderr or _Failure.error is not None:
        return
    _Failure.error = error
    reason = os.strerror(error.errno) if error.errno else str(error)
    if _Failure.work_goes_on:
        said = N_("The terminal can no longer be written to ({reason}); the work goes on.")
    elif error.errno != errno.EPIPE:
        said = N_("The output could not be written: {reason}.")
    else:
        return
    say(fill(said, {"reason": reason}), error=True)


def can_show(text: str) -> bool:
    """Return whether standard output has every character of a text."""
    return _has(sys.stdout, text)


def _has(stream: TextIO | None, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def in_its_words(*, told: bool = True) -> Iterator[None]:
    """Speak English to a terminal that lacks the letters of the program's language; files keep that language.

    Args:
        told: say so, in one line.
    """
    streams = [stream for stream in (sys.stdout, sys.stderr) if stream is not None]
    lacking = [stream for stream in streams if not _has(stream, _(LETTERS))]
    if not lacking:
        yield
        return
    code = language()
    with speaking(SOURCE_LANGUAGE):
        if told:
            say(
                f"This terminal ({lacking[0].encoding}) cannot show the language {code} and is spoken to in English; "
                "what is written to files keeps it. Try it with PYTHONUTF8=1.",
                error=True,
            )
        yield


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Return what can be shown everywhere for what cannot be shown here (an error handler of ``codecs``)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_nearest_of(character) for character in error.object[error.start : error.end]), error.end


def _nearest_of(character: str) -> str:
    if character in _NEAREST:
        return _NEAREST[character]
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


def _open_closed_descriptors() -> None:
    """Open what of the standard descriptors is closed (``>&-``) on nothing: else the next file would take its place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
