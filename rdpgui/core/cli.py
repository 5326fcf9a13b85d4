"""Calls of AWS as lines for a shell: what this program does or reads, to be copied and done elsewhere.

Source: AWS CLI, command reference (names of services, operations and options; JSON for structures).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

_CLI_SERVICES = {"s3": "s3api"}
_CAPITALS = re.compile(r"(.)([A-Z][a-z]+)")
_ENDS = re.compile(r"([a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call, as the SDK takes it.

    Attributes:
        service: boto3's name, for example ``kms``.
        operation: the API's name, for example ``TagResource``.
        members: of the request.
    """

    service: str
    operation: str
    members: Mapping[str, object] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """Return what journals call it."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class CliPlace:
    """Where a line is to work: empty values are left to the shell's own settings."""

    region: str = ""
    profile: str = ""
    endpoint_url: str = ""


def as_cli(call: ApiCall, place: CliPlace) -> str:
    """Return the line of the AWS CLI that makes this call. Every value is quoted: none of them is a command."""
    words = ["aws", _CLI_SERVICES.get(call.service, call.service), kebab(call.operation)]
    for name, value in call.members.items():
        words += _option(kebab(name), value)
    for name, text in (("region", place.region), ("profile", place.profile), ("endpoint-url", place.endpoint_url)):
        words += _option(name, text) if text else []
    return " ".join(words)


def kebab(name: str) -> str:
    """Return the CLI's word for an operation or a member, as botocore makes it."""
    parted = _CAPITALS.sub(r"\1-\2", name)
    return _ENDS.sub(r"\1-\2", parted).lower()


def compact(value: object) -> str:
    """Return JSON in one line of plain ASCII: no value in it can act on a terminal."""
    return json.dumps(value, separators=(",", ":"))


def _option(name: str, value: object) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
        return [f"--{name}", *(quoted(item) for item in value)]
    text = value if isinstance(value, str) else compact(value)
    if text.startswith("-"):
        return [quoted(f"--{name}={text}")]
    return [f"--{name}", quoted(text)]


def quoted(text: str) -> str:
    """Return a word as a shell takes it: who copies the line runs nothing that a name holds."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(
        character if character.isprintable() and character not in "\\'" else _escape(character) for character in text
    )
    return f"$'{escaped}'"


def _escape(character: str) -> str:
    return f"\\{character}" if character in "\\'" else "".join(f"\\x{byte:02x}" for byte in character.encode())
