"""Lines to copy into a shell: no value in them is a command, an option or an escape sequence."""

from __future__ import annotations

import ast
import json
import shlex

import pytest

from rdpgui.core.cli import ApiCall, CliPlace, as_cli, compact, kebab

NOWHERE = CliPlace()


def _value(text: object, name: str = "Policy") -> str:
    """Return what a shell makes of one option's value."""
    line = as_cli(ApiCall("s3", "PutBucketPolicy", {name: text}), NOWHERE)
    prefix = f"aws s3api put-bucket-policy --{kebab(name)} "
    assert line.startswith(prefix)
    return line.removeprefix(prefix)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "two words",
        "",
        "'quoted'",
        '"double"',
        "$(reboot)",
        "`reboot`",
        "a; reboot",
        "a | b > c & d",
        "$HOME",
        "*",
        "~",
        "!history",
        "back\\slash",
        "経理サーバー",
        '{"Version":"2012-10-17"}',
    ],
)
def test_that_a_value_reaches_the_cli_as_it_is(text: str) -> None:
    assert shlex.split(_value(text)) == [text]


@pytest.mark.parametrize(
    "text",
    ["a\nb", "tab\there", "\x1b[2Jclear", "bell\a", "it's\n\\", "\u202eturned", "\u200bwide", "\x7f", "é\n", "\x1ba1"],
)
def test_that_a_value_that_would_act_on_a_terminal_is_written_out(text: str) -> None:
    said = _value(text)
    assert said.isprintable()
    assert said.startswith("$'") and said.endswith("'")
    # Bash and Python agree on \xHH and on a backslash before a backslash or a quote.
    assert ast.literal_eval(f"b{said[1:]}".replace("é", "\\xc3\\xa9")).decode() == text


@pytest.mark.parametrize("text", ["-x", "--profile", "-", "--output=text"])
def test_that_a_value_that_looks_like_an_option_is_bound_to_its_own(text: str) -> None:
    line = as_cli(ApiCall("ec2", "StopInstances", {"Name": text}), NOWHERE)
    assert shlex.split(line)[3:] == [f"--name={text}"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, ["--force"]),
        (False, ["--no-force"]),
        (3, ["--force", "3"]),
        (None, ["--force", "null"]),
        (["a", "b c"], ["--force", "a", "b c"]),
        (("a",), ["--force", "a"]),
        ([], ["--force", "[]"]),
        ([{"a": "b"}], ["--force", '[{"a":"b"}]']),
        ({"a": ["b c"]}, ["--force", '{"a":["b c"]}']),
    ],
)
def test_that_each_kind_of_value_has_the_cli_s_form(value: object, words: list[str]) -> None:
    assert shlex.split(as_cli(ApiCall("ec2", "StopInstances", {"Force": value}), NOWHERE))[3:] == words


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (NOWHERE, []),
        (CliPlace("eu-west-1"), ["--region", "eu-west-1"]),
        (CliPlace(profile="my work"), ["--profile", "my work"]),
        (CliPlace("r", "p", "http://h:1"), ["--region", "r", "--profile", "p", "--endpoint-url", "http://h:1"]),
    ],
)
def test_that_a_line_works_where_the_window_looks(place: CliPlace, words: list[str]) -> None:
    assert shlex.split(as_cli(ApiCall("sts", "GetCallerIdentity"), place)) == [
        "aws",
        "sts",
        "get-caller-identity",
        *words,
    ]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("StopInstances", "stop-instances"),
        ("InstanceIds", "instance-ids"),
        ("GetCallerIdentity", "get-caller-identity"),
        ("PutKeyPolicy", "put-key-policy"),
        ("ListObjectsV2", "list-objects-v2"),
        ("KeyId", "key-id"),
        ("SSEAlgorithm", "sse-algorithm"),
        ("DryRun", "dry-run"),
        ("Bucket", "bucket"),
    ],
)
def test_that_operations_and_members_have_the_cli_s_words(name: str, word: str) -> None:
    assert kebab(name) == word


def test_that_only_s3_is_called_otherwise_by_the_cli() -> None:
    call = ApiCall("s3", "GetBucketPolicy", {"Bucket": "films"})
    assert as_cli(call, NOWHERE) == "aws s3api get-bucket-policy --bucket films"
    assert call.action == "s3:GetBucketPolicy"


def test_that_json_in_a_line_is_plain_ascii() -> None:
    value = {"name": "経理\x1b", "n": [1, None]}
    assert compact(value).isascii() and compact(value).isprintable()
    assert json.loads(compact(value)) == value
