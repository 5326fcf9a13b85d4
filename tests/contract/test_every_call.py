"""Every call that the program makes of AWS has an answer here, over the wire; a call without one is a gap."""

from __future__ import annotations

import ast
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from rdpgui.aws import iam, parse, parse_s3
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.access_requests import Deed
from rdpgui.core.ids import AccessRequestId, InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.kinds.kind import Ec2Call, GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.regions import RegionOptIn
from rdpgui.core.shell_log import LogDestination, LogKind
from tests.contract.wire import Wire, answer, ec2, instances, query

pytestmark = pytest.mark.asyncio

AWS = Path(__file__).resolve().parents[2] / "rdpgui" / "aws"
MADE_BY = {"call", "change", "pages", "blocking"}

NODE = InstanceId("i-0123456789abcdef0")
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RUNS = f"<item><instanceId>{NODE}</instanceId><instanceState><code>16</code><name>running</name></instanceState></item>"
EVENT = {"requestParameters": {"InstanceId": NODE}, "userIdentity": {}}
REGIONS = (
    "<regionInfo>"
    + "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{word}</optInStatus></item>"
        for name, word in (("us-east-1", "opt-in-not-required"), ("ap-east-1", "not-opted-in"), ("xx-new-1", "later"))
    )
    + "<item><regionEndpoint>nameless</regionEndpoint></item></regionInfo>"
)
CHANGED = f"<instancesSet><item><instanceId>{NODE}</instanceId></item></instancesSet>"

Use = Callable[[AwsPorts], Awaitable[Any]]
Known = tuple[AWSResponse, Use, Callable[[Any], bool]]


def _done(found: Any) -> bool:
    return found is None


def _called(service: str, operation: str, read: Callable[[Any], Any], **params: Any) -> Use:
    """Return what makes a call that only the preflight makes, read as it does."""

    async def use(ports: AwsPorts) -> Any:
        return read(await ports.caller.call(service, operation, **params))

    return use


def _order(operation: str) -> Known:
    inside = "<return>true</return>" if operation in ("RebootInstances", "SendDiagnosticInterrupt") else CHANGED
    return ec2(operation, inside), lambda ports: ports.disruptions.perform(Ec2Call(operation), NODE), _done


ORDERS = sorted({kind.order.operation for kind in DISRUPTIONS.values() if isinstance(kind.order, Ec2Call)})
GUI_CONNECT = {
    "ConnectionRecordingPreferences": {
        "KMSKeyArn": "k",
        "RecordingDestinations": {"S3Buckets": [{"BucketName": "films", "BucketOwner": "1"}]},
    }
}
LISTED = f"""<ListBucketResult><Name>films</Name><IsTruncated>false</IsTruncated><Contents><Key>a.mp4</Key>
<Size>7</Size><ETag>"e"</ETag><LastModified>{AT:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents></ListBucketResult>"""
ENCRYPTED = """<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms
</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>
</ServerSideEncryptionConfiguration>"""
OWNED = """<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"""
PARTS = """<GetObjectAttributesResponse><ObjectParts><PartsCount>2</PartsCount><IsTruncated>false</IsTruncated>
<Part><PartNumber>1</PartNumber><Size>5</Size></Part><Part><PartNumber>2</PartNumber><Size>2</Size></Part>
</ObjectParts></GetObjectAttributesResponse>"""
SIMULATED = """<IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName>
<EvalResourceName>*</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><OrganizationsDecisionDetail>
<AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail></member></EvaluationResults>"""
LOCKED = """<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>
<Mode>COMPLIANCE</Mode><Days>9</Days></DefaultRetention></Rule></ObjectLockConfiguration>"""
LIFE = """<LifecycleConfiguration><Rule><ID>week</ID><Status>Enabled</Status><Expiration><Days>7</Days></Expiration>
</Rule></LifecycleConfiguration>"""
ATTACHED = """<AttachedPolicies><member><PolicyName>AmazonSSMManagedInstanceCore</PolicyName>
<PolicyArn>arn:aws:iam::aws:x</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>"""
ROLE = """<Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::1:role/r</Arn>
<CreateDate>2026-03-04T05:06:07Z</CreateDate></Role>"""
PROFILE = f"""<InstanceProfile><Path>/</Path><InstanceProfileName>windows</InstanceProfileName>
<InstanceProfileId>AIPA</InstanceProfileId><Arn>arn:aws:iam::1:instance-profile/windows</Arn>
<CreateDate>2026-03-04T05:06:07Z</CreateDate>
<Roles>{ROLE.replace("Role>", "member>", 1).replace("</Role>", "</member>")}</Roles></InstanceProfile>"""
HEADERS = {"content_length": "7", "etag": '"e"', "last_modified": "Wed, 04 Mar 2026 05:06:07 GMT"}

EXECUTION = "11111111-2222-3333-4444-555555555555"
REQUEST = {"OpsItemId": "oi-1", "OpsItemType": "/aws/accessrequest", "Status": "PendingApproval", "CreatedBy": "ann"}
DECIDED_BY = {
    "/aws/accessrequest": {
        "Type": "SearchableString",
        "Value": json.dumps({"automationExecutionId": "e-1", "to": {"nodes": [NODE]}}),
    }
}
STREAM = LogDestination(LogKind.LOG_GROUP, "shells", "ann-1", True)
KNOWN: dict[tuple[str, str], Known] = {
    ("sts", "GetCallerIdentity"): (
        query("GetCallerIdentity", "<Account>111122223333</Account><Arn>arn:aws:iam::1:user/a</Arn><UserId>u</UserId>"),
        _called("sts", "GetCallerIdentity", parse.account), lambda found: found[0] == "111122223333",
    ),
    ("iam", "ListAccountAliases"): (
        query("ListAccountAliases", "<AccountAliases><member>work</member></AccountAliases>"),
        _called("iam", "ListAccountAliases", lambda page: page["AccountAliases"]), lambda found: found == ["work"],
    ),
    ("ec2", "DescribeInstances"): (
        instances(RUNS), lambda ports: ports.instances.instances_of([NODE]), lambda found: found[0].instance_id == NODE,
    ),
    ("ec2", "DescribeInstanceAttribute"): (
        ec2("DescribeInstanceAttribute", "<disableApiStop><value>true</value></disableApiStop>"),
        _called("ec2", "DescribeInstanceAttribute", parse.stop_protected, InstanceId=NODE, Attribute="disableApiStop"),
        lambda found: found is True,
    ),
    ("ec2", "DescribeRegions"): (
        ec2("DescribeRegions", REGIONS), lambda ports: ports.regions.opt_in(),
        lambda found: found == {"us-east-1": RegionOptIn.NOT_REQUIRED, "ap-east-1": RegionOptIn.NOT_OPTED_IN,
                                "xx-new-1": "later"},
    ),
    ("ec2", "GetConsoleScreenshot"): (
        ec2("GetConsoleScreenshot", "<imageData>/9j/2Q==</imageData>"),
        lambda ports: ports.instances.screenshot(NODE), lambda found: found.startswith(b"\xff\xd8"),
    ),
    ("ec2", "StartInstances"): (ec2("StartInstances", CHANGED), lambda ports: ports.disruptions.start(NODE), _done),
    **{("ec2", operation): _order(operation) for operation in ORDERS},
    ("ssm", "DescribeInstanceInformation"): (
        answer({"InstanceInformationList": [{"InstanceId": NODE, "PingStatus": "Online"}]}),
        lambda ports: ports.instances.nodes_of([NODE]), lambda found: found[0].instance_id == NODE,
    ),
    ("ssm", "GetConnectionStatus"): (
        answer({"Target": NODE, "Status": "notconnected"}),
        lambda ports: ports.instances.connection_status(NODE), lambda found: found is ConnectionStatus.NOT_CONNECTED,
    ),
    ("ssm", "DescribeSessions"): (
        answer({"Sessions": []}), lambda ports: ports.sessions.sessions(active=True), lambda found: found == (),
    ),
    ("ssm", "TerminateSession"): (
        answer({"SessionId": "a-1"}), lambda ports: ports.sessions.terminate(SessionId("a-1")), _done,
    ),
    ("ssm", "SendCommand"): (
        answer({"Command": {"CommandId": "11111111-2222-3333-4444-555555555555", "Status": "Pending"}}),
        lambda ports: ports.disruptions.perform(GuestScript(("exit 0",)), NODE), lambda found: found.startswith("1111"),
    ),
    ("ssm", "GetCommandInvocation"): (
        answer({"Status": "InProgress", "StandardOutputContent": ""}),
        lambda ports: ports.disruptions._invocation("11111111-2222-3333-4444-555555555555", NODE),  # type: ignore[arg-type]
        lambda found: found == ("InProgress", ""),
    ),
    ("ssm", "StartAccessRequest"): (
        answer({"AccessRequestId": "oi-0123456789ab"}),
        lambda ports: ports.access.request(NODE, "why"), lambda found: found == "oi-0123456789ab",
    ),
    ("ssm", "GetAccessToken"): (
        answer({"AccessRequestStatus": "Approved", "Credentials": {"AccessKeyId": "A"}}),
        lambda ports: ports.access.status(AccessRequestId("oi-0123456789ab")), lambda found: found == "Approved",
    ),
    ("ssm", "DescribeOpsItems"): (
        answer({"OpsItemSummaries": [REQUEST]}), lambda ports: ports.access_desk.requests(),
        lambda found: [(one.request_id, one.status, one.by) for one in found] == [("oi-1", "PendingApproval", "ann")],
    ),
    ("ssm", "GetOpsItem"): (
        answer({"OpsItem": {**REQUEST, "OperationalData": DECIDED_BY}}),
        lambda ports: ports.access_desk.request(AccessRequestId("oi-1")),
        lambda found: (found.automation_id, found.targets) == ("e-1", (NODE,)),
    ),
    ("ssm", "SendAutomationSignal"): (
        answer({}), lambda ports: ports.access_desk.do(EXECUTION, Deed.APPROVE, "fine"), _done,
    ),
    ("ssm", "StopAutomationExecution"): (
        answer({}), lambda ports: ports.access_desk.do(EXECUTION, Deed.WITHDRAW, ""), _done,
    ),
    ("ssm-guiconnect", "GetConnectionRecordingPreferences"): (
        answer(GUI_CONNECT), lambda ports: ports.preferences.preferences(), lambda found: found.bucket == "films",
    ),
    ("kms", "DescribeKey"): (
        answer({"KeyMetadata": {"KeyId": "k", "KeyState": "PendingDeletion", "KeyManager": "CUSTOMER"}}),
        _called("kms", "DescribeKey", parse.key_facts, KeyId="k"), lambda found: found.state == "PendingDeletion",
    ),
    ("kms", "ListResourceTags"): (
        answer({"Tags": [{"TagKey": "a", "TagValue": ""}], "Truncated": False}),
        _called("kms", "ListResourceTags", parse.key_tags, KeyId="k"), lambda found: found == [("a", "")],
    ),
    ("kms", "GetKeyPolicy"): (
        answer({"Policy": "{}", "PolicyName": "default"}),
        _called("kms", "GetKeyPolicy", lambda found: found["Policy"], KeyId="k"), lambda found: found == "{}",
    ),
    ("iam", "GetRole"): (
        query("GetRole", ROLE), _called("iam", "GetRole", parse.role_arn, RoleName="r"),
        lambda found: found.endswith("role/r"),
    ),
    ("iam", "SimulatePrincipalPolicy"): (
        query("SimulatePrincipalPolicy", SIMULATED),
        lambda ports: iam.simulate(ports.caller, iam.Simulation("arn:aws:iam::1:role/r", ("s3:GetObject",))),
        lambda found: found == (parse.Evaluation("s3:GetObject", "implicitDeny", False),),
    ),
    ("iam", "GetInstanceProfile"): (
        query("GetInstanceProfile", PROFILE),
        _called("iam", "GetInstanceProfile", lambda found: found["InstanceProfile"], InstanceProfileName="windows"),
        lambda found: found["Roles"][0]["RoleName"] == "r",
    ),
    ("iam", "ListAttachedRolePolicies"): (
        query("ListAttachedRolePolicies", ATTACHED),
        _called("iam", "ListAttachedRolePolicies", lambda found: found["AttachedPolicies"], RoleName="r"),
        lambda found: found[0]["PolicyName"] == "AmazonSSMManagedInstanceCore",
    ),
    ("ssm", "GetServiceSetting"): (
        answer({"ServiceSetting": {"SettingId": "/ssm/x", "SettingValue": "$None", "Status": "Default"}}),
        _called("ssm", "GetServiceSetting", lambda found: found["ServiceSetting"], SettingId="/ssm/x"),
        lambda found: found["SettingValue"] == "$None",
    ),
    ("ssm", "GetDocument"): (
        answer({"Content": json.dumps({"inputs": {"s3BucketName": "logs"}}), "CreatedDate": AT.timestamp()}),
        lambda ports: ports.shell_logs.settings(), lambda found: (found.bucket, found.saved_at) == ("logs", AT),
    ),
    ("logs", "DescribeLogStreams"): (
        answer({"logStreams": [{"logStreamName": "ann-10"}]}), lambda ports: ports.shell_logs.look(STREAM), _done,
    ),
    ("logs", "GetLogEvents"): (
        answer({"events": [{"timestamp": 1000 * int(AT.timestamp()), "message": "secret"}]}),
        _called("logs", "GetLogEvents", lambda page: len(page["events"]), logGroupName="g", logStreamName="ann-1"),
        lambda found: found == 1,
    ),
    ("organizations", "DescribeOrganization"): (
        answer({"Organization": {"Id": "o-1", "MasterAccountId": "111122223333"}}),
        _called("organizations", "DescribeOrganization", lambda found: found["Organization"]),
        lambda found: found["MasterAccountId"] == "111122223333",
    ),
    ("cloudtrail", "LookupEvents"): (
        answer({"Events": [{"EventTime": AT.timestamp(), "CloudTrailEvent": json.dumps(EVENT)}]}),
        lambda ports: ports.audit.connections(NODE, AT), lambda found: found == (AT,),
    ),
    ("s3", "ListObjectsV2"): (
        answer(LISTED), lambda ports: ports.objects.objects("films"), lambda found: found[0].key == "a.mp4",
    ),
    ("s3", "HeadObject"): (
        answer("", **HEADERS), lambda ports: ports.objects.head("films", "a.mp4"), lambda found: found.size_bytes == 7,
    ),
    ("s3", "HeadBucket"): (
        answer("", x_amz_bucket_region="eu-west-1"),
        _called("s3", "HeadBucket", parse_s3.bucket_region, Bucket="films"), lambda found: found == "eu-west-1",
    ),
    ("s3", "GetObject"): (
        answer("abcdefg", **HEADERS, content_range="bytes 0-6/7"),
        _called("s3", "GetObject", parse_s3.content_range, Bucket="films", Key="a.mp4", Range="bytes=0-6"),
        lambda found: found == (0, 6, 7),
    ),
    ("s3", "GetObjectAttributes"): (
        answer(PARTS),
        _called("s3", "GetObjectAttributes", parse_s3.part_sizes, Bucket="films", Key="a.mp4",
                ObjectAttributes=["ObjectParts"]),
        lambda found: found.sizes_bytes == [5, 2],
    ),
    ("s3", "GetBucketEncryption"): (
        answer(ENCRYPTED.replace("\n", "")), lambda ports: ports.objects.default_key("films"),
        lambda found: found == "k",
    ),
    ("s3", "GetBucketOwnershipControls"): (
        answer(OWNED), _called("s3", "GetBucketOwnershipControls", parse_s3.object_ownership, Bucket="films"),
        lambda found: found == "BucketOwnerEnforced",
    ),
    ("s3", "GetObjectLockConfiguration"): (
        answer(LOCKED), _called("s3", "GetObjectLockConfiguration", lambda found: found, Bucket="films"),
        lambda found: found["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] == 9,
    ),
    ("s3", "GetBucketLifecycleConfiguration"): (
        answer(LIFE), _called("s3", "GetBucketLifecycleConfiguration", lambda found: found["Rules"], Bucket="films"),
        lambda found: found[0]["Expiration"]["Days"] == 7,
    ),
    ("s3", "GetBucketVersioning"): (
        answer("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
        _called("s3", "GetBucketVersioning", lambda found: found["Status"], Bucket="films"),
        lambda found: found == "Enabled",
    ),
    ("s3", "GetBucketPolicy"): (
        answer('{"Version": "2012-10-17"}'),
        _called("s3", "GetBucketPolicy", lambda found: json.loads(found["Policy"]), Bucket="films"),
        lambda found: found == {"Version": "2012-10-17"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN, ids=":".join)
async def test_that_a_call_and_its_answer_are_understood(name: tuple[str, str]) -> None:
    told, use, holds = KNOWN[name]
    wire = Wire()
    caller = AwsCaller(wire)
    wire.add(*name, told)
    try:
        found = await use(ports_of(caller, Place(region="us-east-1"), "us-east-1"))
    finally:
        await caller.aclose()
    assert wire.asked == [name]
    assert holds(found), found


def calls_of_the_program() -> set[tuple[str, str]]:
    """Return service and operation of each call in the source; an operation that is a variable is looked up."""
    found: set[tuple[str, str]] = set()
    for path in AWS.glob("*.py"):
        if path.name == "calls.py":  # the door itself
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MADE_BY:
                found |= _named(node, path)
    return found


def _named(node: ast.Call, path: Path) -> set[tuple[str, str]]:
    words = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[:2]]
    if len(words) < 2 or not isinstance(words[0], str):
        return set()
    if isinstance(words[1], str):
        return {(words[0], words[1])}
    assert (path.name, words[0]) in {("actions.py", "ec2"), ("ec2.py", "ssm")}, f"{path.name}:{node.lineno}?"
    return {("ec2", operation) for operation in ORDERS} if path.name == "actions.py" else set()


async def test_that_every_call_of_the_program_has_an_answer_here() -> None:
    made = calls_of_the_program()
    assert len(made) >= 30
    assert made - set(KNOWN) == set(), "add what AWS answers to it"
    assert set(KNOWN) - made == set(), "nobody makes this call any more"
