"""Which player plays: the first that can, and the exact one where the others' pictures and times drift apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from rdpgui.ui.player.backend import Backend, BackendFactory

EXACT_BELOW_RATE = 1.0
"""libvlc paces its way from the key frame by the slowed clock: seconds of standing still."""
EXACT_FROM_RATE = 8.0
"""libvlc does not know the times of its pictures; so fast, that is half a second of film."""


class Roster(QObject):
    """The players in the order of preference, each made when it is first needed.

    Args:
        factories: at least one; the last one makes the exact player.

    Signals:
        picture, ended, failed: as of a ``Backend``, of the player whose turn it is; what others still tell is dropped.
    """

    picture = Signal(QImage, float)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, factories: Sequence[BackendFactory], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factories = tuple(factories)
        self._made: dict[int, Backend] = {}
        self._missing: set[int] = set()
        self._at = self._preferred = 0

    @property
    def current(self) -> Backend:
        """The player whose turn it is."""
        if self._at not in self._made:
            self._made[self._at] = self._make(self._factories[self._at])
        return self._made[self._at]

    @property
    def made(self) -> tuple[Backend, ...]:
        """Every player that was needed so far."""
        return tuple(self._made.values())

    @property
    def name(self) -> str:
        """Name of the player whose turn it is; empty before it is needed."""
        return self._made[self._at].name if self._at in self._made else ""

    def is_current(self, player: object) -> bool:
        """Whether it is a player's turn."""
        return player is self._made.get(self._at)

    @property
    def is_last(self) -> bool:
        """Whether nobody is left to take over from the player whose turn it is."""
        return self._next_usable(self._at + 1) is None

    def begin(self, *, exact: bool) -> None:
        """Begin with another film: every player that is not missing gets its chance with it.

        Args:
            exact: only the exact player shows the film as it is.
        """
        self._at = self._preferred = self._exact if exact else self._next_usable(0) or 0

    def choose(self, rate: float) -> bool:
        """Let the right one play at a speed; says whether another one's turn is over by that."""
        drifts = rate < EXACT_BELOW_RATE or rate >= EXACT_FROM_RATE
        before, self._at = self._at, self._preferred
        if drifts and self._exact not in self._missing:
            self._at = self._exact
        return self._at != before

    def fall_back(self, *, missing: bool) -> bool:
        """Let the next one play for the rest of the film; says whether there is one.

        Args:
            missing: the one whose turn it was cannot be used at all, and is not asked again.
        """
        if missing:
            self._missing.add(self._at)
        following = self._next_usable(self._at + 1)
        if following is not None:
            self._at = self._preferred = following
        return following is not None

    @property
    def _exact(self) -> int:
        return len(self._factories) - 1

    def _next_usable(self, begin: int) -> int | None:
        return next((at for at in range(begin, len(self._factories)) if at not in self._missing), None)

    def _make(self, factory: BackendFactory) -> Backend:
        made = factory(self)
        made.picture.connect(self._on_picture)
        made.ended.connect(self._on_ended)
        made.failed.connect(self._on_failed)
        return made

    def _on_picture(self, image: QImage, at_s: float) -> None:
        if self.is_current(self.sender()):
            self.picture.emit(image, at_s)

    def _on_ended(self) -> None:
        if self.is_current(self.sender()):
            self.ended.emit()

    def _on_failed(self, error: object) -> None:
        if self.is_current(self.sender()):
            self.failed.emit(error)
