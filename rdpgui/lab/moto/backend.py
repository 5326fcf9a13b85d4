"""moto in this process: one lock, one in-process call, and the tables of its services.

moto is bound to its version here, in the seams over it, and nowhere else. Its state is not safe for
parallel calls, so every call and every touch holds ``MotoBackend.lock``. The lock
is taken last: never call the world while holding it.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote, unquote, urlencode

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ParamValidationError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from rdpgui.lab.answer import Answer
from rdpgui.lab.model import LabError
from rdpgui.lab.moto.lean_import import lean_imports
from rdpgui.lab.moto.object_reads import read_objects_in_place

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape

# moto reads these when it is first imported; CORS would let any web page read the lab.
os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")
os.environ.setdefault("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
# moto's own list stops at Windows Server 2019 and takes time and memory to load.
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("images.json")))

ACCOUNT_ID: Final = "123456789012"
_INTERNAL_KEY: Final = "LABSEAM"
_SEEDED: Final = ("ec2", "s3", "kms", "iam", "sts")
_ASKED_FIRST: Final = ("ssm",)
"""What is answered without moto."""


def service_model(service: str) -> ServiceModel:
    """Return botocore's service model; the one copy is shared with moto, which saves some 20 MB for EC2."""
    # Imported late: moto.core takes a quarter of a second that argument errors need not wait for.
    from moto.core.utils import get_service_model

    model: ServiceModel = get_service_model(service)
    return model


def backend_of(service: str) -> Any:
    """Return moto's backend table of a service (``[account][region]``)."""
    from moto.backends import get_backend

    return get_backend(service)


class MotoBackend:
    """moto's WSGI application in this process, behind one lock.

    Attributes:
        account_id: the lab's account.
        region: the lab's Region.
        lock: held around everything that reads or changes moto's state; reentrant.
    """

    def __init__(self, *, account_id: str = ACCOUNT_ID, region: str = "us-east-1") -> None:
        self.account_id = account_id
        self.region = region
        self.lock = threading.RLock()
        self._app: Any = None
        self._asked: set[str] = set()

    def warm(self) -> None:
        """Import what the first calls would otherwise wait for (half a second, 80 MB: moto's EC2 data)."""
        with self.lock, lean_imports(self.region):
            self._application()
            for service in _SEEDED:
                backend_of(service)[self.account_id]
            for service in (*_SEEDED, *_ASKED_FIRST):
                service_model(service)
            backend_of("ec2")[self.account_id][self.region]

    def was_asked(self, service: str) -> bool:
        """Whether anything of a service was asked of moto: before that nothing of it exists, and it costs nothing."""
        with self.lock:
            return service in self._asked

    def forward(self, environ: dict[str, Any]) -> Answer:
        """Answer a WSGI request by moto.

        Raises:
            NotImplementedError: moto does not have the operation, or not what it needs for it.
        """
        app = self._application()
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
            seen.update(status=int(status.split(None, 1)[0]), headers=headers)

        with self.lock:
            try:
                chunks = app(environ, start_response)
            except ModuleNotFoundError as error:
                raise NotImplementedError(f"moto lacks {error.name} for this") from error
            try:
                body = b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        return Answer(seen["status"], tuple(seen["headers"]), body)

    def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any]:
        """Call one AWS operation on moto, as boto3 would, without a socket.

        Args:
            service: botocore's service name, which here is also the signing name.
            operation: operation name, for example ``RunInstances``.
            **params: members of the operation's input.

        Returns:
            The members of the operation's output; streaming bodies as bytes.

        Raises:
            LabError: moto answered with an error, or a parameter is wrong.
        """
        model = service_model(service).operation_model(operation)
        protocol = model.service_model.protocol
        try:
            request = create_serializer(protocol, True).serialize_to_request(params, model)
        except ParamValidationError as error:
            raise LabError("ValidationError", str(error), 400) from error
        answer = self.forward(self._environ(service, request))
        headers = HeadersDict(answer.headers)
        response = {"status_code": answer.status, "headers": headers, "body": answer.body}
        # The stubs demand a shape, but botocore's parsers take None for operations without output.
        shape = cast("Shape", model.output_shape)
        parsed = create_parser(protocol).parse(response, shape)
        if answer.status >= 300:
            told = parsed.get("Error", {})
            raise LabError(str(told.get("Code", answer.status)), str(told.get("Message", "")), answer.status)
        parsed.pop("ResponseMetadata", None)
        return dict(parsed)

    def _application(self) -> Any:
        with self.lock:
            if self._app is None:
                from moto.server import DomainDispatcherApplication, create_backend_app

                def create(service: str | None) -> Any:
                    if not service:
                        raise NotImplementedError("moto does not have this service")
                    self._asked.add(service)
                    app = create_backend_app(service)
                    if service == "s3":
                        read_objects_in_place()
                    # An exception in moto must reach the front, which answers as AWS does, not a HTML page.
                    app.config["PROPAGATE_EXCEPTIONS"] = True
                    app.debug = False
                    return app

                self._app = DomainDispatcherApplication(create)
            return self._app

    def _environ(self, service: str, request: Mapping[str, Any]) -> dict[str, Any]:
        headers = dict(request["headers"])
        scope = f"{_INTERNAL_KEY}/20260101/{self.region}/{service}/aws4_request"
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        headers["X-Amz-Date"] = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        body = request["body"]
        if isinstance(body, Mapping):
            body = urlencode(body).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        elif isinstance(body, str):
            body = body.encode()
        path, query = _target(request)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request["method"],
            "SCRIPT_NAME": "",
            # WSGI: decoded, its bytes as Latin-1.
            "PATH_INFO": unquote(path, "latin-1"),
            "RAW_URI": f"{path}?{query}" if query else path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = str(value)
        return environ


def _target(request: Mapping[str, Any]) -> tuple[str, str]:
    """Return path and query string of a request made by botocore's serializer."""
    path, _, fixed = str(request["url_path"]).partition("?")
    given = request["query_string"]
    query = urlencode(given, quote_via=quote) if isinstance(given, Mapping) else str(given or "")
    return path, "&".join(filter(None, (fixed, query)))
