"""Words inside sentences: a value stands for a member or a moment of ours only where it is certainly one."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState, PingStatus
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, ConsoleWord, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.session import AccessType, SessionStatus
from rdpgui.core.verdict import VerdictValue
from rdpgui.core.words import (
    AWS_WORDS,
    CAUSES,
    WORDS,
    disruption_word,
    field_member,
    field_moment,
    field_number,
    place_words,
)
from tests.unit.core.samples import ACCOUNT, REGION

MOMENT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    [
        MOMENT,
        MOMENT.replace(microsecond=0),
        MOMENT.replace(microsecond=1),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_that_every_moment_that_is_written_is_read_as_the_same(at: datetime) -> None:
    assert field_moment(at.isoformat()) == at


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-",
        "2026",
        "2026-01-05",
        "2026-01-05T09:00:00",  # without a zone it is none of ours
        "2026-01-05T09:00:00Z",
        "2026-01-05T09:00:00+09:00",
        "2026-01-05 09:00:00+00:00",
        "films/2026-01-05T09:00:00+00:00",
        "2026-01-05T09:00:00+00:00.mp4",
        "2026-01-05T09:00:00+00:00\n",
        " 2026-01-05T09:00:00+00:00",
        # S3 takes any key: these look like moments, and are none.
        "2026-13-05T09:00:00+00:00",
        "2026-02-30T09:00:00+00:00",
        "2026-01-05T24:30:00+00:00",
        "2026-01-05T09:60:00+00:00",
        "2026-01-05T09:00:61+00:00",
        "0000-01-01T00:00:00+00:00",
        "9999-99-99T99:99:99.999+00:00",
        "9999-12-31T23:59:59+00:00",  # has no local time east of Greenwich
        "0001-01-01T00:00:00+00:00",  # nor this west of it
        "２０２６-01-05T09:00:00+00:00",
    ],
)
def test_that_what_only_looks_like_a_moment_is_shown_as_it_is(value: str) -> None:
    assert field_moment(value) is None


@pytest.mark.parametrize(
    ("name", "value", "member"),
    [
        ("disruption", "ec2-stop", DisruptionId.EC2_STOP),
        ("phase", Phase.STEADY.value, Phase.STEADY),
        ("verdict", VerdictValue.PASS.value, VerdictValue.PASS),
        ("basis", Basis.INFERRED.value, Basis.INFERRED),
        ("word", ConsoleWord.PROCESSING_ERROR.value, ConsoleWord.PROCESSING_ERROR),
        ("tail", TailClass.SOLID_TEXT.value, TailClass.SOLID_TEXT),
        ("status", RecordingStatus.OVERDUE.value, RecordingStatus.OVERDUE),
        ("status", RunStatus.ABORTED.value, RunStatus.ABORTED),
        ("status", ConnectionStatus.NOT_CONNECTED.value, ConnectionStatus.NOT_CONNECTED),
        ("status", SessionStatus.TERMINATED.value, None),  # AWS's own word stays as it is
        ("state", InstanceState.STOPPED.value, None),
        ("name", "ec2-stop", None),  # an instance may be called so
        ("owner", "PASS", None),
        ("key", "Finished", None),
        ("session", "Processing", None),
        ("verdict", "pass ", None),
        ("disruption", "EC2-STOP", None),
        ("disruption", "", None),
        ("status", "a word that AWS adds tomorrow", None),
        ("", "", None),
    ],
)
def test_that_a_value_is_a_word_of_ours_only_in_its_own_field(name: str, value: str, member: StrEnum | None) -> None:
    found = field_member(name, value)
    assert found is member and (member is None or type(found) is type(member))


@pytest.mark.parametrize("kind", [RecordingStatus, RunStatus, ConnectionStatus])
def test_that_no_status_is_taken_for_another_kind_s(kind: type[StrEnum]) -> None:
    """They share one field: two of the same value would be told by the first one's word."""
    for member in kind:
        found = field_member("status", member.value)
        assert found is not None and WORDS[type(found), found.value] == WORDS[kind, member.value]


@pytest.mark.parametrize(
    "kind", [DisruptionId, Phase, RunStatus, VerdictValue, RecordingStatus, ConsoleWord, TailClass]
)
def test_that_two_members_of_one_kind_are_not_called_the_same(kind: type[StrEnum]) -> None:
    words = [WORDS[kind, member.value] for member in kind if (kind, member.value) in WORDS]
    assert len(words) == len(list(kind)) == len(set(words)), "none is missing, and none is another's"


@pytest.mark.parametrize("kind", AWS_WORDS)
def test_that_aws_s_own_words_are_not_put_into_others(kind: type[StrEnum]) -> None:
    assert not [member for member in kind if (kind, member.value) in WORDS]
    assert kind in (InstanceState, PingStatus, SessionStatus, AccessType)


def test_that_a_disruption_has_one_name_everywhere() -> None:
    for disruption_id in DisruptionId:
        assert disruption_word(disruption_id) == DISRUPTIONS[disruption_id].name == WORDS[DisruptionId, disruption_id]


def test_that_a_cause_is_a_part_of_a_sentence() -> None:
    for cause, text in CAUSES.items():
        assert text and not text.endswith(".") and "{" not in text and cause == cause.lower()


@pytest.mark.case("L14")
@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("bytes", "2139451", "2,139,451"),
        ("size", "999", "999"),
        ("low", "-0.15", "−0.15"),
        ("key", "2139451", None),
        ("session", "-0a", None),
        ("bytes", "", None),
    ],
)
def test_that_a_number_inside_a_sentence_can_be_read(name: str, value: str, shown: str | None) -> None:
    assert field_number(name, value) == shown


@pytest.mark.parametrize(
    ("place", "lab", "shown"),
    [
        (None, False, "place not recorded"),
        (None, True, "LAB · place not recorded"),
        (Place("default"), True, "LAB · default"),
        (Place("default"), False, "LAB · default"),  # what is the lab's is never told without its mark
        (Place("{region}"), True, "LAB · {region}"),
        (Place(account_id=ACCOUNT, region=REGION), False, f"{ACCOUNT} · {REGION}"),
        (Place(region=REGION), False, "AWS · not signed in"),
        (Place(endpoint="127.0.0.1:5000", region=REGION), False, "127.0.0.1:5000 · not signed in"),
        (
            Place(endpoint="127.0.0.1:5000", account_id=ACCOUNT, region=REGION),
            False,
            f"127.0.0.1:5000 · {ACCOUNT} · {REGION}",
        ),
    ],
)  # fmt: skip
def test_that_a_place_says_whether_it_is_aws(place: Place | None, lab: bool, shown: str) -> None:
    text, fields = place_words(place, lab=lab)
    assert text.format(**dict(fields)) == shown
    assert shown.startswith("LAB") is (lab or (place is not None and place.lab))
