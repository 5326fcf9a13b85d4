"""Who can be taken along to the console, and what address signs in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from rdpgui.core.federation import ENDPOINTS, LONG_LIVED, SAME, ConsoleSignIn, partition_of, plainly

PAGE = "https://console.aws.amazon.com/systems-manager/fleet-manager?region=us-east-1#a&b"


@pytest.mark.parametrize(
    ("arn", "partition"),
    [
        ("arn:aws:sts::111122223333:assumed-role/Ops/me", "aws"),
        ("arn:aws-cn:sts::111122223333:assumed-role/Ops/me", "aws-cn"),
        ("arn:aws-us-gov:sts::111122223333:assumed-role/Ops/me", "aws-us-gov"),
        ("arn:aws:sts::111122223333:assumed-role/team/a/Ops/me@corp", "aws"),
        ("arn:aws:sts::111122223333:federated-user/ana", "aws"),
        # Long-lived keys, a root user, a service, another one's text: none has what a token is given for.
        ("arn:aws:iam::111122223333:user/ana", ""),
        ("arn:aws:iam::111122223333:root", ""),
        ("arn:aws:iam::111122223333:role/Ops", ""),
        ("arn:aws:sts::111122223333:assumed-role/Ops", ""),
        ("arn:aws:sts::111122223333:assumed-role/Ops/", ""),
        ("arn:aws:sts::1111:assumed-role/Ops/me", ""),
        ("arn:gcp:sts::111122223333:assumed-role/Ops/me", ""),
        ("x arn:aws:sts::111122223333:assumed-role/Ops/me", ""),
        ("", ""),
    ],
)
def test_that_only_the_session_of_a_role_can_be_taken_along(arn: str, partition: str) -> None:
    assert partition_of(arn) == partition


def test_that_the_address_carries_page_and_token_whole_and_nothing_shows_them() -> None:
    sign_in = ConsoleSignIn("Ops/me", SAME, ENDPOINTS["aws"], "SECRET+/=&x")
    found = urlsplit(sign_in.url(PAGE))
    query = parse_qs(found.query, strict_parsing=True)
    assert f"{found.scheme}://{found.netloc}{found.path}" == ENDPOINTS["aws"]
    assert query == {"Action": ["login"], "Issuer": ["rdpgui"], "Destination": [PAGE], "SigninToken": ["SECRET+/=&x"]}
    assert found.fragment == ""
    assert "SECRET" not in repr(sign_in)
    assert "SECRET" not in str(sign_in)


def test_that_without_a_token_there_is_no_address() -> None:
    assert plainly(LONG_LIVED).url(PAGE) == ""
    assert plainly(LONG_LIVED).principal == ""
    assert ConsoleSignIn("Ops/me", SAME, ENDPOINTS["aws"]).url(PAGE) == ""


def test_that_every_partition_is_asked_at_a_host_of_its_own_by_a_secure_way() -> None:
    assert all(url.startswith("https://") and url.endswith("/federation") for url in ENDPOINTS.values())
    assert len({urlsplit(url).netloc for url in ENDPOINTS.values()}) == len(ENDPOINTS)
