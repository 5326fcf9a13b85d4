"""A question that several checks share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from rdpgui.core.errors import RdpguiError

T = TypeVar("T")


class Once(Generic[T]):
    """Asked once, at the first need, by whoever comes first."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._lock = asyncio.Lock()
        self._values: list[T] = []
        self._error: RdpguiError | None = None

    async def get(self) -> T:
        """Return the answer, or raise what asking raised."""
        async with self._lock:
            if not self._values and self._error is None:
                try:
                    self._values.append(await self._ask())
                except RdpguiError as error:
                    self._error = error
        if self._error is not None:
            raise self._error
        return self._values[0]
