"""All that a film's boxes say before anything is decoded: top level, tracks, protection."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.media import reasons
from rdpgui.media.boxes import Layout, read_layout
from rdpgui.media.continuity import Continuity
from rdpgui.media.protection import Protection, protection_of
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.timescale import mend_timescales
from rdpgui.media.tracks import Track, read_tracks


@dataclass(frozen=True, slots=True)
class Structure:
    """What the boxes say.

    Attributes:
        layout: the top level. tracks: of the index. protection: None when the pictures are in clear.
        mended: its units of time were found by other numbers than those that other players read.
        stored: interruptions of the file, where the film is read in another order than it is stored.
    """

    layout: Layout
    tracks: tuple[Track, ...]
    protection: Protection | None
    mended: bool = False
    stored: Continuity | None = None


def read_structure(file: BlockFile, name: str) -> Structure:
    """Return the structure of a film.

    Args:
        file: the film.
        name: its name, for messages.

    Raises:
        RecordingUnreadable: empty, clearly another kind of file, or encrypted from its first picture on.
    """
    layout = read_layout(file, name)
    mended = layout.has_index and not layout.index_cut and mend_timescales(file, name)
    tracks = read_tracks(file) if layout.has_index and not layout.index_cut else ()
    protection = protection_of(file, tracks, fragmented=layout.fragmented)
    if protection is not None and protection.whole and not protection.marked_only:
        raise reasons.encrypted(name, protection.scheme, protection.key_id)
    return Structure(layout, tracks, protection, mended)
