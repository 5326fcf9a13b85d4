"""May the service use this key and write to this bucket? Decided from the real policies and key states.

Source: Systems Manager User Guide, recording RDP connections (bucket policy with
``aws:SourceAccount``, key policy for SSE-KMS buckets, key tag); aws-facts section 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import AccessType, LabError, Preferences
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.policy import Effect, Request, decide
from rdpgui.lab.world.trail import GUICONNECT, Act, Place, person_event, service_event

KEY_TAG = "SystemsManagerJustInTimeNodeAccessManaged"
ORGANISATION = "o-lab0000000"
_KMS = "kms.amazonaws.com"
_GRANT_OPERATIONS = ["Decrypt", "GenerateDataKey", "RetireGrant", "DescribeKey"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a connection may use while it is recorded.

    Attributes:
        data_key: 32 bytes, for the broker.
        blob: the data key under the KMS key.
    """

    data_key: bytes
    blob: bytes
    grant_id: str


class Destination:
    """The recording key and the bucket, as the service principal meets them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._place = Place(context.seam.account_id, context.seam.region)

    def grant(self, preferences: Preferences, connection_id: str, access_type: AccessType, owner: str) -> Grant:
        """Create the grant and the data key of a connection, with their audit events.

        Raises:
            LabError: AccessDeniedException: the key is missing, disabled, or (just-in-time) not tagged.
        """
        seam, key = self._context.seam, preferences.kms_key_arn
        try:
            self._require_key(key, "*")
            if access_type is AccessType.JUST_IN_TIME and not self._tagged(key):
                raise LabError("AccessDenied", f"the key has no tag {KEY_TAG}=true")
            grant_id = str(
                seam.call("kms", "CreateGrant", KeyId=key, GranteePrincipal=GUICONNECT, Operations=_GRANT_OPERATIONS)[
                    "GrantId"
                ]
            )
            data_key, blob = seam.kms.generate_data_key(key, _purpose(connection_id))
        except LabError as error:
            self._grant_event(key, owner, error=(error.code, error.message))
            raise LabError(
                "AccessDeniedException",
                f"The connection cannot be recorded: {error.message} (kms:CreateGrant on {key})",
            ) from error
        self._grant_event(key, owner, grant_id=grant_id)
        self._data_key_event(key, _purpose(connection_id), None)
        return Grant(data_key, blob, grant_id)

    def open_data_key(self, preferences: Preferences, connection_id: str, grant: Grant) -> bytes:
        """Return the data key again, from its blob. Raises LabError when the key cannot be used."""
        self._require_key(preferences.kms_key_arn, "*")
        return self._context.seam.kms.decrypt(preferences.kms_key_arn, grant.blob, _purpose(connection_id))

    def retire(self, preferences: Preferences, grant: Grant) -> None:
        """End a grant that is no longer needed; a key that is gone has no grants either."""
        try:
            self._context.seam.call("kms", "RevokeGrant", KeyId=preferences.kms_key_arn, GrantId=grant.grant_id)
        except LabError as error:
            if error.code not in ("NotFoundException", "KMSInvalidStateException"):
                raise

    def refusal(self, preferences: Preferences, connection_id: str, object_key: str, instance_id: str) -> str:
        """Return why the service may not put this object of a connection, empty when it may."""
        context = self._context
        if context.faults.take(FaultKind.UPLOAD_DENIED, instance_id) is not None:
            return "AccessDenied: s3:PutObject (fault upload-denied)"
        try:
            self._require_key(preferences.kms_key_arn, instance_id)
        except LabError as error:
            parameters = {"keyId": preferences.kms_key_arn, "encryptionContext": _purpose(connection_id)}
            self._key_event("Decrypt", preferences.kms_key_arn, parameters, (error.code, error.message))
            return f"{error.code}: {error.message}"
        try:
            policy = context.seam.s3.bucket_policy(preferences.bucket_name)
            algorithm, bucket_key = context.seam.s3.default_encryption(preferences.bucket_name)
        except LabError as error:
            return f"{error.code}: {error.message}"
        bucket_arn = f"arn:aws:s3:::{preferences.bucket_name}"
        decision = decide(policy, self._request("s3:PutObject", f"{bucket_arn}/{object_key}"))
        if decision.effect is not Effect.ALLOWED:
            behind = f", statement {decision.statement}" if decision.statement else ""
            return f"AccessDenied: s3:PutObject on {bucket_arn} ({decision.effect}{behind})"
        if algorithm.startswith("aws:kms"):
            return self._bucket_key_refusal(bucket_key, f"{bucket_arn}/{object_key}")
        return ""

    def _bucket_key_refusal(self, key: str, object_arn: str) -> str:
        """Judge the key of an SSE-KMS bucket: its state, then its policy."""
        if not key:
            # The policy of aws/s3 admits principals of the account only, and cannot be edited.
            return "AccessDenied: kms:GenerateDataKey on the AWS managed key aws/s3"
        seam = self._context.seam
        try:
            seam.kms.require_enabled(key)
            policy = seam.kms.policy(key)
        except LabError as error:
            self._data_key_event(key, {"aws:s3:arn": object_arn}, (error.code, error.message))
            return f"{error.code}: {error.message}"
        via: dict[str, tuple[str, ...]] = {"kms:viaservice": (f"s3.{seam.region}.amazonaws.com",)}
        decision = decide(policy, self._request("kms:GenerateDataKey", key, via))
        if decision.effect is Effect.ALLOWED:
            self._data_key_event(key, {"aws:s3:arn": object_arn}, None)
            return ""
        text = f"{GUICONNECT} is not authorized to perform: kms:GenerateDataKey on resource: {key} ({decision.effect})"
        if self._context.scenario.variants.key_denials_in_trail:
            self._data_key_event(key, {"aws:s3:arn": object_arn}, ("AccessDenied", text))
        return f"AccessDenied: {text}"

    def _request(self, action: str, resource: str, more: dict[str, tuple[str, ...]] | None = None) -> Request:
        account = self._context.seam.account_id
        context: dict[str, tuple[str, ...]] = {
            "aws:sourceaccount": (account,),
            "aws:sourceorgid": (ORGANISATION,),
            "aws:sourcearn": (f"arn:aws:ssm-guiconnect:{self._context.seam.region}:{account}:*",),
            "aws:principalisawsservice": ("true",),
            "aws:principalservicename": (GUICONNECT,),
            "aws:securetransport": ("true",),
            "aws:requestedregion": (self._context.seam.region,),
        }
        return Request("Service", GUICONNECT, action, resource, context={**context, **(more or {})})

    def _require_key(self, key: str, instance_id: str) -> None:
        if self._context.faults.take(FaultKind.KEY_DISABLED, instance_id) is not None:
            raise LabError("DisabledException", f"{key} is disabled.")
        self._context.seam.kms.require_enabled(key)

    def _tagged(self, key: str) -> bool:
        tags = self._context.seam.call("kms", "ListResourceTags", KeyId=key).get("Tags", [])
        return any(tag["TagKey"] == KEY_TAG and tag["TagValue"] == "true" for tag in tags)

    def _grant_event(self, key: str, owner: str, *, grant_id: str = "", error: tuple[str, str] | None = None) -> None:
        act = Act(
            "CreateGrant",
            _KMS,
            {"keyId": key, "granteePrincipal": GUICONNECT, "operations": _GRANT_OPERATIONS},
            {"grantId": grant_id, "keyId": key},
            resources=(("AWS::KMS::Key", key),),
            error=error,
        )
        at = self._context.timeline.now()
        self._context.trail.append(person_event(act, at, self._place, owner, through_service=True))

    def _data_key_event(self, key: str, purpose: dict[str, str], error: tuple[str, str] | None) -> None:
        parameters = {"keyId": key, "keySpec": "AES_256", "encryptionContext": purpose}
        self._key_event("GenerateDataKey", key, parameters, error)

    def _key_event(self, name: str, key: str, parameters: Mapping[str, object], error: tuple[str, str] | None) -> None:
        act = Act(name, _KMS, parameters, resources=(("AWS::KMS::Key", key),), error=error, read_only=True)
        self._context.trail.append(service_event(act, self._context.timeline.now(), self._place))


def _purpose(connection_id: str) -> dict[str, str]:
    """Encryption context of a connection's data key."""
    return {"ssm-guiconnect:connection": connection_id}
