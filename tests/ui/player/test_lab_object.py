"""An object of the lab, looked at through the real adapters: ranged reads, presigned URL, verified download."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.film_commands import FilmCommands
from rdpgui.app.paths import user_paths
from rdpgui.app.workplace import Workplace
from rdpgui.aws.clients import LabKeys
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.core.errors import NotFound, RecordingUnreadable
from rdpgui.core.settings import Settings
from rdpgui.media.film_port import FilmInspector
from rdpgui.runner.store import Store
from rdpgui.ui.film_port import PlacedFilm, RemoteFilm
from rdpgui.ui.notifications import Notifications
from tests.contract.conftest import Endpoint, start_endpoint
from tests.ui.player.conftest import FRAMES, START, PlayerBench

Play = Callable[..., Any]
BUCKET, KEY = "looked-at", "r/2026/a film +x.mp4"


@pytest.fixture(scope="module")
def endpoint(numbered: Path) -> Iterator[Endpoint]:
    """The lab with one film in a bucket of its own."""
    made = start_endpoint({"scenario": "default"})
    try:
        made.ready = made.next_event()
        assert made.next_event()["event"] == "seeded"
        s3 = made.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=numbered.read_bytes(), ChecksumAlgorithm="CRC32")
        yield made
    finally:
        made.end()


async def ports_of(endpoint: Endpoint) -> AwsPorts:
    """Return the program's own adapters on the lab."""
    ready = endpoint.ready
    keys = LabKeys(ready["access_key_id"], ready["secret_access_key"])
    return await connect(region=ready["region"], endpoint_url=ready["url"], lab_keys=keys)


class Desk:
    """The app's orders on a panel, without a window."""

    def __init__(self, bench: PlayerBench, aws: AwsPorts, folder: Path) -> None:
        self.films = FilmInspector()
        session: Any = SimpleNamespace(
            environment=SimpleNamespace(ports=SimpleNamespace(objects=aws.objects), films=self.films), lab=True
        )
        work = Workplace(bench.tasks, Store(), Notifications(), Settings())
        work.session = session
        self.commands = FilmCommands(work, bench.panel, user_paths(folder).objects)


def test_that_an_object_is_shown_by_ranges_first_and_from_the_verified_file_then(
    play: Play, endpoint: Endpoint, tmp_path: Path, numbered: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        aws = await ports_of(endpoint)
        desk = Desk(bench, aws, tmp_path)
        opened: list[object] = []
        bench.panel.deck.mount.part_changed.connect(lambda _place: opened.append(bench.panel.deck.desk.opened_film))
        desk.commands.open_object(BUCKET, KEY)
        await bench.until(lambda: len(opened) == 2)
        await bench.until_number(0)
        bench.panel.seek_end()
        await bench.until_number(FRAMES - 1)
        first, then = opened
        assert isinstance(first, RemoteFilm)
        assert isinstance(then, Path)
        again: list[object] = []
        bench.panel.deck.mount.part_changed.connect(lambda _place: again.append(bench.panel.deck.desk.opened_film))
        desk.commands.open_object(BUCKET, KEY)
        await bench.until(lambda: again == [then])  # it is there already
        await bench.until_number(0)
        await desk.films.aclose()
        await aws.aclose()

    play(flow)
    kept = list((tmp_path / "objects").iterdir())
    assert [path.read_bytes() == numbered.read_bytes() for path in kept] == [True]
    assert kept[0].name.endswith("-a_film_x.mp4")
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700


def test_that_libvlc_plays_the_lab_s_presigned_url_to_the_last_frame(
    play: Play, endpoint: Endpoint, tmp_path: Path, player: str
) -> None:
    async def flow(bench: PlayerBench) -> None:
        aws = await ports_of(endpoint)
        inspector = FilmInspector()
        item = await aws.objects.head(BUCKET, KEY)
        facts = await inspector.inspect_remote(aws.objects.reader(item), KEY)
        signed: list[str] = []

        async def sign() -> str:
            signed.append(await aws.objects.presigned_url(item, expires_s=900))
            return signed[-1]

        remote = RemoteFilm("film.mp4", aws.objects.reader(item), sign, 900.0)
        bench.panel.show_films([PlacedFilm(tmp_path / "later.mp4", facts, START, remote)], lab=True)
        await bench.until_number(0)
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        wanted = "PyAV" if player == "pyav" else "libvlc"
        assert bench.panel.deck.motion.players.name == wanted
        assert len(signed) == (0 if player == "pyav" else 1)
        await inspector.aclose()
        await aws.aclose()

    play(flow, player)


@pytest.mark.logs("do not fit")
def test_that_bytes_that_do_not_fit_the_checksum_are_refused_and_not_kept(
    play: Play, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def flow(bench: PlayerBench) -> None:
        aws = await ports_of(endpoint)
        desk = Desk(bench, aws, tmp_path)
        real = aws.objects.download

        async def spoilt(item: Any, target: Any, progress: Any) -> Any:
            return replace(await real(item, target, progress), checksum_matched=False)

        monkeypatch.setattr(aws.objects, "download", spoilt)
        desk.commands.open_object(BUCKET, KEY)
        await bench.until(lambda: bench.errors != [])
        assert isinstance(bench.errors.pop()[1], RecordingUnreadable)
        await bench.until_number(0)  # what was looked at stays
        await desk.films.aclose()
        await aws.aclose()

    play(flow)
    assert list((tmp_path / "objects").iterdir()) == []


def test_that_an_object_that_is_not_there_is_named_and_the_film_shown_stays(
    play: Play, endpoint: Endpoint, tmp_path: Path, numbered: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def flow(bench: PlayerBench) -> None:
        aws = await ports_of(endpoint)
        desk = Desk(bench, aws, tmp_path)
        await bench.show(numbered)
        desk.commands.open_object(BUCKET, "nothing.mp4")
        await bench.until(lambda: bench.errors != [])
        name, error = bench.errors.pop()
        assert name == "open object"
        assert isinstance(error, NotFound)
        assert bench.number == 0
        await desk.films.aclose()
        await aws.aclose()

    play(flow)
    assert "Signature" not in caplog.text
