"""The card of the live stage: the picture, what it is, what is said of the recording, and the question on AWS."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from rdpgui.core.recording import Basis, StatusStatement
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.plain import set_tip
from rdpgui.ui.stage.live_picture import LivePicture, StageWords
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import label, pill, set_property, set_text


class LiveCard(Card):
    """Shows the screen of a target while its run goes on.

    Signals:
        consent_given: a person allows console pictures at this place. consent_withdrawn: no more of them.
    """

    consent_given = Signal()
    consent_withdrawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("The screen now"), "live_card", parent)
        self.picture = LivePicture()
        self._recording = pill("", None, "live_recording")
        self._recording.hide()
        self._stop = QPushButton()
        self._stop.setObjectName("live_stop")
        self._stop.setProperty("flat", True)
        self._stop.clicked.connect(self.consent_withdrawn)
        self.head.addWidget(self._stop)
        self.head.addWidget(self._recording)
        self.body.addWidget(self.picture, 1)
        self._question = QWidget()
        self._question.setObjectName("live_question")
        self._why = label(role="dim", wrap=True, name="live_why")
        self._allow = QPushButton()
        self._allow.setObjectName("live_allow")
        self._allow.setProperty("primary", True)
        self._allow.clicked.connect(self.consent_given)
        row = QHBoxLayout(self._question)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._why, 1)
        row.addWidget(self._allow)
        self.body.addWidget(self._question)
        self._asked = ""
        self.show_consent(asked="", given=False)
        self._retranslate_own()

    def show_picture(self, image: QImage) -> None:
        """Show a picture; a null one for none."""
        self.picture.show_image(image)

    def show_words(self, words: StageWords, about: str, *, lab: bool) -> None:
        """Say what the picture is; ``about``: of which instance, how often, how many are kept."""
        self.picture.show_words(words)
        self.picture.set_lab(lab)
        self.show_lab(lab)
        self.show_subtitle(about)

    def show_statement(self, statement: StatusStatement | None) -> None:
        """Say what is said of the recording, with its basis."""
        self._recording.setVisible(statement is not None)
        if statement is None:
            return
        word = labels.word(statement.status)
        if statement.basis is Basis.INFERRED:
            word = f"{word} · {labels.word(statement.basis)}"
        set_text(self._recording, word)
        set_property(self._recording, "tone", labels.tone(statement.status).value)

    def show_consent(self, *, asked: str, given: bool) -> None:
        """Ask for console pictures: ``asked`` says at what pace, empty where no question stands; or offer to stop."""
        self._asked = asked
        self._question.setVisible(bool(asked))
        self._stop.setVisible(given)
        self._retranslate_own()

    def _retranslate_own(self) -> None:
        self._allow.setText(_("Show console pictures"))
        self._stop.setText(_("Stop the pictures"))
        set_tip(self._stop, _("No more console pictures at this place"))
        set_text(
            self._why,
            _("EC2 can show what is on the screen ({pace}, a reading call: ec2:GetConsoleScreenshot). "
              "The pictures stay in the run's folder. Your answer is kept for this account and Region.")
            .format(pace=self._asked),
        )  # fmt: skip
        self.picture.setAccessibleName(_("The screen of the instance"))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
