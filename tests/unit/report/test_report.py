"""The report and the evidence pack: safe, in both languages, marked LAB, and sealed."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdpgui.core.ids import AccountId, Region
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.judge import judge
from rdpgui.core.place import Place
from rdpgui.core.session import AccessType
from rdpgui.core.state import LogLine, RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue, VisualConfirmation
from rdpgui.i18n import set_language
from rdpgui.report import pack
from rdpgui.report.html import matrix_html, run_html
from rdpgui.report.model import REPORT_NAME, check_line
from rdpgui.ui import labels
from tests.unit.core.samples import T0, good_run

EVIL = '<script>alert("x")</script>'
DESTINATION = Destination(readable=True, unchanged=True, read_at=T0)


def judged() -> RunState:
    run = good_run()
    return replace(run, verdict=judge(run, DESTINATION))


def test_that_nothing_from_outside_becomes_markup() -> None:
    run = replace(
        judged(),
        account_id=AccountId(EVIL),
        reason=EVIL,
        confirmation=VisualConfirmation(True, EVIL, T0),
        log=(LogLine(T0, "info", "{x}", (("x", EVIL),)),),
    )
    for page in (run_html(run), matrix_html([run], {run.run_id: EVIL}, title=EVIL)):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("language", "word"), [("en", "Film is complete to its end"), ("ja", "")])
def test_that_a_report_speaks_the_readers_language(language: str, word: str) -> None:
    set_language(language)
    page = run_html(judged())
    assert f'<html lang="{language}">' in page
    if language == "en":
        assert word in page
    else:
        assert "Film is complete to its end" not in page
        assert any("\u3040" <= letter <= "\u30ff" for letter in page)
        assert "見えない" not in page, "a film that is not cut off is not one that a person does not see"


def test_that_the_lab_is_marked_and_an_account_is_not() -> None:
    run = judged()
    assert ">LAB<" in run_html(run)
    real = replace(run, plan=replace(run.plan, lab=False))
    assert ">LAB<" not in run_html(real)
    assert ">LAB<" in matrix_html([real, run], {}, title="t")


LAB = Place(scenario="recorder-on-instance")
AWS = Place(account_id=AccountId("123456789012"), region=Region("ap-northeast-1"))


@pytest.mark.case("L1", "L2")
def test_that_reports_and_facts_name_the_place_and_mark_every_picture_of_the_lab() -> None:
    lab = replace(judged(), place=LAB)
    page = run_html(lab)
    assert "LAB · recorder-on-instance" in page
    assert page.count("<img") == page.count('<span class="lab">LAB</span></span>') > 0
    facts = json.loads(pack.facts_json(lab))
    assert (facts["place"], facts["scenario"]) == ("lab:recorder-on-instance", "recorder-on-instance")
    real = replace(lab, place=AWS, plan=replace(lab.plan, lab=False))
    assert "123456789012 · ap-northeast-1" in run_html(real)
    facts = json.loads(pack.facts_json(real))
    assert (facts["place"], facts["scenario"]) == ("aws:123456789012/ap-northeast-1", None)
    table = matrix_html([lab, real], {}, title="t")
    assert "LAB · recorder-on-instance / 123456789012 · ap-northeast-1" in table
    assert table.count('<br><span class="dim">123456789012 · ap-northeast-1') == 1


@pytest.mark.case("L2")
def test_that_a_journal_without_a_place_is_reported_as_such() -> None:
    old = replace(judged(), place=None)
    assert "LAB · place not recorded" in run_html(old)
    assert json.loads(pack.facts_json(old))["place"] is None


@pytest.mark.case("V13")
def test_that_a_report_says_how_the_session_was_really_allowed() -> None:
    run = judged()
    assert run.attached is not None
    session = replace(run.attached.session, access_type=AccessType.JUST_IN_TIME)
    other = replace(run, attached=replace(run.attached, session=session))
    assert "Just-in-time (planned: Standard)" in run_html(other)
    facts = json.loads(pack.facts_json(other))
    assert (facts["access_type"], facts["planned_access_type"]) == ("JustInTime", "Standard")


@pytest.mark.parametrize("value", [None, *VerdictValue])
def test_that_the_verdict_is_said_in_words(value: VerdictValue | None) -> None:
    run = judged()
    assert run.verdict is not None
    verdict: Verdict | None = None if value is None else replace(run.verdict, value=value)
    page = run_html(replace(run, verdict=verdict))
    assert ("no verdict" if value is None else value.value.upper()) in page


def test_that_the_facts_say_what_the_report_says() -> None:
    run = judged()
    facts = json.loads(pack.facts_json(run))
    assert run.verdict is not None
    assert (facts["run_id"], facts["verdict"], facts["lab"]) == (run.run_id, run.verdict.value.value, True)
    assert len(facts["checks"]) == len(run.verdict.checks)


# -- manifest ------------------------------------------------------------------


def sealed(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / pack.MANIFEST).write_bytes(pack.manifest(folder))
    return folder


@pytest.mark.case("R7")
def test_that_half_a_character_from_outside_costs_no_report() -> None:
    run = good_run()
    text, place = "half \ud83d of it", Place(account_id=AccountId("1\ud83d"), region=Region("us-east-1"))
    half = replace(run, reason=text, place=place, log=(LogLine(T0, "error", "{x}", (("x", text),)),))
    written = pack.documents(half)
    assert rb"1\ud83d" in written[pack.FACTS]
    assert json.loads(written[pack.FACTS]) == json.loads(pack.facts_json(half))
    assert rb"half \ud83d of it" in written[REPORT_NAME]


def test_that_the_manifest_is_what_sha256sum_checks(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "run", {"a b.mp4": b"film", "journal.jsonl": b"{}\n"})
    assert hashlib.sha256(b"film").hexdigest() + "  a b.mp4\n" in (folder / pack.MANIFEST).read_text()
    checked = subprocess.run(["sha256sum", "-c", pack.MANIFEST], cwd=folder, capture_output=True, check=False)
    assert checked.returncode == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_that_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = data.draw(
        st.dictionaries(st.sampled_from(["a.mp4", "b.png", "j.jsonl"]), st.binary(min_size=1), min_size=1)
    )
    folder = sealed(tmp_path_factory.mktemp("m") / "run", content)
    assert pack.verify(folder) == []
    name = data.draw(st.sampled_from(sorted(content)))
    place = data.draw(st.integers(0, len(content[name]) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(content[name])
    changed[place] ^= other
    (folder / name).write_bytes(changed)
    assert pack.verify(folder) == [name]


def test_that_a_missing_and_an_added_file_are_found(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "run", {"a": b"1", "b": b"2"})
    (folder / "a").unlink()
    (folder / "c").write_bytes(b"3")
    assert pack.verify(folder) == ["a", "c"]


@pytest.mark.parametrize("name", [".picture.jpg.7.part", "film.mp4.0.part", "film.mp4.parts.json"])
def test_that_what_is_half_written_is_no_evidence(tmp_path: Path, name: str) -> None:
    folder = sealed(tmp_path / "run", {"a": b"1", name: b"half"})
    assert name not in (folder / pack.MANIFEST).read_text()
    (folder / name).unlink()
    assert pack.verify(folder) == []
    (folder / name).write_bytes(b"another half")
    assert pack.verify(folder) == []


def test_that_a_file_that_vanishes_meanwhile_ends_neither_the_manifest_nor_its_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sealed(tmp_path / "run", {"a": b"1", "b": b"2"})
    is_file = Path.is_file

    def gone_since(path: Path) -> bool:
        was_there = is_file(path)
        if path.name == "a":
            path.unlink(missing_ok=True)
        return was_there

    monkeypatch.setattr(Path, "is_file", gone_since)
    assert pack.verify(folder) == ["a"]
    (folder / "a").write_bytes(b"1")
    assert [line.split()[1] for line in pack.manifest(folder).decode().splitlines()] == ["b"]


@pytest.mark.case("L14")
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("check_id", CheckId)
def test_that_a_check_has_one_name_in_window_report_and_terminal(language: str, check_id: CheckId) -> None:
    set_language(language)
    assert check_line(Check(check_id, CheckResult.HELD, "")).name == labels.word(check_id)
