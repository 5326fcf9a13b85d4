"""Is a film encrypted? By its boxes, for FFmpeg decodes noise without a word, or refuses without a reason.

A sample is encrypted when the description that it really uses is protected and no group says that it is clear.
``pssh``, ``senc`` or a second, unused description prove nothing: clear films carry them, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdpgui.core.errors import RecordingEncrypted
from rdpgui.media import reasons
from rdpgui.media.fragments import read_fragments
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.tracks import VIDEO, SampleEntry, Track


@dataclass(frozen=True, slots=True)
class Protection:
    """How a film is encrypted.

    Attributes:
        scheme: for example ``cenc``. key_id: hexadecimal, empty when it is not stated.
        codec: of the pictures underneath.
        from_sample: first encrypted sample, in films without fragments; None otherwise.
        from_byte: offset from which on nothing is clear; 0 when nothing is.
        from_s: film time of that offset, None when fragments do not state their times.
        marked_only: what a decryption would need is absent: the pictures may be in clear all the same.
    """

    scheme: str
    key_id: str
    codec: str
    from_sample: int | None = None
    from_byte: int = 0
    from_s: float | None = None
    marked_only: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing of the film is in clear."""
        return not self.from_sample and not self.from_byte


def refusal(name: str, protection: Protection | None) -> RecordingEncrypted | None:
    """Return why a film that does not play does not: it is marked as encrypted, and so it is.

    A muxer may leave out of the fragments what a decryption needs; then only the pictures tell.

    Args:
        name: of the film.
        protection: what its boxes say; None gives None.
    """
    return None if protection is None else reasons.encrypted(name, protection.scheme, protection.key_id)


def protection_of(file: BlockFile, tracks: tuple[Track, ...], *, fragmented: bool) -> Protection | None:
    """Return how the pictures are encrypted, None when they are in clear.

    Args:
        file: the film.
        tracks: its tracks.
        fragmented: it has moof boxes.
    """
    for track in tracks:
        if track.handler != VIDEO or not any(entry.scheme for entry in track.entries):
            continue
        found = _outside_fragments(track)
        if found is None and fragmented:
            found = _in_fragments(file, track)
        if found is not None:
            return found
    return None


def _outside_fragments(track: Track) -> Protection | None:
    if not track.samples or track.all_clear:
        return None
    entries = [entry for number in track.used or (1,) if (entry := _entry(track, number)) is not None]
    entry = next((entry for entry in entries if entry.scheme), None)
    if entry is None:
        return None
    if track.first_protected is not None:
        return _protection(entry, auxiliary=track.auxiliary, from_sample=track.first_protected)
    return _protection(entry, auxiliary=track.auxiliary) if entry.protected else None


def _in_fragments(file: BlockFile, track: Track) -> Protection | None:
    seen_clear = track.samples > 0
    zero_tick: int | None = None
    for fragment in read_fragments(file, track):
        entry = _entry(track, fragment.entry)
        encrypted = bool(entry and entry.scheme) and fragment.grouped is not False
        encrypted = encrypted and bool(fragment.grouped or (entry and entry.protected))
        if entry is not None and encrypted and not seen_clear:
            return _protection(entry, auxiliary=fragment.auxiliary)
        if entry is not None and encrypted:
            known = fragment.begin_tick is not None and zero_tick is not None and track.timescale
            from_s = ((fragment.begin_tick or 0) - (zero_tick or 0)) / track.timescale if known else None
            found = _protection(entry, auxiliary=fragment.auxiliary)
            return replace(found, from_byte=fragment.start, from_s=from_s)
        zero_tick = fragment.begin_tick if zero_tick is None else zero_tick
        seen_clear = seen_clear or fragment.samples > 0
    return None


def _entry(track: Track, number: int) -> SampleEntry | None:
    return track.entries[number - 1] if 0 < number <= len(track.entries) else None


def _protection(entry: SampleEntry, *, auxiliary: bool, from_sample: int | None = None) -> Protection:
    marked_only = not (auxiliary or entry.constant_iv)
    return Protection(entry.scheme, entry.key_id, entry.codec, from_sample, marked_only=marked_only)
