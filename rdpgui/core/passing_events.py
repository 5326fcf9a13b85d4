"""Events of a run that pass: they are shown while it goes on, and never journalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.freshness import Look
from rdpgui.core.ids import RunId
from rdpgui.core.run_events import Source


@dataclass(frozen=True, slots=True)
class Progressed:
    """Progress of long work (download). ``total`` 0 = unknown."""

    at: datetime
    run_id: RunId
    work: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A poller of the run had a good look. Until the next is due, live words may rest on it."""

    at: datetime
    run_id: RunId
    source: Source
    look: Look


@dataclass(frozen=True, slots=True)
class ScreenRead:
    """The console's picture of the target was taken, or could not be; the folder of pictures keeps it.

    Attributes:
        name: of the newest picture, see ``core.screen``; empty when this one could not be taken.
        look: of this reading, None when it failed.
        kept: pictures in the run's folder.
        error: why there is none, an empty text when there is one.

    Source: ec2:GetConsoleScreenshot.
    """

    at: datetime
    run_id: RunId
    name: str
    look: Look | None = None
    kept: int = 0
    error: str = ""


PassingEvent = Progressed | Looked | ScreenRead
