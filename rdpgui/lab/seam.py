"""The only place that touches moto: one lock, one in-process call, and its few objects.

moto is bound to its version here and nowhere else. Its state is not safe for
parallel calls, so every call and every touch holds ``MotoSeam.lock``. The lock
is taken last: never call the world while holding it.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import threading
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote, urlencode

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ParamValidationError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from rdpgui.lab.model import LabError, PowerState
from rdpgui.lab.wire import Answer

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape

# moto reads these when it is first imported; CORS would let any web page read the lab.
os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")
os.environ.setdefault("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
# moto's own list stops at Windows Server 2019 and takes time and memory to load.
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("images.json")))

ACCOUNT_ID: Final = "123456789012"
STATE_CODES: Final[Mapping[PowerState, int]] = {
    PowerState.PENDING: 0,
    PowerState.RUNNING: 16,
    PowerState.SHUTTING_DOWN: 32,
    PowerState.TERMINATED: 48,
    PowerState.STOPPING: 64,
    PowerState.STOPPED: 80,
}
"""Source: EC2 InstanceState, Code (low byte)."""

_INTERNAL_KEY: Final = "LABSEAM"


def service_model(service: str) -> ServiceModel:
    """Return botocore's service model; the one copy is shared with moto, which saves some 20 MB for EC2."""
    # Imported late: moto.core takes a quarter of a second that argument errors need not wait for.
    from moto.core.utils import get_service_model

    model: ServiceModel = get_service_model(service)
    return model


class MotoSeam:
    """moto's WSGI application in this process, behind one lock.

    Attributes:
        account_id: the lab's account.
        region: the lab's Region.
        lock: held around everything that reads or changes moto's state; reentrant.
        instances: EC2 instance objects.
        kms: keys and data keys.
        s3: buckets and objects.
    """

    def __init__(self, *, account_id: str = ACCOUNT_ID, region: str = "us-east-1") -> None:
        self.account_id = account_id
        self.region = region
        self.lock = threading.RLock()
        self.instances = InstanceSeam(self)
        self.kms = KmsSeam(self)
        self.s3 = S3Seam(self)
        self._app: Any = None

    def warm(self) -> None:
        """Import what the first calls would otherwise wait for (about one second, 130 MB: moto's EC2 data)."""
        self._application()
        for service in ("ec2", "s3", "kms", "iam", "sts"):
            with self.lock:
                backend_of(service)

    def forward(self, environ: dict[str, Any]) -> Answer:
        """Answer a WSGI request by moto.

        Raises:
            NotImplementedError: moto does not have the operation.
        """
        app = self._application()
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            seen.update(status=int(status.split(None, 1)[0]), headers=headers)

        with self.lock:
            chunks = app(environ, start_response)
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

                def create(service: str) -> Any:
                    app = create_backend_app(service)
                    # An exception in moto must reach the front, which answers as AWS does, not a HTML page.
                    app.config["PROPAGATE_EXCEPTIONS"] = True
                    app.debug = False
                    return app

                self._app = DomainDispatcherApplication(create)
            return self._app

    def _environ(self, service: str, request: Mapping[str, Any]) -> dict[str, Any]:
        body = request["body"]
        headers = dict(request["headers"])
        if isinstance(body, Mapping):
            body = urlencode(body).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        elif isinstance(body, str):
            body = body.encode()
        query = request["query_string"]
        path = request["url_path"]
        if "?" in path:
            path, _, fixed = path.partition("?")
            query = f"{fixed}&{urlencode(query)}" if query else fixed
        elif isinstance(query, Mapping):
            query = urlencode(query, quote_via=quote)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request["method"],
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query or "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": (
                f"AWS4-HMAC-SHA256 Credential={_INTERNAL_KEY}/20260101/{self.region}/{service}/aws4_request, "
                "SignedHeaders=host, Signature=0"
            ),
            "HTTP_X_AMZ_DATE": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
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


def backend_of(service: str) -> Any:
    """Return moto's backend table of a service (``[account][region]``)."""
    from moto.backends import get_backend

    return get_backend(service)


class InstanceSeam:
    """moto's EC2 instance objects: the state machine is the world's, moto only stores the result."""

    def __init__(self, seam: MotoSeam) -> None:
        self._seam = seam

    def ids(self) -> list[str]:
        """Return all instance ids, oldest first, terminated ones included."""
        with self._seam.lock:
            return [i.id for r in self._backend().reservations.values() for i in r.instances]

    def exists(self, instance_id: str) -> bool:
        """Return whether there is such an instance, terminated ones included."""
        return instance_id in set(self.ids())

    def run(
        self,
        *,
        image_id: str,
        instance_type: str,
        tags: Mapping[str, str],
        shutdown_behaviour: str = "stop",
        disable_api_stop: bool = False,
        disable_api_termination: bool = False,
        instance_profile_arn: str = "",
        spot: bool = False,
        root_device_type: str = "ebs",
    ) -> str:
        """Launch one instance (one reservation each, as moto pages by reservation); returns its id."""
        params: dict[str, Any] = {
            "ImageId": image_id,
            "InstanceType": instance_type,
            "MinCount": 1,
            "MaxCount": 1,
            "InstanceInitiatedShutdownBehavior": shutdown_behaviour,
            "DisableApiTermination": disable_api_termination,
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            ],
        }
        if instance_profile_arn:
            params["IamInstanceProfile"] = {"Arn": instance_profile_arn}
        instance_id = str(self._seam.call("ec2", "RunInstances", **params)["Instances"][0]["InstanceId"])
        with self._seam.lock:
            instance = self._get(instance_id)
            instance.disable_api_stop = disable_api_stop
            instance.root_device_type = root_device_type
            if spot:
                instance.lifecycle = "spot"
        return instance_id

    def windows_image(self, word: str) -> str:
        """Return the id of a Windows image whose name contains ``word`` (any Windows image when none does).

        Raises:
            LabError: InvalidAMIID.NotFound: moto brings no Windows images.
        """
        with self._seam.lock:
            images = [i for i in self._backend().amis.values() if (getattr(i, "platform", "") or "") == "windows"]
        for image in sorted(images, key=_image_order):
            if word.lower() in (image.name or "").lower():
                return str(image.id)
        if not images:
            raise LabError("InvalidAMIID.NotFound", "The lab has no Windows image.", 400)
        return str(images[0].id)

    def power(self, instance_id: str) -> PowerState:
        """Return the state. Raises LabError InvalidInstanceID.NotFound."""
        with self._seam.lock:
            return PowerState(self._get(instance_id).state)

    def set_power(
        self,
        instance_id: str,
        state: PowerState,
        *,
        reason_code: str = "",
        reason_message: str = "",
        transition_reason: str = "",
    ) -> None:
        """Store a state with its reasons.

        Args:
            instance_id: the instance.
            state: the new state.
            reason_code: StateReason.Code, for example ``Client.UserInitiatedShutdown``.
            reason_message: StateReason.Message.
            transition_reason: StateTransitionReason, for example ``User initiated (2026-01-01 00:00:00 GMT)``.
        """
        with self._seam.lock:
            instance = self._get(instance_id)
            instance._state.name = state.value
            instance._state.code = STATE_CODES[state]
            instance._reason = transition_reason
            instance.state_reason.code = reason_code
            instance.state_reason.message = reason_message

    def set_launch_time(self, instance_id: str, at: datetime) -> None:
        """Store LaunchTime (aware UTC)."""
        with self._seam.lock:
            # moto keeps naive UTC and writes it as such.
            self._get(instance_id).launch_time = at.astimezone(UTC).replace(tzinfo=None)

    def shutdown_behaviour(self, instance_id: str) -> str:
        """Return ``stop`` or ``terminate``, as it is now (ModifyInstanceAttribute may have changed it)."""
        with self._seam.lock:
            return str(self._get(instance_id).instance_initiated_shutdown_behavior)

    def stop_protected(self, instance_id: str) -> bool:
        """Return disableApiStop as it is now."""
        with self._seam.lock:
            return _truth(self._get(instance_id).disable_api_stop)

    def termination_protected(self, instance_id: str) -> bool:
        """Return disableApiTermination as it is now."""
        with self._seam.lock:
            return _truth(self._get(instance_id).disable_api_termination)

    def tags(self, instance_id: str) -> dict[str, str]:
        """Return the tags as they are now."""
        with self._seam.lock:
            return {str(t["key"]): str(t["value"]) for t in self._get(instance_id).get_tags()}

    def set_tag(self, instance_id: str, key: str, value: str) -> None:
        """Write a tag as the service itself may: also one of the reserved ``aws:`` keys."""
        with self._seam.lock:
            self._get(instance_id).add_tags({key: value})

    def private_ip(self, instance_id: str) -> str:
        """Return the private IPv4 address."""
        with self._seam.lock:
            return str(self._get(instance_id).private_ip or "")

    def describe(self, instance_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return reservations (``Reservation`` of DescribeInstances, one instance each) in the given order."""
        from rdpgui.lab.operations.ec2_shape import reservation_of

        wanted = list(instance_ids)
        with self._seam.lock:
            pairs = {i.id: (r, i) for r in self._backend().reservations.values() for i in r.instances}
            return [reservation_of(*pairs[i]) for i in wanted if i in pairs]

    def _backend(self) -> Any:
        return backend_of("ec2")[self._seam.account_id][self._seam.region]

    def _get(self, instance_id: str) -> Any:
        for reservation in self._backend().reservations.values():
            for instance in reservation.instances:
                if instance.id == instance_id:
                    return instance
        raise LabError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist", 400)


def _image_order(image: Any) -> tuple[bool, str]:
    # English full base images first: the fleet is plain servers, not SQL or container hosts.
    name = image.name or ""
    return ("English-Full-Base" not in name, name)


def _truth(value: object) -> bool:
    return str(value).lower() == "true"


class KmsSeam:
    """Keys, data keys and key states."""

    def __init__(self, seam: MotoSeam) -> None:
        self._seam = seam

    def state(self, key_id: str) -> str:
        """Return KeyState (``Enabled``, ``Disabled``, ``PendingDeletion`` …). Raises LabError NotFoundException."""
        return str(self._seam.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]["KeyState"])

    def require_enabled(self, key_id: str) -> None:
        """Raise what KMS raises when the key cannot be used.

        Raises:
            LabError: DisabledException, KMSInvalidStateException or NotFoundException.
        """
        metadata = self._seam.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]
        state, arn = metadata["KeyState"], metadata["Arn"]
        if state == "Disabled":
            raise LabError("DisabledException", f"{arn} is disabled.", 400)
        if state != "Enabled":
            raise LabError("KMSInvalidStateException", f"{arn} is pending deletion.", 400)

    def generate_data_key(self, key_id: str, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Return (plaintext of 32 bytes, encrypted blob). Raises LabError when the key cannot be used."""
        self.require_enabled(key_id)
        answer = self._seam.call(
            "kms", "GenerateDataKey", KeyId=key_id, KeySpec="AES_256", EncryptionContext=dict(context)
        )
        return _bytes(answer["Plaintext"]), _bytes(answer["CiphertextBlob"])

    def decrypt(self, key_id: str, blob: bytes, context: Mapping[str, str]) -> bytes:
        """Return the plaintext of an encrypted blob. Raises LabError when the key cannot be used."""
        self.require_enabled(key_id)
        answer = self._seam.call("kms", "Decrypt", CiphertextBlob=blob, EncryptionContext=dict(context))
        return _bytes(answer["Plaintext"])

    def policy(self, key_id: str) -> str:
        """Return the key policy's JSON text."""
        return str(self._seam.call("kms", "GetKeyPolicy", KeyId=key_id, PolicyName="default")["Policy"])

    def set_enabled(self, key_id: str, enabled: bool) -> None:
        """Enable or disable a key, named by id, ARN or alias. Raises LabError NotFoundException."""
        # moto takes only the bare id here (KeyError for an ARN), so resolve it first.
        bare = self._seam.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]["KeyId"]
        self._seam.call("kms", "EnableKey" if enabled else "DisableKey", KeyId=bare)


def _bytes(value: bytes | str) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else bytes(value)


class S3Seam:
    """Buckets and objects, without any permission check: who may do what is the world's decision."""

    def __init__(self, seam: MotoSeam) -> None:
        self._seam = seam

    def bucket_policy(self, bucket: str) -> str | None:
        """Return the bucket policy's JSON text, None when there is none. Raises LabError NoSuchBucket."""
        try:
            policy = self._seam.call("s3", "GetBucketPolicy", Bucket=bucket)["Policy"]
        except LabError as error:
            if error.code == "NoSuchBucketPolicy":
                return None
            raise
        return policy.decode() if isinstance(policy, bytes) else str(policy)

    def default_encryption(self, bucket: str) -> tuple[str, str]:
        """Return (``AES256`` or ``aws:kms``, key id or empty). Raises LabError NoSuchBucket."""
        try:
            answer = self._seam.call("s3", "GetBucketEncryption", Bucket=bucket)
        except LabError as error:
            if error.code == "ServerSideEncryptionConfigurationNotFoundError":
                return "AES256", ""
            raise
        default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        return str(default["SSEAlgorithm"]), str(default.get("KMSMasterKeyID", ""))

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        content_type: str = "video/mp4",
    ) -> dict[str, Any]:
        """Store an object under the bucket's default encryption with a CRC32; returns PutObject's output."""
        return self._seam.call(
            "s3",
            "PutObject",
            Bucket=bucket,
            Key=key,
            Body=body,
            Metadata=dict(metadata or {}),
            ContentType=content_type,
            ChecksumAlgorithm="CRC32",
            ChecksumCRC32=_crc32(body),
        )

    def head(self, bucket: str, key: str) -> dict[str, Any]:
        """Return HeadObject's output. Raises LabError NoSuchKey (404)."""
        return self._seam.call("s3", "HeadObject", Bucket=bucket, Key=key)

    def keys(self, bucket: str) -> list[str]:
        """Return all object keys (at most 1,000). Raises LabError NoSuchBucket."""
        return [str(o["Key"]) for o in self._seam.call("s3", "ListObjectsV2", Bucket=bucket).get("Contents", [])]


def _crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
