"""Guest processes: one per running instance. The power rules are elsewhere; here a guest lives and dies."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.scenario import InstanceSpec
from rdpgui.lab.world.children import Child, ChildKind, Message
from rdpgui.lab.world.context import Context, moment, secret_word, whole
from rdpgui.lab.world.signals import GuestAction, GuestEnd

_log = logging.getLogger(__name__)


_OFF = {action.value: action for action in GuestAction}


@dataclass(slots=True, eq=False)
class Guest:
    """One life of an instance's guest.

    Attributes:
        rfb_port: 0 until the guest is up.
        ready: the desktop is shown and no shutdown has begun.
        off: what the guest announced with its last line.
        wakes: it goes on from hibernation.
    """

    instance_id: str
    rfb_password: str
    child: Child | None = None
    rfb_port: int = 0
    ready: bool = False
    off: GuestAction | None = None
    wakes: bool = False


class Guests:
    """All guests."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._guests: dict[str, Guest] = {}
        self._booted_at: dict[str, datetime] = {}
        self._up_since: dict[str, datetime] = {}
        self._pictures: dict[str, threading.Event] = {}

    def boot(self, instance_id: str, spec: InstanceSpec, *, wakes: bool = False) -> None:
        """Start a guest; does nothing when one lives or the world is closing.

        ``wakes``: from hibernation; it was then last booted when it was last booted before.
        """
        context = self._context
        with context.lock:
            if instance_id in self._guests or context.closing.is_set():
                return
            guest = Guest(instance_id, secret_word(), wakes=wakes and instance_id in self._booted_at)
            self._guests[instance_id] = guest
            try:
                guest.child = context.spawner.spawn(
                    ChildKind.GUEST,
                    f"guest-{instance_id}",
                    self._configuration(guest, spec),
                    partial(self._on_event, guest),
                    partial(self._on_exit, guest),
                )
            except OSError:
                # The machine is then dead hardware: running for EC2, impaired, never connected.
                _log.exception("guest of %s cannot be started", instance_id)
                del self._guests[instance_id]

    def guest(self, instance_id: str) -> Guest | None:
        """Return the living guest."""
        return self._guests.get(instance_id)

    def pid(self, instance_id: str) -> int | None:
        """Return the process id of the living guest."""
        guest = self._guests.get(instance_id)
        return guest.child.pid if guest is not None and guest.child is not None else None

    def ready(self, instance_id: str) -> bool:
        """Return whether the desktop is shown and no shutdown has begun."""
        guest = self._guests.get(instance_id)
        return guest is not None and guest.ready

    def send(self, instance_id: str, message: Message) -> bool:
        """Tell a guest to do something; False when there is none."""
        guest = self._guests.get(instance_id)
        return guest is not None and guest.child is not None and guest.child.send(message)

    def power_button(self, instance_id: str, action: GuestAction) -> bool:
        """Ask the guest's system to go down; False when there is no guest."""
        return self.take_down(instance_id, {"do": "acpi", "action": action})

    def take_down(self, instance_id: str, message: Message) -> bool:
        """Tell a guest to go down; it hears it as late as the scenario says. False when there is none."""
        delay_s = self._context.scenario.timings.effect_delay_s
        guest = self._guests.get(instance_id)
        if delay_s <= 0 or guest is None:
            return self.send(instance_id, message)
        self._context.timeline.after(delay_s, partial(self._late, guest, message), f"end of the guest of {instance_id}")
        return True

    def _late(self, guest: Guest, message: Message) -> None:
        with self._context.lock:
            if self._guests.get(guest.instance_id) is guest and guest.child is not None:
                guest.child.send(message)

    def step_clock(self, instance_id: str, seconds: float) -> bool:
        """Set the guest's clock on or back; its last boot moves with it. False when there is no guest.

        Source: Windows derives LastBootUpTime from the clock and the time since boot.
        """
        with self._context.lock:
            booted_at = self._booted_at.get(instance_id)
            if booted_at is not None:
                self._booted_at[instance_id] = booted_at + timedelta(seconds=seconds)
            return self.send(instance_id, {"do": "step-clock", "seconds": seconds})

    def kill(self, instance_id: str) -> bool:
        """Cut the power; False when there is no guest."""
        guest = self._guests.get(instance_id)
        if guest is None or guest.child is None:
            return False
        guest.child.kill()
        return True

    def booted_at(self, instance_id: str) -> datetime | None:
        """Return the time of the last boot, also of a guest that is gone."""
        return self._booted_at.get(instance_id)

    def uptime_s(self, instance_id: str) -> int:
        """Return for how many whole seconds the guest has been up, by a counter that no correction moves."""
        since = self._up_since.get(instance_id)
        return 0 if since is None else int((self._context.timeline.now() - since).total_seconds())

    def screenshot(self, instance_id: str, path: Path, timeout_s: float) -> bytes | None:
        """Return the guest's screen as JPEG, None when it does not answer. Call without the lock."""
        done = threading.Event()
        self._pictures[str(path)] = done
        try:
            if not self.send(instance_id, {"do": "screenshot", "path": str(path)}) or not done.wait(timeout_s):
                return None
            return path.read_bytes()
        except OSError:
            _log.exception("screenshot of %s cannot be read", instance_id)
            return None
        finally:
            del self._pictures[str(path)]
            path.unlink(missing_ok=True)

    def children(self) -> list[Child]:
        """Return all living children."""
        return [guest.child for guest in self._guests.values() if guest.child is not None]

    def _configuration(self, guest: Guest, spec: InstanceSpec) -> Message:
        """Return the guest's first line. Source: resources/docs/lab.md."""
        context = self._context
        timings = context.scenario.timings
        skew = context.faults.take(FaultKind.CLOCK_SKEW, guest.instance_id)
        return {
            "instance_id": guest.instance_id,
            "computer_name": spec.computer_name or spec.name.upper()[:15],
            "user": "Administrator",
            "width": 1280,
            "height": 720,
            "fps": context.scenario.recording.fps,
            "rfb_password": guest.rfb_password,
            "language": context.language,
            "boot_s": timings.boot_s,
            "shutdown_screen_s": timings.shutdown_screen_s,
            "off_after_desktop_s": timings.off_after_desktop_s,
            "clock_skew_ms": round(skew.seconds * 1000) if skew is not None else 0,
            "wallpaper": spec.wallpaper,
            "boot_at_ms": round(self._booted_at[guest.instance_id].timestamp() * 1000) if guest.wakes else 0,
        }

    def _on_event(self, guest: Guest, message: Message) -> None:
        """Note what a guest says. Called in its reader thread."""
        context = self._context
        now = context.timeline.now()
        with context.lock:
            match message["event"]:
                case "booting":
                    guest.rfb_port = whole(message, "rfb_port")
                    if not guest.wakes:
                        self._booted_at[guest.instance_id] = moment(message, "at_ms", now)
                        self._up_since[guest.instance_id] = now
                case "ready":
                    guest.ready = True
                    self._booted_at[guest.instance_id] = moment(message, "boot_at_ms", now)
                    context.signals.guest_ready(guest.instance_id)
                case "shutdown-begun":
                    guest.ready = False
                case "desktop-closed":
                    guest.ready = False
                    context.signals.desktop_closed(guest.instance_id, moment(message, "at_ms", now))
                case "off":
                    guest.off = _OFF.get(str(message.get("action")), GuestAction.RESTART)
                case "screenshot":
                    waiting = self._pictures.get(str(message.get("path")))
                    if waiting is not None:
                        waiting.set()
                case event:
                    _log.debug("guest of %s: %s", guest.instance_id, event)

    def _on_exit(self, guest: Guest, status: int) -> None:
        """Tell everybody that a guest is gone. Called in its reader thread, after its last event."""
        context = self._context
        with context.lock:
            if self._guests.get(guest.instance_id) is guest:
                del self._guests[guest.instance_id]
            if context.closing.is_set():
                return
            action = guest.off if status == 0 else None
            context.signals.guest_ended(guest.instance_id, GuestEnd(context.timeline.now(), action))


def iso(at: datetime | None) -> str:
    """Write a time as ISO 8601 in UTC, empty for none."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
