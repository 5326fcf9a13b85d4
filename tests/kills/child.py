"""One life of a headless program on a lab that is not its own: ``python -m tests.kills.child ORDER``.

ORDER is JSON: ``lab`` (where it is), ``root`` (the runs), ``run`` (disruption, access type, instance; null: only what
an earlier life left is taken up) and ``kill_at`` (the step at which it kills itself, by number or name, 0 for never).
The account is no lab's to it, so that a run goes on after a kill as on AWS. Prints one JSON line when it ends by
itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from rdpgui.app.clock import SystemClock
from rdpgui.app.environment import LAB_PACE, environment_of
from rdpgui.app.history import RunHistory
from rdpgui.app.lab_connection import LabConnectionOpener
from rdpgui.app.lab_process import LabAddress, LabProcess
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.session import WorkSession
from rdpgui.aws.clients import LabKeys
from rdpgui.aws.factory import connect
from rdpgui.core.account_events import IdentityObserved, PlaceOpened
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.ports import Identity, JournalPort
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.runner.store import Store
from tests.kills.steps import SteppingJournal, Steps


class _Folders(FileRunFolders):
    """Run folders whose journals take steps."""

    def __init__(self, root: Path, steps: Steps) -> None:
        super().__init__(root)
        self._steps = steps

    def create(self, run_id: str) -> tuple[Path, JournalPort]:  # type: ignore[override]  # it stands for a journal
        folder, journal = super().create(run_id)
        return folder, SteppingJournal(journal, self._steps.step)

    def reopen(self, folder: PurePath) -> JournalPort:  # type: ignore[override]  # as above
        return SteppingJournal(super().reopen(folder), self._steps.step)

    def write_bytes(self, path: PurePath, data: bytes) -> None:
        self._steps.step()
        super().write_bytes(path, data)
        self._steps.step()


class _NoLab:
    """Who calls, told as in an account that is no lab."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def identity(self) -> Identity:
        who: Identity = await self._inner.identity()
        return replace(who, lab=False)

    async def clock_offset_s(self) -> tuple[float, float]:
        offset: tuple[float, float] = await self._inner.clock_offset_s()
        return offset


async def _live(order: dict[str, Any]) -> dict[str, Any]:
    steps, store = Steps(order["kill_at"]), Store()
    store.subscribe(steps.on_event)
    where = order["lab"]
    lab = LabProcess()
    names = ("url", "access_key_id", "secret_access_key", "region", "control_token")
    lab._address = LabAddress(**{name: where[name] for name in names})  # it runs elsewhere
    folders = _Folders(Path(order["root"]), steps)
    keys = LabKeys(where["access_key_id"], where["secret_access_key"])
    aws = await connect(region=where["region"], endpoint_url=where["url"], pace=LAB_PACE, lab_keys=keys)
    who = await aws.identity.identity()
    place = Place(account_id=who.account_id, region=who.region, endpoint=endpoint_of(where["url"]))
    made = environment_of(aws, LabConnectionOpener(lab), folders, LAB_TIMING, place)
    ports = replace(made.ports, identity=_NoLab(made.ports.identity))
    environment = replace(made, ports=steps.around(ports))
    records = RunRecords(store, RunHistory(store, folders), SystemClock())
    session = WorkSession(environment, store, Settings(), records)
    try:
        now = environment.ports.clock.now()
        store.publish(PlaceOpened(now, place))
        store.publish(IdentityObserved(now, who.account_id, who.arn, who.region, "", where["url"], False))
        await records.history.load()
        taken = await session.take_up()
        made_runs = [run.run_id for run in taken]
        if order["run"] is not None:
            disruption, access, instance = order["run"]
            plan = session.plan((DisruptionId(disruption), AccessType(access)), InstanceId(instance))
            await session.runner.run(plan, auto_arm=True)
            await records.papers.report_of(plan.run_id)
            made_runs.append(plan.run_id)
        runs = store.state.runs
        told = [[run_id, runs[run_id].status.value, runs[run_id].phase.value] for run_id in made_runs]
        return {"steps": steps.count, "runs": told}
    finally:
        await session.aclose()
        await records.aclose()


def main() -> int:
    """Live once."""
    told = asyncio.run(_live(json.loads(sys.argv[1])))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
