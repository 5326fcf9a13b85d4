"""One run of the decoder over a film: how long it may take, and what it met."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rdpgui.core.ports import RangeReader
from rdpgui.media import reasons

MAX_PLACES = 10_000


@dataclass(slots=True)
class Deadline:
    """A limit for the work on a film, checked between packets.

    Waiting is no work on it: neither for bytes of a network, nor for a processor that others keep busy.

    Attributes:
        name: film name for the message. limit_s: seconds from now. reader: tells how long it waited.
    """

    name: str
    limit_s: float
    reader: RangeReader
    _end_mono_s: float = field(init=False)
    _end_cpu_s: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clocks."""
        self._end_mono_s = time.monotonic() + self.limit_s - self.reader.waited_s
        self._end_cpu_s = time.process_time() + self.limit_s

    def check(self) -> None:
        """Raise when the time is over.

        Raises:
            InspectionFailed: the limit was reached.
        """
        late = time.monotonic() - self.reader.waited_s > self._end_mono_s
        if late and time.process_time() > self._end_cpu_s:
            raise reasons.too_slow(self.name, self.limit_s)


@dataclass(slots=True)
class Run:
    """What decoding from one sample on met; filled while frames are taken.

    Attributes:
        shown: (pts, duration) in ticks of every packet read that is not hidden by an edit list.
        damaged: packets that are cut, corrupt or refused by the decoder, and frames with errors.
        errors: those of them whose bytes are all there.
        spoiled_from: number, among those shown, of the first packet with damage; what refers to it looks whole to the
            decoder, and is not. None when there is none.
        places: ticks of the damage, nearly; None for a place before the first packet.
        from_begin: decoding began with the film itself, so that no picture can need one that was left out.
    """

    shown: list[tuple[int, int]] = field(default_factory=list)
    damaged: int = 0
    errors: int = 0
    spoiled_from: int | None = None
    places: list[int | None] = field(default_factory=list)
    from_begin: bool = False

    def note_damage(self, pts: int | None, *, cut: bool = False, late: int = 0) -> None:
        """Count damage, unless it is of a frame that is shown before the key frame decoding began with.

        Such frames (of an open group of pictures) need what was not decoded; that is no fault of the film, unless
        nothing is before that key frame: then it is the times that are wrong.

        Args:
            pts: of the frame or packet, None when it is not known.
            cut: its bytes are not all in the file.
            late: so many packets may have been taken since the damaged one.
        """
        if pts is None or self.from_begin or not self.shown or pts >= self.shown[0][0]:
            self.damaged += 1
            self.errors += not cut
            if len(self.places) < MAX_PLACES:
                self.places.append(self.shown[-1][0] if pts is None and self.shown else pts)
            if self.spoiled_from is None:
                found = [at for at, (shown, _) in enumerate(self.shown) if shown == pts]
                # Noise that begins inside a packet may go unnoticed until the next one.
                late += not cut
                self.spoiled_from = max(0, (found[-1] if found else len(self.shown)) - late)

    def is_spoiled(self, pts: int) -> bool:
        """Say whether a frame comes, in decoding order, at or after the first damage."""
        if self.spoiled_from is None:
            return False
        return any(shown == pts for shown, _ in self.shown[self.spoiled_from :])
