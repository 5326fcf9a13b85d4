"""What every operation is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.call import Call
    from rdpgui.lab.endpoint.gate import KeyRing
    from rdpgui.lab.faults import FaultBook
    from rdpgui.lab.moto.seam import MotoSeam
    from rdpgui.lab.world.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation may use besides its input."""

    call: Call
    world: World
    seam: MotoSeam
    keys: KeyRing
    faults: FaultBook
