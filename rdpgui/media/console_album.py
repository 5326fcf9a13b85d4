"""Console pictures on disk: written into the folders of runs, thinned out, read back and decoded, off the loop.

One thread of its own, so that neither the journals nor the films wait for a picture.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar

from rdpgui.core.errors import RecordingUnreadable, StorageError, StorageFull
from rdpgui.core.film import Still
from rdpgui.core.ids import RunId
from rdpgui.core.screen import FOLDER, LARGEST_BYTES, ScreenPicture, pictures_of, thinned
from rdpgui.core.texts import N_
from rdpgui.files import read_whole, write_whole

T = TypeVar("T")
_PRIVATE_FOLDER_MODE = 0o700


class ConsoleAlbum:
    """Keeps the pictures of runs; implements ``runner.screen_watch.Album``.

    Args:
        folder_of: gives the folder of a run; it exists as long as the run does.
        new_pool: gives one thread, by its name; the program's exit must not wait for it.
    """

    def __init__(self, folder_of: Callable[[RunId], Path], new_pool: Callable[[str], Executor]) -> None:
        self._folder_of = folder_of
        self._new_pool = new_pool
        self._pool: Executor | None = None

    async def keep(self, run_id: RunId, picture: ScreenPicture, data: bytes) -> int:
        """Write a picture into its run's folder, thin the older out, and return how many there are.

        Raises:
            StorageFull, StorageError: it cannot be kept.
        """
        return await self._in_thread(_keep, self._folder_of(run_id) / FOLDER, picture, data)

    async def list(self, run_id: RunId) -> tuple[ScreenPicture, ...]:
        """Return the pictures of a run, oldest first; of a folder that is not there, none."""
        return await self._in_thread(_list, self._folder_of(run_id) / FOLDER)

    async def read(self, path: Path) -> Still:
        """Decode a picture file.

        Raises:
            RecordingUnreadable: it is no picture that can be decoded. StorageError: it cannot be read.
        """
        return await self._in_thread(_read, path)

    async def aclose(self) -> None:
        """End the thread after what it is doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        if self._pool is None:
            self._pool = self._new_pool("console-pictures")
        return await asyncio.wrap_future(self._pool.submit(call, *arguments))


def _keep(folder: Path, picture: ScreenPicture, data: bytes) -> int:
    if len(data) > LARGEST_BYTES:
        raise StorageError(N_("A console picture of {size} bytes is not kept."), "", size=len(data))
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER_MODE, exist_ok=True)
        write_whole(folder / picture.name, data)
        kept = _listed(folder)
        gone = thinned([(item.name, (folder / item.name).stat().st_size) for item in kept])
        for name in gone:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        kind = StorageFull if error.errno == 28 else StorageError
        text = N_("The console picture could not be kept: {reason}.")
        raise kind(text, "", reason=error.strerror or error) from error
    return len(kept) - len(gone)


def _list(folder: Path) -> tuple[ScreenPicture, ...]:
    try:
        return _listed(folder)
    except OSError:
        return ()


def _listed(folder: Path) -> tuple[ScreenPicture, ...]:
    return pictures_of(path.name for path in folder.iterdir())


def _read(path: Path) -> Still:
    # Imported by the thread, so that importing this module costs nothing.
    import av

    from rdpgui.media.picture import pixels

    try:
        data = read_whole(path)
    except OSError as error:
        raise StorageError(N_("The picture cannot be read: {reason}."), "", reason=error.strerror or error) from error
    try:
        with av.open(io.BytesIO(data), format="jpeg_pipe") as container:
            frame = next(container.decode(video=0))
            return Still(0.0, frame.width, frame.height, pixels(frame, "rgb24"))
    except (av.FFmpegError, StopIteration, ValueError, IndexError) as error:
        raise RecordingUnreadable(N_("The picture cannot be decoded."), "", name=path.name) from error
