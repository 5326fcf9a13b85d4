"""Fixtures of the endpoint's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rdpgui.lab.moto.seam import MotoSeam
from tests.helpers.lab_front import Bench, make_bench
from tests.helpers.world_kit import Kit
from tests.unit.lab.recording_kit import made_with


@pytest.fixture(scope="session")
def seam() -> MotoSeam:
    """moto, imported once for all tests (its EC2 data takes a second)."""
    seam = MotoSeam()
    seam.warm()
    return seam


@pytest.fixture(scope="session")
def fleet(seam: MotoSeam) -> tuple[str, ...]:
    """Ids of seven Windows instances, oldest first."""
    image = seam.instances.windows_image("2022")
    return tuple(
        seam.instances.run(image_id=image, instance_type="m6i.large", tags={"Name": f"web-{n}", "tier": "a" * (n % 3)})
        for n in range(7)
    )


@pytest.fixture
def bench(seam: MotoSeam, fleet: tuple[str, ...], tmp_path: Path) -> Iterator[Bench]:
    """A front over a world without processes, all instances running."""
    bench = make_bench(seam, tmp_path, fleet)
    yield bench
    bench.front.close()


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    """A seeded world whose first guest is up; files with another start have a fixture of their own."""
    made = made_with(tmp_path)
    yield made
    made.world.close()
