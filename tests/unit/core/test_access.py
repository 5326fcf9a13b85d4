"""Which credentials a profile has, and which colour a person's rules give to an account."""

from __future__ import annotations

import pytest

from rdpgui.core.access import RULE_EXAMPLE, Access, CredentialKind, EnvironmentTone, environment_tone, kind_of
from rdpgui.core.errors import SettingsError

K = CredentialKind
RED, AMBER, GREEN, BLUE = EnvironmentTone
KEYS = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "x"}
SSO = {"sso_session": "corp", "sso_account_id": "111122223333", "sso_role_name": "Ops"}


@pytest.mark.parametrize(
    ("section", "in_credentials_file", "kind"),
    [
        ({}, False, K.NOTHING),
        ({"region": "us-east-1"}, False, K.NOTHING),
        (KEYS, True, K.STATIC),
        (KEYS, False, K.STATIC),
        (SSO, False, K.SSO),
        ({"sso_role_name": "Ops"}, False, K.SSO),  # half of it: it is asked for, and its error is told
        ({"sso_session": "corp"}, False, K.NOTHING),  # which role and account is not said
        ({"role_arn": "r", "source_profile": "base"}, False, K.ASSUME_ROLE),
        ({"role_arn": "r", "web_identity_token_file": "/t"}, False, K.WEB_IDENTITY),
        ({"web_identity_token_file": "/t"}, False, K.NOTHING),  # without a role there is nothing to assume
        ({"credential_process": "p"}, False, K.PROCESS),
        ({"login_session": "arn:aws:iam::111122223333:user/ana"}, False, K.LOGIN),
        # Two at once: what botocore's chain finds first.
        ({"role_arn": "r", **SSO, **KEYS}, True, K.ASSUME_ROLE),
        ({**SSO, **KEYS}, True, K.SSO),
        ({**KEYS, "login_session": "s"}, True, K.STATIC),
        ({**KEYS, "login_session": "s"}, False, K.LOGIN),
        ({**KEYS, "credential_process": "p"}, True, K.STATIC),
        ({**KEYS, "credential_process": "p"}, False, K.PROCESS),
        ({"login_session": "s", "credential_process": "p"}, False, K.LOGIN),
    ],
)
def test_that_a_profile_has_the_credentials_that_the_chain_finds_first(
    section: dict[str, str], in_credentials_file: bool, kind: CredentialKind
) -> None:
    assert kind_of(section, in_credentials_file=in_credentials_file) is kind


@pytest.mark.parametrize(
    ("rules", "names", "tone"),
    [
        ("", ("prod",), None),
        (" ; ;", ("prod",), None),
        ("prod=red", (), None),
        ("prod=red", ("", "my-PROD-1"), RED),  # found anywhere, in either case
        ("prod=red", ("dev",), None),
        ("^prod$=red", ("my-prod",), None),
        ("prod=red; prod=green", ("prod",), RED),  # the first counts
        ("dev=green; prod=red", ("dev-prod",), GREEN),
        ("111122223333 = amber", ("alias", "111122223333"), AMBER),
        ("env=prod=blue", ("env=prod",), BLUE),  # a pattern may hold the sign
        ("a|b=Green ", ("xb",), GREEN),
        (RULE_EXAMPLE, ("dev",), GREEN),
        (RULE_EXAMPLE, ("prod",), RED),
    ],
)
def test_that_the_first_rule_that_is_found_in_a_name_gives_its_colour(
    rules: str, names: tuple[str, ...], tone: EnvironmentTone | None
) -> None:
    assert environment_tone(rules, *names) is tone


@pytest.mark.parametrize("rule", ["prod", "=red", " = red", "prod=", "prod=pink", "prod=red green", "(=red", "[a=red"])
def test_that_what_is_no_rule_is_said_with_the_colours_there_are(rule: str) -> None:
    with pytest.raises(SettingsError) as raised:
        environment_tone(f"dev=green; {rule}", "dev")
    assert rule.strip() in raised.value.text()
    assert all(tone in raised.value.text() for tone in EnvironmentTone)


def test_that_an_alias_changes_nothing_else_of_an_access() -> None:
    access = Access("work", kind=K.SSO, ignored=("AWS_ENDPOINT_URL",))
    named = access.named("corp")
    assert named.alias == "corp"
    assert named.named("") == access
