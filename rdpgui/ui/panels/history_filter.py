"""What narrows the history: words, verdict, disruption, tester, days, a place, the archive; and what stands first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.place import place_from_key
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.icons import icon
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.flow import FlowLayout

_CHOICE_PX = 190
_PLACE_PX = 260
"""Of the choice of a place: an account and a Region, whole."""

_SEARCH_PX = 280
_GAP_PX = 8
_NO_VERDICT = "none"
_Wanted = tuple[str | None, str | None, str | None, str | None, datetime | None, bool]
"""Place, disruption, tester, verdict, since when, and whether the archive, too."""
_DAYS: tuple[int | None, ...] = (None, 1, 7, 30)
"""Days back, today among them."""


class HistoryFilter(QWidget):
    """Choices, and a field for words.

    Attributes:
        search, verdict, disruption, tester, days, place, archived: what narrows.
        failures: whether failures stand first.

    Signals:
        changed: another choice. failures_first: or the newest first.
    """

    changed = Signal()
    failures_first = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._keys: list[str | None] = [None]
        self._testers: list[str | None] = [None]
        self._wanted: _Wanted = (None, None, None, None, None, False)
        self.search = QLineEdit()
        self.search.setObjectName("history_search")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(_SEARCH_PX)
        self._search_icon = self.search.addAction(
            icon("search", tokens().dim), QLineEdit.ActionPosition.LeadingPosition
        )
        self.verdict = self._choice("history_verdict")
        self.disruption = self._choice("history_disruption")
        self.tester = self._choice("history_tester")
        self.days = self._choice("history_days")
        self.place = self._choice("history_place", _PLACE_PX)
        self.archived = QCheckBox()
        self.archived.setObjectName("history_archived")
        self.archived.toggled.connect(self._on_choice)
        self.failures = QCheckBox()
        self.failures.setObjectName("history_failures")
        self.failures.toggled.connect(self.failures_first)
        for box in (self.archived, self.failures):
            box.setMinimumHeight(self.place.sizeHint().height())
        boxes = QWidget()
        beside = QHBoxLayout(boxes)  # both go on in the next line, or none
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(_GAP_PX)
        beside.addWidget(self.archived)
        beside.addWidget(self.failures)
        row = FlowLayout(self, _GAP_PX)
        choices = (self.verdict, self.disruption, self.tester, self.days, self.place)
        for widget in (self.search, *choices, boxes):
            row.addWidget(widget)
        self.retranslate()

    def _choice(self, name: str, most_px: int = _CHOICE_PX) -> Choice:
        made = Choice()
        made.setObjectName(name)
        made.setMaximumWidth(most_px)
        made.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)  # in another language, too
        made.currentIndexChanged.connect(self._on_choice)
        return made

    def _on_choice(self) -> None:
        self._note()
        self.changed.emit()

    def _note(self) -> None:
        """Note what is chosen: it is asked of every run."""
        days = self.days.currentData()
        midnight = datetime.now(UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        since_at = None if days is None else midnight - timedelta(days=days - 1)
        chosen = [choice.currentData() for choice in (self.place, self.disruption, self.tester, self.verdict)]
        self._wanted = (chosen[0], chosen[1], chosen[2], chosen[3], since_at, self.archived.isChecked())

    @property
    def narrows(self) -> bool:
        """Whether anything is left out by a choice or by words; the archive is not asked for by itself."""
        choices = (self.verdict, self.disruption, self.tester, self.days, self.place)
        return bool(self.search.text()) or any(choice.currentIndex() > 0 for choice in choices)

    def clear(self) -> None:
        """Leave nothing out."""
        was = self.blockSignals(True)
        for choice in (self.verdict, self.disruption, self.tester, self.days, self.place):
            choice.setCurrentIndex(0)
        self.blockSignals(was)
        self.search.clear()
        self._on_choice()

    def lets_through(self, line: RunSummary) -> bool:
        """Whether a run is one of those that were chosen, and in the archive only when that is asked for."""
        key, kind, who, value, since_at, archived = self._wanted
        return (
            (key is None or line.place == key)
            and (kind is None or (line.observed or line.disruption) == kind)
            and (who is None or line.tester == who)
            and (value is None or (line.verdict if value != _NO_VERDICT else line.verdict or value) == value)
            and (since_at is None or line.started_at >= since_at)
            and (archived or not line.archived)
        )

    def offer(self, lines: Iterable[RunSummary]) -> None:
        """Offer every place and every tester of which there are runs; the chosen one stays as long as it has some."""
        found = [(line.place, line.tester) for line in lines]
        keys: list[str | None] = [None, *sorted({place for place, _tester in found})]
        testers: list[str | None] = [None, *sorted({tester for _place, tester in found if tester})]
        if keys != self._keys or testers != self._testers:
            self._keys, self._testers = keys, testers
            self._fill()

    def _fill(self) -> None:
        verdicts = [(labels.word(value), value.value) for value in _VERDICTS]
        _refill(self.verdict, [(_("All verdicts"), None), *verdicts, (_("No verdict"), _NO_VERDICT)])
        kinds = [(labels.disruption_name(found), found.value) for found in DISRUPTIONS]
        _refill(self.disruption, [(_("All disruptions"), None), *kinds])
        _refill(self.tester, [(who or _("All testers"), who) for who in self._testers])
        days = (_("Any day"), _("Today"), _("7 days"), _("30 days"))
        _refill(self.days, list(zip(days, _DAYS, strict=True)))
        _refill(self.place, [(self._place_name(key), key) for key in self._keys])
        self._note()

    @staticmethod
    def _place_name(key: str | None) -> str:
        place = place_from_key(key or "")
        unnamed = _("All places") if key is None else _("place not recorded")
        return labels.place_name(place, lab=place.lab) if place is not None else unnamed

    def restyle(self) -> None:
        """Take over another theme's colours."""
        self._search_icon.setIcon(icon("search", tokens().dim))

    def retranslate(self) -> None:
        """Show everything in the language in use."""
        self.search.setPlaceholderText(_("Words, ticket, day (2026-11-30)"))
        self.search.setAccessibleName(_("Filter the runs"))
        self.archived.setText(_("Show archived"))
        self.failures.setText(_("Failures first"))
        names = (_("Verdict"), _("Disruption"), _("Tester"), _("Days"), _("Place"))
        choices = (self.verdict, self.disruption, self.tester, self.days, self.place)
        for choice, name in zip(choices, names, strict=True):
            choice.setAccessibleName(name)
            set_tip(choice, name)
        self._fill()


_VERDICTS = (VerdictValue.FAIL, VerdictValue.INCONCLUSIVE, VerdictValue.PASS)


def _refill(choice: Choice, items: list[tuple[str, object]]) -> None:
    """Offer these; what was chosen stays chosen where it is among them."""
    chosen, was = choice.currentData(), choice.blockSignals(True)
    choice.clear()
    for name, key in items:
        choice.addItem(one_line(name), key)
    keys = [key for _name, key in items]
    choice.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)
    choice.blockSignals(was)
