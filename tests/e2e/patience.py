"""The lab's pace with longer limits: what is right on a quiet machine is right on a busy one, only later."""

from __future__ import annotations

from dataclasses import replace

from rdpgui.core.settings import LAB_TIMING, Timing
from tests.helpers.limits import limit_s


def patient_timing() -> Timing:
    """Return the pace of runs that wait as long as this machine needs. What they find, and how it is judged, stays."""
    return replace(
        LAB_TIMING,
        connect_limit_s=limit_s(LAB_TIMING.connect_limit_s),
        session_end_limit_s=limit_s(LAB_TIMING.session_end_limit_s),
        overdue_factor=limit_s(LAB_TIMING.overdue_factor),
    )
