"""Paths, run folders and settings on disk: private, atomic, and clear when something stands in the way."""

from __future__ import annotations

import errno
import functools
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from rdpgui.app import settings_store
from rdpgui.app.alias_memory import read_aliases, write_aliases
from rdpgui.app.paths import DEFAULT_SCENARIO, make_private, resources, scenario_title, user_paths
from rdpgui.app.place_memory import read_places
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders, drop_unfinished
from rdpgui.app.storage_errors import storage_error
from rdpgui.aws.part_file import write_private
from rdpgui.core.aliases import Named
from rdpgui.core.errors import RdpguiError, SettingsError, StorageError, StorageFull
from rdpgui.core.film import Still
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.files import read_whole, refuse_irregular
from rdpgui.media.png import write_png


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- paths ---------------------------------------------------------------------


@pytest.mark.case("L2")
def test_that_a_scenario_of_ones_own_is_no_other_of_its_name_and_not_the_one_it_was_before(tmp_path: Path) -> None:
    shipped = resources() / "lab" / f"{DEFAULT_SCENARIO}.json"
    assert scenario_title(DEFAULT_SCENARIO) == scenario_title(str(shipped)) == DEFAULT_SCENARIO
    own = tmp_path / shipped.name
    own.write_bytes(shipped.read_bytes())
    before = scenario_title(str(own))
    assert before.startswith(f"{DEFAULT_SCENARIO} (")
    assert scenario_title(str(own)) == before
    own.write_bytes(shipped.read_bytes() + b" ")
    assert scenario_title(str(own)) not in (before, DEFAULT_SCENARIO)
    own.unlink()
    assert scenario_title(str(own)) not in (before, DEFAULT_SCENARIO)
    os.mkfifo(own)
    assert scenario_title(str(own)) not in (before, DEFAULT_SCENARIO)


def test_that_a_data_folder_takes_everything(tmp_path: Path) -> None:
    paths = user_paths(tmp_path)
    assert {paths.data, paths.config, paths.logs.parent, paths.runs.parent} == {tmp_path}


def test_that_the_environment_names_the_data_folder_and_the_argument_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RDPGUI_DATA_DIR", str(tmp_path / "environment"))
    assert user_paths().data == tmp_path / "environment"
    assert user_paths(tmp_path / "argument").data == tmp_path / "argument"
    monkeypatch.setenv("RDPGUI_DATA_DIR", "")
    assert "rdpgui" in str(user_paths().data)


def test_that_a_private_folder_is_closed_to_others_even_when_it_was_open(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o755)
    assert _mode(make_private(open_folder)) == 0o700
    assert _mode(make_private(tmp_path / "a" / "b")) == 0o700


def test_that_a_folder_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as raised:
        make_private(tmp_path / "file" / "below")
    assert str(tmp_path / "file" / "below") in raised.value.text()
    assert raised.value.remedy


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_that_every_way_of_being_full_is_a_full_disk(number: int) -> None:
    assert isinstance(storage_error(OSError(number, os.strerror(number)), Path("x")), StorageFull)
    assert isinstance(storage_error(OSError(errno.EACCES, "no"), Path("x")), StorageError)


# -- run folders ---------------------------------------------------------------


def test_that_a_run_has_a_private_folder_and_a_private_journal(tmp_path: Path) -> None:
    folders = FileRunFolders(tmp_path / "runs")
    folder, journal = folders.create("r-1")
    journal.append("one")
    journal.close()
    assert (_mode(folder), _mode(folder / JOURNAL_NAME), _mode(tmp_path / "runs")) == (0o700, 0o600, 0o700)
    assert folders.run_folders() == [folder]
    assert folders.lines(folder) == ("one",)


def test_that_a_run_never_writes_into_the_folder_of_another(tmp_path: Path) -> None:
    folders = FileRunFolders(tmp_path)
    _folder, journal = folders.create("r-1")
    journal.close()
    with pytest.raises(StorageError):
        folders.create("r-1")


@pytest.mark.parametrize("written", [0, 3])
def test_that_a_full_disk_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    folder, journal = FileRunFolders(tmp_path).create("r-1")
    journal.append("one")
    write = os.write

    def full(fd: int, data: bytes) -> int:
        if written:
            return write(fd, data[:written])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rdpgui.app.run_folders.os.write", full)
    with pytest.raises(StorageFull) as raised:
        journal.append("two")
    assert str(folder / JOURNAL_NAME) in raised.value.text()
    monkeypatch.undo()
    journal.append("three")
    journal.close()
    assert (folder / JOURNAL_NAME).read_text() == "one\nthree\n"


def test_that_a_line_cut_off_by_a_crash_is_left_out_and_removed_before_writing_on(tmp_path: Path) -> None:
    folders = FileRunFolders(tmp_path)
    folder, journal = folders.create("r-1")
    journal.append("one")
    journal.close()
    with (folder / JOURNAL_NAME).open("ab") as file:
        file.write(b'{"half')
    assert folders.lines(folder) == ("one",)
    again = folders.reopen(folder)
    again.append("two")
    again.close()
    assert (folder / JOURNAL_NAME).read_text() == "one\ntwo\n"


def test_that_bytes_that_are_no_text_do_not_stop_the_reading(tmp_path: Path) -> None:
    folder, journal = FileRunFolders(tmp_path).create("r-1")
    journal.close()
    (folder / JOURNAL_NAME).write_bytes(b'{"a":"\xff"}\n')
    (line,) = FileRunFolders(tmp_path).lines(folder)
    with pytest.raises(ValueError, match="escape"):
        json.loads(line)


def test_that_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders, target = FileRunFolders(tmp_path), tmp_path / "report.html"
    folders.write_bytes(target, b"before")
    assert _mode(target) == 0o600

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("rdpgui.files.os.fsync", full)
    with pytest.raises(StorageFull):
        folders.write_bytes(target, b"after")
    assert target.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def _link(place: Path) -> None:
    (place.parent / "elsewhere").write_bytes(b"theirs")
    place.symlink_to(place.parent / "elsewhere")


def _dangling(place: Path) -> None:
    place.symlink_to(place.parent / "nowhere")


def _device(place: Path) -> None:
    place.symlink_to("/dev/full")


IRREGULAR: dict[str, Callable[[Path], None]] = {
    "a symbolic link": _link,
    "a link that leads nowhere": _dangling,
    "a link to a device": _device,
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
}


@pytest.mark.case("R12")
@pytest.mark.parametrize("kind", IRREGULAR)
def test_that_what_is_no_ordinary_file_is_never_replaced(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    IRREGULAR[kind](place)
    before, names = place.lstat(), sorted(p.name for p in tmp_path.iterdir())
    still = Still(0.0, 2, 1, b"\1\2\3\4\5\6")
    ways: tuple[Callable[[], object], ...] = (
        functools.partial(FileRunFolders(tmp_path).write_bytes, place, b"ours"),
        functools.partial(write_png, place, still),
        functools.partial(write_private, place, b"ours"),
    )
    for write in ways:
        with pytest.raises(StorageError, match="ordinary") as raised:
            write()
        assert raised.value.remedy
        after = place.lstat()
        assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)
        assert sorted(p.name for p in tmp_path.iterdir()) == names


@pytest.mark.case("R12")
def test_that_a_device_is_refused_by_its_name() -> None:
    with pytest.raises(StorageError, match="/dev/full is a device"):
        refuse_irregular(Path("/dev/full"))


def test_that_what_lies_under_the_name_of_the_unfinished_file_is_not_written_into(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"theirs")
    (tmp_path / f".report.html.{os.getpid()}.part").symlink_to(theirs)
    FileRunFolders(tmp_path).write_bytes(tmp_path / "report.html", b"ours")
    assert (theirs.read_bytes(), (tmp_path / "report.html").read_bytes()) == (b"theirs", b"ours")


def test_that_a_missing_root_holds_no_runs(tmp_path: Path) -> None:
    assert FileRunFolders(tmp_path / "none").run_folders() == []


# -- settings ------------------------------------------------------------------


def test_that_settings_come_back_and_only_differences_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    assert settings_store.load(path) == Settings()
    changed = Settings(theme=Theme.DARK, language=Language.JAPANESE, armed_s=60.0, restore_after_halt=False)
    settings_store.save(path, changed)
    assert settings_store.load(path) == changed
    assert set(json.loads(path.read_text())) == {"theme", "language", "armed_s", "restore_after_halt"}
    assert (_mode(path), _mode(path.parent)) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{broken", "settings.json"),
        ("[]", "settings.json"),
        ('{"theme": "pink"}', "pink"),
        ('{"armed_s": "long"}', "armed_s"),
        ('{"restore_after_halt": 1}', "restore_after_halt"),
        ('{"no_such": 1}', "no_such"),
    ],
)
def test_that_settings_that_cannot_be_used_are_named_with_a_remedy(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as raised:
        settings_store.load(path)
    assert named in raised.value.text()
    assert raised.value.remedy


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "a folder"])
def test_that_settings_that_cannot_be_read_are_an_error_of_ours(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "settings.json"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(RdpguiError):
        settings_store.load(path)


def test_that_what_is_half_written_and_too_old_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = ["journal.jsonl", "recording.mp4", "part.mp4", "film.mp4.0123456789ab.part.txt"]
    old = ["recording.mp4.0123456789ab.part", "recording.mp4.0123456789ab.parts.json", ".report.html.part"]
    young = ["recording-2.mp4.0123456789ab.part", "recording-2.mp4.0123456789ab.parts.json.new"]
    for name in (*kept, *old, *young):
        (tmp_path / name).write_bytes(b"x")
    for name in (*kept, *old):
        os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    drop_unfinished(tmp_path, older_than_s=3600.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((*kept, *young))
    drop_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    drop_unfinished(tmp_path / "not there")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_that_one_journal_that_cannot_be_read_is_named_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folders = FileRunFolders(tmp_path / "runs")
    for name in ("r1", "r2", "r3"):
        _folder, journal = folders.create(name)
        journal.append(name)
        journal.close()
    (tmp_path / "runs" / "not a run").mkdir()

    def read(path: Path) -> bytes:
        if path.parent.name == "r2":
            raise OSError(number, os.strerror(number))
        return read_whole(path)

    monkeypatch.setattr("rdpgui.app.run_folders.read_whole", read)
    assert [folders.lines(folders.folder_of(name)) for name in ("r1", "r3")] == [("r1",), ("r3",)]
    with pytest.raises(StorageError) as raised:
        folders.lines(folders.folder_of("r2"))
    assert str(tmp_path / "runs" / "r2" / JOURNAL_NAME) in raised.value.text()
    assert os.strerror(number) in raised.value.text()
    assert raised.value.remedy


def test_that_a_folder_of_runs_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in the way")
    with pytest.raises(StorageError, match="runs"):
        FileRunFolders(tmp_path / "runs").run_folders()


@pytest.mark.case("L2")
def test_that_what_is_no_utf_8_is_kept_in_settings_and_in_the_table_of_names(tmp_path: Path) -> None:
    """A folder of another code page; half a character in a name that AWS tells."""
    settings = Settings().with_value("run_folder", os.fsdecode(b"/runs/\xff")).with_value("tester", "検査者")
    path = tmp_path / "settings.json"
    settings_store.save(path, settings)
    assert settings_store.load(path) == settings
    assert "検査者" in path.read_text(encoding="utf-8")
    write_aliases(path, {"\ud800": (Named.USER, 1)})
    assert read_aliases(path) == {"\ud800": (Named.USER, 1)}


def test_that_files_of_ones_own_that_never_end_are_none_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    assert (read_aliases(path), read_places(path)) == ({}, {})
    with pytest.raises(SettingsError, match="cannot be read"):
        settings_store.load(path)


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e999", '"x"', "null", "[]", "-1"])
def test_that_a_table_of_names_with_a_number_that_is_none_knows_nobody(tmp_path: Path, number: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(f'{{"fin-web-01": ["server", {number}]}}')
    assert read_aliases(path) == {}
