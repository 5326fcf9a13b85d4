"""How far the instance's own clock is off AWS's: what its boot time and its uptime counter say together."""

from __future__ import annotations

from rdpgui.core.clocks import WHOLE_SECOND_S, shifted
from rdpgui.core.judging.clock_track import ClockTrack
from rdpgui.core.judging.onset import LONGEST_UP_S, UPTIME_SLACK_S
from rdpgui.core.run_events import BootTimeRead
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval


def guest_off(run: RunState, clock: ClockTrack) -> Interval | None:
    """Return the instance's clock minus AWS's before the disruption, seconds; None where nobody measured it.

    Windows states its boot time by its own clock, and how long ago that was by a counter that no correction moves:
    their sum is what its clock said when it was asked. What it says after a boot is of another clock.

    Args:
        run: its readings.
        clock: the local clock, by which they are dated.
    """
    order = run.disruption_intent
    found = [_off(read, clock) for read in run.boot_reads if order is None or read.at <= order.at]
    known = [item for item in found if item is not None]
    if not known:
        return None
    return Interval(min(item.low_s for item in known), max(item.high_s for item in known))


def _off(read: BootTimeRead, clock: ClockTrack) -> Interval | None:
    if read.uptime_s is None or not 0.0 <= read.uptime_s <= LONGEST_UP_S:
        return None
    says_at = shifted(read.boot_at, read.uptime_s)
    asked_at = clock.on_aws(read.asked_at or shifted(read.at, -UPTIME_SLACK_S)).low_at
    low_s = (says_at - clock.on_aws(read.at).high_at).total_seconds()
    return Interval(low_s, (says_at - asked_at).total_seconds() + WHOLE_SECOND_S)
