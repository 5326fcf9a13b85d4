"""One registry of actions: menu, command palette, shortcuts and help all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.words import disruption_word
from rdpgui.i18n import N_, _, named
from rdpgui.ui.plain import set_tip


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        name: stable word. text: English message id. group: English message id of its menu.
        keys: shortcuts in Qt's portable form; the first is shown.
    """

    name: str
    text: str
    group: str
    keys: tuple[str, ...] = ()


EXPERIMENT, CONNECTION, RUN = N_("Experiment"), N_("Connection"), N_("Run")
VIEW, FILM, HELP = N_("View"), N_("Film"), N_("Help")
_DISRUPTION_KEYS: dict[DisruptionId, tuple[str, ...]] = {
    DisruptionId.OS_REBOOT: ("Ctrl+1",),
    DisruptionId.OS_SHUTDOWN: ("Ctrl+2",),
    DisruptionId.EC2_REBOOT: ("Ctrl+3",),
    DisruptionId.EC2_STOP: ("Ctrl+4",),
}
_DISRUPTION_SPECS = tuple(
    ActionSpec(found.value, disruption_word(found), EXPERIMENT, _DISRUPTION_KEYS.get(found, ()))
    for found in DisruptionId
)
SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("connect", N_("Connect to the selected instance"), EXPERIMENT, ("Ctrl+Return",)),
    ActionSpec("arm", N_("Arm or disarm the selected instance"), EXPERIMENT, ("Ctrl+Shift+A",)),
    *_DISRUPTION_SPECS,
    ActionSpec("abort", N_("Abort the run"), EXPERIMENT, ("Ctrl+.",)),
    ActionSpec("emergency-stop", N_("Emergency stop"), EXPERIMENT, ("Esc, Esc",)),
    ActionSpec("emergency-reset", N_("Reset the emergency stop"), EXPERIMENT),
    ActionSpec("preflight", N_("Show the preflight in full"), EXPERIMENT),
    ActionSpec("clean-up", N_("Clean up what a run left behind"), EXPERIMENT),
    ActionSpec("end-session", N_("End the selected session"), EXPERIMENT),
    ActionSpec("start-instance", N_("Start the selected instance"), EXPERIMENT),
    ActionSpec("matrix-start", N_("Run the matrix"), EXPERIMENT, ("Ctrl+Shift+M",)),
    ActionSpec("matrix-stop", N_("Stop the matrix"), EXPERIMENT),
    ActionSpec("open-console", N_("Open the console page for the connection"), CONNECTION, ("Ctrl+Shift+O",)),
    ActionSpec("copy-console-link", N_("Copy the address of the console page"), CONNECTION),
    ActionSpec("access-requests", N_("Just-in-time access requests"), CONNECTION, ("Ctrl+Shift+J",)),
    ActionSpec("whose-session", N_("Say whether a session is yours"), CONNECTION),
    ActionSpec("run-again", N_("Run this run again"), RUN, ("Ctrl+Shift+R",)),
    ActionSpec("remark", N_("Tester, ticket and note of the run …"), RUN, ("Ctrl+Shift+T",)),
    ActionSpec("hand-in", N_("Hand the run in as one file …"), RUN, ("Ctrl+Shift+E",)),
    ActionSpec("open-report", N_("Open the report of the run"), RUN, ("Ctrl+E",)),
    ActionSpec("open-folder", N_("Open the folder of the run"), RUN),
    ActionSpec("refresh", N_("Read everything again"), VIEW, ("F5", "Ctrl+R")),
    ActionSpec("page-experiment", N_("Show the experiment"), VIEW, ("Alt+1",)),
    ActionSpec("page-matrix", N_("Show the matrix"), VIEW, ("Alt+2",)),
    ActionSpec("page-claims", N_("Show the claims"), VIEW, ("Alt+3",)),
    ActionSpec("page-history", N_("Show the history"), VIEW, ("Alt+4",)),
    ActionSpec("page-repeat", N_("Show repeated runs"), VIEW, ("Alt+5",)),
    ActionSpec("page-notes", N_("Show the field notes"), VIEW, ("Alt+6",)),
    ActionSpec("present", N_("Presenter view"), VIEW, ("F11",)),
    ActionSpec("zoom-in", N_("Make everything larger"), VIEW, ("Ctrl++", "Ctrl+=")),
    ActionSpec("zoom-out", N_("Make everything smaller"), VIEW, ("Ctrl+-",)),
    ActionSpec("zoom-reset", N_("Show everything in its usual size"), VIEW, ("Ctrl+0",)),
    ActionSpec("aliases", N_("Show invented names, or the real ones"), VIEW, ("Ctrl+Shift+N",)),
    ActionSpec("find-instance", N_("Filter the instances"), VIEW, ("Ctrl+F",)),
    ActionSpec("find-log", N_("Filter the log"), VIEW, ("Ctrl+L",)),
    ActionSpec("theme", N_("Next theme: system, light, dark"), VIEW, ("Ctrl+T",)),
    ActionSpec("lab-faults", N_("Faults of the lab"), VIEW),
    ActionSpec("open-film", N_("Open a film file"), FILM, ("Ctrl+O",)),
    ActionSpec("film-end", N_("Go to the last frame"), FILM, ("Ctrl+End",)),
    ActionSpec("see-yes", N_("I see the shutdown: yes"), FILM),
    ActionSpec("see-no", N_("I see the shutdown: no"), FILM),
    ActionSpec("see-undo", N_("Take back what I said of the shutdown"), FILM),
    ActionSpec("palette", N_("Command palette"), HELP, ("Ctrl+K",)),
    ActionSpec("place", N_("Change the place: lab scenario or AWS account"), HELP, ("Ctrl+Shift+P",)),
    ActionSpec("sign-in", N_("Sign in again"), HELP),
    ActionSpec("settings", N_("Settings"), HELP, ("Ctrl+,",)),
    ActionSpec("first-steps", N_("Lead me through a first run"), HELP),
    ActionSpec("shortcuts", N_("Keyboard shortcuts"), HELP, ("F1",)),
    ActionSpec("about", N_("About and diagnostics"), HELP),
    ActionSpec("quit", N_("Quit"), HELP, ("Ctrl+Q",)),
)


class Actions(QObject):
    """The actions of a window, by name.

    Args:
        window: gets the shortcuts, which work wherever the focus is in it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for spec in SPECS:
            action = QAction(window)
            action.setObjectName(f"action_{spec.name}")
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            window.addAction(action)
            self._actions[spec.name] = action
        self.retranslate()

    def on(self, name: str, slot: Callable[[], object]) -> None:
        """Call a slot when the action is triggered."""
        self._actions[name].triggered.connect(slot)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def items(self) -> Iterator[tuple[ActionSpec, QAction]]:
        """Yield every action with its declaration, in the order of the menus."""
        for spec in SPECS:
            yield spec, self._actions[spec.name]

    def set_enabled(self, name: str, enabled: bool, why: str = "") -> None:
        """Enable an action, or disable it with the reason as its tooltip."""
        action = self._actions[name]
        action.setEnabled(enabled)
        set_tip(action, action.text() if enabled else named(action.text(), why))

    def retranslate(self) -> None:
        """Show all texts in the language in use."""
        for spec, action in self.items():
            action.setText(_(spec.text))


def keys_text(spec: ActionSpec) -> str:
    """Return the first shortcut as the platform writes it."""
    return QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if spec.keys else ""
