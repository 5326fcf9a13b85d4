"""Input validation as AWS does it: botocore's validator plus enums, upper limits and patterns.

Clients check neither enums nor patterns before they send; the services do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.validate import ParamValidator

from rdpgui.lab.model import LabError

if TYPE_CHECKING:
    from botocore.model import Shape

_UNTRUSTED_PATTERNS = frozenset({"MaxSessionDuration"})
"""Patterns of the model that refuse what AWS accepts (aws-facts.md, 0.1)."""


def check_input(shape: Shape, params: Mapping[str, Any], *, ec2: bool) -> None:
    """Validate input.

    Args:
        shape: the input structure.
        params: its members.
        ec2: EC2's error codes instead of ValidationException.

    Raises:
        LabError: the first problem for EC2, all of them otherwise.
    """
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        text = report.generate_report()
        missing = re.search(r'Missing required parameter in (\S+): "(\w+)"', text)
        if not ec2:
            raise LabError("ValidationException", _counted(text.splitlines()), 400)
        if missing:
            raise LabError("MissingParameter", f"The request must contain the parameter {missing[2]}", 400)
        raise LabError("InvalidParameterValue", text.splitlines()[0], 400)
    problems = list(_walk(shape, params, ""))
    if problems:
        code = "InvalidParameterValue" if ec2 else "ValidationException"
        raise LabError(code, problems[0] if ec2 else _counted(problems), 400)


def _counted(problems: list[str]) -> str:
    word = "error" if len(problems) == 1 else "errors"
    return f"{len(problems)} validation {word} detected: {'; '.join(problems)}"


def _walk(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name, item in value.items():
            yield from _walk(shape.members[name], item, f"{path}.{name}" if path else name)  # type: ignore[attr-defined]  # botocore StructureShape
    elif kind == "list":
        yield from _too_long(shape, len(value), value, path)
        for index, item in enumerate(value, 1):
            yield from _walk(shape.member, item, f"{path}.{index}.member")  # type: ignore[attr-defined]  # botocore ListShape
    elif kind == "map":
        for key, item in value.items():
            yield from _walk(shape.value, item, f"{path}.{key}")  # type: ignore[attr-defined]  # botocore MapShape
    elif kind == "string":
        yield from _string(shape, str(value), path)
    elif kind in ("integer", "long"):
        most = shape.metadata.get("max")
        if most is not None and value > most:
            yield (
                f"Value '{value}' at '{path}' failed to satisfy constraint: "
                f"Member must have value less than or equal to {most}"
            )


def _string(shape: Shape, value: str, path: str) -> Iterator[str]:
    allowed: list[str] = shape.metadata.get("enum", [])
    failed = f"Value '{value}' at '{path}' failed to satisfy constraint: "
    if allowed and value not in allowed:
        yield f"{failed}Member must satisfy enum value set: [{', '.join(allowed)}]"
    yield from _too_long(shape, len(value), value, path)
    pattern = shape.metadata.get("pattern")
    if pattern and shape.name not in _UNTRUSTED_PATTERNS:
        compiled = _compiled(pattern)
        if compiled is not None and not compiled.search(value):
            yield f"{failed}Member must satisfy regular expression pattern: {pattern}"


def _too_long(shape: Shape, length: int, value: object, path: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and length > most:
        yield (
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {most}"
        )


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(rf"^(?:{pattern})$")
    except re.error:
        # Java patterns that Python does not know (\p{…}) cannot be checked here.
        return None
