"""From nothing to an attached session: request access, open the connection, find its session."""

from __future__ import annotations

from collections.abc import Iterable

from rdpgui.core.cli import quoted
from rdpgui.core.errors import AwsError, GuardRefusal, NotConnected, RdpguiError
from rdpgui.core.ids import AccessRequestId, SessionId
from rdpgui.core.people_events import SessionAnswered, SessionQuestioned
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.refusal import Refusal
from rdpgui.core.run_events import ConnectionClosed, ConnectionOpened, SessionAttached, Source
from rdpgui.core.session import OVER, AccessType, Session, SessionOrigin, SessionStatus
from rdpgui.core.strangers import Whose, not_agreed, origin_known, said_mine, whose
from rdpgui.core.texts import N_
from rdpgui.runner.run_context import RunContext


async def connect(run: RunContext) -> OpenedConnection | None:
    """Attach the run to a session on its target, opening a connection when there is none.

    Returns:
        The connection that was opened, None when an open one is used.

    Raises:
        GuardRefusal: somebody else is connected on AWS, and nobody agreed to cut them off.
        NotConnected: access was not granted, or no session appeared within the limit.
        AwsError: opening was refused.
    """
    live = await _live(run)
    _refuse_others(run, live)
    existing = _existing(run, live)
    if existing is not None:
        text = N_("Using the open session {session} of {owner}.")
        run.note("info", text, session=existing.session_id, owner=existing.owner or "?")
        _attached(run, existing, origin_known(run.store.state, existing.session_id))
        return None
    request_id = await _access(run) if run.plan.access_type is AccessType.JUST_IN_TIME else None
    opened = await run.ports.opener.open(
        run.plan.instance_id, run.plan.access_type, request_id=request_id, attended=run.attended
    )
    run.emit(ConnectionOpened(run.now(), run.plan.run_id, opened.connection_id, opened.link, opened.by_person))
    if opened.by_person:
        _say_where(run, opened)
    known = frozenset(session.session_id for session in live if not _may_be_watched(run, session))
    try:
        await _attach(run, known, opened)
    except (RdpguiError, TimeoutError):
        await close_quietly(run, opened)
        raise
    return opened


def _existing(run: RunContext, live: Iterable[Session]) -> Session | None:
    """Return the open session to use: the caller's own, else, where the run disrupts, one that was agreed to."""
    fit = [s for s in _remote_desktops(live) if _usable(s) and s.access_type is run.plan.access_type]
    state, agreed = run.store.state, run.plan.agreed
    own = next((session for session in fit if whose(state, session) is Whose.OWN), None)
    return own or next((session for session in fit if session.session_id in agreed), None)


def _may_be_watched(run: RunContext, session: Session) -> bool:
    """Whether a person who only observes may mean this open session: its owner does not tell, so the run asks."""
    return run.plan.by_hand and whose(run.store.state, session) is Whose.UNTOLD


def _say_where(run: RunContext, opened: OpenedConnection) -> None:
    """Say where the person opens the connection, and as whom."""
    if not opened.link:
        run.note("info", N_("Open the connection in Fleet Manager: this Region's console has no published address."))
        return
    run.note("info", N_("Open the connection in the console: {link}"), link=opened.link)
    if opened.remark:
        run.note("info", opened.remark, principal=opened.principal)


def _refuse_others(run: RunContext, live: Iterable[Session]) -> None:
    """Whoever is connected is hit by the disruption, whichever session the run attaches to. By hand it only observes.

    Raises:
        GuardRefusal: a live session of somebody else is there, which nobody agreed to cut off.
    """
    refusal = _about_others(run, live)
    if refusal is not None:
        raise refusal.as_error()


async def refusal_for_others(run: RunContext) -> Refusal | None:
    """Read once more who is connected, right before the order: people come while the run waits and watches.

    Raises:
        AwsError: it cannot be read, so it is not known whom the order would hit.
    """
    return None if _only_observes(run) else _about_others(run, await _live(run))


def _about_others(run: RunContext, live: Iterable[Session]) -> Refusal | None:
    if _only_observes(run):
        return None
    stranger = not_agreed(run.store.state, live, run.plan.agreed)
    if stranger is None:
        return None
    return Refusal(
        "others-connected",
        N_("{owner} is connected to {instance}; nobody agreed to cut them off."),
        N_("Ask them, then run this disruption by itself and confirm it."),
        (("owner", stranger.owner or "?"), ("instance", run.plan.instance_id)),
    )


def _only_observes(run: RunContext) -> bool:
    return run.plan.lab or run.plan.by_hand


async def close_quietly(run: RunContext, opened: OpenedConnection) -> None:
    """End a connection that the run opened; a failure is noted, it changes nothing any more."""
    try:
        await close(run, opened)
    except RdpguiError as error:
        run.emit(ConnectionClosed(run.now(), run.plan.run_id, opened.connection_id, error.text()))


async def close(run: RunContext, opened: OpenedConnection) -> None:
    """End a connection that the run opened, and note it; on AWS only the person can, so nothing is noted."""
    await run.ports.opener.close(opened)
    if not opened.by_person:
        run.emit(ConnectionClosed(run.now(), run.plan.run_id, opened.connection_id))


def left_open(run: RunContext) -> OpenedConnection | None:
    """Return the connection that a run opened before its program ended, None when it is over or was another's."""
    opened, closed = run.state.opened, run.state.closed
    if opened is None or run.state.left is not None or (closed is not None and not closed.error):
        return None
    return OpenedConnection(opened.connection_id, opened.link, opened.by_person)


async def close_left_open(run: RunContext, opened: OpenedConnection) -> None:
    """Close what a run had opened and nothing ended; what only a person can close is named."""
    if opened.by_person:
        session = run.state.session
        if session is not None and await _may_be_open(run, session):
            text = N_(
                "The connection of session {session} ({owner}) is still open: close it in the browser, "
                "or end the session."
            )
            run.note("warning", text, session=session.session_id, owner=session.owner or "?")
    else:
        await close_quietly(run, opened)


async def _may_be_open(run: RunContext, session: Session) -> bool:
    try:
        return any(found.session_id == session.session_id for found in await _live(run))
    except AwsError:
        return True


async def _access(run: RunContext) -> AccessRequestId:
    with run.ordering(asked=True) as allowed:
        if not allowed:
            raise GuardRefusal(
                N_("Requesting just-in-time access to {instance} is an order, and it is not armed."),
                N_("Arm this instance first."),
                instance=run.plan.instance_id,
            )
        action = "ssm:StartAccessRequest"
        await run.announce(N_("About to call {action} on {target}."), action=action, target=run.plan.instance_id)
        request_id = await run.ports.access.request(run.plan.instance_id, f"rdpgui {run.plan.run_id}")
    run.note("info", N_("Access request {request} was made; waiting for approval."), request=request_id)
    deadline_mono_s = run.ports.clock.monotonic() + run.plan.connect_limit_s
    while True:
        status = await run.ports.access.status(request_id)
        if status == "Approved":
            run.note("info", N_("Access request {request} was approved."), request=request_id)
            return request_id
        if status != "Pending":
            raise NotConnected(
                N_("Access request {request} is {status}."),
                N_("Ask an approver, then run again."),
                request=request_id,
                status=status,
            )
        if run.ports.clock.monotonic() >= deadline_mono_s:
            raise NotConnected(
                N_("Access request {request} was not approved within {limit} s."),
                N_("Ask an approver, then run again."),
                request=request_id,
                limit=f"{run.plan.connect_limit_s:.0f}",
            )
        await run.ports.clock.sleep(run.timing.poll_run_s)


async def _attach(run: RunContext, known: frozenset[SessionId], opened: OpenedConnection) -> None:
    """Wait for a new active remote-desktop session on the target.

    Source: DescribeSessions lists GUI Connect's sessions with the port-forwarding document.
    """
    deadline_mono_s = run.ports.clock.monotonic() + run.plan.connect_limit_s
    failures, live, said = 0, list[Session](), set[tuple[SessionId, Whose]]()
    origin = SessionOrigin.PERSON if opened.by_person else SessionOrigin.PROGRAM
    while True:  # the last look comes after the limit, which may have passed while the machine slept
        try:
            live = await _live(run)
        except AwsError as error:
            if failures == 0:
                run.note("warning", N_("Reading {topic} failed: {error}"), topic="sessions", error=error.text())
            failures += 1
            live = []
        found = (s for s in _remote_desktops(live) if s.session_id not in known and _usable(s))
        ready = next((session for session in found if _may_take(run, session, opened, said)), None)
        if ready is not None:
            _attached(run, ready, origin)
            _say_access(run, ready)
            return
        if run.ports.clock.monotonic() >= deadline_mono_s:
            break
        await run.ports.clock.sleep(run.timing.poll_run_s / 2)
    _refuse_untold(run, live)
    _refuse_others(run, live)
    raise NotConnected(
        N_("No remote-desktop session appeared on {instance} within {limit} s."),
        N_("Open the connection in Fleet Manager, then run again."),
        instance=run.plan.instance_id,
        limit=f"{run.plan.connect_limit_s:.0f}",
    )


def _may_take(run: RunContext, session: Session, opened: OpenedConnection, said: set[tuple[SessionId, Whose]]) -> bool:
    """Whether a new session is the one that was asked for, by proof.

    Of one whose owner does not tell, a person is asked once; of somebody else's it is said once that it is not.
    """
    if opened.session_id is not None:
        return session.session_id == opened.session_id
    found = whose(run.store.state, session)
    if found is Whose.OWN:
        return True
    if (session.session_id, found) in said:
        return False
    said.add((session.session_id, found))
    if found is Whose.UNTOLD:
        run.emit(SessionQuestioned(run.now(), run.plan.run_id, session))
    else:
        text = N_("Session {session} is of {owner}, not of who runs this: it is not taken for the one asked for.")
        run.note("warning", text, session=session.session_id, owner=session.owner or "?")
    return False


def _refuse_untold(run: RunContext, live: Iterable[Session]) -> None:
    """End the wait with the question that nobody answered.

    Raises:
        GuardRefusal: a session is there, and nobody said whose it is.
    """
    asked = {question.session.session_id for question in run.state.questions}
    open_ = (s for s in live if s.session_id in asked and whose(run.store.state, s) is Whose.UNTOLD)
    session = next(open_, None)
    if session is not None:
        raise GuardRefusal(
            N_("Session {session} of {owner} is open on {instance}, and nobody said whether it is yours."),
            N_("If it is, run again and say so (on the command line: --mine {word})."),
            session=session.session_id,
            word=quoted(session.session_id),
            owner=session.owner or "?",
            instance=run.plan.instance_id,
        )


def _attached(run: RunContext, session: Session, origin: SessionOrigin) -> None:
    run.looked(Source.SESSION, run.timing.poll_run_s)
    run.emit(SessionAttached(run.now(), run.plan.run_id, session, origin))


def _say_access(run: RunContext, session: Session) -> None:
    """Say it when the session is not of the kind that was planned: what is observed counts from here on."""
    if session.access_type is not run.plan.access_type:
        text = N_("A {planned} session was planned; this one is {observed}, and the run counts as that.")
        run.note("warning", text, planned=run.plan.access_type.value, observed=session.access_type.value)


async def _live(run: RunContext) -> list[Session]:
    """Return every session on the target that is not over, whatever its document and whatever its row lacks."""
    listed = await run.ports.sessions.sessions(active=True, target=run.plan.instance_id)
    live = [session for session in listed if session.status not in OVER]
    for session in live:
        _take_at_the_word(run, session)
    return live


def _take_at_the_word(run: RunContext, session: Session) -> None:
    """Journal that a person said beforehand that a session is theirs, where nothing else proves it."""
    if said_mine(run.plan.mine, session) and whose(run.store.state, session) is not Whose.OWN:
        owner, by = session.owner, run.plan.said_by
        run.emit(SessionAnswered(run.now(), run.plan.run_id, session.session_id, owner, own=True, by=by))


def _remote_desktops(live: Iterable[Session]) -> list[Session]:
    return [session for session in live if session.may_be_remote_desktop and not session.flaws]


def _usable(session: Session) -> bool:
    return session.status is SessionStatus.CONNECTED
