"""The rooms of the architecture, as import contracts."""

from __future__ import annotations

import subprocess
import sys


def test_that_every_import_contract_is_kept() -> None:
    # A process of its own: the linter's logging set-up switches every existing logger of the process off.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
