"""What people are asked and say of a run, and do with it; each carries the run's id and stands in its journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.ids import RunId, SessionId
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.core.session import Session
from rdpgui.core.verdict import VisualConfirmation


@dataclass(frozen=True, slots=True)
class SessionQuestioned:
    """A session is there whose owner does not tell who opened it: the run takes it for its own on a yes only."""

    at: datetime
    run_id: RunId
    session: Session


@dataclass(frozen=True, slots=True)
class SessionAnswered:
    """A person said whether a session is the one that they opened; ``owner`` was named to them."""

    at: datetime
    run_id: RunId
    session_id: SessionId
    owner: str
    own: bool
    by: str


@dataclass(frozen=True, slots=True)
class RunArchived:
    """A person put a run away, or took it back: it is kept, and as long as it is away nothing counts it."""

    at: datetime
    run_id: RunId
    away: bool
    by: str


@dataclass(frozen=True, slots=True)
class RunRemarked:
    """A person wrote on a run who tested it, for what, and a note: the newest holds, and it is no evidence.

    ``by`` is empty where nobody did: the names are those that the settings keep for the runs to come.
    """

    at: datetime
    run_id: RunId
    remark: Remark
    by: str


@dataclass(frozen=True, slots=True)
class VisuallyConfirmed:
    """A person's own answer, by name and time."""

    at: datetime
    run_id: RunId
    confirmation: VisualConfirmation


@dataclass(frozen=True, slots=True)
class ConfirmationWithdrawn:
    """A person takes the answer to "I see the shutdown" back; both stay in the journal."""

    at: datetime
    run_id: RunId
    by: str


@dataclass(frozen=True, slots=True)
class ConsoleWordEntered:
    """A person entered what the AWS console says of the recording."""

    at: datetime
    run_id: RunId
    word: ConsoleWord
    by: str


@dataclass(frozen=True, slots=True)
class FilmClockAdjusted:
    """A person moved the film on the clock; ``offset_s`` in all is added to where the evidence puts it.

    For looking only: no verdict and no gap takes it into account.
    """

    at: datetime
    run_id: RunId
    offset_s: float
    by: str
