"""One future for several threads that end."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future


def gather(futures: Iterable[Future[None]]) -> Future[None]:
    """Return a future that is done when all are; a failure of one does not fail it, its owner has reported it."""
    left = list(futures)
    whole: Future[None] = Future()
    lock = threading.Lock()
    count = len(left)

    def on_done(_future: Future[None]) -> None:
        nonlocal count
        with lock:
            count -= 1
            last = count == 0
        if last:
            whole.set_result(None)

    if not left:
        whole.set_result(None)
    for future in left:
        future.add_done_callback(on_done)
    return whole
