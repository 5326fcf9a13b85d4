"""The profiles of the usual files, without any call: names, kinds, Regions. Nothing here keeps or returns a key.

Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; botocore merges the two.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rdpgui.aws.errors import translate
from rdpgui.aws.sso_cache import held_until, is_renewed
from rdpgui.core.access import Access, CredentialKind, NamedBy, ProfileLine, kind_of
from rdpgui.core.errors import SettingsError

Stamp = tuple[tuple[int, int, int], ...]
"""What tells that a file was replaced: time of change in ns, inode and size of each."""

_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"
_ACCESS_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def files() -> tuple[Path, Path]:
    """Return the config file and the credentials file, wherever the environment puts them."""
    config = os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")
    credentials = os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    return Path(config).expanduser(), Path(credentials).expanduser()


def stamp() -> Stamp:
    """Return what changes when one of the files is written or replaced."""
    found = []
    for path in files():
        try:
            about = path.stat()
        except OSError:
            found.append((0, 0, 0))
        else:
            found.append((about.st_mtime_ns, about.st_ino, about.st_size))
    return tuple(found)


def sections() -> Mapping[str, Mapping[str, Any]]:
    """Return what the files say of each profile.

    Raises:
        SettingsError: a file cannot be read; the SDK would take it for an empty one.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    for path in files():
        if _may_not_be_read(path):
            raise SettingsError("The file {path} may not be read.", "Give yourself the right to read it.", path=path)
    try:
        found: Mapping[str, Mapping[str, Any]] = Session(session_vars=_NO_PROFILE).full_config["profiles"]
    except BotoCoreError as error:
        raise translate(error, operation="profiles", url="") from error
    return found


_NO_PROFILE = {"profile": (None, None, None, None)}
"""So that a profile that does not exist hides no other."""


def _may_not_be_read(path: Path) -> bool:
    try:
        return path.exists() and not os.access(path, os.R_OK)
    except OSError:  # its folder may not be entered
        return True


def profiles() -> tuple[ProfileLine, ...]:
    """Return every profile, in the order of their names, the default first.

    Raises:
        SettingsError: see ``sections``.
    """
    keys_of = _in_credentials_file()
    found = sections()
    lines = [line_of(name, found, in_credentials_file=name in keys_of) for name in found]
    return tuple(sorted(lines, key=_order))


def _order(line: ProfileLine) -> tuple[bool, str]:
    return line.name != "default", line.name


def _in_credentials_file() -> frozenset[str]:
    """Return the profiles that have keys in the credentials file."""
    parser = configparser.RawConfigParser(default_section="\0")
    try:
        parser.read(files()[1], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return frozenset()  # ``sections`` says what is wrong with it
    return frozenset(name for name in parser.sections() if parser.has_option(name, "aws_access_key_id"))


def line_of(name: str, found: Mapping[str, Mapping[str, Any]], *, in_credentials_file: bool) -> ProfileLine:
    """Return what is shown of a profile."""
    section = found[name]
    kind = kind_of(section, in_credentials_file=in_credentials_file)
    role = str(section.get("role_arn", "")).split(":")
    of_role = role[4] if len(role) > 5 else ""
    account = str(section.get("sso_account_id") or section.get("aws_account_id") or of_role)
    mfa = kind is CredentialKind.ASSUME_ROLE and bool(section.get("mfa_serial"))
    signer = found[signer_of(name, found)]
    return ProfileLine(
        name,
        kind,
        mfa,
        str(section.get("region", "")),
        account if account.isdigit() else "",
        sso="sso_account_id" in signer or "sso_role_name" in signer,
        held_until=held_until(signer),
        renewed=is_renewed(signer),
    )


def signer_of(name: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the profile at the end of a chain of source profiles: the one that a person signs in to."""
    signer, seen = name, {name}
    while True:
        following = str(found.get(signer, {}).get("source_profile", ""))
        if not following or following in seen or following not in found:
            return signer
        seen.add(following)
        signer = following


_METHODS = {
    "env": CredentialKind.ENVIRONMENT,
    "assume-role": CredentialKind.ASSUME_ROLE,
    "assume-role-with-web-identity": CredentialKind.WEB_IDENTITY,
    "sso": CredentialKind.SSO,
    "shared-credentials-file": CredentialKind.STATIC,
    "config-file": CredentialKind.STATIC,
    "explicit": CredentialKind.STATIC,
    "login": CredentialKind.LOGIN,
    "custom-process": CredentialKind.PROCESS,
    "container-role": CredentialKind.CONTAINER,
    "iam-role": CredentialKind.INSTANCE,
}
"""botocore's word for the provider that gave the credentials -> ours."""


def kind_of_method(method: str) -> CredentialKind:
    """Return the kind of credentials that really sign."""
    return _METHODS.get(method, CredentialKind.NOTHING)


def chosen(profile: str, region: str) -> Access:
    """Return which profile and Region are in use and what named them, before anybody signs in.

    Args:
        profile: as it was chosen here, empty for none.
        region: the same.
    """
    named = os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or ""
    by = NamedBy.CHOSEN if profile else NamedBy.ENVIRONMENT if named else NamedBy.DEFAULT
    if region:
        region_by = NamedBy.CHOSEN
    else:
        region_by = NamedBy.ENVIRONMENT if os.environ.get("AWS_DEFAULT_REGION") else NamedBy.PROFILE
    return Access(profile or named, by, region_from=region_by, ignored=ignored_endpoints(profile or named))


def ignored_endpoints(profile: str) -> tuple[str, ...]:
    """Return the settings that name another endpoint; they are not followed, and that is said.

    One rule for all: an endpoint is given to this program, or there is none. A profile that names one for some services
    would send the others to another account's AWS.
    """
    found = sorted(name for name, value in os.environ.items() if name.startswith(_ENDPOINT_VARIABLE) and value)
    try:
        section = sections().get(profile or "default", {})
    except SettingsError:
        return tuple(found)
    return (*found, *(name for name in ("endpoint_url", "services") if section.get(name)))


def has_environment_keys() -> bool:
    """Whether the environment holds keys: they win over every profile that was not chosen explicitly."""
    return all(os.environ.get(name) for name in _ACCESS_KEY_VARIABLES)
