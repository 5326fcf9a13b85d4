"""From a run and its newest picture to what the stage says, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.run import Phase
from rdpgui.core.screen import ScreenPicture, every_s
from rdpgui.core.state import RunState
from rdpgui.i18n import _, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.stage.live_picture import StageWords

_WAITED_FOR = frozenset({Phase.PROCESSING, Phase.VERIFYING, Phase.RESTORING})


def taken(picture: ScreenPicture) -> str:
    """Return what a picture is and when it was taken."""
    time = f"{formats.clock(picture.answered_at, decimals=1)} {formats.zone(picture.answered_at)}"
    return _("EC2 console screenshot, taken {time}").format(time=time)


def pace(run: RunState) -> str:
    """Return how often the screen is looked at."""
    return _("about every {n} s").format(n=f"{every_s(lab=run.plan.lab):g}")


def usual(run: RunState, phase: Phase) -> str:
    """Return how long a phase usually takes, empty where nobody can say."""
    statement = run.statement
    if phase is Phase.STEADY:
        return _("usually {n} s").format(n=f"{run.plan.steady_s:g}")
    if phase is Phase.PROCESSING and statement is not None and statement.usual_s is not None:
        low_s, high_s = statement.usual_s
        return _("usually {low}–{high} s").format(low=f"{low_s:g}", high=f"{high_s:g}")
    return ""


def stage_words(
    run: RunState, shown: ScreenPicture | None, seen: ScreenRead | None, *, live: bool, now: datetime
) -> StageWords:
    """Return what stands on the stage.

    Args:
        run: the run that is looked at.
        shown: the picture, None without one.
        seen: the newest reading.
        live: the picture that is shown still says what is on the screen.
        now: on the local clock.
    """
    caption = taken(shown) if shown is not None else ""
    if run.left is not None or run.phase in _WAITED_FOR:
        return _waiting(run, caption, now)
    if live and caption:
        return StageWords(_("{picture}, live").format(picture=caption))
    why = retell(seen.error) if seen is not None and seen.error else ""
    if shown is not None:
        last = _("last seen at {time}").format(time=formats.clock(shown.answered_at, decimals=1))
        return StageWords(
            _("Last picture: {picture}").format(picture=caption),
            _("What is on the screen now is unknown"),
            tuple(filter(None, (last, why))),
        )
    return StageWords("", labels.doing(run), tuple(filter(None, (_("The first picture is being taken."), why))))


def _waiting(run: RunState, caption: str, now: datetime) -> StageWords:
    """Say what is waited for; the picture behind is the last one of the session, and no recording."""
    since_at = run.entered_at(run.phase) or run.started_at
    elapsed = _("elapsed {span}").format(span=formats.span((now - since_at).total_seconds()))
    first = " · ".join(filter(None, (elapsed, usual(run, run.phase))))
    if not caption:
        return StageWords("", labels.word(run.phase), (first,))
    last = _("The picture behind these words is the last live one. It is not the recording.")
    return StageWords(_("Last live picture: {picture}").format(picture=caption), labels.word(run.phase), (first, last))
