"""Field notes of sessions and disruptions: times are counted from what began them, and by nobody else's signs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.noted import WordingEntered
from rdpgui.core.notes.collect import notes_of, record_of
from rdpgui.core.notes.model import FieldNote, Sureness
from rdpgui.core.objects_before import steps_of
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.run_events import (
    BaselineTaken,
    BootTimeRead,
    ConnectionChanged,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    SessionSeenAgain,
)
from rdpgui.core.session import Session
from tests.unit.core.notes_kit import AWS, READ, good, note, notes, told
from tests.unit.core.samples import (
    RUN,
    T0,
    alone,
    at,
    begin,
    disrupted,
    ended,
    recorded,
    restarted,
    session,
)

LOST, BACK = ConnectionStatus.NOT_CONNECTED, ConnectionStatus.CONNECTED
REBOOT = DisruptionId.EC2_REBOOT


def _times(events: Sequence[RunEvent], note_id: str = "6.ec2-stop") -> dict[str, str]:
    return dict(note(notes(events), note_id).findings[0].fields)


# -- item 6: counted from the order -----------------------------------------------------------------


def test_that_an_agent_that_was_lost_before_the_order_was_not_lost_by_it() -> None:
    before = [ConnectionChanged(at(3.0), RUN, LOST, at(2.6)), ConnectionChanged(at(5.0), RUN, BACK, at(4.6))]
    events = good()
    assert _times([*events[:5], *before, *events[5:]])["agent"] == _times(events)["agent"] == "2.4 … 2.8"


def test_that_an_agent_that_came_back_is_not_lost() -> None:
    back = [replace(e, status=BACK) if isinstance(e, ConnectionChanged) else e for e in good()]
    assert _times(back)["agent"] == "–"


@pytest.mark.parametrize(
    ("before_s", "agent"), [(10.4, "2.4 … 2.8"), (10.8, "2.8"), (7.0, "0.0 … 2.8"), (None, "0.0 … 2.8")]
)
def test_that_a_loss_that_was_seen_by_polls_lies_between_two_of_them(before_s: float | None, agent: str) -> None:
    seen = None if before_s is None else at(before_s)
    events = [replace(e, not_before_at=seen) if isinstance(e, ConnectionChanged) else e for e in good()]
    assert _times(events)["agent"] == agent


def test_that_times_are_stamped_with_the_end_of_the_session_or_with_what_began_them() -> None:
    assert note(notes(good()), "6.ec2-stop").findings[0].at == at(10.6)
    goes_on = [*begin(), *disrupted()]
    assert note(notes(goes_on), "6.ec2-stop").findings[0].at == at(8.0)


@pytest.mark.parametrize(
    ("signs", "since_s"),
    [
        (disrupted()[3:], 8.4),
        ([ConnectionChanged(at(6.0), RUN, LOST, at(5.6)), *disrupted()[3:]], 6.0),
        # That the agent is there, or came back, is no sign of a shutdown.
        ([ConnectionChanged(at(5.0), RUN, BACK, at(4.6)), *disrupted()[3:]], 8.4),
    ],
)
def test_that_what_a_person_did_began_with_its_first_sign(signs: list[RunEvent], since_s: float) -> None:
    events = [*begin(by_hand=True), *signs, *ended(), *recorded(), READ]
    found = [f for one in notes(events).notes if one.question.item == 6 for f in one.findings]
    (finding,) = found
    low, _, high = dict(finding.fields)["left"].partition(" … ")
    assert float(high or low) == pytest.approx(10.6 - since_s, abs=0.06)


def test_that_without_an_order_and_without_a_sign_nothing_was_measured() -> None:
    quiet = [e for e in good() if not isinstance(e, IntentRecorded | InstanceChanged | ConnectionChanged)]
    assert note(notes(quiet), "6.ec2-stop").sure is Sureness.NOT_SEEN


@pytest.mark.parametrize("kind", [DisruptionId.CONTROL_NONE, DisruptionId.CONTROL_DISCONNECT])
def test_that_a_control_measures_no_disruption(kind: DisruptionId) -> None:
    found = notes([*begin(kind), *ended(), *recorded(), READ])
    assert {one.sure for one in found.notes if one.question.item == 6} == {Sureness.NOT_SEEN}


# -- item 8: does it go on after a restart? -----------------------------------------------------------


def _restarted(*more: RunEvent, near: NeighboursRead | None = None) -> list[RunEvent]:
    read = near or replace(alone(), at=at(60.0))
    events = [*begin(REBOOT), *restarted(REBOOT), *ended(), *recorded(), READ, *more]
    return [read if event == alone() else event for event in events]


def _resumed(events: Sequence[RunEvent]) -> FieldNote:
    return note(notes(events), "8.resumes")


@pytest.mark.parametrize(
    ("changes", "second"),
    [
        ({}, True),
        ({"target": InstanceId("i-0bbbbbbbbbbbbbbbb")}, False),  # of another machine
        ({"started_at": at(2.0)}, False),  # from before the restart
        ({"started_at": at(6.0)}, False),
    ],
)
def test_that_only_a_later_session_on_the_same_machine_is_a_second_connection(
    changes: dict[str, object], second: bool
) -> None:
    other: Session = replace(session(session_id=SessionId("s-2"), started_at=at(40.0)), **changes)  # type: ignore[arg-type]
    found = _resumed(_restarted(near=replace(alone(other), at=at(60.0))))
    assert any("s-2" in text for text in told(found)) is second
    assert len(found.findings) == 1 + second


def test_that_a_session_that_was_seen_again_before_the_boot_did_not_survive_it() -> None:
    early = SessionSeenAgain(at(2.0), RUN, session())
    events = _restarted()
    begun = len(begin(REBOOT))
    found = _resumed([*events[:begun], early, *events[begun:]])
    assert told(found)[0].startswith("The session was over (Terminated)")


def test_that_what_is_said_of_a_session_is_stamped_with_the_look_at_it() -> None:
    goes_on = [*begin(REBOOT), *restarted(REBOOT)]
    assert _resumed(goes_on).findings[0].at == at(13.5), "of the boot time that was read"
    again = SessionSeenAgain(at(20.0), RUN, session())
    assert _resumed([*goes_on, *ended(), again]).findings[0].at == at(20.0)
    assert _resumed(_restarted()).findings[0].at == at(60.0)
    unread = [event for event in _restarted() if not isinstance(event, NeighboursRead)]
    found = _resumed(unread)
    assert (found.findings[0].at, found.sure) == (at(10.6), Sureness.HINT)


def test_that_a_restart_without_a_boot_says_nothing_of_what_came_after_it() -> None:
    unread = [event for event in _restarted() if not isinstance(event, BootTimeRead)]
    assert _resumed(unread).sure is Sureness.NOT_SEEN


# -- whose notes ----------------------------------------------------------------------------------------


def test_that_a_place_that_was_not_recorded_has_no_notes_of_places() -> None:
    """A note of some place must not count for runs of which nobody knows where they were."""
    wording = WordingEntered(T0, AWS, ConsoleWord.FAILED, "失敗", "ja", "ann")
    for place in (None, Place("default")):
        assert note(notes_of(place, True, [], [wording]), "9.Failed").sure is Sureness.NOT_SEEN
    assert notes_of(None, False, []).lab is False
    assert notes_of(Place("default"), False, []).lab is True, "it is the lab's, whoever says otherwise"


def test_that_questions_that_no_run_answers_say_what_helps_before_any_run() -> None:
    for one in notes_of(AWS, False, []).notes:
        assert (one.why_not == "No run of this place was read.") is (one.question.item not in (1, 9))


def test_that_a_run_whose_list_of_objects_lies_beside_it_is_told_with_it() -> None:
    data = b"".join(steps_of([("k", "e"), ("l", "f")]))
    events = [
        replace(e, object_keys=(), objects_sha256=hashlib.sha256(data).hexdigest())
        if isinstance(e, BaselineTaken)
        else e
        for e in good()
    ]  # fmt: skip
    found = record_of(events, data)
    assert found is not None and found.run.baseline is not None
    assert found.run.baseline.object_keys == (("k", "e"), ("l", "f"))
    without = record_of(events)
    assert without is not None and without.run.baseline is not None and without.run.baseline.object_keys == ()
    with pytest.raises(JournalDamaged):
        record_of(events, data + b"\n")
    inline = record_of(good(), b"another file that lies there")
    assert inline is not None, "what stands in the journal's line needs no file"
    assert record_of(good()[1:], data) is None
