"""What tests of recordings ask of a kit."""

from __future__ import annotations

from pathlib import Path

from rdpgui.lab.model import AuditEvent, ConnectionRecord
from rdpgui.lab.scenario import RecordingRules, Variants
from tests.helpers.world_kit import Kit, make_kit

FILM = b"film" * 100


def made_with(folder: Path, recording: RecordingRules | None = None, variants: Variants | None = None) -> Kit:
    """A seeded world of these rules whose first guest is up."""
    kit = make_kit(folder, recording=recording, variants=variants)
    kit.up(kit.ids["web"])
    return kit


def keys(kit: Kit) -> list[str]:
    """The keys in the recording destination."""
    preferences = kit.world.preferences.now()
    assert preferences is not None
    return kit.seam.s3.keys(preferences.bucket_name)


def events(kit: Kit, name: str) -> list[AuditEvent]:
    """The audit events of one name, newest first."""
    return [event for event in kit.world.trail.events() if event.event_name == name]


def final(kit: Kit, connection_id: str) -> ConnectionRecord:
    """The connection after everything that could still happen."""
    kit.timeline.advance(2000)
    return kit.get(connection_id)
