"""Whether the live words of a table still hold; shared by its panel and the columns of its model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.ids import InstanceId


@dataclass(slots=True)
class Aging:
    """Decided by ``core/standing.py``.

    Attributes:
        seen_at: when the rows were last seen; None as long as their words hold.
        nodes_known: what Systems Manager says of them was read, too.
        read: the only rows whose words hold, None for all. rest_at: since when the others have not been read.
    """

    seen_at: datetime | None = None
    nodes_known: bool = True
    read: frozenset[InstanceId] | None = None
    rest_at: datetime | None = None

    def aged_at(self, key: InstanceId) -> datetime | None:
        """Return when a row was last seen, if that is all that can be said of it; None while its words hold."""
        if self.seen_at is not None or self.read is None or key in self.read:
            return self.seen_at
        return self.rest_at
