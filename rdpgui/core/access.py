"""How access to an account is got: which profile, what kind of credentials, which Region, and until when.

Source of the kinds: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; of their order: botocore's
chain. Nothing here ever holds a key, a token or a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from rdpgui.core.errors import SettingsError


class CredentialKind(StrEnum):
    """What kind of credentials a profile, the environment or this machine offers."""

    STATIC = "static"
    SSO = "sso"
    ASSUME_ROLE = "assume-role"
    PROCESS = "process"
    WEB_IDENTITY = "web-identity"
    LOGIN = "login"
    ENVIRONMENT = "environment"
    CONTAINER = "container"
    INSTANCE = "instance"
    NOTHING = "nothing"


class NamedBy(StrEnum):
    """What named a profile or a Region."""

    CHOSEN = "chosen"
    ENVIRONMENT = "environment"
    PROFILE = "profile"
    DEFAULT = "default"


class EnvironmentTone(StrEnum):
    """The colour that a person gives to some accounts."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Access:
    """What was resolved.

    Attributes:
        profile: the profile in use, also one that only the environment names; empty where none is.
        kind: of the credentials that really sign, whatever the profile says.
        alias: the account's, empty when it has none or may not be read.
        expires_at: when a person has to do something again; None where nobody has to, as far as is known.
        ignored: settings of environment and profile that name another endpoint and are not followed.
    """

    profile: str = ""
    profile_from: NamedBy = NamedBy.DEFAULT
    kind: CredentialKind = CredentialKind.NOTHING
    region_from: NamedBy = NamedBy.CHOSEN
    alias: str = ""
    expires_at: datetime | None = None
    ignored: tuple[str, ...] = ()

    def named(self, alias: str) -> Access:
        """Return the same with the account's alias."""
        return replace(self, alias=alias)


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One profile of the usual files.

    Attributes:
        mfa: its role asks for a code. region: its own, empty for none.
        account: as it was seen last, else its id as the profile states it; empty where nobody knows.
        sso: a person signs in to it in the browser. held_until: then until when, None when it has to be done now.
        renewed: the SDK renews that by itself, for how long only AWS knows.
        used_at: when it was used here last, None when never.
    """

    name: str
    kind: CredentialKind
    mfa: bool = False
    region: str = ""
    account: str = ""
    sso: bool = False
    held_until: datetime | None = None
    renewed: bool = False
    used_at: datetime | None = None


RULE_EXAMPLE = "prod=red; sandbox|dev=green"


def environment_tone(rules: str, *names: str) -> EnvironmentTone | None:
    """Return the colour that a person's rules give to an account, None where no rule fits.

    Args:
        rules: ``PATTERN=COLOUR`` one after another, parted by ``;``. The first that is found in a name counts.
        names: the account's alias, its id, the profile's name.
    """
    for pattern, tone in parsed_rules(rules):
        if any(pattern.search(name) for name in names if name):
            return tone
    return None


def parsed_rules(rules: str) -> tuple[tuple[re.Pattern[str], EnvironmentTone], ...]:
    """Return the rules, in their order.

    Raises:
        SettingsError: a rule is none.
    """
    return tuple(_rule(text.strip()) for text in rules.split(";") if text.strip())


def _rule(text: str) -> tuple[re.Pattern[str], EnvironmentTone]:
    pattern, separator, colour = text.rpartition("=")
    try:
        if not separator or not pattern.strip():
            raise ValueError(text)
        return re.compile(pattern.strip(), re.IGNORECASE), EnvironmentTone(colour.strip().lower())
    except (ValueError, re.error) as error:
        raise SettingsError(
            "{rule} is no rule for an environment's colour.",
            "Write a pattern and one of {colours}, for example {example}.",
            rule=text,
            colours=", ".join(EnvironmentTone),
            example=RULE_EXAMPLE,
        ) from error


def kind_of(section: Mapping[str, object], *, in_credentials_file: bool) -> CredentialKind:
    """Return the kind of credentials of a profile, in the order in which botocore's chain looks for them.

    ``in_credentials_file``: keys of it stand in the credentials file, which the chain reads before the config file.
    """
    if "role_arn" in section:
        return CredentialKind.WEB_IDENTITY if "web_identity_token_file" in section else CredentialKind.ASSUME_ROLE
    if "sso_role_name" in section or "sso_account_id" in section:
        return CredentialKind.SSO
    if in_credentials_file and "aws_access_key_id" in section:
        return CredentialKind.STATIC
    if "login_session" in section:
        return CredentialKind.LOGIN
    if "credential_process" in section:
        return CredentialKind.PROCESS
    return CredentialKind.STATIC if "aws_access_key_id" in section else CredentialKind.NOTHING
