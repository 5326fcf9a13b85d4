"""The top line: where we are, who we are, what is armed, and the emergency stop."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.access import CredentialKind, EnvironmentTone
from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.arming import Arming
from rdpgui.core.place import Place
from rdpgui.core.plain import shortened
from rdpgui.i18n import _, ngettext
from rdpgui.ui import formats, labels
from rdpgui.ui.icons import icon
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import sans_font, tokens
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import ElidedLabel, flat_button, pill, set_property, set_text

_TICK_MS = 1000
_USUAL_NAME = "fin-web-01"
_PILL_SIDES_PX = 24
_NAME_ROOM = 20
"""Columns of a name: all parts of the line stay in view."""


def _account(identity: IdentityObserved) -> str:
    """Return the account by its alias and its id."""
    alias = identity.access.alias if identity.access is not None else ""
    return f"{alias} ({identity.account_id})" if alias else identity.account_id


class Banner(QWidget):
    """Place, identity, arming, emergency stop.

    Signals:
        place_requested: another place is wanted.
        emergency_requested: the button was pressed while not latched. reset_requested: while latched.
    """

    place_requested = Signal()
    emergency_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self._armed: tuple[Arming, ...] = ()
        self._armed_names: tuple[str, ...] = ()
        self._latched = False
        self._looked_at: Place | None = None
        self._identity: IdentityObserved | None = None
        self._problem = ""
        self._seen_at: datetime | None = None
        self._environment: EnvironmentTone | None = None
        self._told_below = False
        self._mark = pill(name="banner_mark")
        self._place = ElidedLabel(role="strong", name="banner_place")
        self._place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._region = pill(name="banner_region")
        self._change = flat_button("", "banner_change_place")
        self._change.clicked.connect(self.place_requested)
        self._identity_label = ElidedLabel(role="dim", name="banner_identity")
        self._pace = pill(name="banner_pace")
        self._pace.hide()
        self._slow = False
        self._arming = pill(name="banner_arming")
        self._arming.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stop = QPushButton()
        self.stop.setObjectName("emergency_stop")
        self.stop.clicked.connect(self._on_stop)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._render()

    def _lay_out(self) -> None:
        """Where we are, who we are, what is armed, the stop: only who we are gives way."""
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(12)
        for widget in (self._mark, self._place, self._region, self._change):
            row.addWidget(widget)
        row.addWidget(self._identity_label, 1)
        for widget in (self._pace, self._arming, self.stop):
            row.addWidget(widget)

    def show_place(
        self,
        place: Place | None,
        identity: IdentityObserved | None,
        problem: str = "",
        seen_at: datetime | None = None,
        *,
        told_below: bool = False,
    ) -> None:
        """Render what is looked at, and who calls; None: not known yet, for a reason when there is one.

        ``seen_at``: when the caller was last confirmed, if that is too long ago to be said in the present.
        ``told_below``: the reason stands in the bar below the line already.
        """
        self._looked_at, self._identity, self._problem, self._seen_at = place, identity, problem, seen_at
        self._told_below = told_below
        self._render()

    def show_environment(self, tone: EnvironmentTone | None) -> None:
        """Give the line the colour of the person's own rule; None: no rule fits."""
        self._environment = tone
        self._show_environment()

    def _show_environment(self) -> None:
        lab = self._looked_at is not None and self._looked_at.lab
        value = self._environment.value if self._environment is not None and not lab else ""
        set_property(self, "environment", value)
        set_property(self._mark, "environment", value)

    def show_pace(self, *, slow: bool) -> None:
        """Say that everything is read less often because nobody uses the window."""
        self._slow = slow
        set_text(self._pace, _("Idle: read less often"))
        set_tip(self._pace, _("Nobody has used the window for a while. Move the pointer over it to read at full pace."))
        self._pace.setVisible(slow)

    def show_arming(self, armed: tuple[Arming, ...], names: tuple[str, ...], *, latched: bool) -> None:
        """Render the armed targets with their names (none: read-only) and the emergency latch."""
        self._armed, self._armed_names, self._latched = armed, names, latched
        self._show_arming()
        self._run_timer()

    def _run_timer(self) -> None:
        """Tick while something on the line becomes less by the second."""
        identity = self._identity
        ends = identity is not None and identity.access is not None and identity.access.expires_at is not None
        if not self._armed and not ends:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_tick(self) -> None:
        self._show_arming()
        if self._identity is not None:
            self._identity_label.set_whole(self._caller(self._identity), self._facts(self._identity))

    def _render(self) -> None:
        here, identity = self._looked_at, self._identity
        lab = here is not None and here.lab
        set_property(self, "lab", lab)
        set_property(self._mark, "tone", Tone.LAB.value if lab else "")
        elsewhere = here.endpoint if here is not None else ""
        set_text(self._mark, "LAB" if lab else elsewhere or "AWS", _NAME_ROOM)
        self._mark.setVisible(here is not None)
        self._place.set_whole(self._place_text())
        self._change.setText(_("Change …"))
        self._change.setAccessibleName(_("Change the place: lab scenario or AWS account"))
        set_tip(self._change, self._change.accessibleName())
        region = identity.region if identity is not None else here.region if here is not None else ""
        set_text(self._region, region, _NAME_ROOM)
        self._region.setVisible(bool(region))
        if identity is None:
            self._identity_label.set_whole("" if self._told_below else self._problem)
        else:
            self._identity_label.set_whole(self._caller(identity), self._facts(identity))
        self._show_environment()
        self._show_arming()
        self._run_timer()

    def _caller(self, identity: IdentityObserved) -> str:
        """Return who calls, with what, and for how long: the caller's own name comes first in an ARN's last part."""
        parts = []
        if self._seen_at is not None:
            parts.append(_("last seen at {time}").format(time=formats.clock(self._seen_at)))
        access = identity.access
        if access is not None:
            parts.append(labels.word(access.kind))
            if access.expires_at is not None:
                left_s = (access.expires_at - datetime.now(UTC)).total_seconds()
                parts.append(_("{time} left").format(time=formats.span(left_s)) if left_s > 0 else _("expired"))
        return " · ".join((*parts, identity.arn.rpartition(":")[2]))

    def _facts(self, identity: IdentityObserved) -> str:
        """Return all that was resolved, for the tooltip."""
        access = identity.access
        if access is None:
            return identity.arn
        profile = _("Profile: {name} ({by})").format(
            name=identity.profile or _("none"), by=labels.word(access.profile_from)
        )
        region = _("Region: {name} ({by})").format(name=identity.region, by=labels.word(access.region_from))
        lines = [identity.arn, profile, region, _("Credentials: {kind}").format(kind=labels.word(access.kind))]
        if identity.endpoint_url:
            lines.append(_("Endpoint: {url}").format(url=identity.endpoint_url))
        if access.ignored:
            lines.append(_("Not followed: {names}").format(names=", ".join(access.ignored)))
        return "\n".join(lines)

    def _place_text(self) -> str:
        here, identity = self._looked_at, self._identity
        if here is not None and here.lab:
            return _("Scenario {scenario} · no AWS account needed").format(scenario=here.scenario)
        if identity is None:
            return _("No connection") if self._problem else _("Connecting …")
        access = identity.access
        if access is not None and access.kind is CredentialKind.ENVIRONMENT:
            return _("Account {account} · keys of the environment").format(account=_account(identity))
        if not identity.profile:
            return _("Account {account} · default profile").format(account=_account(identity))
        return _("Account {account} · profile {profile}").format(account=_account(identity), profile=identity.profile)

    def _show_arming(self) -> None:
        if self._latched:
            tone, text, tip = Tone.BAD, _("Emergency stop: no new action"), _("Reset it to go on.")
        elif not (armed := self._armed_now()):
            tone, text, tip = None, _("Read-only"), _("Arm an instance before disrupting it.")
        else:
            tone, text = Tone.WARN, self._armed_text(armed)
            tip = "\n".join(f"{a.account_id} {a.region} {a.instance_id}" for _name, a in armed)
        set_property(self._arming, "tone", tone.value if tone else "")
        set_text(self._arming, text)
        set_tip(self._arming, tip)
        self._arming.setMinimumWidth(self._arming_room())
        set_property(self.stop, "latched", self._latched)
        self.stop.setText(_("Reset the emergency stop") if self._latched else _("Emergency stop  Esc Esc"))
        self.stop.setIcon(icon("stop", tokens().on_bad if self._latched else tokens().bad))

    def _armed_now(self) -> list[tuple[str, Arming]]:
        """Return each armed target once, with its name: a matrix in lanes arms several."""
        now = datetime.now(UTC)
        named = zip(self._armed_names, self._armed, strict=True)
        held = {arming.instance_id: (name, arming) for name, arming in named if arming.holds_at(now)}
        return list(held.values())

    def _armed_text(self, armed: list[tuple[str, Arming]]) -> str:
        left = formats.span(max(arming.remaining_s(datetime.now(UTC)) for _name, arming in armed))
        if len(armed) > 1:
            text = ngettext("Armed: {n} instance · {left} left", "Armed: {n} instances · {left} left", len(armed))
            return text.format(n=len(armed), left=left)
        name = shortened(one_line(armed[0][0]), _NAME_ROOM)
        return _("Armed: {name} · {left} left").format(name=name, left=left)

    def _arming_room(self) -> int:
        """Return the width of the usual text of an armed target: nothing in the line moves when it comes or counts."""
        metrics = QFontMetrics(sans_font(bold=True))
        text = _("Armed: {name} · {left} left").format(name=_USUAL_NAME, left=formats.span(3599))
        return metrics.horizontalAdvance(text) + _PILL_SIDES_PX

    def _on_stop(self) -> None:
        if self._latched:
            self.reset_requested.emit()
        else:
            self.emergency_requested.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language or theme."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._render()
            self.show_pace(slow=self._slow)
        super().changeEvent(event)
