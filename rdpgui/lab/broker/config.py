"""The configuration line of a broker."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_KEY_BYTES = 32


class ConfigError(Exception):
    """The configuration cannot be used; the text names the member and what it must be."""


@dataclass(frozen=True, slots=True)
class BrokerConfig:
    """What one broker does. Secrets stay out of ``repr``.

    Attributes:
        work_dir: private folder for ``segments.bin`` and ``recording.mp4``.
        record: False = the connection is passed on but not filmed.
        data_key: 32 bytes for AES-256-GCM; empty when nothing is recorded.
        fps: frames a second the source is expected to paint at most.
        stall_after_s: silence after which the source counts as stalled.
        disk_limit_bytes: the segments may not grow beyond it; None = the disk is the limit.
        named: the film says in its tags of which instance, connection and session it is.
        finalise_only: no connection; finish what a killed broker left behind.
    """

    connection_id: str
    session_id: str
    instance_id: str
    source_url: str
    source_password: str = field(repr=False)
    work_dir: Path
    record: bool
    data_key: bytes = field(repr=False)
    fps: float
    stall_after_s: float
    viewer_password: str = field(repr=False)
    disk_limit_bytes: int | None
    finalise_only: bool
    named: bool = True


def parse_config(line: bytes) -> BrokerConfig:
    """Read the first line of standard input.

    Raises:
        ConfigError: not JSON, or a member is missing or of another kind.
    """
    try:
        document = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"the first line on standard input must be a JSON object: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError("the first line on standard input must be a JSON object")
    members = _Members(document)
    finalise_only = members.flag("finalise_only", False)
    record = members.flag("record", True) or finalise_only
    source = members.object("source", required=not finalise_only)
    return BrokerConfig(
        connection_id=members.text("connection_id"),
        session_id=members.text("session_id", ""),
        instance_id=members.text("instance_id"),
        source_url=source.text("url", "" if finalise_only else None),
        source_password=source.text("password", ""),
        work_dir=Path(members.text("work_dir")),
        record=record,
        data_key=members.data_key() if record else b"",
        fps=members.number("fps", 10.0, least=0.1, most=60.0),
        stall_after_s=members.number("stall_after_s", 3.0, least=0.2, most=3600.0),
        viewer_password=members.text("viewer_password", "" if finalise_only else None),
        disk_limit_bytes=members.limit("disk_limit_bytes"),
        finalise_only=finalise_only,
        named=members.flag("named", True),
    )


class _Members:
    """Typed access to the members of one JSON object."""

    def __init__(self, document: Mapping[str, object], path: str = "") -> None:
        self._document = document
        self._path = path

    def _error(self, name: str, must_be: str) -> ConfigError:
        return ConfigError(f"{self._path}{name} must be {must_be}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self._document.get(name, default)
        if not isinstance(value, str):
            raise self._error(name, "a text")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._document.get(name, default)
        if not isinstance(value, bool):
            raise self._error(name, "true or false")
        return value

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        value = self._document.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self._error(name, f"a number from {least:g} to {most:g}")
        return float(value)

    def limit(self, name: str) -> int | None:
        value = self._document.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._error(name, "null or a number of bytes")
        return value

    def object(self, name: str, *, required: bool) -> _Members:
        value = self._document.get(name)
        if value is None and not required:
            value = {}
        if not isinstance(value, dict):
            raise self._error(name, "a JSON object")
        return _Members(value, f"{self._path}{name}.")

    def data_key(self) -> bytes:
        try:
            key = base64.b64decode(self.text("data_key_b64"), validate=True)
        except binascii.Error as error:
            raise self._error("data_key_b64", "base64") from error
        if len(key) != _KEY_BYTES:
            raise self._error("data_key_b64", f"{_KEY_BYTES} bytes in base64")
        return key
