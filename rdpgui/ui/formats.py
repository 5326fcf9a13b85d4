"""Times, sizes and spans as people read them: local time, with the zone named where it matters."""

from __future__ import annotations

from datetime import UTC, datetime

from rdpgui.core.verdict import Interval
from rdpgui.i18n import _

ABSENT = "–"


def clock(at: datetime | None, *, decimals: int = 0) -> str:
    """Return local ``14:02:11`` with up to 3 decimals of a second; a dash for None."""
    if at is None:
        return ABSENT
    local = at.astimezone()
    text = local.strftime("%H:%M:%S")
    return f"{text}.{local.microsecond:06d}"[: 9 + decimals] if decimals else text


def day_clock(at: datetime | None) -> str:
    """Return local date and time, ``2026-01-31 14:02``; only the time for today."""
    if at is None:
        return ABSENT
    local = at.astimezone()
    return local.strftime("%Y-%m-%d %H:%M:%S")


def zone(at: datetime | None = None) -> str:
    """Return the local zone as ``UTC+9``."""
    offset = (at or datetime.now(UTC)).astimezone().utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def size(size_bytes: int) -> str:
    """Return a size in binary units, as S3's console does."""
    value = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return ""


def seconds(value_s: float, *, decimals: int = 1) -> str:
    """Return a span of seconds."""
    return _("{n} s").format(n=f"{value_s:.{decimals}f}")


def span(value_s: float) -> str:
    """Return a longer span as ``4:12`` or ``1:04:12``."""
    whole = max(0, round(value_s))
    hours, rest = divmod(whole, 3600)
    minutes, rest_s = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest_s:02d}" if hours else f"{minutes}:{rest_s:02d}"


def interval(gap: Interval) -> str:
    """Return an interval as its middle and half width."""
    middle_s = round(gap.middle_s, 2) + 0.0  # never "-0.00"
    return _("{middle} s (±{half})").format(middle=f"{middle_s:.2f}", half=f"{gap.half_width_s:.2f}")
