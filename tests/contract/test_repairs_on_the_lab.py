"""Repairs over HTTP: each that the preflight offers on the lab mends its check there, and is undone to the byte."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from rdpgui.aws.factory import AwsPorts
from rdpgui.core.ids import InstanceId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.repair import KEY_TAG
from rdpgui.core.session import AccessType
from tests.contract.conftest import Endpoint
from tests.contract.lab_ports import connected

pytestmark = pytest.mark.asyncio(loop_scope="function")

Break = Callable[[Any, RecordingPreferences, InstanceId], None]
NARROW = '{ "Version": "2012-10-17",   "Statement": [] }'


def _policy(client: Any, place: RecordingPreferences, _instance: InstanceId) -> None:
    client("s3").put_bucket_policy(Bucket=place.bucket, Policy=NARROW)


def _ownership(client: Any, place: RecordingPreferences, _instance: InstanceId) -> None:
    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    client("s3").put_bucket_ownership_controls(Bucket=place.bucket, OwnershipControls=controls)


def _untagged(client: Any, place: RecordingPreferences, _instance: InstanceId) -> None:
    client("kms").untag_resource(KeyId=place.kms_key_arn, TagKeys=[KEY_TAG])


def _terminates(client: Any, _place: RecordingPreferences, instance: InstanceId) -> None:
    value = {"Value": "terminate"}
    client("ec2").modify_instance_attribute(InstanceId=instance, InstanceInitiatedShutdownBehavior=value)


def _unknown_to_the_key(client: Any, place: RecordingPreferences, _instance: InstanceId) -> None:
    root = '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"}'
    client("kms").put_key_policy(KeyId=place.kms_key_arn, PolicyName="default", Policy=f'{{"Statement": [{root}]}}')
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": place.kms_key_arn}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    client("s3").put_bucket_encryption(Bucket=place.bucket, ServerSideEncryptionConfiguration=rules)


BREAKS: tuple[tuple[str, Break], ...] = (
    ("bucket-policy", _policy),
    ("bucket-ownership", _ownership),
    ("key-tag", _untagged),
    ("shutdown-behaviour", _terminates),
    ("bucket-key", _unknown_to_the_key),
)


@pytest_asyncio.fixture
async def lab_ports(lab: Endpoint) -> AsyncIterator[AwsPorts]:
    async with connected(lab) as ports:
        yield ports


async def _checks(ports: AwsPorts, instance_id: InstanceId) -> dict[str, PreflightCheck]:
    found = await ports.preflight.preflight(instance_id, AccessType.STANDARD)
    return {check.check_id: check for check in found}


async def test_that_repairs_mend_on_the_lab_and_their_undo_restores_the_bytes(lab_ports: AwsPorts) -> None:
    instance_id = next(i.instance_id for i in await lab_ports.instances.instances() if i.platform == "windows")
    place, repairs = await lab_ports.preferences.preferences(), lab_ports.repairs
    assert place is not None
    for _check_id, broken in BREAKS:
        broken(lab_ports.caller.clients.client, place, instance_id)
    found = await _checks(lab_ports, instance_id)
    offered = [found[check_id].repair for check_id, _broken in BREAKS]
    for repair in offered:
        assert repair is not None
        assert await repairs.value(repair.kind, repair.subject) == repair.before
        await repairs.put(repair)
    found = await _checks(lab_ports, instance_id)
    assert [check_id for check_id, _broken in BREAKS if not found[check_id].held] == []
    for repair in reversed(offered):
        assert repair is not None
        assert repair.undo().stands(await repairs.value(repair.kind, repair.subject))
        await repairs.put(repair.undo())
        assert await repairs.value(repair.kind, repair.subject) == repair.before
