"""Form bodies of the query and ec2 protocols as nested members of the input shape."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from rdpgui.lab.model import LabError

if TYPE_CHECKING:
    from botocore.model import Shape

_ALWAYS = frozenset({"Action", "Version"})


def read(shape: Shape, body: bytes, *, ec2: bool) -> dict[str, Any]:
    """Return the members that a form carries.

    Args:
        shape: the input structure.
        body: the form, URL-encoded.
        ec2: member names as in the ec2 protocol (capitalised, lists always flattened).

    Raises:
        LabError: UnknownParameter or InvalidParameterValue, or their query counterparts.
    """
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
    except ValueError as error:
        raise LabError("MalformedQueryString", "The query string is not a form.", 400) from error
    reader = _Reader(form, ec2)
    value = reader.structure(shape, "")
    unknown = sorted(set(form) - reader.used - _ALWAYS)
    if unknown:
        code = "UnknownParameter" if ec2 else "ValidationError"
        raise LabError(code, f"The parameter {unknown[0]} is not recognized", 400)
    return value


class _Reader:
    def __init__(self, form: Mapping[str, str], ec2: bool) -> None:
        self.form = form
        self.ec2 = ec2
        self.used: set[str] = set()

    def structure(self, shape: Shape, prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, member in shape.members.items():  # type: ignore[attr-defined]  # botocore StructureShape
            path = f"{prefix}.{self._key(name, member)}" if prefix else self._key(name, member)
            if self._present(path):
                found[name] = self.value(member, path)
        return found

    def value(self, shape: Shape, path: str) -> Any:
        match shape.type_name:
            case "structure":
                return self.structure(shape, path)
            case "list":
                return self._list(shape, path)
            case "map":
                return self._map(shape, path)
            case kind:
                self.used.add(path)
                return _scalar(kind, self.form.get(path, ""), path)

    def _key(self, name: str, member: Shape) -> str:
        given = str(member.serialization.get("name", name))
        if not self.ec2:
            return given
        query_name = member.serialization.get("queryName")
        return str(query_name) if query_name else given[:1].upper() + given[1:]

    def _present(self, path: str) -> bool:
        return path in self.form or any(key.startswith(f"{path}.") for key in self.form)

    def _list(self, shape: Shape, path: str) -> list[Any]:
        member = shape.member  # type: ignore[attr-defined]  # botocore ListShape
        base = path
        if not self.ec2 and not shape.serialization.get("flattened"):
            base = f"{path}.{member.serialization.get('name', 'member')}"
        if path in self.form and not self.form[path]:
            self.used.add(path)  # an empty list is sent as an empty value
            return []
        items: list[Any] = []
        while self._present(f"{base}.{len(items) + 1}"):
            items.append(self.value(member, f"{base}.{len(items) + 1}"))
        return items

    def _map(self, shape: Shape, path: str) -> dict[str, Any]:
        base = path if shape.serialization.get("flattened") else f"{path}.entry"
        found: dict[str, Any] = {}
        while self._present(f"{base}.{len(found) + 1}"):
            entry = f"{base}.{len(found) + 1}"
            key = self.value(shape.key, f"{entry}.key")  # type: ignore[attr-defined]  # botocore MapShape
            found[key] = self.value(shape.value, f"{entry}.value")  # type: ignore[attr-defined]  # botocore MapShape
        return found


def _scalar(kind: str, text: str, path: str) -> Any:
    try:
        match kind:
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "blob":
                return base64.b64decode(text, validate=True)
            case _:
                return text
    except (KeyError, ValueError, binascii.Error) as error:
        raise LabError("InvalidParameterValue", f"Value ({text}) for parameter {path} is invalid.", 400) from error
