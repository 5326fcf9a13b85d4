"""What ``rdpgui run`` was asked to do, and where it leaves what comes of it."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rdpgui.app.left_runs import RESULT_FOLDERS
from rdpgui.app.paths import DEFAULT_SCENARIO, user_paths
from rdpgui.app.session import LAB_LANES
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import SettingsError
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.place import PlaceAsked
from rdpgui.core.session import AccessType
from rdpgui.core.strangers import signs_for_all
from rdpgui.runner.plans import Pair, matrix_pairs

MFA_CODE = "RDPGUI_MFA_CODE"
"""The environment variable with the code: the command line shows in the list of processes and the shell's history."""


@dataclass(frozen=True, slots=True)
class OnAccount:
    """What a person asked for on an account.

    Attributes:
        confirm: typed to confirm the target, empty for nothing.
        cut_off: live sessions of others that may be cut off.
        mine: sessions, and owners of sessions, that are the person's own.
        mfa_code: of the role's device, empty for none.
    """

    place: PlaceAsked
    instance_id: InstanceId
    confirm: str = ""
    cut_off: tuple[SessionId, ...] = ()
    mfa_code: str = ""
    mine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What to run and where to leave it.

    Attributes:
        data: where result folders are made; runs that were left open there are taken up.
        out: folder for films, reports and screenshots. results: the ``--json`` file, None for none.
        lanes: instances that runs go on on side by side, at most; 1: one run after another.
        account: where and on what, None for the lab.
        settings_file: of the person; the lab's runs have the program's own settings.
    """

    pairs: tuple[Pair, ...]
    scenario: str
    data: Path
    out: Path
    results: Path | None
    screenshots: bool
    lanes: int = LAB_LANES
    account: OnAccount | None = None
    settings_file: Path | None = None


def default_options(data_dir: Path | None, scenario: str = DEFAULT_SCENARIO) -> Options:
    """Return the options of ``make run`` on a machine without a display."""
    moment = f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005  (a folder name)
    data = user_paths(data_dir).data
    out = data / f"{RESULT_FOLDERS}{moment}-{secrets.token_hex(4)}"
    return Options(matrix_pairs(), scenario, data, out, out / "results.json", screenshots=True)


def options_from(arguments: argparse.Namespace) -> Options:
    """Return the options of ``rdpgui run``."""
    defaults = default_options(arguments.data_dir, arguments.scenario or DEFAULT_SCENARIO)
    pairs = matrix_pairs(whole=arguments.whole)
    if not arguments.matrix:
        access = [AccessType(name) for name in arguments.access_type or ["Standard"]]
        pairs = tuple((DisruptionId(name), kind) for name in arguments.disruption for kind in access)
    return replace(
        defaults,
        pairs=pairs,
        out=arguments.out.resolve() if arguments.out else defaults.out,
        results=arguments.json.parent.resolve() / arguments.json.name if arguments.json else None,
        screenshots=not arguments.no_screenshots and not arguments.instance,
        lanes=arguments.lanes or defaults.lanes,
        account=_account_from(arguments),
        settings_file=user_paths(arguments.data_dir).settings_file,
    )


def _account_from(arguments: argparse.Namespace) -> OnAccount | None:
    """Return what was asked for on an account, None for the lab.

    Raises:
        SettingsError: no instance was named, or a scenario was, too.
    """
    place = PlaceAsked(arguments.profile, arguments.region, arguments.endpoint_url)
    if not arguments.instance:
        _refuse_incomplete(arguments, place)
        return None
    if arguments.scenario:
        raise SettingsError("A scenario is the lab's, a profile is AWS's.", "Give one of the two.")
    agreed = tuple(map(SessionId, arguments.cut_off or ()))
    code = arguments.mfa_code or os.environ.get(MFA_CODE, "")
    mine = tuple(arguments.mine or ())
    _refuse_owner_of_all(mine)
    return OnAccount(place, InstanceId(arguments.instance), arguments.confirm, agreed, code, mine)


def _refuse_owner_of_all(mine: Iterable[str]) -> None:
    """Refuse an owner who owns everybody's sessions: it names none.

    Raises:
        SettingsError: one does.
    """
    owner = next(filter(signs_for_all, mine), "")
    if owner:
        raise SettingsError(
            "{owner} signs sessions with just-in-time access for everybody: it does not tell whose one is.",
            "Name the session: --mine SESSION.",
            owner=owner,
        )


def _refuse_incomplete(arguments: argparse.Namespace, place: PlaceAsked) -> None:
    """Refuse what is meant for an account when no instance of one was named; on the lab it would mean nothing.

    Raises:
        SettingsError: it was given.
    """
    if place.named or arguments.confirm or arguments.cut_off or arguments.mine or arguments.mfa_code:
        raise SettingsError("On an account a run works on one instance.", "Name it with --instance i-….")
