"""A fleet of any size as a rule of ``ForeignAws``: what EC2 and Systems Manager list is this, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.benchmarks.fleet_server import ec2_answer, page_of, ssm_answer
from tests.helpers.foreign_aws import Asked


@dataclass
class Fleet:
    """Answers listings of instances and of nodes; by ids, too.

    Attributes:
        count: of instances, all of them managed.
        known: tells how many of them the program knows.
        pages: first numbers of the pages of EC2 that were asked for, and how many were known then.
    """

    count: int
    known: Callable[[], int]
    pages: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> tuple[int, str, bytes] | None:
        """Answer a listing; None for everything else."""
        if asked.operation == "DescribeInstances":
            return 200, "text/xml", self._instances(parse_qs(asked.body.decode()))
        if asked.operation == "DescribeInstanceInformation":
            return 200, "application/x-amz-json-1.1", self._nodes(json.loads(asked.body))
        return None

    def _instances(self, form: dict[str, list[str]]) -> bytes:
        named = [value for name, (value, *_) in form.items() if name.startswith(("Filter.1.Value", "InstanceId."))]
        if named:
            return ec2_answer(self._numbers(named))
        begin = int(form.get("NextToken", ["0"])[0])
        self.pages.append((begin, self.known()))
        return page_of("ec2", self.count, begin)

    def _nodes(self, asked: dict[str, object]) -> bytes:
        filters = asked.get("Filters")
        if isinstance(filters, list):
            return ssm_answer(self._numbers(filters[0]["Values"]))
        return page_of("ssm", self.count, int(str(asked.get("NextToken", 0))))

    def _numbers(self, ids: list[str]) -> list[int]:
        return [n for n in (int(name.partition("-")[2], 16) for name in ids) if n < self.count]
