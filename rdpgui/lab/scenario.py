"""Scenarios: the fleet, the timings, the recorder's place and the variants of what is unknown about AWS.

A scenario is one JSON file in ``resources/lab``, or a file of one's own. Every member is a field of the
dataclasses below; what is left out takes the default, which is quick. A wrong
file ends in a ``ScenarioError`` that names the member and the remedy.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from rdpgui.lab.model import unwritable
from rdpgui.lab.scenario_json import ScenarioError, record_from_json
from rdpgui.lab.scenario_people import PersonAct, check_people

__all__ = [
    "Approval",
    "BucketEncryption",
    "EndDate",
    "GrantMissing",
    "InitialState",
    "InstanceSpec",
    "JitRules",
    "KeyStyle",
    "PreferencesWhenUnset",
    "RecorderPlace",
    "RecordingRules",
    "RootDevice",
    "Scenario",
    "ScenarioError",
    "ShellLogRules",
    "ShutdownBehavior",
    "Timings",
    "UnknownSession",
    "Variants",
    "load_scenario",
    "load_scenario_file",
    "scenario_names",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PACKAGE = Path(__file__).resolve().parent.parent


class InitialState(StrEnum):
    """Whether an instance is powered on when the lab is seeded."""

    RUNNING = "running"
    STOPPED = "stopped"


class ShutdownBehavior(StrEnum):
    """Source: EC2 attribute instanceInitiatedShutdownBehavior."""

    STOP = "stop"
    TERMINATE = "terminate"


class RootDevice(StrEnum):
    """Source: EC2 DescribeInstances, RootDeviceType."""

    EBS = "ebs"
    INSTANCE_STORE = "instance-store"


class RecorderPlace(StrEnum):
    """Where the recorder lives: at the service, or (counterfactual) on the instance it films.

    ``instance`` loses the film when the instance goes down; ``instance-partial``
    uploads what was saved on the instance's disk at its next boot.
    """

    SERVICE = "service"
    INSTANCE = "instance"
    INSTANCE_PARTIAL = "instance-partial"


class PreferencesWhenUnset(StrEnum):
    """Answer of GetConnectionRecordingPreferences without preferences (unknown on AWS, both are modelled)."""

    NOT_FOUND = "not-found"
    EMPTY = "empty"


class EndDate(StrEnum):
    """What a session's EndDate says: when the connection ended, or when the service noticed."""

    CONNECTION_END = "connection-end"
    LEFT_ACTIVE = "left-active"


class KeyStyle(StrEnum):
    """How object keys look. No style carries the instance; only ``connection`` carries an id."""

    OPAQUE = "opaque"
    DATED = "dated"
    CONNECTION = "connection"
    ODD = "odd"


class Approval(StrEnum):
    """Who approves a just-in-time request: a policy, or a person by the control API."""

    AUTO = "auto"
    MANUAL = "manual"


class PendingToken(StrEnum):
    """How GetAccessToken says that nobody has decided yet: its status, or an error. Which AWS does is not known."""

    ANSWER = "answer"
    ERROR = "error"


class UnknownSession(StrEnum):
    """What TerminateSession says of a session that there is not: an error, or nothing. Which AWS does is not known."""

    REFUSED = "refused"
    SUCCEEDS = "succeeds"


class BucketEncryption(StrEnum):
    """Default encryption of the recording bucket."""

    KMS = "sse-kms"
    S3 = "sse-s3"


class GrantMissing(StrEnum):
    """What happens to a connection when the recording key cannot be granted: refused, or opened without a film."""

    REFUSE = "refuse"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class InstanceSpec:
    """One instance of the fleet.

    Attributes:
        name: the Name tag, unique in the fleet.
        platform_name: as SSM DescribeInstanceInformation shows it.
        computer_name: Windows computer name; empty derives one from the name.
        auto_scaling_group: value of the tag ``aws:autoscaling:groupName``; empty means none.
        wallpaper: number of the painted wallpaper.
    """

    name: str
    instance_type: str = "t3.large"
    platform_name: str = "Microsoft Windows Server 2022 Datacenter"
    platform_version: str = "10.0.20348"
    agent_version: str = "3.3.2299.0"
    computer_name: str = ""
    state: InitialState = InitialState.RUNNING
    shutdown_behavior: ShutdownBehavior = ShutdownBehavior.STOP
    disable_api_stop: bool = False
    disable_api_termination: bool = False
    spot: bool = False
    auto_scaling_group: str = ""
    root_device: RootDevice = RootDevice.EBS
    hibernation: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    wallpaper: int = field(default=0, metadata={"min": 0, "max": 99})


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations in seconds. ``0`` is allowed everywhere.

    Attributes:
        pending_s: pending → running.
        stopping_s: guest is off → stopped (or terminated).
        hard_stop_s: a guest that ignores the power button is cut off after this.
        boot_s: boot screen to log-on, inside the guest.
        boot_stagger_s: between two guests booted at seeding.
        agent_online_s: desktop ready → agent online.
        shutdown_screen_s: how long "Shutting down" is shown before the remote desktop ends.
        off_after_desktop_s: end of the remote desktop → power off.
        connection_lost_s: agent gone → GetConnectionStatus says notconnected.
        ping_lost_s: agent gone → PingStatus says ConnectionLost.
        agent_restart_s: restart of the agent's service.
        session_end_s: connection over → session leaves Active.
        history_delay_s: session left Active → listed in the history.
        processing_s: connection over → object put, at least.
        retry_first_s: first wait after a ProcessingError; doubles each time.
        command_s: Run Command: sent → finished.
        shutdown_delay_limit_s: upper bound for the delay of ``shutdown.exe /t N``.
        effect_delay_s: an accepted order → the guest begins to go down, beyond the delay that was ordered: a system
            that is busy, or an application that holds it up.
    """

    pending_s: float = field(default=0.4, metadata={"min": 0.0})
    stopping_s: float = field(default=0.3, metadata={"min": 0.0})
    hard_stop_s: float = field(default=20.0, metadata={"min": 0.0})
    boot_s: float = field(default=1.0, metadata={"min": 0.0})
    boot_stagger_s: float = field(default=0.3, metadata={"min": 0.0})
    agent_online_s: float = field(default=0.2, metadata={"min": 0.0})
    shutdown_screen_s: float = field(default=1.2, metadata={"min": 0.0})
    off_after_desktop_s: float = field(default=0.5, metadata={"min": 0.0})
    connection_lost_s: float = field(default=0.1, metadata={"min": 0.0})
    ping_lost_s: float = field(default=2.0, metadata={"min": 0.0})
    agent_restart_s: float = field(default=2.0, metadata={"min": 0.0})
    session_end_s: float = field(default=0.3, metadata={"min": 0.0})
    history_delay_s: float = field(default=0.0, metadata={"min": 0.0})
    processing_s: float = field(default=0.8, metadata={"min": 0.0})
    retry_first_s: float = field(default=1.0, metadata={"min": 0.0})
    command_s: float = field(default=0.3, metadata={"min": 0.0})
    shutdown_delay_limit_s: float = field(default=1.0, metadata={"min": 0.0})
    effect_delay_s: float = field(default=0.0, metadata={"min": 0.0})


@dataclass(frozen=True, slots=True)
class RecordingRules:
    """How connections are recorded.

    Attributes:
        configured: recording preferences are set at seeding.
        lost_tail_s: ``instance-partial``: what the instance had not yet written to disk when it went down.
        retry_limit: tries after the first ProcessingError before the recording is Failed.
        max_connections: quota of connections at a time.
    """

    place: RecorderPlace = RecorderPlace.SERVICE
    configured: bool = True
    fps: int = field(default=10, metadata={"min": 1, "max": 60})
    stall_after_s: float = field(default=3.0, metadata={"min": 0.1})
    lost_tail_s: float = field(default=6.0, metadata={"min": 0.0})
    bucket_encryption: BucketEncryption = BucketEncryption.KMS
    retry_limit: int = field(default=5, metadata={"min": 0, "max": 100})
    max_connections: int = field(default=5, metadata={"min": 1, "max": 50})


@dataclass(frozen=True, slots=True)
class JitRules:
    """Just-in-time node access."""

    enabled: bool = True
    approval: Approval = Approval.AUTO
    approval_delay_s: float = field(default=0.5, metadata={"min": 0.0})
    access_duration_s: float = field(default=3600.0, metadata={"min": 1.0})
    pending: PendingToken = PendingToken.ANSWER


@dataclass(frozen=True, slots=True)
class Variants:
    """What nobody outside AWS knows, in the forms a client must survive.

    Attributes:
        objects_per_connection: 1, or 2 (a second object with the same film a moment later).
        films_named: whether the tags of a film say of which instance and session it is.
        key_denials_in_trail: whether CloudTrail here shows calls that a key's policy denied to the service. KMS logs
            cross-account requests that are denied in the caller's account only; whether that holds for services
            is not documented. Source: KMS Developer Guide, logging with CloudTrail.
    """

    preferences_when_unset: PreferencesWhenUnset = PreferencesWhenUnset.NOT_FOUND
    end_date: EndDate = EndDate.CONNECTION_END
    objects_per_connection: int = field(default=1, metadata={"min": 1, "max": 2})
    key_style: KeyStyle = KeyStyle.OPAQUE
    grant_missing: GrantMissing = GrantMissing.REFUSE
    unknown_session: UnknownSession = UnknownSession.REFUSED
    films_named: bool = True
    key_denials_in_trail: bool = False


@dataclass(frozen=True, slots=True)
class ShellLogRules:
    """Preferences of Session Manager's shells at seeding, and what the agent does with a log. Without, there are none.

    Attributes:
        bucket, log_group: whether logs go to one. streamed: to the group while the shell goes on, else at its end.
        kept_on_shutdown: counterfactual: the agent sends the log of a shell that is cut off, too.
        every_s: between two streamed events. upload_s: end of a shell -> its log is put.
    """

    bucket: bool = False
    log_group: bool = False
    streamed: bool = False
    kept_on_shutdown: bool = False
    every_s: float = field(default=0.5, metadata={"min": 0.1})
    upload_s: float = field(default=0.2, metadata={"min": 0.0})

    @property
    def used(self) -> bool:
        """Whether there are preferences at all."""
        return self.bucket or self.log_group


@dataclass(frozen=True, slots=True)
class Scenario:
    """One lab: who is in it, how fast it is, and what is odd about it.

    Attributes:
        about: one sentence for people.
        faults: rules for the ``FaultBook``, as JSON objects.
        people: what persons and the service do, and when.
        seed: makes the lab's own random choices repeatable. Never hard-code an id that follows from it.
    """

    name: str
    about: str = ""
    seed: int = 1
    fleet: tuple[InstanceSpec, ...] = ()
    timings: Timings = field(default_factory=Timings)
    recording: RecordingRules = field(default_factory=RecordingRules)
    jit: JitRules = field(default_factory=JitRules)
    variants: Variants = field(default_factory=Variants)
    shell_log: ShellLogRules = field(default_factory=ShellLogRules)
    faults: tuple[dict[str, object], ...] = ()
    people: tuple[PersonAct, ...] = ()


def scenario_folder() -> Path:
    """Return the folder of the scenario files: beside an installed package, or in the repository."""
    for folder in (_PACKAGE / "_resources" / "lab", _PACKAGE.parent / "resources" / "lab"):
        if folder.is_dir():
            return folder
    raise ScenarioError(
        "resources/lab",
        "the folder with the scenario files is missing",
        "Install rdpgui again, or run it from its repository.",
    )


def scenario_names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of all scenarios, ``default`` first."""
    names = sorted(path.stem for path in (folder or scenario_folder()).glob("*.json"))
    return tuple(sorted(names, key=lambda name: name != "default"))


def load_scenario(name: str, folder: Path | None = None) -> Scenario:
    """Load a scenario by name, or by the path of a file (it ends with ``.json``).

    Raises:
        ScenarioError: there is no such scenario, or its file is wrong.
    """
    if name.endswith(".json") and Path(name).is_file():
        return load_scenario_file(Path(name))
    place = folder or scenario_folder()
    path = place / f"{name}.json"
    if not _NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(scenario_names(place)) or "none"
        raise ScenarioError("scenario", f"there is no scenario {name!r}", f"Choose one of: {known}; or give a file.")
    return load_scenario_file(path)


def load_scenario_file(path: Path) -> Scenario:
    """Load a scenario from a file of one's own; the file's name is the scenario's.

    Raises:
        ScenarioError: the file cannot be read, is not JSON, or has a wrong member.
    """
    try:
        value: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(
            path.name, f"cannot be read: {error.strerror}", "Check the path and its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(path.name, "is not UTF-8 text", "Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise ScenarioError(
            path.name, f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})", "Correct that line."
        ) from error
    if isinstance(value, dict):
        value = {"name": path.stem, **value}
    scenario = replace(record_from_json(Scenario, value, path.stem), name=path.stem)
    _check(scenario, path.stem)
    return scenario


def _check(scenario: Scenario, where: str) -> None:
    """Rules that concern several members."""
    if not scenario.fleet:
        raise ScenarioError(f"{where}.fleet", "is empty", "Give at least one instance.")
    seen: set[str] = set()
    for index, spec in enumerate(scenario.fleet):
        member = f"{where}.fleet[{index}].name"
        if not spec.name.strip():
            raise ScenarioError(member, "is empty", "Give the instance a name.")
        if spec.name in seen:
            raise ScenarioError(member, f"repeats {spec.name!r}", "Give each instance a name of its own.")
        seen.add(spec.name)
        if any(unwritable(text) for text in (spec.name, *spec.tags, *spec.tags.values())):
            raise ScenarioError(
                member, "or a tag holds a control character", "Remove it: AWS's answers (XML) cannot carry it."
            )
        if spec.root_device is RootDevice.INSTANCE_STORE and spec.state is InitialState.STOPPED:
            raise ScenarioError(
                f"{where}.fleet[{index}].state",
                "an instance-store instance cannot be stopped",
                'Use "running", or root_device "ebs".',
            )
    check_people(scenario.people, seen, where)
