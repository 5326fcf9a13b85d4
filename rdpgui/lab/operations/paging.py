"""Pages of a list with opaque tokens."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from rdpgui.lab.model import LabError

T = TypeVar("T")


def page(
    items: Sequence[T], *, size: int, token: str | None, name: Callable[[T], str], bad_code: str = "InvalidNextToken"
) -> tuple[list[T], str | None]:
    """Return one page and the token of the next, None after the last.

    The token names the last item shown, so that items which come or go in front of it
    between two calls neither repeat nor hide others; when that item itself is gone, its place counts.

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
    payload = json.dumps([name(chosen[-1]), end], separators=(",", ":"))
    return chosen, base64.urlsafe_b64encode(payload.encode()).decode()


def _start(items: Sequence[T], token: str, name: Callable[[T], str], bad_code: str) -> int:
    try:
        last, place = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error) as error:
        raise LabError(bad_code, "The specified token is not valid.", 400) from error
    if not isinstance(last, str) or isinstance(place, bool) or not isinstance(place, int) or place < 1:
        raise LabError(bad_code, "The specified token is not valid.", 400)
    if place <= len(items) and name(items[place - 1]) == last:
        return place
    found = next((index for index, item in enumerate(items) if name(item) == last), None)
    return place if found is None else found + 1
