"""A verdict derived again from a journal alone, by the rules of this version.

What is judged is the evidence as it stood when the verdict was written: what restoring the instance changed later says
nothing of the recording. What a person said since then counts, because the verdict asks for it. A journal of an earlier
version holds less; what it lacks is named, and no rule reads it as "there was none".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import RunEvent
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.judging.judge import judge
from rdpgui.core.objects_before import put_aside, with_objects
from rdpgui.core.people_events import ConfirmationWithdrawn, VisuallyConfirmed
from rdpgui.core.recording import RecordingObject
from rdpgui.core.reduce import reduce_run
from rdpgui.core.run_events import RunStarted, VerdictReached
from rdpgui.core.session import SessionOrigin
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, Verdict


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a journal of this version holds and this one does not.

    Attributes:
        lack_id: machine word. text: English message id.
    """

    lack_id: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedAnew:
    """A verdict derived again.

    Attributes:
        run: the evidence that was judged.
        program_version: of the program that began the run.
        verdict: by the rules of this version. written: what the journal says, None when it says nothing.
        said_since: whether a person answered, or took the answer back, after the verdict was written.
        lacks: what the journal does not hold.
    """

    run: RunState
    program_version: str
    verdict: Verdict
    written: Verdict | None
    said_since: bool
    lacks: tuple[Lack, ...]

    @property
    def holds(self) -> bool | None:
        """Whether the verdict written then still holds; None when none was written."""
        return None if self.written is None else self.written.value is self.verdict.value

    def written_check(self, check: Check) -> Check | None:
        """Return what was written then of the same check, None when nothing was."""
        checks = self.written.checks if self.written is not None else ()
        return next((known for known in checks if known.check_id is check.check_id), None)


def judge_journal(lines: Iterable[str], objects: bytes | None = None) -> JudgedAnew:
    """Return the verdict on a run from the lines of its journal.

    Args:
        lines: complete lines.
        objects: the file beside it that lists what lay in the bucket before, None when there is none.

    Raises:
        JournalDamaged: the chain is broken, an event is unknown, or it is not the journal of one run.
    """
    events, _end = read_journal(lines)
    if not events:
        raise _untrusted(N_("it is empty"))
    begin = events[0]
    if not isinstance(begin, RunStarted):
        raise _untrusted(N_("it does not begin with the start of a run"))
    if any(isinstance(event, RunStarted) or event.run_id != begin.run_id for event in events[1:]):
        raise _untrusted(N_("it holds lines of two runs"))
    return _judged(begin, events, objects)


def _untrusted(reason: str) -> JournalDamaged:
    text, remedy = (
        N_("The journal cannot be trusted: {reason}."),
        N_("Take it from a backup or from the evidence pack."),
    )
    return JournalDamaged(text, remedy, reason=reason)


def _judged(begin: RunStarted, events: Sequence[RunEvent], objects: bytes | None) -> JudgedAnew:
    """Return the verdict on the run that began with ``begin``, from all events of its journal."""
    places = [place for place, event in enumerate(events) if isinstance(event, VerdictReached)]
    until = places[-1] if places else len(events)
    run, whole = rebuild(events[:until]), rebuild(events)
    assert run is not None and whole is not None  # noqa: S101  (they begin with the run's start)
    if run.is_open:  # an earlier verdict of the run itself froze nothing: the last one was written on what came since
        run = replace(run, judged=None)
    if objects is not None and put_aside(run):
        run = with_objects(run, objects)
    since = [event for event in events[until:] if isinstance(event, VisuallyConfirmed | ConfirmationWithdrawn)]
    for event in since:
        run = reduce_run(run, event)
    lacks = (*lacks_of(run), *((_NO_END,) if whole.is_open else ()))
    return JudgedAnew(run, begin.program_version, judge(run), whole.verdict, bool(since), lacks)


def lacks_of(run: RunState) -> tuple[Lack, ...]:
    """Return what the verdict could rest on and the journal does not hold: nobody looked, or nobody wrote it down."""
    if run.attached is None:  # it came to nothing before there was anything to look at
        return ()
    read = run.destination
    origins = {run.attached.origin, read.origin if read is not None else SessionOrigin.UNKNOWN}
    found = (
        (not run.clock_samples, _NO_CLOCK),
        (run.neighbours is None, _NO_NEIGHBOURS),
        (read is None, _NO_DESTINATION),
        (origins == {SessionOrigin.UNKNOWN}, _NO_ORIGIN),
        (any(_of_a_kms_key(item) and not item.kms_key for item in run.candidates), _NO_OBJECT_KEY),
        (run.place is None, _NO_PLACE),
        (put_aside(run), _NO_OBJECTS),
    )
    return tuple(lack for missing, lack in found if missing)


def _of_a_kms_key(item: RecordingObject) -> bool:
    return item.server_side_encryption.startswith("aws:kms")


_NO_CLOCK = Lack("clock", N_("how the local clock went during the run: it was measured once only"))
_NO_NEIGHBOURS = Lack("neighbours", N_("which other sessions of the account could have made the film"))
_NO_DESTINATION = Lack("destination", N_("what was read of the recording destination when the wait ended"))
_NO_ORIGIN = Lack("session-origin", N_("whether the session was a remote desktop of GUI Connect or a local tunnel"))
_NO_OBJECT_KEY = Lack("object-key", N_("with which key the recording is encrypted"))
_NO_PLACE = Lack("place", N_("which scenario of the lab it was"))
_NO_OBJECTS = Lack("objects-before", N_("which objects lay in the bucket before the run: their list is not beside it"))
_NO_END = Lack("end", N_("the end of the run: its last line is missing"))
