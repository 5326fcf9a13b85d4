"""The lab with a record of its own of every script it was sent: ``python -m tests.kills.lab FILE``.

CloudTrail hides a command's parameters, so it cannot tell a restart by script from a look at the boot time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rdpgui.lab import __main__ as lab
from rdpgui.lab.world.commands import Commands


def main() -> int:
    """Serve as ``python -m rdpgui.lab`` does."""
    records = Path(sys.argv.pop(1))
    send = Commands.send

    def recorded(self: Commands, instance_ids: list[str], document: str, parameters: Any, comment: str) -> Any:
        line = json.dumps({"instances": instance_ids, "commands": parameters.get("commands", [])})
        with records.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return send(self, instance_ids, document, parameters, comment)

    Commands.send = recorded  # type: ignore[method-assign,assignment]  # the service's own record alone
    return lab.main()


if __name__ == "__main__":
    sys.exit(main())
