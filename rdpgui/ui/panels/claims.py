"""The claims page: what the article concluded, as hypotheses that the runs support, refute, or leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import N_, _, ngettext
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import Mark, flat_button, label, set_property, set_text

NAMED = 20
"""Runs of a claim that its tooltip names."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim in the reader's language; ``run_ids`` are its evidence.

    ``now``: what was seen of what it hangs on, and when. ``command``: runs what it is checked by, as ``how`` says.
    Empty for none.
    """

    claim_id: str
    statement: str
    check: str
    result: str
    tone: Tone
    reason: str
    run_ids: tuple[str, ...]
    now: str = ""
    command: str = ""
    how: str = ""


_WORDS_PX = 880
"""At most, for what a claim says: on a wide screen its result stands beside it, not at the other end."""


def _named(run_ids: Sequence[str]) -> str:
    """Return the newest runs, one a line, and how many more there are: thousands fit on no screen."""
    lines, more = list(run_ids[: -NAMED - 1 : -1]), len(run_ids) - NAMED
    if more > 0:
        lines.append(ngettext("{n} more", "{n} more", more).format(n=more))
    return "\n".join(lines)


class ClaimCard(QWidget):
    """One claim with its result.

    Signals:
        opened: the id of the run that is its newest evidence.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._run_id = ""
        self._number = label(role="title")
        self._number.setFont(sans_font(scale=1.3, bold=True))
        self._number.setFixedWidth(44)
        self._statement = label(role="strong", wrap=True)
        self._statement.setFont(sans_font(scale=1.1, bold=True))
        self._check = label(role="dim", wrap=True)
        self._reason = label(wrap=True)
        self._now = label(wrap=True, name="claim_now")
        self._command = CopiedText("claim_command", "")
        self._mark = Mark(size=18)
        self._result = label()
        self._result.setFont(sans_font(scale=1.2, bold=True))
        self._result.setMinimumWidth(150)
        self._runs = flat_button("", "claim_runs")
        self._runs.clicked.connect(self._on_open)
        said = QWidget()
        said.setMaximumWidth(_WORDS_PX)
        words = QVBoxLayout(said)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(3)
        for widget in (self._statement, self._check, self._reason, self._now, self._command):
            words.addWidget(widget)
        result = QHBoxLayout()
        result.addWidget(self._mark)
        result.addWidget(self._result, 1)
        right = QVBoxLayout()
        right.addLayout(result)
        right.addWidget(self._runs, 0, Qt.AlignmentFlag.AlignLeft)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 10, 6, 10)
        row.setSpacing(12)
        row.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)
        row.addLayout(right)

    def show_claim(self, claim: ClaimView) -> None:
        """Render."""
        set_text(self._number, claim.claim_id)
        set_text(self._statement, claim.statement)
        set_text(self._check, claim.check)
        self._check.setVisible(bool(claim.check))
        set_text(self._reason, claim.reason)
        self._reason.setVisible(bool(claim.reason))
        set_text(self._now, claim.now)
        self._now.setVisible(bool(claim.now))
        self._command.show_text(claim.command, claim.how)
        self._mark.show_mark(claim.tone.value, claim.tone)
        set_text(self._result, claim.result)
        set_property(self._result, "tone", claim.tone.value)
        self._run_id = claim.run_ids[-1] if claim.run_ids else ""
        self._runs.setVisible(bool(claim.run_ids))
        self._runs.setText(_("Evidence: {n}").format(n=len(claim.run_ids)))
        set_tip(self._runs, _named(claim.run_ids))
        self.setAccessibleName(f"{claim.claim_id} {claim.statement}: {claim.result}")

    def _on_open(self) -> None:
        self.opened.emit(self._run_id)


class _Column(QWidget):
    """As high as its words are at its width; the layout alone would ask for as much as in the narrowest one."""

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the narrowest width."""
        return QSize(super().minimumSizeHint().width(), 0)


class ClaimsPanel(Card):
    """List of claims.

    Signals:
        run_opened: a run id. matrix_requested: go where runs for all of them are made.
    """

    run_opened = Signal(str)
    matrix_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Claims"), "claims_panel", parent)
        self._matrix = QPushButton()
        self._matrix.setObjectName("claims_matrix")
        self._matrix.clicked.connect(self.matrix_requested)
        self.head.addWidget(self._matrix)
        self._hint = label(role="dim", wrap=True, name="claims_hint")
        self.body.addWidget(self._hint)
        self._unread_count = 0
        self._unread = label(role="dim", name="claims_unread")
        self._unread.hide()
        self.body.addWidget(self._unread)
        inside = _Column()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("claims_scroll")
        area.setAccessibleName(_("Claims"))
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self._cards: list[ClaimCard] = []
        self._retranslate_own()

    def show_claims(self, claims: Sequence[ClaimView]) -> None:
        """Render; while no run says anything, the way to runs that do is offered."""
        self._matrix.setVisible(not any(claim.run_ids for claim in claims))
        while len(self._cards) < len(claims):
            card = ClaimCard()
            card.opened.connect(self.run_opened)
            self._cards.append(card)
            self._column.insertWidget(self._column.count() - 1, card)
        for place, card in enumerate(self._cards):
            card.setVisible(place < len(claims))
            if place < len(claims):
                card.show_claim(claims[place])

    def show_unread(self, count: int) -> None:
        """Say how many runs have not been looked into yet: they count for nothing so far."""
        self._unread_count = count
        text = ngettext("{n} run is still being read.", "{n} runs are still being read.", count).format(n=count)
        set_text(self._unread, text)
        self._unread.setVisible(count > 0)

    def _retranslate_own(self) -> None:
        self.show_unread(self._unread_count)
        self._matrix.setText(_("To the matrix: it tests C1 to C5"))
        set_text(
            self._hint,
            _("Each claim of the article is a hypothesis over the runs made here. Nothing is supported before a run "
              "has shown it."),
        )  # fmt: skip

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
