"""A run in one file: whole, verified, and never over another one without a yes."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from rdpgui.core.errors import StorageError
from rdpgui.report import hand_in as hand_in_module
from rdpgui.report import pack
from rdpgui.report.hand_in import hand_in, verify_archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with its manifest."""
    made = tmp_path / "runs" / "20261130-101112-os-shutdown"
    (made / "screen").mkdir(parents=True)
    for name, data in {"journal.jsonl": b"{}\n", "film.mp4": bytes(4000), "screen/1.png": b"png"}.items():
        (made / name).write_bytes(data)
    (made / "more.mp4.part").write_bytes(b"half")
    (made / pack.MANIFEST).write_bytes(pack.manifest(made))
    return made


def left(target: Path) -> list[str]:
    """Return what lies beside an archive."""
    return sorted(path.name for path in target.parent.iterdir() if path.is_file())


def test_that_the_archive_unpacked_is_the_folder_and_verifies(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.zip"
    assert hand_in(folder, target, replace=False) == target
    assert (verify_archive(target), left(target)) == ([], ["run.zip"])
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "out")
    unpacked = tmp_path / "out" / folder.name
    assert pack.verify(unpacked) == []
    assert not (unpacked / "more.mp4.part").exists()


def test_that_a_file_that_is_there_is_replaced_only_on_a_yes(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "run.zip"
    target.write_bytes(b"somebody's")
    with pytest.raises(StorageError, match="already"):
        hand_in(folder, target, replace=False)
    assert (target.read_bytes(), left(target)) == (b"somebody's", ["run.zip"])
    hand_in(folder, target, replace=True)
    assert verify_archive(target) == []


def test_that_a_file_that_appears_meanwhile_is_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run.zip"

    def verified(path: Path) -> list[str]:
        target.write_bytes(b"somebody's")
        return verify_archive(path)

    monkeypatch.setattr(hand_in_module, "verify_archive", verified)
    with pytest.raises(StorageError, match="already"):
        hand_in(folder, target, replace=False)
    assert (target.read_bytes(), left(target)) == (b"somebody's", ["run.zip"])


@pytest.mark.parametrize("what", ["changed", "added", "missing"])
def test_that_a_folder_that_differs_from_its_manifest_is_not_handed_in(folder: Path, tmp_path: Path, what: str) -> None:
    target = tmp_path / "run.zip"
    if what == "missing":
        (folder / "film.mp4").unlink()
    else:
        (folder / ("film.mp4" if what == "changed" else "other.txt")).write_bytes(b"x")
    with pytest.raises(StorageError, match="differ from its manifest"):
        hand_in(folder, target, replace=False)
    assert left(target) == []


def test_that_a_link_is_never_followed_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "credentials"
    secret.write_bytes(b"aws_secret_access_key")
    (folder / "still.png").symlink_to(secret)
    (folder / pack.MANIFEST).write_bytes(pack.manifest(folder))
    assert "still.png" not in (folder / pack.MANIFEST).read_text()
    target = tmp_path / "out" / "run.zip"
    target.parent.mkdir()
    with pytest.raises(StorageError, match=r"still\.png"):
        hand_in(folder, target, replace=False)
    assert left(target) == []


def test_that_a_film_changed_since_it_was_saved_is_not_made_true_by_a_new_manifest(
    folder: Path, tmp_path: Path
) -> None:
    saved = hashlib.sha256((folder / "film.mp4").read_bytes()).hexdigest()
    (folder / "film.mp4").write_bytes(b"another film")
    (folder / pack.MANIFEST).write_bytes(pack.manifest(folder, {"film.mp4": saved}))
    assert pack.verify(folder) == ["film.mp4"]
    with pytest.raises(StorageError, match=r"film\.mp4"):
        hand_in(folder, tmp_path / "run.zip", replace=False)
