"""Asks once more before a disruption: what, on which instance, where, and what is restored."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.arming import confirmation_text
from rdpgui.core.cli import CliPlace, as_cli
from rdpgui.core.disruption import Effect
from rdpgui.core.instance import Instance
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.order_cli import call_of
from rdpgui.core.session import AccessType, Session
from rdpgui.core.settings import AWS_TIMING, LAB_TIMING
from rdpgui.i18n import _, ngettext
from rdpgui.ui import formats, labels
from rdpgui.ui.plain import is_typed, one_line
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.answers import answer_row, question_head
from rdpgui.ui.widgets.copied import CopiedText
from rdpgui.ui.widgets.small import label, set_property, set_text

_NAMED = 4
"""Others who are connected are named one by one up to this many."""
_FACT_ROOM = 160
"""Columns of a fact: the dialog fits every screen."""


class ConfirmDialog(QDialog):
    """The question; everything that is not lab needs the instance's name typed.

    Signals:
        confirmed: DisruptionId, instance id, AccessType, ids of the sessions of others to be cut off (a tuple).
    """

    confirmed = Signal(object, str, object, object)

    def __init__(
        self,
        disruption: Disruption,
        instance: Instance,
        identity: IdentityObserved | None,
        access_type: AccessType,
        *,
        restore: bool,
        others: Sequence[Session] = (),
        others_known: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confirm_dialog")
        self._disruption, self._instance, self._access_type = disruption, instance, access_type
        self._lab = identity is not None and identity.lab
        self._restore = restore
        self._agreed = tuple(session.session_id for session in others)
        self.setWindowTitle(labels.disruption_name(disruption.disruption_id))
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addLayout(question_head(labels.disruption_name(disruption.disruption_id), "confirm", lab=self._lab))
        column.addWidget(label(labels.consequence(disruption), wrap=True))
        column.addLayout(self._facts(identity))
        column.addWidget(self._line(identity))
        column.addWidget(label(self._restore_text(), "dim", wrap=True, name="confirm_restore"))
        self._others = QCheckBox(_("Cut them off all the same"))
        self._others.setObjectName("confirm_others")
        self._add_others(column, others, known=others_known)
        self._typed = QLineEdit()
        self._typed.setObjectName("confirm_typed")
        self._typed.textChanged.connect(self._on_typed)
        if not self._lab:
            self._ask_for_the_name(column)
        column.addLayout(self._buttons())
        self._others.toggled.connect(self._on_others)
        self._on_typed("")

    def _ask_for_the_name(self, column: QVBoxLayout) -> None:
        text = _("Type {word} to confirm:").format(word=confirmation_text(self._instance, lab=False))
        question = label(text, "strong", wrap=True, name="confirm_question")
        question.setBuddy(self._typed)
        self._typed.setAccessibleName(one_line(text))
        column.addWidget(question)
        column.addWidget(self._typed)

    def _facts(self, identity: IdentityObserved | None) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(5)
        instance = self._instance
        rows = [
            (_("Instance"), f"{instance.name}  {instance.instance_id}".strip()),
            (_("Call"), self._disruption.call or "–"),
            (_("Session"), labels.word(self._access_type)),
        ]
        if identity is not None:
            rows.append((_("Account and Region"), f"{identity.account_id}  {identity.region}"))
            rows.append((_("Identity"), identity.arn))
        for title, text in rows:
            value = label("", "strong", wrap=True)
            set_text(value, one_line(text), _FACT_ROOM)
            form.addRow(label(title, "dim"), value)
        return form

    def _line(self, identity: IdentityObserved | None) -> CopiedText:
        """Return the order as a line for the shell, to be copied; there is none for what nobody orders."""
        made = CopiedText("confirm_cli", _("The same on the command line"), most=2)
        order = self._disruption.order
        if order is not None and identity is not None:
            place = CliPlace(identity.region, identity.profile, identity.endpoint_url)
            timing = LAB_TIMING if self._lab else AWS_TIMING
            made.show_text(as_cli(call_of(order, self._instance.instance_id, delay_s=timing.os_delay_s), place))
        return made

    def _add_others(self, column: QVBoxLayout, others: Sequence[Session], *, known: bool) -> None:
        """Name who else is connected: their session is attached to, and cut off, only on a yes."""
        if not known:
            unknown = label(_("Who else is connected now is not known."), wrap=True, name="confirm_others_unknown")
            set_property(unknown, "tone", Tone.WARN.value)
            column.addWidget(unknown)
        for session in others[:_NAMED]:
            jit = session.access_type is AccessType.JUST_IN_TIME
            untold = _("{owner} is connected since {time} ({kind}): that may be you or anybody else.")
            text = (untold if jit else _("{owner} is connected since {time} ({kind}).")).format(
                owner=session.owner or _("somebody unknown"),
                time=formats.day_clock(session.started_at),
                kind=labels.word(session.access_type),
            )
            who = label(text, wrap=True)
            set_property(who, "tone", Tone.WARN.value)
            column.addWidget(who)
        more = len(others) - _NAMED
        if more > 0:
            column.addWidget(label(ngettext("{n} more is connected.", "{n} more are connected.", more).format(n=more)))
        column.addWidget(self._others)
        asks = bool(others) or not known
        self._others.setChecked(not asks)
        self._others.setHidden(not asks)

    def _on_others(self, _checked: bool) -> None:
        self._on_typed(self._typed.text())

    def _restore_text(self) -> str:
        if self._disruption.effect is not Effect.HALT:
            return _("Nothing has to be restored afterwards.")
        if self._restore:
            return _("Afterwards the instance is started again and the program waits until it is back.")
        return _("The instance stays stopped afterwards (see Settings).")

    def _buttons(self) -> QHBoxLayout:
        row, self._go = answer_row(self, "confirm", _("Run the experiment"), self._on_go)
        return row

    def _on_typed(self, text: str) -> None:
        given = self._lab or is_typed(text, confirmation_text(self._instance, lab=False))
        self._go.setEnabled(given and self._others.isChecked())

    def _on_go(self) -> None:
        self.accept()
        self.confirmed.emit(self._disruption.disruption_id, self._instance.instance_id, self._access_type, self._agreed)
