"""What the film panel says about a film."""

from __future__ import annotations

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still, Watched
from rdpgui.core.film_notes import film_notes
from rdpgui.i18n import N_, _, fill
from rdpgui.ui import formats
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player.film_clock import FilmClock

_CODECS = {"h264": "H.264", "hevc": "H.265", "av1": "AV1", "vp9": "VP9", "mpeg4": "MPEG-4", "mjpeg": "Motion JPEG"}

_TOLD_APART_S = 0.15
"""Frames of most recordings are nearer to each other: the picture of a moment is the one that was asked for."""


def title(film: PlacedFilm) -> str:
    """Return what a person knows a film by: instance and session, else the name of the object or file."""
    origin = film.origin
    if origin is None:
        return film.name or film.path.name
    instance = origin.instance_id
    if origin.instance_name:
        instance = _("{name} ({instance})").format(name=origin.instance_name, instance=origin.instance_id)
    return " · ".join([instance, _("session of {time}").format(time=formats.day_clock(origin.session_at))])


def header(film: PlacedFilm) -> str:
    """Return title, size, codec, length and what is odd about it."""
    facts = film.facts
    codec = _CODECS.get(facts.codec, facts.codec)
    parts = [title(film), f"{facts.width}×{facts.height}", codec, formats.seconds(facts.duration_s)]
    parts += [fill(text, dict(fields)) for text, fields in film_notes(facts)]
    return " · ".join(parts)


def elapsed(at_s: float, duration_s: float | None) -> str:
    """Return film time and length; empty without a film."""
    return f"{span(at_s)} / {span(duration_s)}" if duration_s is not None else ""


def span(value_s: float) -> str:
    """Return a length as minutes and seconds with a tenth."""
    minutes, tenths = divmod(round(max(0.0, value_s) * 10), 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{tenths / 10:04.1f}" if hours else f"{minutes}:{tenths / 10:04.1f}"
    return f"{hours}:{text}" if hours else text


def time_text(clock: FilmClock, at_s: float, *, decimals: int = 3) -> str:
    """Return the wall clock of a film time; the film's own time when that is unknown."""
    at = clock.wall_at(at_s)
    if at is not None:
        return formats.clock(at, decimals=decimals)
    minutes, rest_s = divmod(max(0.0, at_s), 60)
    return f"+{int(minutes)}:{rest_s:0{3 + decimals}.{decimals}f}"


def still_caption(clock: FilmClock, still: Still, frame_count: int, *, last: bool) -> str:
    """Return the caption of an exact still."""
    parts = [time_text(clock, still.pts_s)]
    if still.index is not None:
        text = _("frame {n} / {count}")
        if last:
            whole = still.index + 1 >= frame_count
            text = _("frame {n} / {count} (last frame)") if whole else _("frame {n} / {count} (last that decodes)")
        parts.append(text.format(n=still.index + 1, count=frame_count))
    elif last:
        parts.append(_("last frame"))
    return "   ".join(parts)


def held_caption(clock: FilmClock, own_s: float, at_s: float, end_s: float) -> str:
    """Return up to when, or at which other time that was asked for, a still is shown; empty when it is its own.

    Args:
        clock: of the reel, as all times here.
        own_s: when the picture began.
        at_s: the time asked for.
        end_s: when the film ends.
    """
    if at_s - own_s < _TOLD_APART_S:
        return ""
    text = _("shown until {time}") if at_s >= end_s else _("also shown at {time}")
    return text.format(time=time_text(clock, at_s))


def seen_text(seen: Watched, at_s: float) -> str:
    """Return what of pictures that stand still or are black lies around a time, with its span; empty for nothing."""
    for spans, text in (
        (seen.spoiled, N_("damaged {begin} – {end}")),
        (seen.black, N_("black {begin} – {end}")),
        (seen.frozen, N_("frozen {begin} – {end}")),
        (seen.duplicate, N_("repeated {begin} – {end}")),
    ):
        found = next((item for item in spans if item.begin_s <= at_s < item.end_s), None)
        if found is not None:
            return _(text).format(begin=span(found.begin_s), end=span(found.end_s))
    return ""


def moving_caption(clock: FilmClock, at_s: float, rate: float) -> str:
    """Return the caption of a playing film, whose frames are not counted."""
    text = time_text(clock, at_s, decimals=1)
    return text if rate == 1.0 else f"{text}   {rate:g}×"


def error_text(error: RdpguiError) -> tuple[str, str]:
    """Return what happened and the remedy in the language in use."""
    remedy = fill(error.remedy, error.fields) if error.remedy else ""
    return fill(error.template, error.fields), remedy


def loop_text(begin_s: float | None, end_s: float | None, clock: FilmClock) -> str:
    """Return the ends of the loop; empty without one."""
    if begin_s is None and end_s is None:
        return ""
    begin = formats.ABSENT if begin_s is None else time_text(clock, begin_s, decimals=1)
    end = formats.ABSENT if end_s is None else time_text(clock, end_s, decimals=1)
    return f"A {begin}  B {end}"
