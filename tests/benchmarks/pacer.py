"""An empty Qt loop with the same heartbeat until standard input ends: how late the machine itself makes a timer."""

from __future__ import annotations

import json
import sys
import threading

from PySide6.QtCore import QCoreApplication, QMetaObject, Qt

from tests.benchmarks.heartbeat import Heartbeat


def main() -> int:
    app = QCoreApplication(sys.argv[:1])
    heart = Heartbeat()
    heart.start(watch=False)

    def wait() -> None:
        sys.stdin.read()
        QMetaObject.invokeMethod(app, "quit", Qt.ConnectionType.QueuedConnection)

    threading.Thread(target=wait, daemon=True).start()
    app.exec()
    heart.stop()
    print(json.dumps(heart.gaps_ms))
    return 0


if __name__ == "__main__":
    sys.exit(main())
