"""A stand-in for a guest: one process, an RFB server, a moving picture with the painted clock.

Standard input: ``{"width", "height", "fps", "password", "still"?}``, then lines ``stop`` (end the
connections in order and exit), ``freeze`` (answer nobody), ``resize W H``; its end = exit.
Standard output: ``{"port": N}``, then ``{"key": [keysym, down]}`` and ``{"pointer": [x, y, buttons]}``.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time

import numpy as np

from rdpgui.lab.rfb import RfbServer
from tests.helpers.painted_clock import Picture, paint_clock


def background(width: int, height: int) -> Picture:
    """A colourful still picture."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.full((height, width, 4), 255, dtype=np.uint8)
    picture[:, :, 0] = 90 + columns * 120 // width
    picture[:, :, 1] = 60 + rows * 100 // height
    picture[:, :, 2] = 40
    return picture


def _say(**members: object) -> None:
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


def _on_key(keysym: int, down: bool) -> None:
    _say(key=[keysym, down])


def _on_pointer(x: int, y: int, buttons: int) -> None:
    _say(pointer=[x, y, buttons])


def _listen(orders: queue.Queue[list[str]]) -> None:
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as lines:
        for line in lines:
            orders.put(line.decode().split())
    orders.put(["exit"])


def main() -> None:
    """Serve until told to stop."""
    config = json.loads(sys.stdin.readline())
    width, height, fps = config["width"], config["height"], config["fps"]
    server = RfbServer(
        name="clock", width=width, height=height, password=config["password"], on_key=_on_key, on_pointer=_on_pointer
    )
    server.start()
    _say(port=server.port)
    orders: queue.Queue[list[str]] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    still = background(width, height)
    count, due_mono_s = 0, time.monotonic()
    while True:
        picture = still.copy()
        left = count * 7 % max(width - 100, 1)
        picture[height // 3 : height // 3 + 60, left : left + 100, :3] = (40, 160, 230)
        if not config.get("still") or not count:
            paint_clock(picture, time.time_ns() // 1_000_000)
            server.publish(picture)
        count += 1
        due_mono_s += 1 / fps
        try:
            order = orders.get(timeout=max(due_mono_s - time.monotonic(), 0))
        except queue.Empty:
            continue
        match order:
            case ["freeze"]:
                server.pause()
            case ["thaw"]:
                server.resume()
            case ["resize", new_width, new_height]:
                width, height = int(new_width), int(new_height)
                still = background(width, height)
            case _:
                server.close()
                return


if __name__ == "__main__":
    main()
