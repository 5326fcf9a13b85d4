"""Sentences that a journal keeps in English are told in the reader's language."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from botocore.exceptions import ClientError

from rdpgui.aws.errors import translate
from rdpgui.i18n import fill, joined, locale_dir, named, retell, set_language
from rdpgui.media import reasons

_FIELD = re.compile(r"\{(\w+)\}")


@pytest.fixture(autouse=True)
def japanese() -> Iterator[None]:
    set_language("ja")
    yield
    set_language("en")


def _sentences() -> list[str]:
    path = Path(locale_dir()) / "ja" / "LC_MESSAGES" / "rdpgui.po"
    with path.open("rb") as file:
        ids = [message.id for message in read_po(file) if not message.context]
    # What says little besides its fields cannot be told from chance; nor can a sentence that ends with one.
    told = [text for text in ids if isinstance(text, str) and text.endswith(".") and not text.endswith("}.")]
    return [text for text in told if len(_FIELD.sub("", text)) > 12 and "{{" not in text and ":." not in text]


def test_that_every_sentence_of_the_catalogue_is_found_again_when_its_fields_are_filled() -> None:
    sentences = _sentences()
    assert len(sentences) > 200
    for text in sentences:
        values = {name: f"i-{place}x" for place, name in enumerate(_FIELD.findall(text))}
        assert retell(text.format(**values)) == fill(text, values)


def test_that_an_error_inside_a_sentence_and_the_remedy_after_it_are_told_too() -> None:
    error = "Access request oi-1 was not approved within 20 s. Ask an approver, then run again."
    told = "アクセスリクエスト oi-1 は 20 秒以内に承認されませんでした。承認者に依頼してから、やり直してください。"
    assert retell(error) == told
    assert retell(f"The disruption was refused: {error}") == f"停止操作は拒否されました：{told}"


@pytest.mark.parametrize("text", ["", "Client.UserInitiatedShutdown", "Something nobody here has said. At all.", "-"])
def test_that_what_is_not_ours_stays_as_it_is(text: str) -> None:
    assert retell(text) == text


@pytest.fixture
def update() -> ModuleType:
    """The script that keeps the catalogue, and refuses what these tests find."""
    spec = importlib.util.spec_from_file_location("update", Path(locale_dir()) / "update.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.case("L14")
@pytest.mark.parametrize(
    ("wrote", "kept"),
    [
        ("使っていない設定: {names}", "使っていない設定：{names}"),
        ("組織のポリシー(SCP)が拒否 ({code}): {message}", "組織のポリシー（SCP）が拒否（{code}）：{message}"),
        ("残りました。 削除しますか?", "残りました。削除しますか？"),
        ("LAB: C1～C5 の記録です", "LAB：C1〜C5 の記録です"),
        ("映像 (*.mp4);;すべて (*)", "映像 (*.mp4);;すべて (*)"),
        ("12:30 に s3://BUCKET/KEY を読みます", "12:30 に s3://BUCKET/KEY を読みます"),
        ("Standard (x): y", "Standard (x): y"),
    ],
)
def test_that_japanese_has_its_own_punctuation(update: ModuleType, wrote: str, kept: str) -> None:
    assert update.tidy(wrote) == kept
    assert update.tidy(kept) == kept


@pytest.mark.case("L14")
@pytest.mark.parametrize(
    ("english", "japanese", "wrong"),
    [
        ("The film was decoded.", "動画を復号しました。", 2),
        ("It can be decrypted.", "復号できます。", 0),
        ("The last frame", "最終フレーム", 1),
        ("Frame rate", "フレームレート", 0),
        ("A run is shown.", "実験を表示しています。", 1),
        ("A control", "対照実験", 0),
        ("The disruption", "障害", 1),
        ("Faults", "障害", 0),
    ],
)
def test_that_one_thing_has_one_word_in_japanese(update: ModuleType, english: str, japanese: str, wrong: int) -> None:
    catalogue = Catalog(locale="ja")
    catalogue.add(english, japanese)
    assert len(update.astray(catalogue)) == wrong


@pytest.mark.case("L14")
def test_that_sentences_follow_each_other_as_their_language_parts_them() -> None:
    assert joined("録画は残りました。", "対照は期待どおりです。") == "録画は残りました。対照は期待どおりです。"
    assert named("チケット", 7) == "チケット：7"
    assert joined("It survived.", "", "So did the control.") == "It survived. So did the control."


def test_that_english_needs_no_telling() -> None:
    set_language("en")
    assert retell("The disk is full: /x could not be written.") == "The disk is full: /x could not be written."


@pytest.mark.parametrize("code", ["AccessDenied", "ThrottlingException", "ExpiredToken", "NoSuchKey", "NobodyKnows"])
def test_that_what_aws_answers_is_told_in_japanese_with_its_remedy(code: str) -> None:
    raw = ClientError({"Error": {"Code": code, "Message": "m"}}, "GetObject")
    error = translate(raw, operation="s3:GetObject", url="https://s3", subject="film.mp4")
    for text in (error.template, error.remedy):
        assert fill(text, error.fields) != text.format(**error.fields)
    assert re.search("[ぁ-ん]", retell(error.text()))


def test_that_words_inside_a_sentence_are_in_the_language_too() -> None:
    error = reasons.not_a_film("x.mp4", "plain text")
    assert fill(error.template, error.fields) == "x.mp4 は mp4 の映像ではありません（プレーンテキスト のようです）。"
    error = reasons.missing("plain text", "Permission denied")
    assert fill(error.template, error.fields) == "plain text を開けません（Permission denied）。"
