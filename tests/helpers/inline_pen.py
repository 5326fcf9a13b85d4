"""A writer of journals without a thread: what is put is written at once, so that virtual time need not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from rdpgui.core.ports import JournalPort

T = TypeVar("T")


class InlinePen:
    """Writes and answers inside the call; after a line that could not be written none of that journal is."""

    def __init__(self) -> None:
        self._broken: dict[int, BaseException] = {}

    def put(self, journal: JournalPort, line: str, answer: Callable[[Any, BaseException | None], None]) -> None:
        error = self._broken.get(id(journal))
        try:
            if error is None:
                journal.append(line)
        except Exception as raised:  # noqa: BLE001 - it belongs to who waits
            error = self._broken[id(journal)] = raised
        answer(None, error)

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            done.set_exception(error)
        return done

    def close(self, journal: JournalPort) -> asyncio.Future[None]:
        self._broken.pop(id(journal), None)
        return self.run(journal.close)
