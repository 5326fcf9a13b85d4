"""What is seen of a run's console picture; ``screen`` says which pictures there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.freshness import Look
from rdpgui.core.ids import RunId


@dataclass(frozen=True, slots=True)
class ScreenRead:
    """The console's picture of the target was taken, or could not be; not journalled: the folder of pictures tells.

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
