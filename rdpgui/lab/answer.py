"""One HTTP answer, as the endpoint writes it and as moto gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: HTTP status.
        headers: names and values in order.
        body: the whole body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of that name in any case, empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")
