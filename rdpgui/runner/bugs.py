"""Exceptions that nobody meant, where they must not reach a run, or must end it in order."""

from __future__ import annotations

import asyncio

from rdpgui.core.errors import RdpguiError
from rdpgui.core.texts import N_

UNEXPECTED = N_("An unexpected error: {error}")


def report_bug(error: BaseException, where: str) -> RdpguiError:
    """Give an exception to the loop's exception handler, which writes the crash report.

    Args:
        error: what was raised.
        where: what it happened in, in English, for the handler.

    Returns:
        The same as an error with words for the journal and the person.
    """
    asyncio.get_running_loop().call_exception_handler({"message": where, "exception": error})
    return unexpected(error)


def unexpected(error: BaseException) -> RdpguiError:
    """Return an exception that nobody meant as an error with words."""
    return RdpguiError(UNEXPECTED, error=f"{type(error).__name__}: {error}")
