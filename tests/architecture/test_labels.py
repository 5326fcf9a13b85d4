"""Words: every enum that is shown has one, and the Japanese catalogue is whole."""

from __future__ import annotations

import ast
import asyncio
import copy
import importlib.util
import re
import string
import subprocess
import sys
import threading
import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages import pofile

from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState, PingStatus
from rdpgui.core.judging.claims import ClaimResult
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.recording import Basis, ConsoleWord, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.session import AccessType, SessionStatus
from rdpgui.core.settings import Language, Theme
from rdpgui.core.verdict import CheckId, CheckResult, VerdictValue
from rdpgui.core.words import CAUSES
from rdpgui.i18n import _, fill, in_context, language, ngettext, retell, set_language, speaking, system_language
from rdpgui.report import model as report_model
from rdpgui.ui import labels

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "resources" / "locale" / "ja" / "LC_MESSAGES" / "rdpgui.po"
SHOWN: tuple[type[StrEnum], ...] = (
    DisruptionId, Origin, Effect, Topic, TailClass, InstanceState, PingStatus, ConnectionStatus, Basis, ConsoleWord,
    RecordingStatus, Phase, RunStatus, AccessType, SessionStatus, VerdictValue, CheckId, CheckResult, ClaimResult,
    Theme, Language,
)  # fmt: skip
TONED = (InstanceState, PingStatus, SessionStatus, RecordingStatus, VerdictValue, CheckResult, RunStatus, ClaimResult)


@pytest.mark.parametrize("kind", SHOWN, ids=[kind.__name__ for kind in SHOWN])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_every_member_that_is_shown_has_a_word(kind: type[StrEnum], language: str) -> None:
    set_language(language)
    assert [member.name for member in kind if not labels.word(member)] == []


@pytest.mark.parametrize("kind", TONED, ids=[kind.__name__ for kind in TONED])
def test_that_every_status_has_its_tone(kind: type[StrEnum]) -> None:
    assert [member.name for member in kind if (kind, member.value) not in labels.TONES] == []


def test_that_every_disruption_says_what_it_does() -> None:
    assert all(labels.consequence(disruption).endswith(".") for disruption in DISRUPTIONS.values())
    names = [labels.disruption_name(disruption_id) for disruption_id in DisruptionId]
    assert len(set(names)) == len(names)


def test_that_words_of_different_enums_with_one_value_stay_apart() -> None:
    assert labels.word(Phase.PROCESSING) != labels.word(RecordingStatus.PROCESSING)


def test_that_values_inside_log_lines_are_translated_and_times_are_local() -> None:
    set_language("ja")
    assert labels.field_word("phase", "restoring") == "復旧"
    assert labels.field_word("code", "Client.UserInitiatedShutdown") == "Client.UserInitiatedShutdown"
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", labels.field_word("end", "2026-01-31T12:00:00.250000+00:00"))


def test_that_window_and_report_say_a_sentence_with_words_and_local_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        set_language("ja")
        doubt = ("Doubtful: {cause}", (("cause", "film-truncated"),))
        boot = "Restarted: last boot {boot_at} ({zone}); the agent's connection was lost meanwhile."
        at = (("boot_at", "2026-11-23T08:15:08.096000+00:00"),)
        tail = "The last frame of a control looks like a shutdown ({tail})."
        for sentence, zone in ((labels.sentence, "UTC+9"), (report_model.sentence, "JST")):
            assert "映像が途中で切れている" in sentence(*doubt)
            assert f"17:15:08.096（{zone}）" in sentence(boot, at)
            assert labels.word(TailClass.SOLID_TEXT) in sentence(tail, (("tail", TailClass.SOLID_TEXT.value),))
            assert sentence("{state}", (("state", "stopped"),)) == "stopped"
    finally:
        monkeypatch.undo()
        time.tzset()


def _cause_words(module: str, functions: set[str], *, call: str = "") -> set[str]:
    """Return the hyphenated words in some functions of a core module, in one kind of call or anywhere."""
    tree = ast.parse((ROOT / "rdpgui" / "core" / module).read_text())
    bodies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
    assert len(bodies) == len(functions)
    nodes: list[ast.AST] = [node for body in bodies for node in ast.walk(body)]
    if call:
        nodes = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == call]
        nodes = [argument for node in nodes for argument in ast.walk(node)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


def test_that_every_cause_of_a_doubt_has_a_word() -> None:
    causes = _cause_words("judging/own_film.py", {"match_candidates", "_misfit", "_film_misfit", "_rivalled"})
    causes |= _cause_words(
        "judging/film_checks.py", {"check_integrity", "check_reaches_end", "check_last_frame"}, call="contradicted"
    )
    no_doubt = {"not-inspected", "session-end-not-known"}
    assert causes - no_doubt - set(CAUSES) == set()


def test_that_the_catalogue_is_complete_and_compiled() -> None:
    script = ROOT / "resources" / "locale" / "update.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


@cache
def _update_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", ROOT / "resources" / "locale" / "update.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _collected() -> Any:
    return _update_script().collect()


def _template() -> Any:
    """Return a template of one's own with every message."""
    return copy.deepcopy(_collected())


def test_that_a_missing_translation_is_noticed() -> None:
    update, template = _update_script(), _template()
    template.add("A sentence nobody has translated.")
    assert "A sentence nobody has translated." in update.missing(update.merged("ja", template))


def test_that_the_translation_of_a_message_that_went_stays_for_its_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = _update_script()
    whole = _template()
    monkeypatch.setattr(update, "LOCALES", tmp_path)
    path = tmp_path / "ja" / "LC_MESSAGES" / "rdpgui.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(PO.read_bytes())
    untranslated = update.missing(update.merged("ja", whole))
    for without in ("Verdict", "{n} run"):
        less = _template()
        less.delete(without)
        catalogue = update.merged("ja", less)
        assert catalogue.get(without) is None
        path.write_bytes(update._bytes(catalogue, compiled=False))
        assert b"#~ msgid" in path.read_bytes()
        assert update.merged("ja", less).obsolete.keys() == catalogue.obsolete.keys()  # once more changes nothing
        assert update.missing(update.merged("ja", whole)) == untranslated


def test_that_translations_have_the_fields_of_their_source() -> None:
    with PO.open("rb") as file:
        catalogue = pofile.read_po(file, locale="ja")
    wrong = []
    for message in catalogue:
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        targets = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and any(target and _fields(target) != _fields(sources[-1]) for target in targets):
            wrong.append(message.id)
    assert wrong == []


def _fields(text: object) -> set[tuple[str, str]]:
    return {(name, spec or "") for _text, name, spec, _conversion in string.Formatter().parse(str(text)) if name}


def test_that_a_context_tells_a_status_from_a_heading() -> None:
    set_language("ja")
    assert in_context(f"status\x04{'Recording'}") == "録画中"
    assert in_context("Recording") == "録画"


def test_that_plural_forms_follow_the_language() -> None:
    set_language("en")
    assert [ngettext("{n} run", "{n} runs", n).format(n=n) for n in (1, 2)] == ["1 run", "2 runs"]
    set_language("ja")
    assert ngettext("{n} run", "{n} runs", 2).format(n=2) == "2 件"


def test_that_a_field_nobody_gave_stays_visible() -> None:
    assert fill("{action} failed: {error}", {"action": "StopInstances"}) == "StopInstances failed: {error}"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANGUAGE": "fr:ja", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "de_DE.UTF-8"}, "en"),
    ],
)
def test_that_the_language_follows_the_system(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == expected


def test_that_something_is_said_in_another_language_here_and_nowhere_else() -> None:
    set_language("ja")
    elsewhere: list[str] = []
    with speaking("en"):
        assert (language(), _("Verdict"), retell("Wait a moment.")) == ("en", "Verdict", "Wait a moment.")
        thread = threading.Thread(target=lambda: elsewhere.append(_("Verdict")))
        thread.start()
        thread.join()
        with speaking(None):
            assert (language(), _("Verdict")) == ("ja", "判定")
        assert asyncio.run(_said()) == "Verdict"
    assert (elsewhere, _("Verdict")) == (["判定"], "判定")
    assert retell("Wait a moment.") != "Wait a moment."


async def _said() -> str:
    return _("Verdict")
