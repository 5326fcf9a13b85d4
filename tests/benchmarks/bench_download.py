"""Download throughput with the checksum on, beside boto3's own download, `aws s3 cp` and curl in the same run.

``python -m tests.benchmarks.bench_download [--mib 1024] [--rounds 5]``
The server is a process of its own on this machine, so both clients compete for the same two things: cores and memory.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rdpgui.aws.checksums import ALGORITHMS
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.core.ports import Downloaded
from tests.unit.aws.http_s3 import BUCKET, HttpS3
from tests.unit.aws.samples import KEYS

KEY = "film.mp4"
MIB = 1024 * 1024
VERIFIED_CURL = "curl, then SHA-256 and CRC-64 of its file"
TARGETS = {"boto3 download_file": 1.0, "aws s3 cp": 1.0, "curl": 0.85, VERIFIED_CURL: 1.0}
"""Throughput of ours over that of each peer. A small object measures the start of a client, not its download.

Only ours and the last one have looked at every byte they wrote: what is alone with curl is one unverified stream.
"""


def serve(mib: int, algorithm: str) -> None:
    """Serve one object until standard input ends; the address is the first line of standard output."""
    data = b"".join(map(random.Random(1).randbytes, [MIB] * mib))
    digest = ALGORITHMS[algorithm]()
    digest.update(data)
    with HttpS3() as server:
        server.put(KEY, data, (f"x-amz-checksum-{algorithm.lower()}", base64.b64encode(digest.digest()).decode()))
        print(server.url, flush=True)
        sys.stdin.read()


async def ours(ports: AwsPorts, folder: Path) -> Downloaded:
    item = await ports.objects.head(BUCKET, KEY)
    return await ports.objects.download(item, folder / "ours.mp4", lambda done, total: None)


def cli(url: str, folder: Path) -> None:
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    subprocess.run(
        ["aws", "--endpoint-url", url, "s3", "cp", "--quiet", f"s3://{BUCKET}/{KEY}", str(folder / "cli.mp4")],
        env=environment,
        check=True,
    )


def curl(url: str, folder: Path) -> None:
    subprocess.run(["curl", "--silent", "--fail", "--output", str(folder / "curl.mp4"), url], check=True)


def verify(path: Path) -> None:
    """Compute of a file what ours computes on its way."""
    sha256, crc64 = hashlib.sha256(), ALGORITHMS["CRC64NVME"]()
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            sha256.update(chunk)
            crc64.update(chunk)


def timed(work: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s


async def measure(url: str, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each download, by client."""
    ports = await connect(endpoint_url=url, region="us-east-1", lab_keys=KEYS)
    times: dict[str, list[float]] = {"ours": [], **{peer: [] for peer in TARGETS}}
    client = ports.caller.clients.client("s3")
    has_cli, has_curl = (shutil.which(name) is not None for name in ("aws", "curl"))
    address = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": KEY})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(rounds):
            begun_s = time.perf_counter()
            done = await ours(ports, folder)
            times["ours"].append(time.perf_counter() - begun_s)
            assert done.checksum_matched is True, done
            times["boto3 download_file"].append(
                timed(lambda: client.download_file(BUCKET, KEY, str(folder / "boto3.mp4")))
            )
            if has_cli:
                times["aws s3 cp"].append(timed(lambda: cli(url, folder)))
            if has_curl:
                times["curl"].append(timed(lambda: curl(address, folder)))
                times[VERIFIED_CURL].append(times["curl"][-1] + timed(lambda: verify(folder / "curl.mp4")))
    await ports.aclose()
    return times


def compare(url: str, mib: int, rounds: int) -> bool:
    times = asyncio.run(measure(url, rounds))
    middle = {name: statistics.median(values) for name, values in times.items() if values}
    for name, seconds in middle.items():
        print(f"{name:22} {mib / seconds:7.0f} MiB/s  (median of {rounds}, {seconds:.2f} s)")
    ratios = {peer: middle[peer] / middle["ours"] for peer in TARGETS if peer in middle}
    for peer, ratio in ratios.items():
        print(f"throughput, ours over {peer}: {ratio:.2f} (target >= {TARGETS[peer]}; checksum on, file fsynced)")
    return all(ratio >= TARGETS[peer] for peer, ratio in ratios.items())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), default="CRC64NVME")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.serve:
        serve(chosen.mib, chosen.algorithm)
        return 0
    command = [sys.executable, "-m", "tests.benchmarks.bench_download", "--serve", "--mib", str(chosen.mib)]
    server = subprocess.Popen(
        [*command, "--algorithm", chosen.algorithm], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        good = compare(url, chosen.mib, chosen.rounds)
        server.stdin.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
