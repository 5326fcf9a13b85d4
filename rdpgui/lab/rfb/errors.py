"""What can go wrong between two ends of RFB."""

from __future__ import annotations

from enum import StrEnum


class CloseKind(StrEnum):
    """How a connection came to its end, as far as the socket can tell.

    A killed peer usually looks ``orderly``: its kernel sends FIN for it.
    """

    ORDERLY = "orderly"
    LOST = "lost"
    PROTOCOL = "protocol"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOCAL = "local"


class RfbProtocolError(Exception):
    """The peer sent bytes that RFB 3.8 does not allow here, or more than we accept."""


class RfbClosed(Exception):
    """The peer is gone.

    Attributes:
        reason: one sentence for a log.
        kind: how the connection ended.
    """

    def __init__(self, reason: str, kind: CloseKind = CloseKind.LOST) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
