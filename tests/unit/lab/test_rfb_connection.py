"""Server and client against each other, and each against a bad peer, on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdpgui.lab.rfb import CloseKind, RfbClient, RfbClosed, RfbServer
from rdpgui.lab.rfb.auth import response_to
from rdpgui.lab.rfb.tiles import Frame
from rdpgui.lab.rfb.wire import BGRX, PixelFormat, Rect, RectHeader, ServerInit, SetPixelFormat, pack_update_header
from tests.helpers.limits import Limit, limit_s
from tests.helpers.waiting import wait_for

WIDTH, HEIGHT, PASSWORD = 320, 200, "pass1234"


class Desktop:
    """A server with a picture and a list of the input that came in."""

    def __init__(self) -> None:
        self.input: list[tuple[int, ...]] = []
        self.server = RfbServer(
            name="desk", width=WIDTH, height=HEIGHT, password=PASSWORD, on_key=self.on_key, on_pointer=self.on_pointer
        )
        self.picture: Frame = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 4), dtype=np.uint8)
        self.server.start()
        self.server.publish(self.picture)

    def on_key(self, keysym: int, down: bool) -> None:
        self.input.append((keysym, down))

    def on_pointer(self, x: int, y: int, buttons: int) -> None:
        self.input.append((x, y, buttons))

    def change(self, value: int) -> None:
        self.picture = self.picture.copy()
        self.picture[50:60, 100:200] = value
        self.server.publish(self.picture)

    def client(self, password: str = PASSWORD, *, zlib_first: bool = False) -> RfbClient:
        client = RfbClient("127.0.0.1", self.server.port, password, zlib_first=zlib_first)
        client.connect()
        return client


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    desktop = Desktop()
    yield desktop
    desktop.server.close()


@pytest.mark.parametrize("zlib_first", [False, True])
def test_that_a_client_sees_what_the_server_shows(desktop: Desktop, zlib_first: bool) -> None:
    client = desktop.client(zlib_first=zlib_first)
    assert client.read(limit_s(5))
    assert (client.width, client.height, client.name) == (WIDTH, HEIGHT, "desk")
    assert np.array_equal(client.frame, desktop.picture)
    for value in range(20):
        client.request()
        desktop.change(value)
        assert client.read(limit_s(5))
        assert np.array_equal(client.frame, desktop.picture)
    client.close()


def test_that_nothing_is_sent_unasked(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    desktop.change(1)
    assert not client.read(0.1)
    client.request()
    assert client.read(limit_s(5))
    assert np.array_equal(client.frame, desktop.picture)
    client.close()


def test_that_an_incremental_request_waits_for_a_change(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    client.request()
    assert not client.read(0.1)
    desktop.change(2)
    assert client.read(limit_s(5))
    client.close()


def test_that_several_clients_each_get_every_picture(desktop: Desktop) -> None:
    clients = [desktop.client() for _ in range(3)]
    for client in clients:
        assert client.read(limit_s(5))
    wait_for(lambda: desktop.server.clients == 3)
    desktop.change(7)
    for client in clients:
        client.request()
        assert client.read(limit_s(5))
        assert np.array_equal(client.frame, desktop.picture)
        client.close()
    wait_for(lambda: desktop.server.clients == 0)


def test_that_keys_and_pointer_arrive_in_order(desktop: Desktop) -> None:
    client = desktop.client()
    client.send_key(0xFFEB, True)
    client.send_pointer(10, 20, 1)
    client.send_pointer(9999, -5, 0)
    client.send_key(0xFFEB, False)
    wait_for(lambda: len(desktop.input) == 4)
    assert desktop.input == [(0xFFEB, True), (10, 20, 1), (WIDTH - 1, 0, 0), (0xFFEB, False)]
    client.close()


@pytest.mark.logs("wrong password")
def test_that_a_wrong_password_is_refused_by_name(desktop: Desktop) -> None:
    with pytest.raises(RfbClosed, match="wrong password") as caught:
        desktop.client("wrong")
    assert caught.value.kind is CloseKind.REFUSED
    assert desktop.server.clients == 0


def test_that_a_client_with_a_password_does_not_take_a_server_without() -> None:
    with pytest.raises(RfbClosed, match="security") as caught, _connected_to(b"RFB 003.008\n" + b"\x01\x01"):
        pass
    assert caught.value.kind is CloseKind.REFUSED


def test_that_a_ping_is_answered_without_a_change(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    changes = client.changes
    client.ping()
    assert client.read(limit_s(5))
    assert client.changes == changes
    client.close()


def test_that_a_paused_server_answers_nothing_until_it_resumes(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    desktop.server.pause()
    client.ping()
    client.send_key(65, True)
    assert not client.read(0.2)
    assert desktop.input == []
    desktop.server.resume()
    assert client.read(limit_s(5))
    wait_for(lambda: desktop.input == [(65, True)])
    client.close()


def test_that_the_last_picture_arrives_before_the_orderly_end(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    desktop.change(99)
    closer = threading.Thread(target=desktop.server.close)
    client.request()
    closer.start()
    assert client.read(limit_s(5))
    assert np.array_equal(client.frame, desktop.picture)
    with pytest.raises(RfbClosed) as caught:
        client.read(limit_s(5))
    assert caught.value.kind is CloseKind.ORDERLY
    client.close()
    closer.join()


def test_that_a_resized_desktop_is_shown_whole(desktop: Desktop) -> None:
    client = desktop.client()
    assert client.read(limit_s(5))
    client.request()
    desktop.server.publish(np.full((151, 233, 4), 3, dtype=np.uint8))
    assert client.read(limit_s(5))
    client.request()
    assert client.read(limit_s(5))
    assert client.frame.shape == (151, 233, 4)
    assert (client.frame == 3).all()
    client.close()


def test_that_only_loopback_can_be_served() -> None:
    with pytest.raises(ValueError, match="loopback"):
        RfbServer(name="x", width=8, height=8, password="p", on_key=print, on_pointer=print, host="0.0.0.0")


def test_that_nobody_listening_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(RfbClosed) as caught:
        RfbClient("127.0.0.1", port, PASSWORD).connect()
    assert caught.value.kind is CloseKind.UNREACHABLE


def _logged_in(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=limit_s(5))
    assert sock.recv(12, socket.MSG_WAITALL) == b"RFB 003.008\n"
    sock.sendall(b"RFB 003.008\n")
    assert sock.recv(2, socket.MSG_WAITALL) == b"\x01\x02"
    sock.sendall(b"\x02")
    sock.sendall(response_to(sock.recv(16, socket.MSG_WAITALL), PASSWORD) + b"\x01")
    assert sock.recv(4, socket.MSG_WAITALL) == b"\0\0\0\0"
    sock.recv(24 + 4, socket.MSG_WAITALL)
    return sock


def test_that_a_viewer_with_another_pixel_format_gets_its_pixels(desktop: Desktop) -> None:
    with _logged_in(desktop.server.port) as sock:
        sock.sendall(SetPixelFormat(PixelFormat(8, 8, False, True, 7, 7, 3, 0, 3, 6)).pack())
        sock.sendall(b"\x03\x00\0\0\0\0\0\x40\0\x20")
        header = sock.recv(16, socket.MSG_WAITALL)
        assert RectHeader.unpack(header[4:]) == RectHeader(Rect(0, 0, 64, 32), 0)
        assert len(sock.recv(64 * 32, socket.MSG_WAITALL)) == 64 * 32


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=300), st.booleans())
@pytest.mark.logs("client dropped", "turned away")
def test_that_garbage_from_one_client_does_not_hurt_another(desktop: Desktop, garbage: bytes, inside: bool) -> None:
    good = desktop.client()
    if inside:
        bad = _logged_in(desktop.server.port)
    else:
        bad = socket.create_connection(("127.0.0.1", desktop.server.port), timeout=limit_s(5))
    bad.sendall(garbage)
    bad.close()
    assert good.read(limit_s(5))
    assert np.array_equal(good.frame, desktop.picture)
    good.close()


def test_that_a_client_that_never_reads_does_not_hold_up_the_others(desktop: Desktop) -> None:
    lazy = _logged_in(desktop.server.port)
    lazy.sendall(b"\x03\x00\0\0\0\0\xff\xff\xff\xff" * 200)
    good = desktop.client()
    for value in range(5):
        desktop.change(value)
        assert good.read(limit_s(5))
        good.request()
    good.close()
    lazy.close()


# ---- a client against a bad server ------------------------------------------------------------


@contextmanager
def _connected_to(script: bytes) -> Iterator[RfbClient]:
    """A client connected to a server that says ``script`` and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = RfbClient("127.0.0.1", listener.getsockname()[1], "pw", timeout_s=limit_s(2))
        server = threading.Thread(target=_say, args=(listener, script))
        server.start()
        try:
            client.connect()
            yield client
        finally:
            client.close()
            server.join()


def _say(listener: socket.socket, script: bytes) -> None:
    sock, _ = listener.accept()
    with sock:
        sock.sendall(script)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(limit_s(2))
        try:
            while sock.recv(4096):
                pass
        except OSError:
            return


HELLO = b"RFB 003.008\n\x01\x02" + b"c" * 16 + b"\0\0\0\0" + ServerInit(64, 16, BGRX, "x").pack()


def _update(*rects: tuple[Rect, int, bytes]) -> bytes:
    return pack_update_header(len(rects)) + b"".join(RectHeader(r, e).pack() + d for r, e, d in rects)


@pytest.mark.parametrize(
    "update",
    [
        b"\x09",
        _update((Rect(60, 0, 10, 1), 0, b"")),
        _update((Rect(0, 0, 64, 16), 16, b"")),
        _update((Rect(0, 0, 0, 0), -223, b"")),
        _update((Rect(0, 0, 64, 16), 6, (9).to_bytes(4, "big") + b"not zlib!")),
        _update((Rect(0, 0, 64, 16), 6, b"\x7f\xff\xff\xff")),
        pack_update_header(9) + b"".join(RectHeader(Rect(0, 0, 64, 16), 0).pack() + bytes(4096) for _ in range(9)),
        b"\x03\0\0\0\x7f\xff\xff\xff",
    ],
)
def test_that_a_server_that_breaks_the_protocol_is_left(update: bytes) -> None:
    with _connected_to(HELLO + update) as client, pytest.raises(RfbClosed) as caught:
        client.read(limit_s(2))
    assert caught.value.kind is CloseKind.PROTOCOL


def test_that_an_update_cut_in_the_middle_leaves_the_picture_as_it_was() -> None:
    whole = _update((Rect(0, 0, 64, 16), 0, bytes([5]) * 4096))
    torn = _update((Rect(0, 0, 64, 8), 0, bytes([9]) * 2048), (Rect(0, 8, 64, 8), 0, bytes([9]) * 2048))
    with _connected_to(HELLO + whole + torn[:-1]) as client:
        assert client.read(limit_s(2))
        with pytest.raises(RfbClosed) as caught:
            client.read(limit_s(2))
        assert caught.value.kind is CloseKind.LOST
        assert (client.frame == 5).all()


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400))
def test_that_a_server_that_talks_garbage_cannot_hang_or_crash_a_client(garbage: bytes) -> None:
    with _connected_to(HELLO + garbage) as client:
        limit = Limit(5)
        with pytest.raises(RfbClosed):
            while not limit.over:
                client.read(1)


# ---- closed by another thread while it connects -----------------------------------------------


@pytest.mark.case("S5")
@pytest.mark.parametrize("moment", ["socket made", "hands shaken", "first word sent"])
def test_that_a_client_closed_while_it_connects_says_so_and_leaves_no_connection(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The other thread's close is forced to fall into each step of the way."""
    client = RfbClient("127.0.0.1", desktop.server.port, PASSWORD)

    def then_close(step: Callable[..., Any]) -> Callable[..., Any]:
        def switched(*arguments: Any, **named: Any) -> Any:
            result = step(*arguments, **named)
            other = threading.Thread(target=client.close)
            other.start()
            other.join()
            return result

        return switched

    match moment:
        case "socket made":
            monkeypatch.setattr(socket, "create_connection", then_close(socket.create_connection))
        case "hands shaken":
            monkeypatch.setattr(client, "_shake_hands", then_close(client._shake_hands))
        case _:
            monkeypatch.setattr(SetPixelFormat, "pack", then_close(SetPixelFormat.pack))
    with pytest.raises(RfbClosed) as caught:
        client.connect()
    assert caught.value.kind is CloseKind.LOCAL
    wait_for(lambda: desktop.server.clients == 0)
