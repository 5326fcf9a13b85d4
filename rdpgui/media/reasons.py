"""Why a file is not a film that can be decoded: every reason the room gives, in one place."""

from __future__ import annotations

from rdpgui.core.errors import InspectionFailed, RecordingEncrypted, RecordingUnreadable
from rdpgui.core.texts import N_

_DOWNLOAD_AGAIN = N_("Download the object again and compare its size and checksum with S3.")


def missing(name: str, detail: str) -> InspectionFailed:
    """The file cannot be opened or read at all: that is of the disk or the path, and says nothing of a film."""
    return InspectionFailed(
        N_("{name} cannot be opened: {detail}."), N_("Check the path and its permissions."), name=name, detail=detail
    )


def became_shorter(name: str) -> InspectionFailed:
    """Somebody writes to the file while it is read: what is there tells nothing of what was."""
    return InspectionFailed(
        N_("{name} became shorter while it was read."),
        N_("Wait until nothing writes to it any more, or copy it, then look again."),
        name=name,
    )


def film_closed(name: str) -> RecordingUnreadable:
    """Asked for after its end: FFmpeg would read freed memory."""
    return RecordingUnreadable(N_("{name} was closed."), N_("Open it again."), name=name)


def empty(name: str) -> RecordingUnreadable:
    """Zero bytes."""
    return RecordingUnreadable(
        N_("{name} is empty (0 bytes)."),
        N_("Look at the object's size in S3: an empty object holds no recording."),
        name=name,
    )


def not_a_film(name: str, looks_like: str) -> RecordingUnreadable:
    """Another kind of file."""
    return RecordingUnreadable(
        N_("{name} is not an mp4 film: it looks like {looks_like}."),
        N_("Choose the recording's .mp4 object."),
        name=name,
        looks_like=looks_like,
    )


def index_missing(name: str) -> RecordingUnreadable:
    """No moov box: the usual fate of a plain mp4 whose writer died."""
    return RecordingUnreadable(
        N_("{name} has no index (moov box): the file was cut off, or its writer ended before finishing it."),
        _DOWNLOAD_AGAIN,
        name=name,
    )


def index_cut(name: str) -> RecordingUnreadable:
    """The moov box is not whole."""
    return RecordingUnreadable(N_("{name} is cut off inside its index (moov box)."), _DOWNLOAD_AGAIN, name=name)


def index_damaged(name: str, detail: str) -> RecordingUnreadable:
    """The container's structure cannot be read."""
    return RecordingUnreadable(N_("{name} has a damaged index: {detail}."), _DOWNLOAD_AGAIN, name=name, detail=detail)


def encrypted(name: str, scheme: str, key_id: str) -> RecordingEncrypted:
    """Protected from its first picture on: no download and no other player changes that."""
    return RecordingEncrypted(
        N_("{name} is encrypted ({scheme}, key id {key_id}): without its key no picture can be shown."),
        N_("Ask who set up the recording for a copy in clear; the file itself may be whole."),
        name=name,
        scheme=scheme,
        key_id=key_id or "–",
    )


def no_video(name: str) -> RecordingUnreadable:
    """No picture track."""
    return RecordingUnreadable(N_("{name} has no video track."), N_("Choose the recording's .mp4 object."), name=name)


def codec_not_supported(name: str, codec: str) -> RecordingUnreadable:
    """A codec that is not decoded here, by choice."""
    return RecordingUnreadable(
        N_("{name} is encoded as {codec}, which is not decoded here."),
        N_("Convert it to H.264 mp4 with a tool you trust, and keep the original as evidence."),
        name=name,
        codec=codec,
    )


def no_frames(name: str) -> RecordingUnreadable:
    """A valid container without a picture."""
    return RecordingUnreadable(
        N_("{name} holds no frames: the recording ended before its first picture."), _DOWNLOAD_AGAIN, name=name
    )


def all_hidden(name: str, count: int) -> RecordingUnreadable:
    """Pictures are stored, and none is to be shown."""
    return RecordingUnreadable(
        N_("An edit list of {name} hides all of its {count} pictures: no player shows one."),
        N_("Ask for the film as it was recorded, or take the edit list out of a copy: the pictures are in the file."),
        name=name,
        count=count,
    )


def nothing_decodes(name: str) -> RecordingUnreadable:
    """Frames are listed, none decodes without errors."""
    return RecordingUnreadable(
        N_("No frame of {name} can be decoded without errors: its picture data are damaged or missing."),
        _DOWNLOAD_AGAIN,
        name=name,
    )


def frame_not_decodable(name: str, at_s: float) -> RecordingUnreadable:
    """One wanted frame is damaged."""
    return RecordingUnreadable(
        N_("The frame of {name} at {at_s} s cannot be decoded without errors."),
        N_("Choose a neighbouring frame."),
        name=name,
        at_s=f"{at_s:.3f}",
    )


def too_slow(name: str, limit_s: float) -> InspectionFailed:
    """The time limit was reached."""
    return InspectionFailed(
        N_("Inspecting {name} took longer than {limit_s} s and was ended."),
        N_("The film may have no key frames to start from; raise the limit, or cut the film into parts."),
        name=name,
        limit_s=f"{limit_s:g}",
    )


def inspector_ended(name: str, detail: str) -> InspectionFailed:
    """The child that reads the file died on it: memory limit, CPU limit or a crash in a decoder."""
    return InspectionFailed(
        N_("The process that inspects {name} ended ({detail})."),
        N_("The file may be damaged or made to do harm; do not open it with other programs."),
        name=name,
        detail=detail,
    )


def inspector_closed(name: str) -> InspectionFailed:
    """The inspector was closed while a file was wanted."""
    return InspectionFailed(N_("{name} was not inspected: the program is closing."), "", name=name)


def no_such_frame(name: str, index: int, count: int) -> RecordingUnreadable:
    """A frame number outside the film."""
    return RecordingUnreadable(
        N_("{name} has no frame {index}: its frames are numbered from 0 to {last}."),
        N_("Choose a frame of the film."),
        name=name,
        index=index,
        last=count - 1,
    )
