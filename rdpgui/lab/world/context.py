"""What every part of the world shares: the lock, the clock, the scenario, moto, faults, children, signals."""

from __future__ import annotations

import random
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rdpgui.lab.faults import FaultBook
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import Scenario
from rdpgui.lab.world.children import Message, Spawner
from rdpgui.lab.world.signals import Signals
from rdpgui.lab.world.timeline import Timeline
from rdpgui.lab.world.trail import Trail

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
HEX = "0123456789abcdef"
ADMIN = "lab-admin"


@dataclass(frozen=True, slots=True)
class Context:
    """Shared things.

    Attributes:
        timeline: the clock and everything timed.
        slow: a second lane for what may take long (uploads), so that it does not delay the others.
        lock: guards all state of all parts; the seam's own lock is taken inside it.
        closing: set when the world ends; nothing new is started then.
    """

    scenario: Scenario
    state_dir: Path
    seam: MotoSeam
    faults: FaultBook
    timeline: Timeline
    slow: Timeline
    spawner: Spawner
    trail: Trail
    language: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    signals: Signals = field(default_factory=Signals)
    chance: random.Random = field(default_factory=random.Random)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def admin_arn(self) -> str:
        """ARN of the lab's one person."""
        return f"arn:aws:iam::{self.seam.account_id}:user/{ADMIN}"

    def letters(self, alphabet: str, count: int) -> str:
        """Return random letters for an id; repeatable by the scenario's seed, never for secrets."""
        return "".join(self.chance.choices(alphabet, k=count))


def secret_word() -> str:
    """Return a password of 8 characters, the most that VNC authentication takes."""
    return secrets.token_urlsafe(6)


def moment(message: Message, name: str, otherwise: datetime) -> datetime:
    """Read a Unix time in milliseconds from a child's line; ``otherwise`` when there is none."""
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return otherwise
    return datetime.fromtimestamp(value / 1000, UTC)


def whole(message: Message, name: str) -> int:
    """Read a whole number from a child's line, 0 when there is none."""
    value = message.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
