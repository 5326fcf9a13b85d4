"""What was shown last of each part of the window: a part that did not change is not rendered again."""

from __future__ import annotations


class Changes:
    """Remembers by the part's name what it was rendered from; shared by everything that renders one window."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[object, ...]] = {}

    def changed(self, part: str, *values: object) -> bool:
        """Say whether a part has to be rendered again; compares by identity first, so unchanged snapshots are free."""
        last = self._last.get(part, ())
        # Kept even when they are equal: what is compared by value today is the same object tomorrow.
        self._last[part] = values
        return len(last) != len(values) or not all(a is b or a == b for a, b in zip(last, values, strict=True))

    def forget(self) -> None:
        """Let everything be rendered again."""
        self._last.clear()
