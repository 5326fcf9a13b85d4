"""Checksums against published check values and against slow, plain code."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.aws.checksums import Crc32, ObjectChecksum, is_composite
from rdpgui.aws.crc import CRC32C_POLYNOMIAL, CRC64NVME_POLYNOMIAL, LANE_BYTES, ParallelCrc


def slow_crc(polynomial: int, width: int, data: bytes) -> int:
    mask = (1 << width) - 1
    state = mask
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (polynomial if state & 1 else 0)
    return state ^ mask


@pytest.mark.parametrize(
    ("polynomial", "width", "value"),
    [(CRC64NVME_POLYNOMIAL, 64, 0xAE8B14860A799888), (CRC32C_POLYNOMIAL, 32, 0xE3069283)],
)
def test_that_the_published_check_values_come_out(polynomial: int, width: int, value: int) -> None:
    crc = ParallelCrc(polynomial, width)
    crc.update(b"123456789")
    assert crc.value == value
    assert crc.digest() == value.to_bytes(width // 8, "big")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=5 * LANE_BYTES), st.integers(0, 5 * LANE_BYTES), st.sampled_from([64, 32]))
def test_that_lanes_and_cuts_do_not_change_the_value(data: bytes, cut: int, width: int) -> None:
    polynomial = CRC64NVME_POLYNOMIAL if width == 64 else CRC32C_POLYNOMIAL
    crc = ParallelCrc(polynomial, width)
    crc.update(data[:cut])
    crc.update(data[cut:])
    assert crc.value == slow_crc(polynomial, width, data)


def test_that_more_than_one_block_of_lanes_gives_the_value_of_its_pieces() -> None:
    data = hashlib.sha256(b"seed").digest() * (9 * 1024 * 1024 // 32) + b"end"
    whole, pieces = ParallelCrc(CRC64NVME_POLYNOMIAL, 64), ParallelCrc(CRC64NVME_POLYNOMIAL, 64)
    whole.update(data)
    for start in range(0, len(data), 1_000_003):
        pieces.update(data[start : start + 1_000_003])
    assert whole.value == pieces.value


def composite(data: bytes, sizes: list[int]) -> str:
    digests, start = b"", 0
    for size in sizes:
        digests += hashlib.sha256(data[start : start + size]).digest()
        start += size
    return f"SHA256:{base64.b64encode(hashlib.sha256(digests).digest()).decode()}-{len(sizes)}"


@pytest.mark.parametrize("step", [1, 7, 100])
def test_that_a_composite_checksum_is_made_of_the_parts(step: int) -> None:
    data, sizes = bytes(range(100)), [40, 40, 20]
    expected = composite(data, sizes)
    checksum = ObjectChecksum(expected, "", sizes)
    for start in range(0, len(data), step):
        checksum.update(data[start : start + step])
    assert checksum.matched is True
    assert checksum.text == expected
    assert is_composite(expected)


def test_that_a_composite_checksum_of_unknown_parts_is_not_compared() -> None:
    checksum = ObjectChecksum("SHA256:abc=-3")
    checksum.update(b"data")
    assert checksum.matched is None


def test_that_other_bytes_do_not_match() -> None:
    good = Crc32()
    good.update(b"data")
    checksum = ObjectChecksum("CRC32:" + base64.b64encode(good.digest()).decode())
    checksum.update(b"dat4")
    assert checksum.matched is False


def test_that_an_unknown_algorithm_is_not_compared() -> None:
    checksum = ObjectChecksum("XXHASH64:abcd")
    checksum.update(b"data")
    assert checksum.matched is None
    assert checksum.text.startswith("CRC64NVME:")


def test_that_an_etag_that_is_no_md5_of_the_bytes_proves_nothing() -> None:
    checksum = ObjectChecksum("", '"' + "0" * 32 + '"')
    checksum.update(b"data")
    assert checksum.matched is None
