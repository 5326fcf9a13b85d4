"""The SDK's own files of SSO tokens: until when one holds. Tokens are written in botocore's form and kept nowhere else.

Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider": a token lies in
``~/.aws/sso/cache``, named by the SHA-1 of the session's name, of a legacy profile's start URL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """Return where the SDKs and the CLI keep SSO tokens."""
    return Path("~/.aws/sso/cache").expanduser()


def token_file(section: Mapping[str, Any]) -> Path | None:
    """Return the file of a profile's token, None for a profile without SSO."""
    name = str(section.get("sso_session") or section.get("sso_start_url") or "")
    if not name:
        return None
    return cache_folder() / f"{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"


def held_until(section: Mapping[str, Any]) -> datetime | None:
    """Return until when nobody has to sign in, None where somebody has to now (or there is no token at all).

    A token that the SDK renews by itself holds no longer than its registration; when it ends before, only AWS knows.
    """
    found = _token(section)
    ends = [_moment(found.get("expiresAt"))]
    if is_renewed(section):
        ends.append(_moment(found.get("registrationExpiresAt")))
    known = [end for end in ends if end is not None]
    return max(known) if known and max(known) > datetime.now(UTC) else None


def ends_at(section: Mapping[str, Any]) -> datetime | None:
    """Return when a person has to sign in again, None where that is not known."""
    return None if is_renewed(section) else held_until(section)


def is_renewed(section: Mapping[str, Any]) -> bool:
    """Whether the SDK renews the token by itself."""
    return bool(section.get("sso_session") and _token(section).get("refreshToken"))


def _token(section: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the file holds; nothing where there is none, or none that is a token's."""
    path = token_file(section)
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("UTC", "+00:00").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
