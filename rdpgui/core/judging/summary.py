"""From a run's whole state to its line in the history."""

from __future__ import annotations

from rdpgui.core.ids import SessionId
from rdpgui.core.judging.claims import claim_facts
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import RunState


def summarise(run: RunState) -> RunSummary:
    """Return what the history says of a run. Total: it never raises, whatever the run has seen so far."""
    verdict, session, statement = run.verdict, run.session, run.statement
    gap = verdict.gap if verdict is not None else None
    facts = next((item.facts for item in reversed(run.inspected) if item.facts is not None), None)
    return RunSummary(
        run_id=run.run_id,
        started_at=run.started_at,
        status=run.status,
        phase=run.phase,
        ended_at=run.ended_at,
        place=run.place.key if run.place is not None else "",
        lab=run.plan.lab,
        instance_id=run.plan.instance_id,
        name=run.baseline.instance.name if run.baseline is not None else "",
        disruption=run.plan.disruption_id,
        access=run.access_type,
        planned_access=run.plan.access_type,
        by_hand=run.plan.by_hand,
        observed=proven_disruption(run) if run.plan.by_hand else run.plan.disruption_id,
        verdict=verdict.value if verdict is not None else None,
        reason=(verdict.cause if verdict is not None else "") or run.reason,
        gap_low_s=gap.low_s if gap is not None else None,
        gap_high_s=gap.high_s if gap is not None else None,
        film_s=facts.duration_s if facts is not None else None,
        session_id=session.session_id if session is not None else SessionId(""),
        recording=statement.status if statement is not None else None,
        basis=statement.basis if statement is not None else None,
        archived=run.archived,
        tester=run.remark.tester,
        ticket=run.remark.ticket,
        note=run.remark.note,
        claim=claim_facts(run) if verdict is not None else None,
    )
