"""The only door to the rules. All else here knows events, snapshot and verdict, not how a verdict is made."""

from __future__ import annotations

from collections.abc import Callable

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.journal import rebuild
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, Verdict
from tests.hostile.course import Course

Judge = Callable[[RunState], Verdict]


def the_judge(run: RunState) -> Verdict:
    """Return the program's verdict."""
    return judge(run)


def snapshot(course: Course) -> RunState:
    """Return the run as its events rebuild it."""
    run = rebuild(course.events)
    assert run is not None
    return run


def judged_key(verdict: Verdict) -> str:
    """Return the key of the object that the verdict speaks of, empty when it names none."""
    for check in verdict.checks:
        if check.check_id is CheckId.OWN_RECORDING:
            return dict(check.fields).get("key", "")
    return ""


def filed_as(run: RunState) -> AccessType:
    """Return the access type under which the verdict is filed."""
    return run.access_type


def filed_effect(run: RunState) -> DisruptionId | None:
    """Return the disruption under which a run by hand is filed."""
    return proven_disruption(run)


def says_nobody_knows_who(verdict: Verdict) -> bool:
    """Whether the verdict says that it is not known who disrupted."""
    return any("by whom is not known" in check.text().lower() for check in verdict.checks)


def says_refused(verdict: Verdict) -> bool:
    """Whether the verdict says that nothing was done because the order was refused."""
    decisive = verdict.decisive
    return decisive is not None and decisive.check_id is CheckId.DISRUPTION_PROVEN and "refused" in decisive.cause
