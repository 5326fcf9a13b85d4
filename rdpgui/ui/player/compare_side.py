"""One of two compared films: its run, its picture at the common time, its last frame and its verdict."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Still
from rdpgui.core.judging.timeline import film_placement
from rdpgui.i18n import _, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.models.runs import gap_text, result_tone, result_word
from rdpgui.ui.plain import one_line
from rdpgui.ui.player import film_text
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.images import image_of
from rdpgui.ui.player.picture import PictureView
from rdpgui.ui.player.still_desk import StillDesk
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import ElidedLabel, label, pill, set_property, set_text
from rdpgui.ui.widgets.still import StillView

_SAME_FRAME_S = 0.0006


class CompareSide(QFrame):
    """Shows exact stills only, so that both sides are at the same instant by construction.

    Args:
        compared: the run. name: ``left`` or ``right``, for object names.

    Attributes:
        desk: its stills. picture: what is shown.

    Signals:
        opened: stills can be asked for. clicked: on the picture.
    """

    opened = Signal()
    clicked = Signal()

    def __init__(
        self, compared: ComparedRun, stills: StillsPort, tasks: TaskScope, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"compare_{name}")
        self.setProperty("card", True)
        self.compared = compared
        self.desk = StillDesk(stills, tasks, self)
        self.picture = PictureView()
        self.picture.setObjectName(f"compare_{name}_picture")
        self.picture.set_lab(compared.run.plan.lab)
        self._title = label(role="title", name=f"compare_{name}_title")
        self._verdict = pill(name=f"compare_{name}_verdict")
        self._about = ElidedLabel(role="dim", name=f"compare_{name}_about")
        self._still = StillView(f"compare_{name}_last_frame")
        self._still.setFixedSize(176, 99)
        self._still.set_lab(compared.run.plan.lab)
        self._gap = label(name=f"compare_{name}_gap")
        self._gap.setFont(sans_font(scale=1.25, bold=True))
        self._gap_title = label(role="dim")
        self._why = label(role="dim", wrap=True, name=f"compare_{name}_why")
        self._clock = _clock_of(compared)
        self._error: RdpguiError | None = None
        self._wanted_s: float | None = None
        self._asked_s = 0.0
        self._outside = ""
        self._lay_out()
        self._connect()
        self.retranslate()

    def start(self) -> None:
        """Open the film, if there is one."""
        if self.compared.film is not None and self.compared.facts is not None:
            self.desk.open(self.compared.film)
            self.show_words()

    @property
    def has_film(self) -> bool:
        """Whether there is something to look at."""
        return self.compared.facts is not None and self.compared.film is not None and self._error is None

    @property
    def busy(self) -> bool:
        """Whether a still is on its way."""
        return self.has_film and self.desk.waiting

    @property
    def end_s(self) -> float:
        """Film time of the last frame."""
        return self.compared.facts.last_frame_pts_s if self.compared.facts is not None else 0.0

    def show_at(self, film_s: float | None) -> None:
        """Show the frame of a film time; before or after the film its nearest end, and say so."""
        if film_s is None or not self.has_film:
            return
        self._asked_s = film_s
        inside_s = min(max(0.0, film_s), self.end_s)
        self._outside = self._outside_text(film_s)
        if inside_s != self._wanted_s:
            self._wanted_s = inside_s
            if inside_s >= self.end_s - _SAME_FRAME_S:
                self.desk.last()
            else:
                self.desk.at_time(inside_s)
        self._show_caption()

    async def frame_beside(self, frames: int) -> Still | None:
        """Return the frame before or after the one shown, None at the film's ends or without a picture."""
        film, still = self.desk.film, self.desk.current
        if film is None or still is None or still.index is None:
            return None
        index = still.index + frames
        return await film.at_index(index) if 0 <= index < film.frame_count else None

    def show_words(self) -> None:
        """Say why there is no picture."""
        if self._error is not None:
            self.picture.show_message(*film_text.error_text(self._error), Tone.BAD)
        elif self.compared.facts is None or self.compared.film is None:
            detail = _("No recording of this run was saved and could be read. Its verdict says why.")
            self.picture.show_message(_("No film"), detail, Tone.IDLE)
        elif self.picture.image.isNull():
            self.picture.show_message(_("Opening the film …"), self.compared.film.name, Tone.IDLE)

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        run = self.compared.run
        kind = f"{labels.run_name(run)} × {labels.access_name(run)}"
        set_text(self._title, kind)
        set_text(self._verdict, result_word(run))
        set_property(self._verdict, "tone", result_tone(run).value)
        facts = self.compared.facts
        length = _("film {length}").format(length=formats.seconds(facts.duration_s)) if facts is not None else ""
        about = (self.compared.name, formats.day_clock(run.started_at), length)
        self._about.set_whole(" · ".join(part for part in about if part))
        tone = tokens().tone(result_tone(run))
        self._still.show_still(self.compared.last_frame, tone, _("No last frame"))
        self._still.setAccessibleName(_("Last frame"))
        set_text(self._gap_title, _("Shutdown gap"))
        set_text(self._gap, gap_text(run))
        set_text(self._why, _why(self.compared))
        self.picture.setAccessibleName(one_line(_("Film of {run}").format(run=kind)))
        self.show_words()
        self._show_caption()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._verdict)
        head.addWidget(self._about, 1)
        words = QVBoxLayout()
        words.setSpacing(1)
        for widget in (self._gap_title, self._gap, self._why):
            words.addWidget(widget)
        words.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self._still, 0, Qt.AlignmentFlag.AlignTop)
        foot.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 11, 10)
        column.setSpacing(7)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.desk.opened.connect(self.opened)
        self.desk.shown.connect(self._on_still)
        self.desk.open_failed.connect(self._on_open_failed)
        self.desk.still_failed.connect(self._on_still_failed)
        self.picture.clicked.connect(self.clicked)

    def _outside_text(self, film_s: float) -> str:
        if film_s < -_SAME_FRAME_S:
            return _("begins in {span}").format(span=formats.seconds(-film_s))
        duration_s = self.compared.facts.duration_s if self.compared.facts is not None else 0.0
        if film_s > duration_s + _SAME_FRAME_S:
            return _("ended {span} ago").format(span=formats.seconds(film_s - duration_s))
        return ""

    def _on_still(self, still: Still) -> None:
        self.picture.show_image(image_of(still), still=True)
        self._show_caption()

    def _show_caption(self) -> None:
        still, film = self.desk.current, self.desk.film
        if still is None or film is None or self.picture.image.isNull():
            return
        last = still.pts_s >= self.end_s - _SAME_FRAME_S
        text = film_text.still_caption(self._clock, still, film.frame_count, last=last)
        held = self._outside or film_text.held_caption(self._clock, still.pts_s, self._asked_s, self._clock.duration_s)
        self.picture.show_caption("   ".join(part for part in (text, held) if part), last=last)

    def _on_open_failed(self, error: RdpguiError) -> None:
        self._error = error
        self.show_words()
        self.opened.emit()

    def _on_still_failed(self, error: RdpguiError) -> None:
        self.picture.show_notice(film_text.error_text(error)[0])

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _clock_of(compared: ComparedRun) -> FilmClock:
    placement, facts = film_placement(compared.run), compared.facts
    duration_s = facts.duration_s if facts is not None else 0.0
    if placement is None:
        return FilmClock(None, duration_s)
    return FilmClock(placement.zero_at, duration_s, placement.adjusted_s)


def _why(compared: ComparedRun) -> str:
    """Return the check that decided, in one sentence; empty for a verdict that every check supports."""
    verdict = compared.run.verdict
    if verdict is None:
        return retell(compared.run.reason)
    check = verdict.decisive
    return labels.sentence(check.reason, check.fields) if check else _("All checks held.")
