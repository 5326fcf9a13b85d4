"""Stills off the event loop."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.media import still_service
from rdpgui.media.still_service import StillService
from rdpgui.media.stills import StillReader
from tests.helpers.waiting import wait_for
from tests.unit.media.numbers import number_of


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("film-stills")]


def test_that_stills_come_exact_and_the_thread_ends(plain_film: Path) -> None:
    async def flow() -> list[int | None]:
        service = StillService()
        film = await service.open(plain_film)
        stills = [await film.at_index(7), await film.at_time(1.25), await film.last()]
        small = await film.thumbnail(1.25, 48)
        assert (small.width, small.height, small.index) == (48, 32, 12)
        assert len(small.rgb) == 48 * 32 * 3
        assert [(still.width, still.pts_s) for still in await film.key_thumbnails(6, 32)] == [
            (32, 0.0),
            (32, 1.0),
            (32, 2.0),
        ]
        await film.close()
        await service.aclose()
        return [number_of(still) for still in stills]

    assert asyncio.run(flow()) == [7, 12, 29]
    assert _threads() == []


def test_that_a_closed_film_refuses_instead_of_ending_the_process(plain_film: Path) -> None:
    async def flow() -> None:
        service = StillService()
        film = await service.open(plain_film)
        await film.close()
        await film.close()
        with pytest.raises(RecordingUnreadable, match="closed"):
            await film.at_time(0.0)
        await service.aclose()

    asyncio.run(flow())


def test_that_a_cancelled_request_leaves_the_film_usable(plain_film: Path) -> None:
    async def flow() -> int | None:
        service = StillService()
        opening = asyncio.create_task(service.open(plain_film))
        await asyncio.sleep(0)
        opening.cancel()
        film = await service.open(plain_film)
        asking = asyncio.create_task(film.at_index(3))
        await asyncio.sleep(0)
        asking.cancel()
        still = await film.at_index(4)
        await film.close()
        await service.aclose()
        return number_of(still)

    assert asyncio.run(flow()) == 4


def test_that_a_cancelled_close_still_closes_the_file(plain_film: Path, recwarn: pytest.WarningsRecorder) -> None:
    async def flow() -> None:
        service = StillService()
        film = await service.open(plain_film)
        gate = threading.Event()
        service.submit(gate.wait)
        closing = asyncio.create_task(film.close())
        await asyncio.sleep(0)
        closing.cancel()  # while it waits for its turn
        await asyncio.wait({closing})
        gate.set()
        await service.aclose()

    asyncio.run(flow())
    gc.collect()
    assert [str(one.message) for one in recwarn if one.category is ResourceWarning] == []


@pytest.mark.parametrize("drop", ["cancelled", "dropped"])
def test_that_a_film_nobody_waits_for_any_more_is_closed_as_soon_as_it_is_open(
    plain_film: Path, monkeypatch: pytest.MonkeyPatch, drop: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    readers: list[StillReader] = []

    def slow(source: Path, name: str) -> StillReader:
        begun.set()
        go_on.wait()
        readers.append(StillReader(source, name=name))
        return readers[0]

    async def flow() -> None:
        service = StillService()
        if drop == "cancelled":
            opening = asyncio.create_task(service.open(plain_film))
            await asyncio.to_thread(begun.wait)
            opening.cancel()
            await asyncio.wait({opening})
        else:
            coroutine = service.open(plain_film)
            coroutine.send(None)
            await asyncio.to_thread(begun.wait)
            coroutine.close()  # as the end of its loop does
        go_on.set()
        await service.aclose()

    monkeypatch.setattr(still_service, "_open", slow)
    asyncio.run(flow())
    with pytest.raises(RecordingUnreadable, match="closed"):
        readers[0].last()


def test_that_the_thread_ends_though_the_closing_was_cancelled(plain_film: Path) -> None:
    async def flow() -> None:
        service = StillService()
        gate = threading.Event()
        service.submit(gate.wait)
        closing = asyncio.create_task(service.aclose())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait({closing})
        gate.set()

    asyncio.run(flow())
    wait_for(lambda: _threads() == [])


def test_that_the_service_starts_again_after_it_was_closed(plain_film: Path) -> None:
    async def flow() -> None:
        service = StillService()
        await service.aclose()
        film = await service.open(plain_film)
        await film.close()
        await service.aclose()

    asyncio.run(flow())
    assert _threads() == []


def test_that_a_missing_film_is_named(tmp_path: Path) -> None:
    async def flow() -> None:
        service = StillService()
        with pytest.raises(RecordingUnreadable, match=r"gone\.mp4"):
            await service.open(tmp_path / "gone.mp4")
        await service.aclose()

    asyncio.run(flow())
