"""From the run that is looked at to what it waits for on AWS, and the times that are left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from rdpgui.core.account_events import Topic
from rdpgui.core.countdowns import Countdown, Limit, countdowns, countdowns_of, why_no_session
from rdpgui.core.freshness import Sight
from rdpgui.core.run import Phase
from rdpgui.core.run_events import Source
from rdpgui.core.session import Session
from rdpgui.core.standing import run_sight
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import formats, labels
from rdpgui.ui.stage.limits_bar import LimitLine
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.commands import GuidedPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow

_TICK_MS = 1000
_WAITS = frozenset({Phase.CONNECTING, Phase.STEADY, Phase.DISRUPTING, Phase.ENDING})


class LimitsRenderer(QObject):
    """Renders the bar, and lets its times go on while the run does.

    Args:
        window: its experiment page and actions. looked: which run it is. commands: open the console's page.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: GuidedPort) -> None:
        super().__init__(window)
        self._bar = window.experiment.limits
        self._actions = window.actions_by_name
        self._looked = looked
        self._commands = commands
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.render)
        self._bar.open_requested.connect(self._on_open)
        self._bar.copy_requested.connect(self._on_copy)
        self._actions.on("open-console", self._on_open)
        self._actions.on("copy-console-link", self._on_copy)

    def render(self) -> None:
        """Show what the run waits for, as of now."""
        run = self._looked.run
        waits = run is not None and run.active and not run.plan.lab and run.phase in _WAITS and run.left is None
        link = self._link()
        for name in ("open-console", "copy-console-link"):
            self._actions.set_enabled(name, bool(link), _("No run waits for a connection in the console"))
        now, session = self._looked.moment(), self._session()
        if run is not None and waits and run.attached is None and run.opened is not None:
            self._bar.show_lines(_waiting(run, now.at), self._reasons(run, now.at), link)
        elif run is not None and waits and run.attached is not None:
            seen = run_sight(self._looked.state, run, Source.SESSION, now)
            self._bar.show_lines(*_told(run.attached.session, countdowns_of(run, now.at), now.at, seen), link)
        elif session is not None:
            found = countdowns(session, now.at)
            self._bar.show_lines(*_told(session, found, now.at, self._looked.sight(Topic.SESSIONS)), "")
        else:
            self._tick.stop()
            self._bar.show_lines("", (), "")
            return
        self._tick.start()

    def _session(self) -> Session | None:
        """Return the chosen session of AWS that goes on without a run."""
        state, chosen = self._looked.state, self._looked.chosen_session_id
        if chosen is None or state.identity is None or state.identity.lab:
            return None
        found = next((session for session in state.sessions if session.session_id == chosen), None)
        return found if found is not None and found.active and found.may_be_remote_desktop else None

    def _reasons(self, run: RunState, now: datetime) -> list[LimitLine]:
        state = self._looked.state
        read = Topic.SESSIONS not in state.stale and self._looked.sight(Topic.SESSIONS).live
        found = why_no_session(run, state.sessions, now, read=read)
        seen, possible = _("Seen: {reason}"), _("Possible: {reason}")
        return [
            LimitLine(
                (seen if why.observed else possible).format(reason=labels.sentence(why.text, why.fields)),
                mark="info" if why.observed else "question",
                tone=Tone.WARN if why.observed else Tone.IDLE,
            )
            for why in found
        ]

    def _link(self) -> str:
        run = self._looked.run
        opened = run.opened if run is not None and run.active and run.left is None else None
        return opened.link if opened is not None and opened.by_person else ""

    def _on_open(self) -> None:
        run = self._looked.run
        if run is not None and self._link():
            self._commands.open_console(run.run_id)

    def _on_copy(self) -> None:
        link = self._link()
        if link:
            QGuiApplication.clipboard().setText(link)


def _waiting(run: RunState, now: datetime) -> str:
    begun = run.entered_at(Phase.CONNECTING) or run.started_at
    left_s = (begun + timedelta(seconds=run.plan.connect_limit_s) - now).total_seconds()
    return _("Waiting for your connection in the console; the run gives up in {span}.").format(
        span=formats.span(left_s)
    )


def _told(
    session: Session, found: Iterable[Countdown], now: datetime, seen: Sight
) -> tuple[str, tuple[LimitLine, ...]]:
    return _since(session, seen), tuple(line for item in found if (line := limit_line(item, now, seen)))


def _since(session: Session, seen: Sight) -> str:
    start = formats.clock(session.started_at)
    if seen.live:
        return _("The session is active since {time}, as Systems Manager states it.").format(time=start)
    if seen.seen_at is None:
        return _("The session began at {time}; whether it is still active was not read yet.").format(time=start)
    return _("The session began at {time}; it was last seen active at {seen}, and what is now is unknown.").format(
        time=start, seen=formats.clock(seen.seen_at)
    )


def limit_line(item: Countdown, now: datetime, seen: Sight) -> LimitLine | None:
    """Return what is said of one limit; None where there is nothing more to say."""
    minutes, at = f"{item.lasts_s / 60:.0f}", formats.clock(item.not_before_at)
    left = formats.span((item.not_before_at - now).total_seconds())
    match item.limit:
        case Limit.IDLE:
            text = _("Idle limit of {n} min: not before {time}. The last input is not known; each starts it anew.")
            passed = _(
                "Idle limit of {n} min: possible at any moment since {time}, if nobody touched keyboard or mouse "
                "for so long. The last input is not known."
            )
            value, tip = f"≥ {left}", _("Documented by AWS; counted from the session's start, the earliest possible.")
        case Limit.MAXIMUM:
            text = _("Maximum of {n} min: about {time}, unless it is renewed in the browser, which is not seen here.")
            passed = _maximum_passed(item, seen)
            value, tip = f"≈ {left}", _("Documented by AWS; counted from the session's start.")
        case Limit.CHANNEL:
            text = _("Reported, not documented: the channel closes after about {n} min, about {time}.")
            passed, value = "", f"≈ {left}"
            tip = _("Users report it; AWS documents nothing of it.")
    said = passed if item.passed else text
    if not said:
        return None
    tone = Tone.WARN if item.passed else Tone.INFO if item.documented else Tone.IDLE
    mark = "warn" if item.passed else "info" if item.documented else "question"
    return LimitLine(said.format(n=minutes, time=at), "" if now >= item.not_before_at else value, mark, tone, tip)


def _maximum_passed(item: Countdown, seen: Sight) -> str:
    if item.until_at is not None and seen.seen_at is not None and seen.seen_at > item.until_at:
        return _("Maximum of {n} min: was due about {time}; the session was seen later, so it may have been renewed.")
    return _("Maximum of {n} min: was due about {time}; whether it ended the connection was not read yet.")
