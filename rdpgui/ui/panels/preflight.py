"""Preflight: what must be true before a connection is worth recording, folded to one line when all is well."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.plain import set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import FactRow, flat_button, label, set_property, set_text

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


class PreflightPanel(Card):
    """List of checks; those that need a look come first.

    Signals:
        requested: run the checks again. details_requested: show all that is known of them.
    """

    requested = Signal()
    details_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Preflight"), "preflight_panel", parent)
        self._checks: tuple[PreflightCheck, ...] | None = None
        self._open = False
        self._running = False
        self._summary = label(name="preflight_summary")
        self._again = flat_button("", "preflight_again")
        self._again.clicked.connect(self.requested)
        self._details = flat_button("", "preflight_details")
        self._details.clicked.connect(self.details_requested)
        self._toggle = flat_button("", "preflight_toggle")
        self._toggle.clicked.connect(self._on_toggle)
        self.head.setSpacing(4)  # the column is narrow, and zoomed it is narrower still
        self.head.insertSpacing(1, 4)  # but LAB stands where it stands on every card
        self.head.addWidget(self._summary)
        self.head.addWidget(self._toggle)
        self.head.addWidget(self._again)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addStretch(1)
        self._rows: list[FactRow] = []
        self._area = QScrollArea()
        self._area.setObjectName("preflight_list")
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._area.setMinimumHeight(60)
        self._area.setMaximumHeight(150)
        self.body.addWidget(self._area)
        # The head of a narrow card has no room for it.
        self.body.addWidget(self._details, 0, Qt.AlignmentFlag.AlignLeft)
        self._render()

    def show_checks(self, checks: Sequence[PreflightCheck] | None, *, running: bool = False) -> None:
        """Render; None: not run yet for this instance."""
        new = None if checks is None else tuple(checks)
        if (new, running) != (self._checks, self._running):
            self._checks, self._running = new, running
            self._render()

    @property
    def blocked(self) -> bool:
        """Whether a check is known to stand in the way."""
        return any(check.blocks for check in self._checks or ())

    def _render(self) -> None:
        checks = self._checks or ()
        held = sum(check.held is True for check in checks)
        trouble = any(check.held is not True for check in checks)
        if self._running:
            text, tone = _("checking …"), ""
        elif self._checks is None:
            text, tone = _("not run yet"), ""
        else:
            text = f"{held} / {len(checks)}"
            tone = Tone.BAD.value if self.blocked else Tone.WARN.value if trouble else Tone.OK.value
        set_text(self._summary, text)
        set_property(self._summary, "tone", tone)
        self._again.setText(_("Check"))
        self._again.setEnabled(not self._running)
        set_tip(self._again, _("Run the preflight checks for the selected instance"))
        self._toggle.setText(_("Hide") if self._open else _("Show"))
        self._toggle.setVisible(bool(checks))
        self._details.setText(_("Details"))
        self._details.setVisible(self._open and bool(checks))
        set_tip(self._details, _("Every check with its evidence, what helps to copy, and repairs"))
        self._area.setAccessibleName(_("Preflight checks"))
        self._area.setVisible(self._open and bool(checks))
        self._show_rows(sorted(checks, key=rank_of))

    def _show_rows(self, checks: Sequence[PreflightCheck]) -> None:
        while len(self._rows) < len(checks):
            row = FactRow(f"preflight_{len(self._rows)}", wrap=True)
            self._rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(checks))
            if place < len(checks):
                check = checks[place]
                mark, tone = mark_of(check)
                text, remedy = (labels.sentence(part, check.fields) for part in (check.text, check.remedy))
                lines = (text, remedy, _forbidden(check), check.source)
                row.show_fact(mark, tone, text, "", "\n".join(line for line in lines if line))

    def _on_toggle(self) -> None:
        self._open = not self._open
        self._render()

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._render()


def _forbidden(check: PreflightCheck) -> str:
    """Return which disruptions a check forbids; one that forbids all says so by its mark."""
    if not check.refuses or check.blocks:
        return ""
    return _("Forbids: {names}").format(names=", ".join(map(labels.disruption_name, check.refuses)))


def rank_of(check: PreflightCheck) -> tuple[int, int]:
    """Return where a check stands in a list: what does not hold comes first."""
    return (0 if check.held is False else 1 if check.held is None else 2, _ORDER[check.severity])


def mark_of(check: PreflightCheck) -> tuple[str, Tone]:
    """Return the icon and the tone of a check."""
    if check.held:
        return "check", Tone.OK
    if check.held is None:
        return "question", Tone.IDLE
    return ("cross", Tone.BAD) if check.severity is Severity.BLOCK else ("warn", Tone.WARN)
