"""Orders about the window itself: files, settings, and the lab's faults."""

from __future__ import annotations

import asyncio
import getpass
import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from rdpgui import i18n
from rdpgui.app import settings_store
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.paths import Paths, make_private
from rdpgui.app.run_commands import RunCommands
from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import RunId
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import FilmClockAdjusted
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.i18n import _
from rdpgui.ui.commands import LabFault
from rdpgui.ui.film_port import FilmView, PlacedFilm, RemoteFilm
from rdpgui.ui.theme import Theming, Tone

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession

FAULT_KINDS = (
    "throttle", "denied", "expired", "server-error", "html-200", "html-500", "cut", "cut-body", "hang", "delay",
    "object-late", "object-missing", "object-truncated", "object-zero", "object-not-a-film", "object-foreign",
    "object-twice", "disk-full", "clock-skew", "source-frozen", "upload-denied", "key-disabled",
)  # fmt: skip
"""Kinds of faults that the lab knows. Source: resources/docs/lab.md."""

AT_NEXT_START = frozenset({"endpoint", "profile", "region", "scenario", "run_folder", "player"})
"""Settings that take effect when the program starts again."""


STREAM_TASK = "open object"
URL_LIFE_S = 900
"""A presigned URL lasts this long; the player signs anew after half of it."""

FIRST_PICTURE_LIMIT_S = 5.0


def object_name(item: RecordingObject) -> str:
    """Return a file name that belongs to exactly one object version."""
    version = f"{item.bucket}/{item.key} {item.version_id} {item.etag}"
    safe = re.sub(r"[^\w.-]+", "_", PurePosixPath(item.key).name)[-80:]
    return f"{hashlib.sha256(version.encode()).hexdigest()[:12]}-{safe}"


def _finish(shown: asyncio.Future[None], _at_s: float) -> None:
    if not shown.done():
        shown.set_result(None)


def _is_lab(facts: FilmFacts) -> bool:
    return facts.title.startswith("LAB")


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
            self.scope.start("film clock", session.append_event(run_id, event), kept=True)

    def open_film(self, path: str) -> None:
        """Open any local film."""
        session = self._ready()
        if session is not None:
            self.scope.start("open film", self._open_film(Path(path)))

    async def _open_film(self, path: Path) -> None:
        if self.session is not None:
            facts = await self.session.environment.films.inspect(path)
            self.film.show_film(path, facts, starts_at=facts.created_at, lab=_is_lab(facts))

    def open_films(self, paths: Sequence[str]) -> None:
        """Open several local films as one, laid out on the clock by their creation times."""
        session = self._ready()
        if session is not None:
            self.scope.start("open films", self._open_films(session, [Path(path) for path in paths]))

    async def _open_films(self, session: WorkSession, paths: Sequence[Path]) -> None:
        films = []
        for path in paths:
            facts = await session.environment.films.inspect(path)
            films.append(PlacedFilm(path, facts, facts.created_at))
        self.film.show_films(films, lab=all(_is_lab(film.facts) for film in films))

    def open_object(self, bucket: str, key: str) -> None:
        """Look at an object at once while it is downloaded and verified."""
        session = self._ready()
        if session is not None:
            self.scope.cancel(STREAM_TASK)  # what was fetched of the one before is kept for a later try
            self.scope.start(STREAM_TASK, self._open_object(session, bucket, key))

    async def _open_object(self, session: WorkSession, bucket: str, key: str) -> None:
        objects, films = session.environment.ports.objects, session.environment.films
        item = await objects.head(bucket, key)
        path, name = make_private(self.paths.objects) / object_name(item), PurePosixPath(key).name
        if path.exists():
            facts = await films.inspect(path)
            self.film.show_films([PlacedFilm(path, facts, facts.created_at, name=name)], lab=session.lab)
            return
        facts = await films.inspect_remote(objects.reader(item), key)
        sign = partial(objects.presigned_url, item, expires_s=URL_LIFE_S)
        remote = RemoteFilm(name, objects.reader(item), sign, URL_LIFE_S)
        shown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        on_shown = partial(_finish, shown)
        self.film.position_changed.connect(on_shown)
        self.film.show_films([PlacedFilm(path, facts, facts.created_at, remote, name=name)], lab=session.lab)
        # The download takes the whole line: what a person looks at goes first, if it comes at all.
        await asyncio.wait({shown}, timeout=FIRST_PICTURE_LIMIT_S)
        self.film.position_changed.disconnect(on_shown)
        downloaded = await objects.download(item, path, partial(self.film.show_download, path))
        if downloaded.checksum_matched is False:
            path.unlink(missing_ok=True)  # never to be taken for the object later
            raise RecordingUnreadable(
                "The bytes of {key} do not fit its checksum in S3.",
                "Open it again; when this repeats, the object is damaged.",
                key=key,
            )
        self.film.use_download(path, verified=downloaded.checksum_matched is True)

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
        self.scope.start("settings", self._save(name, value), kept=True)

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
