"""Orders about films: local files, and objects that are looked at while they are downloaded."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rdpgui.app.later import import_later
from rdpgui.app.paths import make_private
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.core.recording import RecordingObject
from rdpgui.ui.film_port import FilmView, PlacedFilm, RemoteFilm

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession
    from rdpgui.media.film_port import FilmInspector

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


class FilmCommands:
    """The part of ``ui.commands.Commands`` that shows films.

    Args:
        work: what is open. film: the film panel. objects: the folder where downloads are kept.
    """

    def __init__(self, work: Workplace, film: FilmView, objects: Path) -> None:
        self._work = work
        self._film = film
        self._objects = objects
        self._own_inspector: FilmInspector | None = None

    def open_film(self, path: str) -> None:
        """Open any local film; nobody needs to be signed in for that."""
        self._work.scope.start("open film", self._open_film(Path(path)))

    async def _open_film(self, path: Path) -> None:
        facts = await (await self._inspector()).glance(path)
        self._film.show_film(path, facts, starts_at=facts.created_at, lab=_is_lab(facts))

    def open_films(self, paths: Sequence[str]) -> None:
        """Open several local films as one, laid out on the clock by their creation times."""
        self._work.scope.start("open films", self._open_films([Path(path) for path in paths]))

    async def _inspector(self) -> FilmInspector:
        """Return what inspects films: that of the place which is open, else one of its own."""
        if self._work.session is not None:
            return self._work.session.environment.films
        await import_later("rdpgui.media.film_port")
        if self._own_inspector is None:
            from rdpgui.media.film_port import FilmInspector

            self._own_inspector = FilmInspector()
        return self._own_inspector

    async def close_inspector(self) -> None:
        """End the inspector that was made while no place was open."""
        if self._own_inspector is not None:
            await self._own_inspector.aclose()

    async def _open_films(self, paths: Sequence[Path]) -> None:
        inspector, films = await self._inspector(), []
        for path in paths:
            facts = await inspector.glance(path)
            films.append(PlacedFilm(path, facts, facts.created_at))
        self._film.show_films(films, lab=all(_is_lab(film.facts) for film in films))

    def open_object(self, bucket: str, key: str) -> None:
        """Look at an object at once while it is downloaded and verified."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.cancel(STREAM_TASK)  # what was fetched of the one before is kept for a later try
            self._work.scope.start(STREAM_TASK, self._open_object(session, bucket, key))

    async def _open_object(self, session: WorkSession, bucket: str, key: str) -> None:
        objects, films = session.environment.ports.objects, session.environment.films
        item = await objects.head(bucket, key)
        path, name = make_private(self._objects) / object_name(item), PurePosixPath(key).name
        if path.exists():
            facts = await films.glance(path)
            self._film.show_films([PlacedFilm(path, facts, facts.created_at, name=name)], lab=session.lab)
            return
        facts = await films.inspect_remote(objects.reader(item), key)
        sign = partial(objects.presigned_url, item, expires_s=URL_LIFE_S)
        remote = RemoteFilm(name, objects.reader(item), sign, URL_LIFE_S)
        shown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        on_shown = partial(_finish, shown)
        self._film.position_changed.connect(on_shown)
        self._film.show_films([PlacedFilm(path, facts, facts.created_at, remote, name=name)], lab=session.lab)
        # The download takes the whole line: what a person looks at goes first, if it comes at all.
        await asyncio.wait({shown}, timeout=FIRST_PICTURE_LIMIT_S)
        self._film.position_changed.disconnect(on_shown)
        downloaded = await objects.download(item, path, partial(self._film.show_download, path))
        if downloaded.checksum_matched is False:
            path.unlink(missing_ok=True)  # never to be taken for the object later
            raise RecordingUnreadable(
                "The bytes of {key} do not fit its checksum in S3.",
                "Open it again; when this repeats, the object is damaged.",
                key=key,
            )
        self._film.use_download(path, verified=downloaded.checksum_matched is True)
