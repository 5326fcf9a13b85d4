"""A fleet of any size behind EC2's and Systems Manager's listings: ``python -m tests.benchmarks.fleet_server COUNT``.

A process of its own: what it costs to answer is not what it costs to read. The address is the first line of standard
output; it ends with standard input.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

EC2_PAGE, SSM_PAGE = 200, 50
_ITEM = """<item><reservationId>r-{n:017x}</reservationId><instancesSet><item><instanceId>i-{n:017x}</instanceId>
<imageId>ami-0123456789abcdef0</imageId><instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-10-0-0-1.ec2.internal</privateDnsName><reason/><instanceType>m7i.large</instanceType>
<launchTime>2026-01-05T09:00:00.000Z</launchTime><placement><availabilityZone>us-east-1a</availabilityZone></placement>
<platform>windows</platform><privateIpAddress>10.0.0.1</privateIpAddress><vpcId>vpc-1</vpcId><subnetId>subnet-1</subnetId>
<tagSet><item><key>Name</key><value>web-{n}</value></item><item><key>env</key><value>production</value></item>
<item><key>rdpgui:disruptable</key><value>true</value></item></tagSet><rootDeviceType>ebs</rootDeviceType>
</item></instancesSet></item>"""


def ec2_answer(numbers: Iterable[int], following: str = "") -> bytes:
    """Return DescribeInstances with the instances of these numbers."""
    items = "".join(_ITEM.format(n=n) for n in numbers)
    token = f"<nextToken>{following}</nextToken>" if following else ""
    name = "DescribeInstancesResponse"
    space = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
    return f"<{name} {space}><reservationSet>{items}</reservationSet>{token}</{name}>".encode()


def ssm_answer(numbers: Iterable[int], following: str = "") -> bytes:
    """Return DescribeInstanceInformation with the nodes of these numbers."""
    nodes = [
        {
            "InstanceId": f"i-{n:017x}", "PingStatus": "Online", "LastPingDateTime": 1767603600.0,
            "AgentVersion": "3.3",
            "PlatformName": "Microsoft Windows Server 2022 Datacenter", "PlatformType": "Windows",
            "ComputerName": f"WEB-{n}",
        }
        for n in numbers
    ]  # fmt: skip
    return json.dumps({"InstanceInformationList": nodes} | ({"NextToken": following} if following else {})).encode()


def page_of(service: str, count: int, begin: int) -> bytes:
    """Return one page of a listing of everything; ``service``: ``ec2`` or ``ssm``."""
    size, answer = (EC2_PAGE, ec2_answer) if service == "ec2" else (SSM_PAGE, ssm_answer)
    end = min(count, begin + size)
    return answer(range(begin, end), str(end) if end < count else "")


def main(count: int) -> int:
    pages: dict[tuple[str, int], bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if "X-Amz-Target" in self.headers:
                self._answer("ssm", int(json.loads(body).get("NextToken", 0)), "application/x-amz-json-1.1")
            else:
                self._answer("ec2", int(parse_qs(body).get("NextToken", ["0"])[0]), "text/xml")

        def _answer(self, service: str, begin: int, kind: str) -> None:
            data = pages.get((service, begin))
            if data is None:
                data = pages[service, begin] = page_of(service, count, begin)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
