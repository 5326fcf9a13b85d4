"""What players get to play: a file, as long as it is the same one, or an object by a URL that is still good."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from rdpgui.core.errors import RdpguiError
from rdpgui.files import FileIdentity, identity_of, refuse_replaced
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.player.backend import Backend, RemoteMedia
from rdpgui.ui.tasks import TaskScope

_TASK = "film sign"


class SignedUrl:
    """The presigned URL of one object, signed anew before it gets old.

    It is a secret while it lasts: never logged, never shown.

    Args:
        remote: signs. tasks: where signing runs.
    """

    def __init__(self, remote: RemoteFilm, tasks: TaskScope) -> None:
        self._remote = remote
        self._tasks = tasks
        self._url = ""
        self._signed_mono_s = 0.0

    @property
    def fresh(self) -> bool:
        """Whether it is younger than half its life: libvlc goes on reading with it after a seek."""
        return bool(self._url) and time.monotonic() - self._signed_mono_s < self._remote.life_s / 2

    def use(self, on_url: Callable[[str], None], on_error: Callable[[RdpguiError], None]) -> None:
        """Give the URL: at once while it is fresh, else when it was signed anew."""
        if self.fresh:
            on_url(self._url)
            return
        self._tasks.start(_TASK, self._sign(on_url), on_error=on_error)

    async def _sign(self, on_url: Callable[[str], None]) -> None:
        begun_mono_s = time.monotonic()
        self._url, self._signed_mono_s = await self._remote.sign(), begun_mono_s
        on_url(self._url)


class Supply:
    """Opens one film in the players that are to play it.

    Args:
        tasks: where URLs are signed.

    Attributes:
        film: what is played, None without a film. waiting: whether a URL is being signed.
    """

    def __init__(self, tasks: TaskScope) -> None:
        self._tasks = tasks
        self.film: PurePath | RemoteFilm | None = None
        self._width = self._height = 0
        self._identity: FileIdentity | None = None
        self._signed: SignedUrl | None = None
        self._opened: set[Backend] = set()
        self._orders = 0
        self.waiting = False

    def take(self, film: PurePath | RemoteFilm, width: int, height: int) -> None:
        """Take a film with pictures of so many pixels."""
        self.cancel()
        self.film, self._width, self._height = film, width, height
        self._identity = identity_of(film) if isinstance(film, PurePath) else None
        self._signed = SignedUrl(film, self._tasks) if isinstance(film, RemoteFilm) else None
        self._opened.clear()

    def clear(self) -> None:
        """Have no film."""
        self.cancel()
        self.film = None

    def streams_to(self, player: Backend) -> bool:
        """Whether a player gets the film by a URL, which may have to be signed anew."""
        return self._signed is not None and player.needs_url

    def give(self, player: Backend, on_given: Callable[[], None], on_not_signed: Callable[[RdpguiError], None]) -> None:
        """Open the film in a player; what was ordered before is not carried out any more.

        Args:
            player: gets it.
            on_given: the player has it; at once, unless a URL has to be signed.
            on_not_signed: the player cannot have it.

        Raises:
            RecordingUnreadable: the file is another one by now: no player can help.
        """
        self.cancel()
        if self._signed is None or not player.needs_url:
            self._open(player, "", anew=False)
            on_given()
            return
        self.waiting = True
        self._signed.use(
            partial(self._on_url, self._orders, player, on_given),
            partial(self._on_error, self._orders, on_not_signed),
        )

    def cancel(self) -> None:
        """Carry out no order that waits for its URL."""
        self._orders += 1
        self.waiting = False

    def _open(self, player: Backend, url: str, *, anew: bool) -> None:
        film = self.film
        if isinstance(film, PurePath):
            refuse_replaced(film, self._identity)
        if film is not None and (anew or player not in self._opened):
            self._opened.add(player)
            media = film if isinstance(film, PurePath) else RemoteMedia(film.name, film.reader, url)
            player.open(media, self._width, self._height)

    def _on_url(self, order: int, player: Backend, on_given: Callable[[], None], url: str) -> None:
        if order == self._orders:
            self.waiting = False
            self._open(player, url, anew=True)
            on_given()

    def _on_error(self, order: int, on_not_signed: Callable[[RdpguiError], None], error: RdpguiError) -> None:
        if order == self._orders:
            self.waiting = False
            on_not_signed(error)
