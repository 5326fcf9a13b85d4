"""A real name is shown nowhere, however it is written and wherever it stands; and no word is taken for a name."""

from __future__ import annotations

import pytest

from rdpgui.core.aliases import Aliases, Named, letters
from tests.unit.core.samples import ACCOUNT, TARGET


def _word(what: Named, number: int) -> str:
    return f"<{what.value} {letters(number)}>"


def _aliases() -> Aliases:
    aliases = Aliases(_word)
    aliases.learn_server(TARGET, "fin-web-01", "EC2AMAZ-7Q", address="10.0.4.17")
    aliases.learn(Named.BUCKET, ["fin-recordings"])
    return aliases


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("fin-web-01", "<server A>"),
        ("  FIN-Web-01 ", "<server A>"),
        ("fin-web-01 is stopped.", "<server A> is stopped."),
        ("Stop FIN-WEB-01?", "Stop <server A>?"),
        (f"{TARGET}: running", "<instance A>: running"),
        ("EC2AMAZ-7Q (10.0.4.17)", "<server A> (<address A>)"),
        ("s3://fin-recordings/2026/fin-web-01.mp4", "s3://<bucket A>/2026/<server A>.mp4"),
        ("backup_fin-web-01_old", "backup_<server A>_old"),
        ("fin-web-01、fin-web-01が", "<server A>、<server A>が"),
        ("サーバーfin-web-01を止める", "サーバー<server A>を止める"),
        # Another word that only begins or ends like a name is that other word.
        ("fin-web-012", "fin-web-012"),
        ("fin-web", "fin-web"),
        ("10.0.4.170", "10.0.4.170"),
    ],
)
def test_that_a_name_is_replaced_as_a_whole_word_in_any_text(text: str, shown: str) -> None:
    assert _aliases().shown(text) == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Straße-1", "Stop Straße-1 now"),
        ("Straße-1", "Stop STRAẞE-1 now"),
        ("Maß", "on Maß."),
        ("İzmir-db", "stop İzmir-db"),
        ("ﬁnance", "stop ﬁnance"),
        ("ΟΔΟΣ-7", "stop οδος-7"),
        ("経理サーバー", "経理サーバーを止める"),
        ("web", "Straße: web is running"),  # a letter that becomes two stands before it
        ("web", "İ: WEB is running"),
    ],
)
def test_that_a_name_is_found_in_any_script_and_case(name: str, text: str) -> None:
    aliases = Aliases(_word)
    aliases.learn(Named.SERVER, [name])
    assert "<server A>" in aliases.shown(text)
    assert name.casefold() not in aliases.shown(text).casefold()


def test_that_of_names_that_hold_each_other_the_longest_is_replaced() -> None:
    aliases = Aliases(_word)
    aliases.learn(Named.SERVER, ["web", "web-01", "web-01-old"])
    assert aliases.shown("web-01-old web-01 web") == "<server C> <server B> <server A>"


@pytest.mark.parametrize("name", ["", "  ", "-", "default", "Administrator", "ROOT", "user"])
def test_that_what_everybody_has_is_no_name(name: str) -> None:
    aliases = Aliases(_word)
    aliases.learn(Named.USER, [name])
    assert not aliases.numbers
    assert aliases.shown(f"as {name}") == f"as {name}"


@pytest.mark.parametrize("name", ["a", "db", "123"])
def test_that_a_name_too_short_to_be_told_from_a_word_is_replaced_only_where_it_stands_alone(name: str) -> None:
    aliases = Aliases(_word)
    aliases.learn(Named.SERVER, [name])
    assert aliases.shown(name) == "<server A>"
    assert aliases.shown(f"{name} is 1 of 123 a db") == f"{name} is 1 of 123 a db"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("i-0bbbbbbbbbbbbbbbb", "<instance A>"),
        ("mi-0123456789abcdef0", "<instance A>"),
        ("arn of i-0bbbbbbb, old style", "arn of <instance A>, old style"),
        (f"account {ACCOUNT}", "account <account A>"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Ops/ana is not authorized", "<user A> is not authorized"),
        (f"(arn:aws-cn:iam::{ACCOUNT}:user/ana).", "(<user A>)."),
        # None of these looks like one: too long, too short, no hexadecimal digits.
        ("1112223334445", "1112223334445"),
        ("11122233344", "11122233344"),
        ("i-0bbbbbbbb", "i-0bbbbbbbb"),
        ("i-0bbbbbbz", "i-0bbbbbbz"),
        ("hi-0bbbbbbb", "hi-0bbbbbbb"),
    ],
)
def test_that_what_looks_like_an_id_is_replaced_although_nobody_named_it(text: str, shown: str) -> None:
    assert Aliases(_word).shown(text) == shown


def test_that_one_server_has_one_letter_and_the_next_one_the_next() -> None:
    aliases = _aliases()
    aliases.learn_server("i-0bbbbbbbbbbbbbbbb", "fin-web-02")
    assert aliases.shown("fin-web-02 i-0bbbbbbbbbbbbbbbb") == "<server B> <instance B>"
    aliases.learn_server(TARGET, "renamed")
    assert aliases.shown("renamed and fin-web-01") == "<server A> and <server A>"
    assert aliases.shown("fin-recordings") == "<bucket A>"


def test_that_a_name_keeps_its_number_over_a_restart_and_a_new_one_takes_none_that_is_in_use() -> None:
    before = _aliases()
    after = Aliases(_word, dict(before.numbers))
    assert after.shown("fin-web-01 in fin-recordings") == before.shown("fin-web-01 in fin-recordings")
    after.learn(Named.SERVER, ["other"])
    assert after.shown("other") == "<server B>"
    after.learn(Named.BUCKET, ["FIN-recordings"])  # the same name, written otherwise
    assert after.shown("fin-recordings") == "<bucket A>"


def test_that_a_text_that_was_shown_before_a_name_was_known_is_made_anew() -> None:
    aliases = Aliases(_word)
    assert aliases.shown("mail-1 is stopped") == "mail-1 is stopped"
    aliases.learn(Named.SERVER, ["mail-1"])
    assert aliases.shown("mail-1 is stopped") == "<server A> is stopped"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_that_numbers_are_told_as_letters_without_a_gap(number: int, said: str) -> None:
    assert letters(number) == said


def test_that_no_two_numbers_have_the_same_letters() -> None:
    assert len({letters(number) for number in range(2000)}) == 2000
