"""A fleet of any size behind EC2's and Systems Manager's listings: ``python -m tests.benchmarks.fleet_server COUNT``.

A process of its own: what it costs to answer is not what it costs to read. The address is the first line of standard
output; it ends with standard input.
"""

from __future__ import annotations

import json
import sys
import threading
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


def _ec2(count: int, begin: int) -> bytes:
    items = "".join(_ITEM.format(n=n) for n in range(begin, min(count, begin + EC2_PAGE)))
    token = f"<nextToken>{begin + EC2_PAGE}</nextToken>" if begin + EC2_PAGE < count else ""
    name = "DescribeInstancesResponse"
    space = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
    return f"<{name} {space}><reservationSet>{items}</reservationSet>{token}</{name}>".encode()


def _ssm(count: int, begin: int) -> bytes:
    nodes = [
        {
            "InstanceId": f"i-{n:017x}", "PingStatus": "Online", "LastPingDateTime": 1767603600.0,
            "AgentVersion": "3.3",
            "PlatformName": "Microsoft Windows Server 2022 Datacenter", "PlatformType": "Windows",
            "ComputerName": f"WEB-{n}",
        }
        for n in range(begin, min(count, begin + SSM_PAGE))
    ]  # fmt: skip
    answer: dict[str, object] = {"InstanceInformationList": nodes}
    if begin + SSM_PAGE < count:
        answer["NextToken"] = str(begin + SSM_PAGE)
    return json.dumps(answer).encode()


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
                data = pages[service, begin] = _ec2(count, begin) if service == "ec2" else _ssm(count, begin)
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
