"""What repairs change, read and set. A change is sent once; what was there is told to the byte, to be put back."""

from __future__ import annotations

from rdpgui.aws import kms, parse, parse_s3
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.cli import compact
from rdpgui.core.errors import NotFound
from rdpgui.core.repair import Repair, RepairKind


class AwsRepairs:
    """Implements ``RepairPort``."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller

    async def value(self, kind: RepairKind, subject: str) -> str | None:
        """Return what is set now, None where nothing is.

        Raises:
            AwsError: it cannot be read.
        """
        try:
            return await self._read(kind, subject)
        except NotFound:
            return None

    async def put(self, repair: Repair) -> None:
        """Make the change, once.

        Raises:
            Unreachable, MalformedAnswer: the outcome is unknown.
            AwsError: nothing was changed.
        """
        call = repair.call()
        await self._caller.change(call.service, call.operation, **call.members)

    async def _read(self, kind: RepairKind, subject: str) -> str | None:
        match kind:
            case RepairKind.KEY_TAG:
                return await kms.managed_tag(self._caller, subject)
            case RepairKind.KEY_POLICY:
                return await kms.key_policy(self._caller, subject)
            case RepairKind.BUCKET_POLICY:
                answer = await self._caller.call("s3", "GetBucketPolicy", Bucket=subject)
                return str(parse.need(answer, "Policy", "s3:GetBucketPolicy"))
            case RepairKind.BUCKET_OWNERSHIP:
                answer = await self._caller.call("s3", "GetBucketOwnershipControls", Bucket=subject)
                return parse_s3.object_ownership(answer) or None
            case RepairKind.BUCKET_ENCRYPTION:
                answer = await self._caller.call("s3", "GetBucketEncryption", Bucket=subject)
                return compact(parse.need(answer, "ServerSideEncryptionConfiguration", "s3:GetBucketEncryption"))
            case RepairKind.SHUTDOWN_BEHAVIOUR:
                return parse.shutdown_behaviour(
                    await self._caller.call(
                        "ec2",
                        "DescribeInstanceAttribute",
                        InstanceId=subject,
                        Attribute="instanceInitiatedShutdownBehavior",
                    )
                )
