"""The objects of a destination of any size: a small one is listed at once, of a large one each page waits its turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from rdpgui.core.ports import Clock, ObjectPort, Page
from rdpgui.core.recording import RecordingObject
from rdpgui.runner.answers import WAITS_S
from rdpgui.runner.concurrency import noticed
from rdpgui.runner.listing import Turn, each_page


class ObjectList:
    """Lists a bucket.

    Args:
        port: answers a page at a time.
        clock: tells since when a page is awaited.
        turn: waits until a page of several may be asked for.
        on_slow: is told since when a page of several has not come.

    Attributes:
        pages: how many there were the last time.
    """

    def __init__(self, port: ObjectPort, clock: Clock, turn: Turn, on_slow: Callable[[datetime], None]) -> None:
        self.pages = 1
        self._port = port
        self._clock = clock
        self._turn = turn
        self._on_slow = on_slow

    @property
    def in_turns(self) -> bool:
        """Whether pages take turns with other calls: a listing then lasts, and its silence is no silence of AWS."""
        return self.pages > 1

    async def read(self, bucket: str) -> tuple[RecordingObject, ...]:
        """Return all objects.

        Raises:
            RdpguiError: a page could not be read.
        """
        found: list[RecordingObject] = []

        def take(page: Page[RecordingObject]) -> None:
            found.extend(page.rows)

        if self.in_turns:
            self.pages = await each_page(partial(self._page_noticed, bucket), take, self._turn)
        else:
            self.pages = await each_page(partial(self._port.object_page, bucket), take)
        return tuple(found)

    async def _page_noticed(self, bucket: str, token: str) -> Page[RecordingObject]:
        say = partial(self._on_slow, self._clock.now())
        return await noticed(WAITS_S, self._port.object_page(bucket, token), say)
