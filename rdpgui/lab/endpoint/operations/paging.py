"""Pages of a list with opaque tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from rdpgui.lab.model import LabError

T = TypeVar("T")
_NAMED: Final = 5
"""How many of the last items a token names."""


def page(
    items: Sequence[T], *, size: int, token: str | None, name: Callable[[T], str], bad_code: str = "InvalidNextToken"
) -> tuple[list[T], str | None]:
    """Return one page and the token of the next, None after the last.

    The token names the last items shown, so that items which come or go between two calls
    neither repeat nor hide others; only when all of those are gone does the place count.

    Args:
        items: the whole list in its order.
        size: most items on a page.
        token: the token of the page before, None or empty for the first.
        name: the unique name of an item.
        bad_code: error code of a token that this lab did not issue.

    Raises:
        LabError: the token is not one of ours.
    """
    start = _start(items, token, name, bad_code) if token else 0
    chosen = list(items[start : start + size])
    end = start + len(chosen)
    if not chosen or end >= len(items):
        return chosen, None
    payload = json.dumps([[name(item) for item in chosen[-_NAMED:]], end], separators=(",", ":"))
    return chosen, base64.urlsafe_b64encode(payload.encode()).decode()


def _start(items: Sequence[T], token: str, name: Callable[[T], str], bad_code: str) -> int:
    names, place = _opened(token, bad_code)
    if place <= len(items) and name(items[place - 1]) == names[-1]:
        return place
    places = {name(item): index for index, item in enumerate(items)}
    return next((places[last] + 1 for last in reversed(names) if last in places), place)


def _opened(token: str, bad_code: str) -> tuple[list[str], int]:
    refused = LabError(bad_code, "The specified token is not valid.", 400)
    try:
        names, place = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (TypeError, ValueError) as error:
        raise refused from error
    if not isinstance(names, list) or not names or not all(isinstance(item, str) for item in names):
        raise refused
    if isinstance(place, bool) or not isinstance(place, int) or place < 1:
        raise refused
    return names, place
