"""The lab endpoint as a process, over real sockets, with unmodified boto3 and the aws CLI."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from tests.contract.conftest import ROOT, Endpoint, environment, start_endpoint
from tests.helpers.limits import limit_s
from tests.helpers.processes import descendants
from tests.helpers.waiting import wait_for

AWS = shutil.which("aws")


def _instances(lab: Endpoint, state: str = "running") -> list[str]:
    filters = [{"Name": "instance-state-name", "Values": [state]}]
    answer = lab.client("ec2").describe_instances(Filters=filters)
    return [i["InstanceId"] for r in answer["Reservations"] for i in r["Instances"]]


def _preferences(lab: Endpoint) -> tuple[str, str]:
    found = lab.client("ssm-guiconnect").get_connection_recording_preferences()["ConnectionRecordingPreferences"]
    return found["KMSKeyArn"], found["RecordingDestinations"]["S3Buckets"][0]["BucketName"]


# -- life --------------------------------------------------------------------------


def test_that_ready_names_a_loopback_url_and_random_keys(lab: Endpoint) -> None:
    ready = lab.ready
    assert urlsplit(ready["url"]).hostname == "127.0.0.1"
    assert ready["pid"] == lab.process.pid
    assert ready["access_key_id"].startswith("AKIA") and len(ready["secret_access_key"]) == 40
    command_line = Path(f"/proc/{lab.process.pid}/cmdline")
    if command_line.exists():
        assert ready["secret_access_key"].encode() not in command_line.read_bytes()


def test_that_a_taken_port_is_one_clear_error(lab: Endpoint) -> None:
    port = urlsplit(lab.ready["url"]).port
    second = start_endpoint({"port": port})
    event = second.next_event()
    assert event["event"] == "error"
    assert str(port) in event["message"] and event["remedy"]
    assert second.process.wait(limit_s(15)) == 1
    assert lab.client("sts").get_caller_identity()["Account"] == lab.ready["account_id"]
    second.end()


@pytest.mark.parametrize(
    ("configuration", "part"),
    [
        (b"not json", "JSON"),
        (b"[1]", "object"),
        ({"colour": "red"}, "colour"),
        ({"port": 70_000}, "port"),
        ({"language": "fr"}, "language"),
        ({"scenario": "no-such-scenario"}, "no-such-scenario"),
        ({"scenario": "../default"}, "../default"),
    ],
)
def test_that_a_wrong_configuration_is_one_clear_error(configuration: object, part: str) -> None:
    endpoint = start_endpoint(configuration)
    event = endpoint.next_event()
    assert event["event"] == "error" and part in event["message"] and event["remedy"]
    assert endpoint.end() == 1


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_that_the_endpoint_and_its_guests_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import json, subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'rdpgui.lab'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"p.stdin.write(json.dumps({{'state_dir': {str(tmp_path / 'state')!r}}}).encode() + b'\\n')\n"
        "p.stdin.flush()\n"
        "for _ in range(2): print(p.stdout.readline().decode(), end='', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment(), cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pid = json.loads(parent.stdout.readline())["pid"]
        assert json.loads(parent.stdout.readline())["event"] == "seeded"
        wait_for(lambda: len(set(descendants(pid))) >= 1, limit_s=20)
        guests = set(descendants(pid))
        parent.send_signal(signal.SIGKILL)
        wait_for(lambda: not _alive(pid), limit_s=15)
        wait_for(lambda: not any(_alive(guest) for guest in guests), limit_s=15)
    assert not (tmp_path / "state" / "world").exists()


def test_that_the_endpoint_ends_at_once_even_before_it_is_seeded() -> None:
    endpoint = start_endpoint({})
    assert endpoint.next_event()["event"] == "ready"
    assert endpoint.end() == 0


# -- HTTP ----------------------------------------------------------------------------


def test_that_one_connection_serves_many_calls(calm: Endpoint) -> None:
    parts = urlsplit(calm.ready["url"])
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=limit_s(10))
    headers = {"X-Lab-Token": calm.ready["control_token"]}
    sockets = set()
    for method, path in (
        ("GET", "/_lab/status"),
        ("POST", "/_lab/faults"),
        ("GET", "/nothing"),
        ("GET", "/_lab/faults"),
    ):
        connection.request(method, path, b" " * 2000, headers)
        answer = connection.getresponse()
        answer.read()
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1 and None not in sockets


def _raw(lab: Endpoint, request: bytes) -> bytes:
    parts = urlsplit(lab.ready["url"])
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=limit_s(10)) as peer:
        peer.sendall(request.replace(b"HOST", f"127.0.0.1:{parts.port}".encode()))
        return peer.recv(65_536)


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", b" 403 "),
        (b"GET / HTTP/1.1\r\n\r\n", b" 403 "),
        (b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: many\r\n\r\n", b" 400 "),
        (b"GET /_lab/status HTTP/1.1\r\nHost: HOST\r\nOrigin: http://evil\r\n\r\n", b" 403 "),
        (b"nonsense\r\n\r\n", b""),
    ],
)
def test_that_raw_requests_are_answered_without_html_and_without_cors(
    calm: Endpoint, request_text: bytes, status: bytes
) -> None:
    answer = _raw(calm, request_text).lower()
    assert status in answer.split(b"\r\n")[0] if status else True
    assert b"access-control" not in answer
    assert calm.client("sts").get_caller_identity()["Account"]


def test_that_a_chunked_body_is_understood(calm: Endpoint) -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    signed = AWSRequest("POST", calm.ready["url"], {"Content-Type": "application/x-www-form-urlencoded"}, body)
    credentials = Credentials(calm.ready["access_key_id"], calm.ready["secret_access_key"])
    SigV4Auth(credentials, "sts", "us-east-1").add_auth(signed)
    lines = "".join(f"{name}: {value}\r\n" for name, value in signed.headers.items())
    request = (
        f"POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n{lines}\r\n"
        "18\r\nAction=GetCallerIdentity\r\n13\r\n&Version=2011-06-15\r\n0\r\n\r\n"
    )
    assert b"200 OK" in _raw(calm, request.encode()).split(b"\r\n")[0]


def test_that_many_parallel_calls_all_succeed(calm: Endpoint) -> None:
    ec2, ssm, s3 = calm.client("ec2"), calm.client("ssm"), calm.client("s3")
    _, bucket = _preferences(calm)
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(8):
                ec2.describe_instances()
                ssm.put_parameter(Name=f"/p/{number}/{turn}", Value="v", Type="String")
                ssm.describe_parameters()
                s3.list_objects_v2(Bucket=bucket)
        except Exception as error:  # noqa: BLE001 - a thread's boundary; the test looks at what came
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(limit_s(60))
    assert failures == []
    assert len(ssm.get_parameters_by_path(Path="/p", Recursive=True, MaxResults=10)["Parameters"]) == 10


# -- boto3 ------------------------------------------------------------------------------


def test_that_the_seeded_lab_is_what_the_scenario_says(calm: Endpoint) -> None:
    key_arn, bucket = _preferences(calm)
    assert calm.client("sts").get_caller_identity()["Arn"].endswith(":user/lab-admin")
    assert len(_instances(calm)) == 3
    assert calm.client("kms").describe_key(KeyId=key_arn)["KeyMetadata"]["KeyState"] == "Enabled"
    controls = calm.client("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    policy = json.loads(calm.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    assert "ssm-guiconnect.amazonaws.com" in json.dumps(policy)


def test_that_an_object_is_uploaded_in_parts_and_read_in_ranges(calm: Endpoint) -> None:
    _, bucket = _preferences(calm)
    s3 = calm.client("s3")
    data = os.urandom(9 * 1024 * 1024 + 17)
    s3.upload_fileobj(io.BytesIO(data), bucket, "parts/ü +%.bin")
    head = s3.head_object(Bucket=bucket, Key="parts/ü +%.bin", ChecksumMode="ENABLED")
    assert head["ContentLength"] == len(data)
    for first, last in ((0, 0), (262_144, 524_287), (len(data) - 5, len(data) - 1)):
        part = s3.get_object(Bucket=bucket, Key="parts/ü +%.bin", Range=f"bytes={first}-{last}", IfMatch=head["ETag"])
        assert part["Body"].read() == data[first : last + 1]
    s3.delete_object(Bucket=bucket, Key="parts/ü +%.bin")


def test_that_a_presigned_url_works_with_ranges_and_only_while_it_lasts(calm: Endpoint) -> None:
    _, bucket = _preferences(calm)
    s3 = calm.client("s3")
    s3.put_object(Bucket=bucket, Key="p.bin", Body=b"0123456789")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "p.bin"}, ExpiresIn=60)
    request = urllib.request.Request(url, headers={"Range": "bytes=3-5"})
    with urllib.request.urlopen(request, timeout=limit_s(10)) as answer:
        assert (answer.status, answer.read()) == (206, b"345")
    ended = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "p.bin"}, ExpiresIn=1)
    wait_for(lambda: _status(ended) == 403, limit_s=10)
    s3.delete_object(Bucket=bucket, Key="p.bin")


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=limit_s(10)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


# -- faults over real sockets ---------------------------------------------------------------


def _fault(lab: Endpoint, **rule: Any) -> None:
    status, answer = lab.control("POST", "/_lab/faults", rule)
    assert status == 200, answer


def test_that_a_cut_connection_is_closed_without_an_answer(calm: Endpoint) -> None:
    _fault(calm, kind="cut", service="ssm", times=1)
    with pytest.raises(ConnectionClosedError):
        calm.client("ssm").describe_sessions(State="Active")
    assert calm.client("ssm").describe_sessions(State="Active")["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_that_a_cut_body_is_an_incomplete_read(calm: Endpoint) -> None:
    _, bucket = _preferences(calm)
    s3 = calm.client("s3")
    s3.put_object(Bucket=bucket, Key="cut.bin", Body=b"x" * 100_000)
    _fault(calm, kind="cut-body", service="s3", operation="GetObject", times=1)
    body = s3.get_object(Bucket=bucket, Key="cut.bin")["Body"]
    with pytest.raises((IncompleteReadError, ResponseStreamingError)):
        body.read()
    s3.delete_object(Bucket=bucket, Key="cut.bin")


def test_that_a_hang_ends_by_the_clients_own_limit(calm: Endpoint) -> None:
    _fault(calm, kind="hang", service="ssm", times=1)
    with pytest.raises(ReadTimeoutError):
        calm.client("ssm", read_timeout=0.4).describe_sessions(State="Active")


def test_that_a_throttled_call_is_retried_by_an_unmodified_client(calm: Endpoint) -> None:
    _fault(calm, kind="throttle", service="ssm", times=1)
    patient = calm.client("ssm", retries={"mode": "standard", "total_max_attempts": 3})
    assert patient.describe_sessions(State="Active")["ResponseMetadata"]["RetryAttempts"] == 1


def test_that_a_delay_holds_an_answer_back(calm: Endpoint) -> None:
    _fault(calm, kind="delay", service="sts", seconds=0.3, times=1)
    began_mono_s = time.monotonic()
    calm.client("sts").get_caller_identity()
    assert time.monotonic() - began_mono_s >= 0.3


# -- the aws CLI --------------------------------------------------------------------------------


def _aws(lab: Endpoint, *words: str, succeeds: bool = True) -> Any:
    if AWS is None:
        pytest.skip("there is no aws CLI on this machine")
    clean = environment() | {
        "AWS_ACCESS_KEY_ID": lab.ready["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": lab.ready["secret_access_key"],
        "AWS_DEFAULT_REGION": lab.ready["region"],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
    }
    clean.pop("PYTHONPATH")
    command = [AWS, "--endpoint-url", lab.ready["url"], "--output", "json", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=clean, timeout=limit_s(60), check=False)
    if "No module named" in done.stderr or done.returncode == 127:
        pytest.skip("the aws CLI on this machine does not run")
    assert (done.returncode == 0) == succeeds, done.stderr
    return (json.loads(done.stdout) if done.stdout.strip() else None) if succeeds else done.stderr


def test_that_the_cli_lists_instances_by_pages(calm: Endpoint) -> None:
    found = _aws(
        calm, "ec2", "describe-instances", "--page-size", "5", "--query", "Reservations[].Instances[].InstanceId"
    )
    assert len(found) == 8


def test_that_the_cli_gets_the_dry_run_answer(calm: Endpoint) -> None:
    words = ("ec2", "stop-instances", "--instance-ids", _instances(calm)[0], "--dry-run")
    assert "DryRunOperation" in _aws(calm, *words, succeeds=False)


def test_that_the_cli_reads_sessions_and_preferences(calm: Endpoint) -> None:
    filters = "key=Target,value=i-0123456789abcdef0"
    assert _aws(calm, "ssm", "describe-sessions", "--state", "History", "--filters", filters)["Sessions"] == []
    found = _aws(calm, "ssm-guiconnect", "get-connection-recording-preferences")["ConnectionRecordingPreferences"]
    assert found["KMSKeyArn"] == _preferences(calm)[0]


def test_that_the_cli_copies_an_object(calm: Endpoint, tmp_path: Path) -> None:
    _, bucket = _preferences(calm)
    (tmp_path / "a.bin").write_bytes(os.urandom(70_000))
    _aws(calm, "s3api", "put-object", "--bucket", bucket, "--key", "a.bin", "--body", str(tmp_path / "a.bin"))
    _aws(calm, "s3api", "get-object", "--bucket", bucket, "--key", "a.bin", str(tmp_path / "b.bin"))
    assert (tmp_path / "b.bin").read_bytes() == (tmp_path / "a.bin").read_bytes()
    calm.client("s3").delete_object(Bucket=bucket, Key="a.bin")


# -- last, because it changes the fleet -------------------------------------------------------------


def test_that_an_instance_stops_and_starts_with_its_states_seen(calm: Endpoint) -> None:
    ec2, ssm = calm.client("ec2"), calm.client("ssm")
    instance_id = _instances(calm)[0]

    def state() -> str:
        answer = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
        return str(answer["State"]["Name"])

    wait_for(lambda: ssm.get_connection_status(Target=instance_id)["Status"] == "connected", limit_s=60)
    change = ec2.stop_instances(InstanceIds=[instance_id])["StoppingInstances"][0]
    assert change["CurrentState"]["Name"] == "stopping"
    with pytest.raises(ClientError) as error:
        ec2.start_instances(InstanceIds=[instance_id])
    assert error.value.response["Error"]["Code"] == "IncorrectInstanceState"
    wait_for(lambda: state() == "stopped", limit_s=60)
    stopped = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    assert stopped["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    listed = ssm.describe_instance_information()["InstanceInformationList"]
    assert instance_id not in [node["InstanceId"] for node in listed]
    assert ec2.start_instances(InstanceIds=[instance_id])["StartingInstances"][0]["CurrentState"]["Name"] == "pending"
    wait_for(lambda: state() == "running", limit_s=60)


def test_that_stop_protection_set_by_a_client_holds_until_it_is_lifted(calm: Endpoint) -> None:
    ec2, name = calm.client("ec2"), _instances(calm)[0]
    ec2.modify_instance_attribute(InstanceId=name, DisableApiStop={"Value": True})
    try:
        with pytest.raises(ClientError) as error:
            ec2.stop_instances(InstanceIds=[name])
        assert error.value.response["Error"]["Code"] == "OperationNotPermitted"
    finally:
        ec2.modify_instance_attribute(InstanceId=name, DisableApiStop={"Value": False})
