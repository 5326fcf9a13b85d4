"""What the run log says of each event, and how loud: one line of plain words, whatever stands in its values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import (
    Armed,
    Disarmed,
    EmergencyReset,
    EmergencyStopped,
    HandActionEnded,
    HandActionIntended,
    InstancesObserved,
    PlaceOpened,
    PollFailed,
    PollWaits,
    RunDeleted,
    SessionsObserved,
    Topic,
)
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import Event
from rdpgui.core.ids import ConnectionId, Region, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.log_lines import ERROR, INFO, UNWORDED, WARNING, line_for
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
    SessionAnswered,
    SessionQuestioned,
    VisuallyConfirmed,
)
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.core.repair import Repair, RepairKind
from rdpgui.core.repair_events import RepairEnded, RepairIntended
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    ConnectionClosed,
    ConnectionOpened,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    NoteAdded,
    PhaseEntered,
    RunEnded,
    SessionSeenAgain,
    Source,
    SourceUnread,
    VerdictReached,
)
from rdpgui.core.sign_in import SignInNeed
from rdpgui.core.verdict import Verdict, VerdictValue, VisualConfirmation
from tests.unit.core.samples import ACCOUNT, REGION, RUN, TARGET, at, begin, ended, item, recorded, session

A, S = at(1.0), SessionId("s-1")
STOP = "ec2:StopInstances"
TAG = Repair(RepairKind.KEY_TAG, "key-1", None, "true")

OF_A_RUN: list[tuple[Event, str, str]] = [
    (begin()[0], INFO, f"Run started: ec2-stop on {TARGET}, Standard session."),
    (PhaseEntered(A, RUN, Phase.STEADY), INFO, "Phase: steady."),
    (IntentRecorded(A, RUN, D.EC2_STOP, STOP, TARGET), INFO, f"About to call {STOP} on {TARGET}."),
    (ActionAccepted(A, RUN, STOP, ""), INFO, f"{STOP} was accepted."),
    (ActionFailed(A, RUN, STOP, "No {braces}.", outcome_known=True), ERROR, f"{STOP} failed: No {{braces}}."),
    (
        ActionFailed(A, RUN, STOP, "Lost.", outcome_known=False),
        WARNING,
        f"{STOP} got no answer and may have taken effect; it is not repeated: Lost.",
    ),
    (ConnectionOpened(A, RUN, ConnectionId("c"), "", by_person=False), INFO, "The connection was opened."),
    (ConnectionClosed(A, RUN, ConnectionId("c")), INFO, "The connection was ended by the program."),
    (ConnectionClosed(A, RUN, ConnectionId("c"), "No."), WARNING, "The connection could not be closed: No."),
    (
        InstanceChanged(A, RUN, InstanceState.STOPPED, "Client.X", "", None),
        INFO,
        "Instance state: stopped (Client.X).",
    ),
    (InstanceChanged(A, RUN, InstanceState("melted"), "", "", None), INFO, "Instance state: melted."),
    (ConnectionChanged(A, RUN, ConnectionStatus.NOT_CONNECTED, None), INFO, "Connection status: notconnected."),
    (BootTimeRead(A, RUN, at(0.75)), INFO, "Last boot: 2026-01-05T09:00:01+00:00."),
    (ended()[0], INFO, "Session s-1 is no longer active (end: 2026-01-05T09:00:10.250000+00:00)."),
    (SessionSeenAgain(A, RUN, session()), WARNING, "Session s-1 is listed as active again: it goes on."),
    (CandidatesFound(A, RUN, (item(), item(key="b"))), INFO, "New objects in the window: 2."),
    (recorded()[1], INFO, "Recording saved: k.bin."),
    (recorded()[2], INFO, "Recording inspected: k.bin."),
    (
        NeighboursRead(A, RUN, A, (session(),), True),
        INFO,
        "Other sessions that could have made a recording meanwhile: 1.",
    ),
    (NeighboursRead(A, RUN, A, (), False), WARNING, "The other sessions of the account could not be read."),
    (
        SourceUnread(at(31.4), RUN, Source.CONNECTION, at(1.0)),
        WARNING,
        f"Nobody looked for 30 s: {Source.CONNECTION.value} was not read, or its answer was long in coming.",
    ),
    (
        SourceUnread(at(1.0), RUN, Source.CONNECTION, at(9.0)),
        WARNING,
        f"Nobody looked for 0 s: {Source.CONNECTION.value} was not read, or its answer was long in coming.",
    ),
    (VerdictReached(A, RUN, Verdict(VerdictValue.PASS, ())), INFO, "Verdict: pass."),
    (RunEnded(A, RUN, RunStatus.COMPLETED, ""), INFO, "Run ended: completed."),
    (RunEnded(A, RUN, RunStatus.ABORTED, "by hand"), WARNING, "Run ended: aborted: by hand"),
    (NoteAdded(A, RUN, "error", "{a} broke.", (("a", "It"),)), ERROR, "It broke."),
]
BY_PEOPLE: list[tuple[Event, str, str]] = [
    (VisuallyConfirmed(A, RUN, VisualConfirmation(True, "ana", A)), INFO, "ana sees the shutdown."),
    (VisuallyConfirmed(A, RUN, VisualConfirmation(False, "ana", A)), INFO, "ana does not see the shutdown."),
    (ConfirmationWithdrawn(A, RUN, "ana"), INFO, "ana takes back what was said of the shutdown."),
    (ConsoleWordEntered(A, RUN, ConsoleWord.FAILED, "ana"), INFO, "ana entered what the console says: Failed."),
    (RunArchived(A, RUN, True, "ana"), INFO, "ana put this run away."),
    (RunArchived(A, RUN, False, "ana"), INFO, "ana took this run back."),
    (RunRemarked(A, RUN, Remark("ana", "T-1", "n"), ""), INFO, "Tester and ticket of the settings stand on this run."),
    (
        RunRemarked(A, RUN, Remark("ana", "T-1", "n"), "bob"),
        INFO,
        "bob wrote on this run who tested it, for what, or a note.",
    ),
    (FilmClockAdjusted(A, RUN, 1.0, "ana"), INFO, "ana set the offset of the film's clock to +1.00 s."),
    (FilmClockAdjusted(A, RUN, -0.256, "ana"), INFO, "ana set the offset of the film's clock to -0.26 s."),
    (
        SessionQuestioned(A, RUN, session(owner="")),
        WARNING,
        "The owner of session s-1, ?, does not tell who opened it: is it yours?",
    ),
    (SessionAnswered(A, RUN, S, "role", True, "ana"), INFO, "ana opened session s-1 of role."),
    (SessionAnswered(A, RUN, S, "role", False, "ana"), INFO, "ana did not open session s-1 of role."),
]
OF_THE_ACCOUNT: list[tuple[Event, str, str]] = [
    (PlaceOpened(A, Place(scenario="default")), INFO, "The lab (LAB) is opened: scenario default."),
    (PlaceOpened(A, Place(region=REGION)), INFO, "AWS is opened: us-east-1."),
    (PlaceOpened(A, Place(region=Region(""))), INFO, "AWS is opened: -."),
    (PlaceOpened(A, Place(region=REGION, endpoint="h:1")), INFO, "The endpoint h:1 is opened: us-east-1."),
    (PollFailed(A, Topic.OBJECTS, "No.", "Wait."), WARNING, "Reading objects failed: No."),
    (PollFailed(A, Topic.OBJECTS, "Ended.", "", SignInNeed()), WARNING, "Nobody is signed in: Ended."),
    (Armed(A, ACCOUNT, REGION, TARGET, at(300.0)), WARNING, f"Armed: {TARGET}."),
    (Disarmed(A, "time is up"), INFO, "Read-only again (time is up)."),
    (EmergencyStopped(A), ERROR, "Emergency stop: no new action until it is reset."),
    (EmergencyReset(A), INFO, "Emergency stop reset."),
    (HandActionIntended(A, STOP, TARGET, "ana"), INFO, f"By hand (ana): about to call {STOP} on {TARGET}."),
    (
        HandActionIntended(A, "ssm:TerminateSession", TARGET, "ana", S),
        INFO,
        f"By hand (ana): about to call ssm:TerminateSession on session s-1 ({TARGET}).",
    ),
    (HandActionEnded(A, STOP, TARGET, "", True), INFO, f"{STOP} was accepted."),
    (HandActionEnded(A, STOP, TARGET, "No.", True), ERROR, f"{STOP} failed: No."),
    (
        HandActionEnded(A, STOP, TARGET, "Lost.", False),
        WARNING,
        f"{STOP} got no answer and may have taken effect; it is not repeated: Lost.",
    ),
    (
        RepairIntended(A, ACCOUNT, REGION, TAG, "ana"),
        INFO,
        "By hand (ana): about to call kms:TagResource on key-1.",
    ),
    (
        RepairIntended(A, ACCOUNT, REGION, TAG.undo(), "ana", undoes=True),
        INFO,
        "By hand (ana): about to call kms:UntagResource on key-1.",
    ),
    (RepairEnded(A, TAG, "", True), INFO, "kms:TagResource was accepted."),
    (RepairEnded(A, TAG, "No.", True), ERROR, "kms:TagResource failed: No."),
    (RunDeleted(A, RUN, "ana", True), WARNING, "ana moved the run r-1 to the wastebasket."),
    (RunDeleted(A, RUN, "ana", False), WARNING, "ana deleted the run r-1 for good."),
]


@pytest.mark.parametrize(("event", "level", "text"), [*OF_A_RUN, *BY_PEOPLE, *OF_THE_ACCOUNT])
def test_that_an_event_has_one_line_that_says_what_happened(event: Event, level: str, text: str) -> None:
    line = line_for(event)
    assert line is not None
    assert (line.level, line.shown(), line.at) == (level, text, event.at)
    assert line.run_id == getattr(event, "run_id", None)


@pytest.mark.parametrize(
    "event",
    [
        ClockSampled(A, RUN, 1.0, "life", None, None),
        ConnectionOpened(A, RUN, ConnectionId("c"), "link", by_person=True),  # the person did, and knows
        PollWaits(A, Topic.OBJECTS, A, "s3"),
        InstancesObserved(A, (), ()),
        SessionsObserved(A, ()),
    ],
)
def test_that_what_nobody_wants_to_read_has_no_line(event: Event) -> None:
    assert line_for(event) is None


def test_that_a_film_that_cannot_be_read_is_a_warning_with_its_reason() -> None:
    broken = replace(recorded()[2], facts=None, error="no {container}")  # type: ignore[arg-type]
    line = line_for(broken)
    assert line is not None
    assert (line.level, line.shown()) == (WARNING, "k.bin is not a film that can be read: no {container}")


def test_that_an_event_without_words_is_a_line_that_says_so() -> None:
    nameless = replace(ended()[0], session=None)  # type: ignore[arg-type]  # what no journal of ours holds
    line = line_for(nameless)
    assert line is not None
    assert (line.level, line.text) == (ERROR, UNWORDED)
    assert "SessionLeftActive" in line.shown()
    assert "AttributeError" in line.shown()
