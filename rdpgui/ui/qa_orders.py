"""What a tester does with a run that is over: write on it, run it again, hand it in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.remark import Remark, remark
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.main_window import Page
from rdpgui.ui.refusals import refusals
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow

ELSEWHERE = N_("This run was made elsewhere. Open that place first.")
NO_INSTANCE = N_("The instance of this run is no longer there.")


class QaOrders(QObject):
    """Orders of a tester, about the run that is looked at or one of the history.

    Args:
        window: the parent of the dialogs. looked: which run it is. commands: what is ordered.
        ask: asks before a disruption of the selected instance. connect: opens a connection to it.
    """

    def __init__(
        self,
        window: MainWindow,
        looked: LookedAt,
        commands: Commands,
        *,
        ask: Callable[[DisruptionId], None],
        connect: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._looked = window, looked
        self._records, self._papers, self._settings = commands.records, commands.papers, commands.settings
        self._ask, self._connect = ask, connect
        for name, order in (("run-again", self.on_again), ("remark", self.on_remark), ("hand-in", self.on_hand_in)):
            window.actions_by_name.on(name, partial(self._on_shown, order))

    def _on_shown(self, order: Callable[[str], None]) -> None:
        run = self._looked.run
        if run is not None:
            order(run.run_id)

    # -- writing on it -----------------------------------------------------------

    def on_remark(self, run_id: str) -> None:
        """Ask for tester, ticket and note of a run."""
        from rdpgui.ui.dialogs.remark import RemarkDialog

        line = self._looked.state.history.get(RunId(run_id))
        if line is None or line.damage:
            return
        run = self._looked.state.runs.get(line.run_id)
        if line.is_open and not (run is not None and run.active):
            text = _("The run {run} has no end yet.").format(run=line.run_id)
            self._window.notifications.say(Tone.WARN, text, _("Wait for its end, or abort it."))
            return
        settings = self._window.settings
        usual = remark(settings.tester, settings.ticket, "")
        before = Remark(line.tester, line.ticket, line.note)
        dialog = RemarkDialog(labels.line_name(line), before, usual, self._window)
        dialog.written.connect(partial(self._on_written, line.run_id, before))
        dialog.open()

    def _on_written(self, run_id: RunId, before: Remark, written: object, keep: bool) -> None:
        if not isinstance(written, Remark):
            return
        if written != before:
            self._records.remark_run(run_id, written)
        wanted = written if keep else Remark()
        for name, value in (("tester", wanted.tester), ("ticket", wanted.ticket)):
            if getattr(self._window.settings, name) != value:
                self._settings.set_setting(name, value)

    # -- running it again ----------------------------------------------------------

    def on_again(self, run_id: str) -> None:
        """Ask whether the same shall be run again: the same disruption of the same instance, by the same access."""
        line = self._looked.state.history.get(RunId(run_id))
        if line is None or line.damage:
            return
        why = self._why_not(line)
        self._window.show_page(Page.EXPERIMENT)
        if not why:
            state = self._window.ui_state
            state.select_instance(line.instance_id)
            state.choose_access_type(line.planned_access)
            why = "" if line.by_hand else self._refused(line)
        if why:
            self._window.notifications.say(Tone.WARN, why)
        elif line.by_hand:
            self._connect()
        else:
            self._ask(line.disruption)

    def _why_not(self, line: RunSummary) -> str:
        state = self._looked.state
        if state.place is None or state.place.key != line.place:
            return _(ELSEWHERE)
        return "" if line.instance_id in state.instances else _(NO_INSTANCE)

    def _refused(self, line: RunSummary) -> str:
        """Return why it cannot be run now; in the lab a run arms its own target, and its own guards speak."""
        state = self._looked.state
        if state.place is not None and state.place.lab:
            return ""
        found = refusals(state, line.instance_id, self._looked.moment().at, self._window.settings.allow_tag)
        refused = found.disruptions.get(line.disruption)
        return refused.sentence if refused is not None else ""

    # -- handing it in ---------------------------------------------------------------

    def on_hand_in(self, run_id: str) -> None:
        """Ask where the one file of a run shall lie: where there is none yet.

        A system's own dialog may add the ending after it has asked about the name without it, so no file is replaced.
        """
        line = self._looked.state.history.get(RunId(run_id))
        if line is None or line.damage or line.is_open:
            return
        dialog = QFileDialog(self._window, _("Hand the run in as one file"))
        dialog.setObjectName("hand_in_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilter(_("ZIP archive (*.zip)"))
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"rdpgui-{line.run_id}.zip")
        dialog.fileSelected.connect(partial(self._on_path, line.run_id))
        dialog.open()

    def _on_path(self, run_id: RunId, path: str) -> None:
        self._papers.hand_in(run_id, path, replace=False)
