"""Sentences that a journal keeps in English are told in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from botocore.exceptions import ClientError

from rdpgui.aws.errors import translate
from rdpgui.i18n import fill, locale_dir, retell, set_language
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
