"""What is checked before moto answers: where moto allows what AWS refuses."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from rdpgui.lab.endpoint.operations import hooks_s3
from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.request_body import MOST_BODY_BYTES
from rdpgui.lab.model import LabError, unwritable

Environ = dict[str, Any]
Hook = Callable[[Context, Environ], None]


def refuse_launch(context: Context, environ: Environ) -> None:
    """Refuse RunInstances: a machine outside the scenario would have no guest."""
    raise LabError("VcpuLimitExceeded", "The lab's fleet comes from its scenario; it launches no other instances.", 400)


def instance_attribute(context: Context, environ: Environ) -> None:
    """Let ``InstanceInitiatedShutdownBehavior={"Value": …}`` take effect: moto takes it for a change of groups.

    Source: EC2 ModifyInstanceAttribute (one attribute a call; ``stop`` or ``terminate``).
    """
    form = dict(parse_qsl(context.call.body.decode("utf-8", "replace"), keep_blank_values=True))
    given = sorted(name for name in form if name in _ATTRIBUTES or name == "Attribute")
    if len(given) > 1:
        raise LabError("InvalidParameterCombination", "Fields for multiple attribute types specified", 400)
    if not given:
        return
    name = _ATTRIBUTES.get(given[0], form.get("Attribute", ""))
    value = form.get(given[0] if given[0] in _ATTRIBUTES else "Value", "")
    allowed = _ATTRIBUTE_VALUES.get(name)
    if allowed and value not in allowed:
        raise LabError("InvalidParameterValue", f"Invalid value '{value}' for {name}", 400)
    if name == "instanceInitiatedShutdownBehavior":
        rest = {key: text for key, text in form.items() if key not in given}
        _replace_body(environ, urlencode(rest | {"Attribute": name, "Value": value}).encode())


def kms_input(context: Context, environ: Environ) -> None:
    """Mend what moto cannot take: a key named by its ARN, a policy without a name."""
    params = _params(context)
    key = str(params.get("KeyId", ""))
    if ":key/" in key:
        params["KeyId"] = key.rpartition("/")[2]
    if context.call.operation in ("GetKeyPolicy", "PutKeyPolicy"):
        params.setdefault("PolicyName", "default")
    _replace_body(environ, json.dumps(params).encode())


def key_usable(context: Context, environ: Environ) -> None:
    """Refuse cryptographic calls with a key that is disabled or pending deletion."""
    params = _params(context)
    key = str(params.get("KeyId", "")) or _key_of_blob(context, str(params.get("CiphertextBlob", "")))
    if key:
        context.seam.kms.require_enabled(key)


def _params(context: Context) -> dict[str, Any]:
    try:
        params = json.loads(context.call.body or b"{}")
    except ValueError as error:
        raise LabError("SerializationException", "The request body is not JSON.", 400) from error
    if not isinstance(params, dict):
        raise LabError("SerializationException", "Start of structure or map found where not expected.", 400)
    return params


def _replace_body(environ: Environ, body: bytes) -> None:
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _key_of_blob(context: Context, text: str) -> str:
    try:
        return context.seam.kms.key_of_blob(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise LabError("SerializationException", "CiphertextBlob is not base64.", 400) from error


def own_user(context: Context, environ: Environ) -> None:
    """GetUser without a name means the caller. Source: IAM GetUser."""
    form = dict(parse_qsl(context.call.body.decode()))
    if "UserName" not in form:
        form["UserName"] = context.call.credential.key.principal.name
        _replace_body(environ, urlencode(form).encode())


def refuse_access_key(context: Context, environ: Environ) -> None:
    """Refuse CreateAccessKey: moto's keys would open nothing here. Source: IAM CreateAccessKey (LimitExceeded)."""
    text = "Cannot exceed quota for AccessKeysPerUser: the lab issues one key; use it, or AssumeRole."
    raise LabError("LimitExceeded", text, 409)


def bucket_owner(context: Context, environ: Environ) -> None:
    """Refuse a bucket whose owner is not the expected one. Source: S3, bucket owner condition."""
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", context.seam.account_id)
    if expected != context.seam.account_id:
        raise LabError("AccessDenied", "Access Denied", 403)


def object_key_usable(context: Context, environ: Environ) -> None:
    """Refuse to read an object whose KMS key cannot be used. Source: S3, SSE-KMS (KMS.DisabledException)."""
    bucket, _, name = context.call.path.lstrip("/").partition("/")
    _require_for_s3(context, context.seam.s3.key_id_of(bucket, name))


def null_version(context: Context, environ: Environ) -> None:
    """The version ``null`` of an object in a bucket without versioning is the object. Source: S3, object versioning."""
    query = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
    bucket = context.call.path.lstrip("/").partition("/")[0]
    if ("versionId", "null") in query and not context.seam.s3.versioned(bucket):
        environ["QUERY_STRING"] = urlencode([pair for pair in query if pair[0] != "versionId"])
        environ["RAW_URI"] = f"{environ['RAW_URI'].partition('?')[0]}?{environ['QUERY_STRING']}"


def tags_writable(context: Context, environ: Environ) -> None:
    """Refuse tags that no answer could carry: XML has no control characters. Source: EC2 CreateTags."""
    form = parse_qsl(context.call.body.decode("utf-8", "replace"), keep_blank_values=True)
    if any(unwritable(text) for _, text in form):
        raise LabError("InvalidParameterValue", "Tag keys and values must not contain control characters.", 400)


def bucket_key_usable(context: Context, environ: Environ) -> None:
    """Refuse to store an object under a KMS key that cannot be used. Source: S3, SSE-KMS."""
    algorithm = environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION", "")
    key_id = environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID", "")
    if not algorithm:
        algorithm, key_id = context.seam.s3.default_encryption(context.call.path.lstrip("/").partition("/")[0])
    if algorithm.startswith("aws:kms"):
        _require_for_s3(context, key_id)


def _require_for_s3(context: Context, key_id: str) -> None:
    if not key_id:
        return
    try:
        context.seam.kms.require_enabled(key_id)
    except LabError as error:
        raise LabError(f"KMS.{error.code}", error.message, 400) from error


def policy_is_json(context: Context, environ: Environ) -> None:
    """Refuse a bucket policy that is not a policy: moto takes it and then fails on every PutObject."""
    stream = environ["wsgi.input"]
    body: bytes = stream.read(min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BODY_BYTES))
    _replace_body(environ, body)
    try:
        policy = json.loads(body)
    except ValueError as error:
        raise LabError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400) from error
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), list | dict):
        raise LabError("MalformedPolicy", "Missing required field Statement", 400)


_ATTRIBUTES: Final[dict[str, str]] = {
    "DisableApiStop.Value": "disableApiStop",
    "DisableApiTermination.Value": "disableApiTermination",
    "InstanceInitiatedShutdownBehavior.Value": "instanceInitiatedShutdownBehavior",
}
_BOOLEAN: Final = frozenset({"true", "false"})
_ATTRIBUTE_VALUES: Final[dict[str, frozenset[str]]] = {
    "disableApiStop": _BOOLEAN,
    "disableApiTermination": _BOOLEAN,
    "instanceInitiatedShutdownBehavior": frozenset({"stop", "terminate"}),
}


def hooks_for(service: str, operation: str) -> tuple[Hook, ...]:
    """Return the checks before moto answers this call."""
    return (*_FIRST.get(service, ()), *_HOOKS.get((service, operation), ()))


_FIRST: Final[dict[str, tuple[Hook, ...]]] = {"kms": (kms_input,), "s3": (bucket_owner, hooks_s3.known_subresource)}
"""Checks of every call of a service."""


_HOOKS: Final[dict[tuple[str, str], tuple[Hook, ...]]] = {
    ("ec2", "ModifyInstanceAttribute"): (instance_attribute,),
    ("ec2", "RunInstances"): (refuse_launch,),
    ("kms", "CreateGrant"): (key_usable,),
    ("kms", "Decrypt"): (key_usable,),
    ("kms", "Encrypt"): (key_usable,),
    ("kms", "GenerateDataKey"): (key_usable,),
    ("kms", "GenerateDataKeyWithoutPlaintext"): (key_usable,),
    ("kms", "ReEncrypt"): (key_usable,),
    ("iam", "CreateAccessKey"): (refuse_access_key,),
    ("iam", "GetUser"): (own_user,),
    ("s3", "CopyObject"): (bucket_key_usable,),
    ("s3", "CreateMultipartUpload"): (bucket_key_usable,),
    ("ec2", "CreateTags"): (tags_writable,),
    ("s3", "CompleteMultipartUpload"): (hooks_s3.known_upload,),
    ("s3", "GetObject"): (object_key_usable, null_version, hooks_s3.known_part),
    ("s3", "HeadObject"): (object_key_usable, null_version, hooks_s3.known_part),
    ("s3", "ListObjectsV2"): (hooks_s3.known_token,),
    ("s3", "ListParts"): (hooks_s3.known_upload,),
    ("s3", "UploadPart"): (hooks_s3.known_upload,),
    ("s3", "UploadPartCopy"): (hooks_s3.known_upload,),
    ("s3", "PutBucketPolicy"): (policy_is_json,),
    ("s3", "PutObject"): (bucket_key_usable,),
}
