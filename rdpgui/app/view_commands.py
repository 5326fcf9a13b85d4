"""Orders about the window itself: files, settings, and the lab's faults."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from rdpgui import i18n
from rdpgui.app import settings_store
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.paths import Paths
from rdpgui.app.run_commands import RunCommands
from rdpgui.core.events import FilmClockAdjusted
from rdpgui.core.ids import RunId
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.i18n import _
from rdpgui.ui.commands import LabFault
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.theme import Theming, Tone

FAULT_KINDS = (
    "throttle", "denied", "expired", "server-error", "html-200", "html-500", "cut", "cut-body", "hang", "delay",
    "object-late", "object-missing", "object-truncated", "object-zero", "object-not-a-film", "object-foreign",
    "object-twice", "disk-full", "clock-skew", "source-frozen", "upload-denied", "key-disabled",
)  # fmt: skip
"""Kinds of faults that the lab knows. Source: resources/docs/lab.md."""

AT_NEXT_START = frozenset({"endpoint", "profile", "region", "scenario", "run_folder", "player"})
"""Settings that take effect when the program starts again."""


class ViewCommands(RunCommands):
    """The other half of ``ui.commands.Commands``.

    Attributes:
        film: the film panel. lab: None on AWS.
    """

    film: FilmView
    theming: Theming
    lab: LabProcess | None
    paths: Paths
    settings: Settings

    def open_run(self, run_id: RunId) -> None:
        """Open the run's folder in the file manager."""
        if self.session is not None:
            self._open_path(self.session.folders.root / run_id)

    def open_report(self, run_id: RunId) -> None:
        """Open the run's report in the browser, making it when needed."""
        session = self._ready()
        if session is not None:
            self.scope.start("report", self._report(run_id))

    async def _report(self, run_id: RunId) -> None:
        if self.session is not None:
            self._open_path(await self.session.report_of(run_id))

    def _open_path(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.window.notifications.say(Tone.WARN, _("No program opens this."), str(path))

    def adjust_film_clock(self, run_id: RunId, offset_s: float) -> None:
        """Record a person's correction of the film's clock in the run's journal, with name and time."""
        session = self._ready()
        if session is not None:
            event = FilmClockAdjusted(session.environment.ports.clock.now(), run_id, offset_s, getpass.getuser())
            # The session's one queue for what is added after a run's end: two must not continue the same chain.
            self.scope.start("film clock", session._append(run_id, event))

    def open_film(self, path: str) -> None:
        """Open any local film."""
        session = self._ready()
        if session is not None:
            self.scope.start("open film", self._open_film(Path(path)))

    async def _open_film(self, path: Path) -> None:
        if self.session is not None:
            facts = await self.session.environment.films.inspect(path)
            self.film.show_film(path, facts, starts_at=facts.created_at, lab=facts.title.startswith("LAB"))

    def set_theme(self, theme: Theme) -> None:
        """Keep and apply a theme."""
        self.theming.apply(theme)
        self._keep("theme", theme)

    def set_language(self, language: Language) -> None:
        """Keep and apply a language."""
        i18n.set_language(language.value)
        self._keep("language", language)
        self.window.retranslate()

    def set_setting(self, name: str, value: object) -> None:
        """Keep one setting; say when it takes effect only after a restart."""
        self._keep(name, value)
        if name in AT_NEXT_START:
            self.window.notifications.say(Tone.INFO, _("This takes effect when rdpgui starts again."))

    def _keep(self, name: str, value: object) -> None:
        self.scope.start("settings", self._save(name, value))

    async def _save(self, name: str, value: object) -> None:
        self.settings = self.settings.with_value(name, value)
        self.window.show_settings(self.settings)
        if self.session is not None:
            self.session.use_settings(self.settings)
        settings_store.save(self.paths.settings_file, self.settings)

    def list_lab_faults(self) -> None:
        """Ask for the fault rules; they come back through ``MainWindow.show_lab_faults``."""
        self._faults("GET", "/_lab/faults")

    def add_lab_fault(self, kind: str, service: str, operation: str, times: int | None) -> None:
        """Add a fault rule (lab only)."""
        rule = {"kind": kind, "service": service or "*", "operation": operation or "*", "times": times}
        self._faults("POST", "/_lab/faults", rule)

    def clear_lab_faults(self) -> None:
        """Remove every fault rule (lab only)."""
        self._faults("DELETE", "/_lab/faults")

    def _faults(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        if self.lab is None:
            self.window.notifications.say(Tone.INFO, _("Only the lab has faults."))
            return
        self.scope.start("lab faults", self.lab.control(method, path, body), on_done=self._show_faults)

    def _show_faults(self, answer: object) -> None:
        rules: list[dict[str, Any]] = answer if isinstance(answer, list) else []
        faults = [
            LabFault(number, rule["kind"], rule["service"], rule["operation"], rule["times"])
            for number, rule in enumerate(rules)
        ]
        self.window.show_lab_faults(faults, FAULT_KINDS)
