"""What is checked before moto answers: where moto allows what AWS refuses."""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Callable
from typing import Any, Final

from rdpgui.lab.call import MOST_BODY_BYTES, Context
from rdpgui.lab.model import LabError

Environ = dict[str, Any]
Hook = Callable[[Context, Environ], None]


def refuse_launch(context: Context, environ: Environ) -> None:
    """Refuse RunInstances: a machine outside the scenario would have no guest."""
    raise LabError("VcpuLimitExceeded", "The lab's fleet comes from its scenario; it launches no other instances.", 400)


def key_usable(context: Context, environ: Environ) -> None:
    """Refuse cryptographic calls with a key that is disabled or pending deletion."""
    try:
        params = json.loads(context.call.body or b"{}")
    except ValueError as error:
        raise LabError("SerializationException", "The request body is not JSON.", 400) from error
    if not isinstance(params, dict):
        raise LabError("SerializationException", "Start of structure or map found where not expected.", 400)
    key = str(params.get("KeyId", "")) or _key_of_blob(context, str(params.get("CiphertextBlob", "")))
    if key:
        context.seam.kms.require_enabled(key)


def _key_of_blob(context: Context, text: str) -> str:
    try:
        return context.seam.kms.key_of_blob(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise LabError("SerializationException", "CiphertextBlob is not base64.", 400) from error


def bucket_owner(context: Context, environ: Environ) -> None:
    """Refuse a bucket whose owner is not the expected one. Source: S3, bucket owner condition."""
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER", context.seam.account_id)
    if expected != context.seam.account_id:
        raise LabError("AccessDenied", "Access Denied", 403)


def object_key_usable(context: Context, environ: Environ) -> None:
    """Refuse to read an object whose KMS key cannot be used. Source: S3, SSE-KMS (KMS.DisabledException)."""
    bucket, _, name = context.call.path.lstrip("/").partition("/")
    key_id = context.seam.s3.key_id_of(bucket, name)
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
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        policy = json.loads(body)
    except ValueError as error:
        raise LabError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400) from error
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), list | dict):
        raise LabError("MalformedPolicy", "Missing required field Statement", 400)


def hooks_for(service: str, operation: str) -> tuple[Hook, ...]:
    """Return the checks before moto answers this call."""
    found = _HOOKS.get((service, operation), ())
    return (bucket_owner, *found) if service == "s3" else found


_HOOKS: Final[dict[tuple[str, str], tuple[Hook, ...]]] = {
    ("ec2", "RunInstances"): (refuse_launch,),
    ("kms", "CreateGrant"): (key_usable,),
    ("kms", "Decrypt"): (key_usable,),
    ("kms", "Encrypt"): (key_usable,),
    ("kms", "GenerateDataKey"): (key_usable,),
    ("kms", "GenerateDataKeyWithoutPlaintext"): (key_usable,),
    ("kms", "ReEncrypt"): (key_usable,),
    ("s3", "GetObject"): (object_key_usable,),
    ("s3", "HeadObject"): (object_key_usable,),
    ("s3", "PutBucketPolicy"): (policy_is_json,),
}
