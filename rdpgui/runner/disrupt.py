"""The only caller of the mutating calls: guards, journal, then one call that is never repeated.

Order of every action: emergency latch and guards -> rehearsal (EC2 DryRun) -> who else is connected -> intent,
journalled and fsynced -> the call -> accepted, or failed with whether its outcome is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    CredentialsExpired,
    DisruptionRefused,
    MalformedAnswer,
    NotFound,
    Unreachable,
)
from rdpgui.core.guards import action_refusals, refuse_emergency
from rdpgui.core.judging.onset import earliest_delay_s
from rdpgui.core.kinds.kind import Disruption, Ec2Call, FilmShows, GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.refusal import Refusal, TargetFacts
from rdpgui.core.run_events import ActionAccepted, ActionFailed, IntentRecorded
from rdpgui.core.session import OVER
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.runner.concurrency import within
from rdpgui.runner.connecting import refusal_for_others
from rdpgui.runner.run_context import RunContext

SETTLE_LOOKS = 10
"""Polls after a call that was answered with an error, in which EC2 would show what it does: a stop shows at once."""

LATE_S = 240.0
"""An operating system may take this long to obey; EC2 forces it after some minutes."""

CUT_AFTER_S = 1.5
"""Between the intent and the call of an order that no screen shows."""

LAST_LOOK_S = 3.0
"""Longest wait for the last look at the session before such a call."""

_OBEYED_LATE = frozenset({"ssm:SendCommand", "ec2:RebootInstances"})

_Call = Callable[[], Awaitable[object]]


class Outcome(StrEnum):
    """What became of an action."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


async def disrupt(run: RunContext, facts: TargetFacts) -> Outcome:
    """Issue the run's disruption once.

    Args:
        run: the run, with its session attached.
        facts: the target as just read.

    Returns:
        UNKNOWN when the call may have taken effect: the caller observes, and never repeats it.

    Raises:
        AwsError: it could not be read whom else the order would hit; nothing was ordered.
    """
    disruption = DISRUPTIONS[run.plan.disruption_id]
    action = disruption.action
    refusal = partial(_first_refusal, run, facts, disruption)
    early = refusal()
    if early is not None:
        return _refuse(run, early, action)
    if isinstance(disruption.order, Ec2Call) and await _rehearsal_refuses(run, disruption.order):
        return Outcome.REFUSED
    others = await refusal_for_others(run)
    if others is not None:
        return _refuse(run, others, action)
    # That took time: the latch may have fallen meanwhile.
    latched = refuse_emergency(emergency=run.store.state.emergency)
    if latched is not None:
        return _refuse(run, latched, action)
    return await _act(run, disruption.disruption_id, action, _call(run, disruption), refusal)


def _first_refusal(run: RunContext, facts: TargetFacts, disruption: Disruption) -> Refusal | None:
    refusals = action_refusals(
        facts,
        disruption,
        arming=run.store.state.arming_for(run.plan.instance_id, run.plan.run_id),
        emergency=run.store.state.emergency,
        session=run.state.session if run.state.left is None else None,
        now=run.now(),
    )
    return refusals[0] if refusals else None


async def start_again(run: RunContext) -> Outcome:
    """Start the instance again after a halt."""
    latched = refuse_emergency(emergency=run.store.state.emergency)
    if latched is not None:
        return _refuse(run, latched, RESTORE_ACTION)
    call = partial(run.ports.disruptions.start, run.plan.instance_id)
    return await _act(run, run.plan.disruption_id, RESTORE_ACTION, call)


async def _act(
    run: RunContext,
    disruption_id: DisruptionId,
    action: str,
    call: _Call,
    refusal: Callable[[], Refusal | None] | None = None,
) -> Outcome:
    """Record the intent, wait for the disk, ask the guards once more (``refusal``), and call once."""
    run_id, target = run.plan.run_id, run.plan.instance_id
    await _intend(run, IntentRecorded(run.now(), run_id, disruption_id, action, target))
    late = refusal() if refusal is not None else refuse_emergency(emergency=run.store.state.emergency)
    if late is not None:  # the disk took its time
        return _refuse(run, late, action)
    before = _signs(run.state)
    try:
        answer = await call()
    except AwsError as error:
        run.emit(ActionFailed(run.now(), run_id, action, error.text(), outcome_known=False))
        if isinstance(error, Unreachable | MalformedAnswer) or await _took_effect(run, action, before):
            return Outcome.UNKNOWN
        run.emit(ActionFailed(run.now(), run_id, action, error.text(), outcome_known=True))
        return Outcome.REFUSED
    except asyncio.CancelledError:
        run.emit(ActionFailed(run.now(), run_id, action, N_("cancelled while waiting"), outcome_known=False))
        raise
    run.emit(ActionAccepted(run.now(), run_id, action, "" if answer is None else str(answer)))
    return Outcome.ACCEPTED


async def _intend(run: RunContext, intent: IntentRecorded) -> None:
    """Wait until the intent is on disk; who is cancelled meanwhile makes no call, and the journal says so."""
    try:
        await run.keep(intent)
    except asyncio.CancelledError:
        text = N_("cancelled before the call")
        run.emit(ActionFailed(run.now(), intent.run_id, intent.action, text, outcome_known=True))
        raise


async def _took_effect(run: RunContext, action: str, before: tuple[int, int]) -> bool:
    """Whether a call that was answered with an error shows an effect all the same.

    A refused answer is no refusal: what it asked for may have been done before the error arose. The call is never
    repeated; the pollers look for as long as its effect could take to show.
    """
    looks_s = SETTLE_LOOKS * run.timing.poll_run_s
    if action in _OBEYED_LATE and not run.plan.lab:
        looks_s = max(looks_s, LATE_S)

    def shows(now: RunState) -> bool:
        left = now.left is not None and action != RESTORE_ACTION
        return left or _signs(now) != before

    return await run.until(shows, earliest_delay_s(run.plan) + looks_s)


def _signs(run: RunState) -> tuple[int, int]:
    return len(run.instance_changes), len(run.connection_changes)


def _call(run: RunContext, disruption: Disruption) -> _Call:
    order, target = disruption.order, run.plan.instance_id
    if isinstance(order, GuestScript):
        order = order.delayed(run.plan.os_delay_s)
    if isinstance(order, Ec2Call | GuestScript):
        call = partial(run.ports.disruptions.perform, order, target)
        return call if disruption.film is not FilmShows.CUT else partial(_cut, run, call)
    session = run.state.session
    assert session is not None  # noqa: S101  (the guards asked for a session)
    return partial(run.ports.sessions.terminate, session.session_id)


async def _cut(run: RunContext, call: _Call) -> object:
    """Give an order that no screen shows, right after a last look at the session.

    The session may end within milliseconds of the call: only a poll that begins between intent and call
    can tell that it did not end before. And no screen shows it, for example a power cut: its film shows that it was
    live at the order only if it goes on for a moment after it, so the call is made a moment later.
    """
    begun_at = run.now()
    try:
        look = run.ports.sessions.sessions(active=True, target=run.plan.instance_id)
        listed = await within(LAST_LOOK_S, look)
    except (AwsError, TimeoutError) as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="sessions", error=str(error) or LAST_LOOK_S)
    else:
        own = run.state.session
        if own is not None and any(s.session_id == own.session_id and s.status not in OVER for s in listed):
            run.seen_active_at = begun_at
    elapsed_s = (run.now() - begun_at).total_seconds()
    await run.ports.clock.sleep(min(CUT_AFTER_S, max(0.0, CUT_AFTER_S - elapsed_s)))
    return await call()


async def _rehearsal_refuses(run: RunContext, order: Ec2Call) -> bool:
    """Say whether EC2's DryRun forbids the call; when it says neither yes nor no, the call itself decides."""
    action = order.action
    text = N_("About to rehearse {action} on {target} (DryRun).")
    await run.announce(text, action=action, target=run.plan.instance_id)
    try:
        allowed = await run.ports.disruptions.rehearse(order, run.plan.instance_id)
    except (AccessDenied, CredentialsExpired, NotFound) as error:
        # The call itself would get the same answer; nothing was tried yet, so nothing can be half done.
        run.emit(ActionFailed(run.now(), run.plan.run_id, action, error.text(), outcome_known=True))
        return True
    except AwsError as error:
        run.note("warning", N_("The rehearsal of {action} failed: {error}"), action=action, error=error.text())
        return False
    if allowed is False:
        text = N_("The rehearsal (DryRun) says that {action} is not allowed.")
        run.emit(ActionFailed(run.now(), run.plan.run_id, action, text.format(action=action), outcome_known=True))
        return True
    return False


def _refuse(run: RunContext, refusal: Refusal, action: str) -> Outcome:
    run.note("error", refusal.reason, **dict(refusal.fields))
    run.emit(ActionFailed(run.now(), run.plan.run_id, action, refusal.text(), outcome_known=True))
    return Outcome.REFUSED


def may_act(run: RunState) -> bool:
    """Whether an order of the run may still take effect: it was accepted, or nobody knows what became of it."""
    return bool(run.accepted) or (bool(run.failed) and not run.failed[-1].outcome_known)


def refused(run: RunContext) -> DisruptionRefused:
    """Return the error of a run whose disruption was refused."""
    failed = run.state.failed
    return DisruptionRefused(
        N_("The disruption was refused: {error}"), error=failed[-1].error if failed else run.plan.disruption_id.value
    )
