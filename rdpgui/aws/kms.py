"""Facts about a KMS key."""

from __future__ import annotations

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.repair import KEY_TAG


async def key_facts(caller: AwsCaller, key_arn: str) -> parse.KeyFacts:
    """Return state and use of a key. Source: kms:DescribeKey."""
    return parse.key_facts(await caller.call("kms", "DescribeKey", KeyId=key_arn))


async def key_arn_and_state(caller: AwsCaller, key_id: str) -> tuple[str, str]:
    """Return a key's ARN and state, by whatever it is named. Source: kms:DescribeKey."""
    answer = await caller.call("kms", "DescribeKey", KeyId=key_id)
    found = parse.need(answer, "KeyMetadata", "kms:DescribeKey")
    return str(parse.need(found, "Arn", "kms:DescribeKey")), str(found.get("KeyState") or "")


async def managed_tag(caller: AwsCaller, key_arn: str) -> str | None:
    """Return the value of the tag AWS asks for, None when absent. Source: kms:ListResourceTags."""
    async for page in caller.pages("kms", "ListResourceTags", KeyId=key_arn, ask="Marker", answer="NextMarker"):
        for key, value in parse.key_tags(page):
            if key == KEY_TAG:
                return value
    return None


async def key_policy(caller: AwsCaller, key_arn: str) -> str:
    """Return the key's policy as JSON text. Source: kms:GetKeyPolicy."""
    answer = await caller.call("kms", "GetKeyPolicy", KeyId=key_arn, PolicyName="default")
    return str(parse.need(answer, "Policy", "kms:GetKeyPolicy"))
