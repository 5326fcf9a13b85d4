"""Orders about the lab's faults."""

from __future__ import annotations

from typing import Any

from rdpgui.app.workplace import Workplace
from rdpgui.i18n import _
from rdpgui.ui.commands import LabFault
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

FAULT_KINDS = (
    "throttle", "denied", "expired", "server-error", "html-200", "html-500", "cut", "cut-body", "hang", "delay",
    "object-late", "object-missing", "object-truncated", "object-zero", "object-not-a-film", "object-foreign",
    "object-twice", "disk-full", "clock-skew", "source-frozen", "upload-denied", "key-disabled",
)  # fmt: skip
"""Kinds of faults that the lab knows. Source: resources/docs/lab.md."""


class FaultCommands:
    """The part of ``ui.commands.Commands`` that makes the lab misbehave.

    Args:
        work: what is open. workbench: shows the rules in force.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench

    def list_lab_faults(self) -> None:
        """Ask for the fault rules; they come back through ``Replies.show_lab_faults``."""
        self._faults("GET", "/_lab/faults")

    def add_lab_fault(self, kind: str, service: str, operation: str, times: int | None) -> None:
        """Add a fault rule (lab only)."""
        rule = {"kind": kind, "service": service or "*", "operation": operation or "*", "times": times}
        self._faults("POST", "/_lab/faults", rule)

    def clear_lab_faults(self) -> None:
        """Remove every fault rule (lab only)."""
        self._faults("DELETE", "/_lab/faults")

    def _faults(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        if self._work.lab is None:
            self._work.notifications.say(Tone.INFO, _("Only the lab has faults."))
            return
        self._work.scope.start("lab faults", self._work.lab.control(method, path, body), on_done=self._show_faults)

    def _show_faults(self, answer: object) -> None:
        rules: list[dict[str, Any]] = answer if isinstance(answer, list) else []
        faults = [
            LabFault(number, rule["kind"], rule["service"], rule["operation"], rule["times"])
            for number, rule in enumerate(rules)
        ]
        self._workbench.replies.show_lab_faults(faults, FAULT_KINDS)
