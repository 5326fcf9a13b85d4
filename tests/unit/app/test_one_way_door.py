"""The secret address reaches the browser once, and nothing else ever holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from rdpgui.app.console_link import ConsoleLinkOpener
from rdpgui.app.one_way_door import OneWayDoor
from rdpgui.core.federation import NO_ANSWER, REFUSED, SAME, ConsoleSignIn, plainly
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.session import AccessType
from tests.helpers.limits import limit_s

SECRET = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=SIGNIN-TOKEN-1"
TARGET = InstanceId("i-0123456789abcdef0")


async def _get(url: str, *, path: str = "", method: str = "GET") -> str:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"{method} {path or parts.path} HTTP/1.1\r\n".encode())
    await writer.drain()  # a head may come in pieces
    writer.write(b"Host: x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), limit_s(10))
    writer.close()
    await writer.wait_closed()
    return answer.decode()


def _on_qt(qt_loop: Callable[[Awaitable[None]], None], flow: Callable[[], Awaitable[None]]) -> None:
    qt_loop(flow())


def test_that_it_leads_through_once_and_only_by_its_path() -> None:
    async def flow() -> None:
        door = OneWayDoor(SECRET)
        url = await door.open()
        for path, method in (("/", "GET"), ("/favicon.ico", "GET"), ("", "HEAD"), ("", "POST"), ("/\u00e9", "GET")):
            answer = await _get(url, path=path, method=method)
            assert answer.startswith("HTTP/1.1 404") and "TOKEN" not in answer
        answer = await _get(url)
        assert answer.startswith("HTTP/1.1 302") and f"\r\nLocation: {SECRET}\r\n" in answer
        assert "no-store" in answer and "no-referrer" in answer
        assert not door.is_open and "TOKEN" not in url
        with pytest.raises(OSError, match=r".*"):
            await _get(url)

    asyncio.run(flow())


def test_that_it_shuts_when_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    close = OneWayDoor.close

    async def flow() -> None:
        shut = asyncio.Event()

        def closed(door: OneWayDoor) -> None:
            close(door)
            shut.set()

        monkeypatch.setattr(OneWayDoor, "close", closed)
        door = OneWayDoor(SECRET, open_for_s=0.01)
        await door.open()
        await asyncio.wait_for(shut.wait(), limit_s(10))
        assert not door.is_open

    asyncio.run(flow())


def test_that_no_header_can_be_slipped_in() -> None:
    async def flow() -> None:
        door = OneWayDoor("https://x/\r\nSet-Cookie: a=b")
        assert "Set-Cookie" not in await _get(await door.open())
        door.close()

    asyncio.run(flow())


class _Desk:
    """Gives a token, or none."""

    def __init__(self, found: ConsoleSignIn) -> None:
        self.found = found
        self.asked = 0

    async def sign_in(self) -> ConsoleSignIn:
        self.asked += 1
        return self.found


SIGNED = ConsoleSignIn("arn:aws:sts::111122223333:assumed-role/Ops/me", SAME, SECRET.split("?")[0], "SIGNIN-TOKEN-1")


async def _open(opener: ConsoleLinkOpener, *, attended: bool = True) -> OpenedConnection:
    return await opener.open(TARGET, AccessType.STANDARD, request_id=None, attended=attended)


def test_that_the_browser_is_led_in_and_what_is_kept_is_the_plain_link(
    monkeypatch: pytest.MonkeyPatch, qt_loop: Callable[[Awaitable[None]], None]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", opened.append)

    async def flow() -> None:
        opener = ConsoleLinkOpener("eu-west-1", _Desk(SIGNED))
        made = await _open(opener)
        assert made.link.startswith("https://eu-west-1.console.aws.amazon.com/") and "TOKEN" not in repr(made)
        assert (made.remark, made.principal) == (SAME, SIGNED.principal)
        assert opened[0].startswith("http://127.0.0.1:") and "TOKEN" not in opened[0]
        answer = await _get(opened[0])
        assert "SigninToken=SIGNIN-TOKEN-1" in answer and "remote-desktop%3Fregion%3Deu-west-1" in answer
        await _open(opener)
        await opener.close(made)
        with pytest.raises(OSError, match=r".*"):
            await _get(opened[1])

    _on_qt(qt_loop, flow)


def test_that_without_a_token_the_plain_page_opens_and_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", opened.append)
    made = asyncio.run(_open(ConsoleLinkOpener("eu-west-1", _Desk(plainly(REFUSED)))))
    assert (opened, made.remark) == ([made.link], REFUSED)


def test_that_without_a_port_the_plain_page_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", opened.append)

    async def no_port(_door: OneWayDoor) -> str:
        raise OSError

    monkeypatch.setattr(OneWayDoor, "open", no_port)
    made = asyncio.run(_open(ConsoleLinkOpener("eu-west-1", _Desk(SIGNED))))
    assert (opened, made.remark, made.principal) == ([made.link], NO_ANSWER, "")


def test_that_no_token_is_asked_for_where_nobody_pressed_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rdpgui.app.console_link.webbrowser.open", lambda _url: pytest.fail("opened"))
    desk = _Desk(SIGNED)
    asyncio.run(_open(ConsoleLinkOpener("eu-west-1", desk), attended=False))
    asyncio.run(_open(ConsoleLinkOpener("us-iso-east-1", desk)))
    asyncio.run(_open(ConsoleLinkOpener("", desk)))
    assert desk.asked == 0
