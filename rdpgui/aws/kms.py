"""Facts about a KMS key."""

from __future__ import annotations

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller

MANAGED_TAG = "SystemsManagerJustInTimeNodeAccessManaged"
"""The tag AWS asks for on the key, with the value ``true``."""


async def key_facts(caller: AwsCaller, key_arn: str) -> parse.KeyFacts:
    """Return state and use of a key. Source: kms:DescribeKey."""
    return parse.key_facts(await caller.call("kms", "DescribeKey", KeyId=key_arn))


async def managed_tag(caller: AwsCaller, key_arn: str) -> str:
    """Return the value of the tag AWS asks for, empty when absent. Source: kms:ListResourceTags."""
    async for page in caller.pages("kms", "ListResourceTags", KeyId=key_arn, ask="Marker", answer="NextMarker"):
        for key, value in parse.key_tags(page):
            if key == MANAGED_TAG:
                return value
    return ""


async def key_policy(caller: AwsCaller, key_arn: str) -> str:
    """Return the key's policy as JSON text. Source: kms:GetKeyPolicy."""
    answer = await caller.call("kms", "GetKeyPolicy", KeyId=key_arn, PolicyName="default")
    return str(parse.need(answer, "Policy", "kms:GetKeyPolicy"))
