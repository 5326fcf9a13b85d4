"""Whether the live words of a table still hold; shared by its panel and the columns of its model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Aging:
    """Decided by ``core/standing.py``.

    Attributes:
        seen_at: when the rows were last seen; None as long as their words hold.
        nodes_known: what Systems Manager says of them was read, too.
    """

    seen_at: datetime | None = None
    nodes_known: bool = True
