"""Opening a film: FFmpeg's demuxer over ranged reads, and which of its tracks holds the recording."""

from __future__ import annotations

from dataclasses import replace

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.ports import RangeReader
from rdpgui.core.texts import N_
from rdpgui.media import reasons
from rdpgui.media.boxes import Layout
from rdpgui.media.continuity import continuity_of
from rdpgui.media.disorder import in_order
from rdpgui.media.edits import has_edits
from rdpgui.media.film import Film
from rdpgui.media.protection import refusal
from rdpgui.media.remote_file import LOCAL_BLOCK_BYTES, REMOTE_BLOCK_BYTES, BlockFile, LocalReader
from rdpgui.media.samples import MAX_SAMPLES
from rdpgui.media.structure import Structure, read_structure
from rdpgui.media.tracks import VIDEO

DECODERS = ("h264", "hevc", "mpeg4", "av1", "vp9", "mjpeg")
"""Codecs decoded here; FFmpeg's other few hundred decoders are no part of the attack surface."""
_WHITELIST = "h264,hevc,mpeg4,libdav1d,av1,vp9,libvpx-vp9,mjpeg"
_BOX_HEADER_BYTES = 8
_NO_DECODER = "none"
"""Holds for the demuxer's own look at the first pictures; frames are decoded by the stream's decoder all the same."""


def open_film(reader: RangeReader, name: str, *, reordered: bool = True) -> Film:
    """Open an mp4 over ranged reads.

    Args:
        reader: its bytes; stays the caller's.
        name: for messages.
        reordered: frames may be decoded in another order than they are shown. FFmpeg then decodes up to twenty
            pictures to learn how; a film that is known to keep the order opens 10 to 20 ms sooner.

    Raises:
        RecordingUnreadable: not a film, or without index, video or frames.
    """
    local = isinstance(reader, LocalReader)
    file = BlockFile(reader, block_bytes=LOCAL_BLOCK_BYTES if local else REMOTE_BLOCK_BYTES)
    decoders = _WHITELIST if reordered else _NO_DECODER
    return _in_order(_opened(file, name, read_structure(file, name), decoders), decoders)


def _opened(file: BlockFile, name: str, structure: Structure, decoders: str) -> Film:
    layout = structure.layout
    _leave_out_segment_indexes(file, layout)
    _leave_out_cut_fragment(file, layout)
    file.seek(0)
    try:
        container = _open_container(file, name, layout, decoders)
    except RecordingUnreadable as error:
        raise refusal(name, structure.protection) or error from error
    try:
        stream = _picture_stream(container)
        if stream is not None and not layout.fragmented and all(entry.is_discard for entry in stream.index_entries):
            _refuse_hidden(file, structure, stream, name)
        return Film(file, name, structure, container, _checked(container, stream, name, layout))
    except BaseException:
        container.close()
        raise


def _refuse_hidden(file: BlockFile, structure: Structure, stream: VideoStream, name: str) -> None:
    """Name what hides all pictures.

    Raises:
        RecordingUnreadable: an edit list does.
    """
    stored = next((track.samples for track in structure.tracks if track.track_id == stream.id), 0)
    if stored and not structure.layout.index_cut and has_edits(file, stream.id):
        raise reasons.all_hidden(name, stored)


def _in_order(film: Film, decoders: str) -> Film:
    """Return a film whose fragments are read in the order of their times, where they lie in another one."""
    if not film.layout.fragmented or not film.samples.goes_back:
        return film
    pictures = [track for track in film.structure.tracks if track.handler == VIDEO]
    file = in_order(film.file, film.layout, pictures[0]) if len(pictures) == 1 else None
    if file is None:
        return film
    stored = continuity_of(film.file, pictures[0], film.layout)
    cut = film.samples.last_whole_sample() != len(film.samples) - 1
    film.close()
    structure = read_structure(file, film.name)
    layout = replace(structure.layout, truncated=film.layout.truncated or cut)
    return _opened(file, film.name, replace(structure, layout=layout, stored=stored), decoders)


def _leave_out_segment_indexes(file: BlockFile, layout: Layout) -> None:
    """Let FFmpeg list all fragments at once: behind an index that reaches the end of the film it lists some only.

    Source: FFmpeg mov.c, mov_read_sidx (``frag_index.complete``); ISO/IEC 14496-12 §8.16.3 (sidx), §8.1.2 (free).
    """
    for box in layout.boxes:
        if box.kind == "sidx":
            file.overlay(box.start + 4, b"free")


def _leave_out_cut_fragment(file: BlockFile, layout: Layout) -> None:
    """Let FFmpeg open a film that ends inside the headers of a fragment, which have no media yet: it refuses some."""
    last = layout.boxes[-1]
    if last.cut and last.kind == "moof" and file.size_bytes - last.start >= _BOX_HEADER_BYTES:
        file.overlay(last.start + 4, b"free")


def _open_container(file: BlockFile, name: str, layout: Layout, decoders: str) -> InputContainer:
    try:
        container = av.open(
            file,
            mode="r",
            format="mov",
            options={"codec_whitelist": decoders, "protocol_whitelist": "none", "enable_drefs": "0"},
            metadata_errors="replace",
            buffer_size=file.block_bytes,
        )
    except (av.error.FFmpegError, ValueError, OverflowError) as error:  # or numbers that no track can have
        if file.failure is not None:
            raise file.failure from error
        raise layout.refusal(name, error) from error
    if not isinstance(container, InputContainer):  # only for the type checker: mode "r" gives nothing else
        raise reasons.index_damaged(name, N_("it cannot be read"))
    if file.failure is not None:
        container.close()
        raise file.failure
    return container


def _picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the track that holds the recording, None when there is no picture track.

    A cover picture, a track without samples or a small preview may stand before it: what covers the most time, then
    has the largest picture, then the most samples is the recording.
    """
    streams = [item for item in container.streams.video if not item.disposition & Disposition.attached_pic]
    lengths = {item.index: _covered_s(item) for item in streams}
    longest_s = max(lengths.values(), default=0.0)
    long = [item for item in streams if item.index_entries and lengths[item.index] >= longest_s / 2]
    return max(long or streams or list(container.streams.video), key=_size_of, default=None)


def _covered_s(stream: VideoStream) -> float:
    entries = stream.index_entries
    if len(entries) < 2:
        return 0.0
    return float((entries[len(entries) - 1].timestamp - entries[0].timestamp) * (stream.time_base or 0))


def _size_of(stream: VideoStream) -> tuple[int, int, int]:
    context: VideoCodecContext | None = getattr(stream, "codec_context", None)
    area = context.width * context.height if context is not None else 0
    return (area, len(stream.index_entries), -stream.index)


def _checked(container: InputContainer, stream: VideoStream | None, name: str, layout: Layout) -> VideoStream:
    """Return the stream when it can be read.

    Raises:
        RecordingUnreadable: with the reason why not.
    """
    if stream is None:
        raise reasons.index_cut(name) if layout.index_cut else reasons.no_video(name)
    # PyAV's stubs do not say it, but there is no context when FFmpeg has no decoder.
    context: VideoCodecContext | None = getattr(stream, "codec_context", None)
    codec = "an unknown codec" if context is None else context.codec.canonical_name
    if codec not in DECODERS and layout.index_cut:
        raise reasons.index_cut(name)
    if codec not in DECODERS:
        raise reasons.codec_not_supported(name, codec)
    if len(stream.index_entries) > min(MAX_SAMPLES, container.size):
        raise reasons.index_damaged(name, "it lists more frames than the file can hold")
    if len(stream.index_entries) == 0:
        raise reasons.index_cut(name) if layout.index_cut else reasons.no_frames(name)
    return stream
