"""A client that ends in the middle of its request, as one that is killed does."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from typing import Any

import pytest

from rdpgui.lab.answer import Answer
from rdpgui.lab.endpoint import serve
from rdpgui.lab.endpoint.serve import HOST, LabServer
from rdpgui.lab.endpoint.wire_faults import Reply
from tests.helpers.limits import limit_s


class _Reader:
    """Reads the whole body, or leaves it to the server."""

    def __init__(self, *, reads: bool) -> None:
        self.ended = threading.Event()
        self._reads = reads

    def handle(self, environ: dict[str, Any]) -> Reply:
        try:
            if self._reads:
                environ["wsgi.input"].read(100)
            return Reply(Answer(200, (), b""))
        finally:
            self.ended.set()


@pytest.mark.case("M15")
@pytest.mark.parametrize("reads", [True, False])
def test_that_a_client_that_ends_in_the_middle_of_its_request_is_no_failure(
    reads: bool, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    server, handler = LabServer(0), _Reader(reads=reads)
    before = set(threading.enumerate())
    server.start(handler)
    with caplog.at_level(logging.DEBUG, "rdpgui.lab"):
        with socket.create_connection((HOST, server.port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert handler.ended.wait(limit_s(10.0))
        for thread in set(threading.enumerate()) - before:
            if thread.name != "lab-accept":
                thread.join(limit_s(10.0))
        server.close()
    assert "Traceback" not in capfd.readouterr().err
    assert caplog.records == []


@pytest.mark.case("M16")
@pytest.mark.parametrize("declared", [100, 10**12])
def test_that_nobody_waits_for_a_body_that_was_declared_and_never_comes(declared: int) -> None:
    server = LabServer(0)
    server.start(_Reader(reads=False))
    try:
        with socket.create_connection((HOST, server.port), timeout=limit_s(30.0)) as client:
            client.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {declared}\r\n\r\n".encode())
            assert client.recv(12) == b"HTTP/1.1 200"
    finally:
        server.close()


def test_that_a_connection_that_is_kept_and_no_longer_used_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its end after two minutes stood in the lab's log as an error, once for each connection of a window at rest."""
    monkeypatch.setattr(serve._RequestHandler, "timeout", 0.05)
    server = LabServer(0)
    server.start(_Reader(reads=False))
    try:
        with (
            caplog.at_level(logging.DEBUG, "rdpgui.lab"),
            socket.create_connection((HOST, server.port), timeout=limit_s(30.0)) as client,
            suppress(ConnectionError),  # where this side came too late with its request
        ):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            while client.recv(4096):
                """Until the server ends it."""
    finally:
        server.close()
    assert caplog.records == []
