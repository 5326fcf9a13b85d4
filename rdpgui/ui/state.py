"""What the window itself knows: which instance, session and run are looked at. Not part of the domain."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.session import AccessType


class UiState(QObject):
    """Selections of the person.

    Signals:
        changed: a selection is another one; panels render again from the newest snapshot.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.instance_id: InstanceId | None = None
        self.session_id: SessionId | None = None
        self.run_id: RunId | None = None
        self.access_type = AccessType.STANDARD

    def forget(self) -> None:
        """Look at nothing any more: another place is opened."""
        self.instance_id, self.session_id, self.run_id = None, None, None
        self.changed.emit()

    def select_instance(self, instance_id: InstanceId | None) -> None:
        """Look at another instance."""
        if instance_id != self.instance_id:
            self.instance_id = instance_id
            self.changed.emit()

    def select_session(self, session_id: SessionId | None) -> None:
        """Look at another session."""
        if session_id != self.session_id:
            self.session_id = session_id
            self.changed.emit()

    def select_run(self, run_id: RunId | None) -> None:
        """Look at another run."""
        if run_id != self.run_id:
            self.run_id = run_id
            self.changed.emit()

    def choose_access_type(self, access_type: AccessType) -> None:
        """Use this access type for the next connection."""
        if access_type is not self.access_type:
            self.access_type = access_type
            self.changed.emit()
