"""What the logs of shells say of claim C6: lost when the instance stops abruptly, unless streamed.

A log that was not found is lost only where logs of shells are known to arrive: one did once, at the same destination.
Else a role without a permission would look like a lost log. And it counts only when the shell was still open when the
instance went down: one that was closed before had its log sent in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from rdpgui.core.ids import RunId
from rdpgui.core.shell_log import Finding, LogLooks, ShellContrast
from rdpgui.core.texts import N_

SENT_AT_END, STREAMED = "log-at-end", "log-streamed"
"""What has to have been seen before the claim counts as supported."""

TO_BE_SEEN = {
    SENT_AT_END: N_("a shell that was cut off and whose log is sent at its end"),
    STREAMED: N_("a shell that was cut off and whose log is streamed"),
}

STATED = timedelta(seconds=1)
"""EC2 states when it was told to stop an instance in whole seconds."""

GOES_ON = N_("The shell still goes on.")
STAYED_UP = N_("The instance was not seen to stop: the shell ended by itself, or with a restart.")
ENDED_BEFORE = N_("The shell had ended before the instance was told to stop.")
CANNOT_TELL = N_("Whether the shell was still open when the instance went down could not be told.")
SAVED_LATER = N_("The preferences were saved after the shell had begun: by which it was logged is not known.")
NOTHING_ARRIVED = N_(
    "No log of a shell was ever seen to arrive there: this one may have been kept away by something else. "
    "End one with exit first."
)
NOT_DECIDED = N_("What was found decides nothing about claim C6.")
COUNTS = N_("This shell counts for claim C6.")


def was_cut_off(contrast: ShellContrast) -> tuple[bool | None, str]:
    """Return whether the shell was cut off by its instance's going down (None: it cannot be told), and why not.

    Local times are compared with each other, and AWS's own with each other. AWS's decide: how long a session is listed
    as active that a person has left is not documented, so a listing tells only between times of one second.
    """
    end, saved_at = contrast.end, contrast.settings.saved_at
    if end.gone_at is None:
        return False, GOES_ON
    if end.down_at is None:
        return False, STAYED_UP
    if saved_at is not None and saved_at > contrast.started_at:
        return None, SAVED_LATER
    if end.ended_at is None or end.stop_ordered_at is None:
        return None, CANNOT_TELL
    if end.ended_at >= end.stop_ordered_at + STATED:
        return True, ""
    if end.ended_at < end.stop_ordered_at - STATED:
        return False, ENDED_BEFORE
    if end.active_at is not None and end.active_at >= end.down_at:
        return True, ""
    return None, CANNOT_TELL


def arrivals(contrasts: Iterable[ShellContrast]) -> frozenset[tuple[str, str]]:
    """Return kind and place of every destination where the log of a shell was found."""
    return frozenset(
        _way(looks) for contrast in contrasts for looks in contrast.looked if looks.finding is Finding.THERE
    )


def evidence(contrasts: Iterable[ShellContrast]) -> list[tuple[RunId, str, bool | None]]:
    """Return what each shell says: its session's id, what of the claim it is about, and whether it held.

    Args:
        contrasts: of one place; of a session that was looked at more than once the last one counts.
    """
    newest = tuple({contrast.session_id: contrast for contrast in contrasts}.values())
    arrived = arrivals(newest)
    rows: list[tuple[RunId, str, bool | None]] = []
    for contrast in newest:
        for looks in contrast.looked:
            streamed = looks.destination.streamed
            if streamed is not None and was_cut_off(contrast)[0]:
                rows.append((RunId(contrast.session_id), STREAMED if streamed else SENT_AT_END, _held(looks, arrived)))
    return rows


def why_it_counts(contrast: ShellContrast, contrasts: Iterable[ShellContrast]) -> str:
    """Return in one sentence why a shell says something of the claim, or why not."""
    cut, why = was_cut_off(contrast)
    if not cut:
        return why
    arrived = arrivals(contrasts)
    if any(_held(looks, arrived) is not None for looks in contrast.looked if looks.destination.streamed is not None):
        return COUNTS
    missing = any(looks.finding is Finding.NOT_THERE for looks in contrast.looked)
    return NOTHING_ARRIVED if missing else NOT_DECIDED


def _held(looks: LogLooks, arrived: frozenset[tuple[str, str]]) -> bool | None:
    """Whether the claim held at a destination of a shell that was cut off."""
    kept = bool(looks.destination.streamed)
    if looks.finding is Finding.THERE:
        return kept
    if looks.finding is Finding.NOT_THERE and _way(looks) in arrived:
        return not kept
    return None


def _way(looks: LogLooks) -> tuple[str, str]:
    return looks.destination.kind.value, looks.destination.where
