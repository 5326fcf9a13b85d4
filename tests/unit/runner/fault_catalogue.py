"""Seeded faults for whole runs: what goes wrong, and the words that name it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import AccessDenied, AwsError, CredentialsExpired, Unreachable
from rdpgui.core.events import Event
from rdpgui.core.run import Phase
from rdpgui.core.run_events import PhaseEntered
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Timing
from rdpgui.core.state import AppState
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.unit.runner.scenes import Scene

RESTARTS = (DisruptionId.OS_REBOOT, DisruptionId.EC2_REBOOT)
HALTS = (DisruptionId.OS_SHUTDOWN, DisruptionId.EC2_STOP)
FOUR = (*RESTARTS, *HALTS)
PATIENT = replace(LAB_TIMING, session_end_limit_s=90.0)
"""A film can only end 60 s early when the shutdown screen is shown that long."""

Then = Callable[[Scene], None]


@dataclass(frozen=True)
class Fault:
    """One injected fault.

    Attributes:
        names: causes of a verdict that name the fault; for a run that ends without verdict, words of its reason.
        behaviour: of the world. phase, then: what is broken when the run enters a phase.
    """

    kind: str
    names: tuple[str, ...]
    disruption_id: DisruptionId
    access: AccessType
    behaviour: Behaviour
    phase: Phase | None = None
    then: Then | None = None
    timing: Timing = PATIENT

    def prepare(self, scene: Scene) -> None:
        """Lay the fault into a scene."""
        done: list[Phase] = []

        def watch(state: AppState, event: Event) -> None:
            if isinstance(event, PhaseEntered) and event.phase is self.phase and not done and self.then is not None:
                done.append(event.phase)
                self.then(scene)

        scene.store.subscribe(watch)


def _break(*prefixes: str, cut: bool = False) -> Then:
    def then(scene: Scene) -> None:
        for prefix in prefixes:
            scene.world.broken[prefix] = _cut_off(prefix) if cut else _denied(prefix)

    return then


def _denied(operation: str) -> AwsError:
    return AccessDenied("You may not call {operation}.", operation=operation)


def _cut_off(operation: str) -> AwsError:
    return Unreachable("No answer to {operation}.", operation=operation)


def _vanish(scene: Scene) -> None:
    scene.world.preferences = None


def _end_session(after_s: float) -> Then:
    def then(scene: Scene) -> None:
        scene.world.later(after_s, scene.world.disconnect, TARGET)

    return then


@dataclass(frozen=True)
class Kind:
    """A kind of fault and how it varies.

    Attributes:
        changes: of the behaviour, drawn by chance. count: variations.
    """

    kind: str
    names: tuple[str, ...]
    changes: Callable[[random.Random], dict[str, object]] = lambda chance: {}
    disruptions: tuple[DisruptionId, ...] = FOUR
    phase: Phase | None = None
    then: Callable[[random.Random], Then] | None = None
    count: int = 8


def _k(kind: str, *names: str, count: int = 8, disruptions: tuple[DisruptionId, ...] = FOUR, **changes: object) -> Kind:
    return Kind(kind, names, lambda chance: changes, disruptions, count=count)


def _at(
    phase: Phase,
    kind: str,
    then: Then,
    *names: str,
    disruptions: tuple[DisruptionId, ...] = FOUR,
    count: int = 4,
    **changes: object,
) -> Kind:
    return Kind(
        f"{kind} at {phase.value}",
        names,
        lambda chance: changes,
        disruptions,
        phase,
        lambda chance: then,
        count,
    )


def _early(seconds: float) -> Kind:
    # The shutdown screen lasts longer than what is lost: the film ends on it, and only the clocks show the loss.
    changes: dict[str, object] = {"film_early_s": seconds, "shutdown_screen_s": seconds + 2.0}
    return Kind(f"film ends {seconds:.0f} s early", ("film-ends-early",), lambda chance: changes)


def _skew(name: str, seconds: float) -> Kind:
    return Kind(f"{name} {seconds:+.0f} s", ("clock-skew",), lambda chance: {name: seconds + chance.uniform(-20, 20)})


S3, SSM, EC2, ALL = "s3:", "ssm:", "ec2:", ""
KINDS = (
    _k("denied", "action-refused", denied=True),
    _k(
        "denied by the rehearsal",
        "action-refused",
        disruptions=(DisruptionId.EC2_REBOOT, DisruptionId.EC2_STOP),
        rehearsal=False,
    ),
    _k(
        "credentials expire before the rehearsal",
        "action-refused",
        disruptions=(DisruptionId.EC2_REBOOT, DisruptionId.EC2_STOP),
        rehearsal_error=CredentialsExpired("The credentials have expired."),
    ),
    _k("denied, reported as done", "disruption-not-proven", denied_but_reported_done=True),
    _k("never happened, answer lost", "disruption-not-proven", denied_but_reported_done=True, answer_lost=True),
    _k("wrong instance", "disruption-not-proven", "wrong-instance", wrong_instance=True),
    _k("stale object", "other-session", "stale-object", object_stale=True),
    _k("other session's film", "other-session", object_foreign=True),
    _k("truncated film", "film-truncated", truncated=True),
    _early(5.0),
    _early(10.0),
    _early(60.0),
    _skew("skew_s", 300.0),
    _skew("skew_s", -300.0),
    _skew("guest_skew_s", 300.0),
    _skew("guest_skew_s", -300.0),
    _k("swapped, old checksum", "checksum-mismatch", object_swapped=True),
    _k("swapped midway", "object-changed", object_changes=True),
    Kind(
        "frozen source",
        ("source-frozen",),
        lambda chance: {"frozen_s": chance.uniform(3.2, 9.0), "shutdown_screen_s": 12.0},
    ),
    _k("recorder on the instance", "recording-missing", recorder_on_instance=True),
    _k("two candidates", "several-candidates", object_rival=True),
    _k("zero bytes", "object-empty", object_zero=True),
    _k("not a film", "not-a-film", not_a_film=True),
    _k("no object", "recording-missing", object_missing=True),
    _k("key disabled", "destination-refused", key_disabled=True),
    Kind("object too late", ("recording-missing",), lambda chance: {"object_late_s": chance.uniform(30.0, 600.0)}),
    _k("session never ends", "session-end-not-seen", session_never_ends=True, count=4),
    # Alone it is no fault: polls bound the session's end. It must not hide a film that ends early.
    _k(
        "history empty, film ends 10 s early",
        "end-date-missing",
        history_delay_s=1e6,
        film_early_s=10.0,
        shutdown_screen_s=12.0,
    ),
    _k("boot time unreadable", "boot-time-unknown", disruptions=RESTARTS, boot_time_fails=True),
    Kind(
        "session ended before the disruption",
        ("ended before the disruption",),
        phase=Phase.STEADY,
        then=lambda chance: _end_session(chance.uniform(0.0, 0.9)),
    ),
    _at(Phase.DISRUPTING, "session ended", _end_session(0.0), "session-ended-before", "session-end-order-unknown"),
    _at(Phase.STEADY, "preferences vanish", _vanish, "action-refused"),
    _at(Phase.ENDING, "preferences vanish", _vanish, "preferences-changed", object_missing=True),
    _at(Phase.PREFLIGHT, "S3 denied", _break(S3), "You may not call s3"),
    _at(Phase.STEADY, "S3 denied", _break(S3), "destination-unreadable"),
    _at(Phase.PROCESSING, "S3 denied", _break(S3), "destination-unreadable"),
    _at(Phase.STEADY, "S3 reading denied", _break("s3:GetObject"), "object-unreadable"),
    _at(Phase.VERIFYING, "S3 reading denied", _break("s3:GetObject"), "object-unreadable"),
    _at(Phase.PREFLIGHT, "SSM denied", _break(SSM), "could not be read"),
    _at(Phase.CONNECTING, "SSM denied", _break(SSM), "You may not call ssm", "No remote-desktop session"),
    _at(Phase.STEADY, "SSM denied", _break(SSM), "action-refused"),
    _at(Phase.ENDING, "SSM denied", _break(SSM), "session-end-not-seen", "boot-time-unknown", "disruption-not-proven"),
    _at(Phase.PREFLIGHT, "EC2 denied", _break(EC2), "You may not call ec2"),
    _at(Phase.STEADY, "EC2 denied", _break(EC2), "You may not call ec2"),
    _at(Phase.ENDING, "EC2 denied", _break(EC2), "disruption-not-proven", disruptions=HALTS),
    _at(Phase.PREFLIGHT, "endpoint cut", _break(ALL, cut=True), "No answer"),
    _at(Phase.CONNECTING, "endpoint cut", _break(ALL, cut=True), "No answer", "No remote-desktop session"),
    _at(Phase.STEADY, "endpoint cut", _break(ALL, cut=True), "No answer"),
    _at(Phase.DISRUPTING, "endpoint cut", _break(ALL, cut=True), "No answer"),
    _at(
        Phase.ENDING,
        "endpoint cut",
        _break(ALL, cut=True),
        "session-end-not-seen",
        "disruption-not-proven",
        "boot-time-unknown",
    ),
    _at(
        Phase.PROCESSING,
        "endpoint cut",
        _break(ALL, cut=True),
        "destination-unreadable",
        "disruption-not-proven",
        "boot-time-unknown",
    ),
    _at(
        Phase.VERIFYING,
        "endpoint cut",
        _break(ALL, cut=True),
        "destination-unreadable",
        "object-unreadable",
        "disruption-not-proven",
        "boot-time-unknown",
    ),
)


def faults() -> Iterator[Fault]:
    """Yield every fault: the kinds with seeded variations of what has nothing to do with them."""
    for number, kind in enumerate(KINDS):
        for index in range(kind.count):
            chance = random.Random(1000 * number + index)
            world: dict[str, object] = {
                "latency_s": chance.uniform(0.005, 0.05),
                "connect_s": chance.uniform(0.3, 1.5),
                "film_delay_s": chance.uniform(0.1, 0.8),
                "shutdown_screen_s": chance.uniform(0.8, 2.5),
                "session_end_s": chance.uniform(0.0, 1.0),
                "processing_s": chance.uniform(0.3, 1.5),
                "boot_s": chance.uniform(1.0, 3.0),
                "whole_seconds": chance.random() < 0.2,
                "skew_s": chance.uniform(-0.5, 0.5),
                "dated": chance.random() < 0.5,
            }
            world |= kind.changes(chance)
            yield Fault(
                kind.kind,
                kind.names,
                kind.disruptions[index % len(kind.disruptions)],
                chance.choice(list(AccessType)),
                Behaviour(**world),  # type: ignore[arg-type]  # one place for all variants
                kind.phase,
                None if kind.then is None else kind.then(chance),
            )
