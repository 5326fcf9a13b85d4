"""Checksums against published check values and against slow, plain code."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.aws.checksums import ALGORITHMS, ObjectChecksum, is_composite

POLYNOMIALS = {"CRC64NVME": (0x9A6C9329AC4BC9B5, 64), "CRC32C": (0x82F63B78, 32), "CRC32": (0xEDB88320, 32)}
"""Reflected: least significant bit first. Source: NVM Command Set Specification 5.2.1.3.4, RFC 3720 appendix B, PNG."""


def slow_crc(polynomial: int, width: int, data: bytes) -> int:
    mask = (1 << width) - 1
    state = mask
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (polynomial if state & 1 else 0)
    return state ^ mask


def of(algorithm: str, *pieces: bytes) -> bytes:
    digest = ALGORITHMS[algorithm]()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [("CRC64NVME", "ae8b14860a799888"), ("CRC32C", "e3069283"), ("CRC32", "cbf43926")],
)
def test_that_the_published_check_values_come_out(algorithm: str, value: str) -> None:
    assert of(algorithm, b"123456789").hex() == value


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 600), st.sampled_from(sorted(POLYNOMIALS)))
def test_that_cuts_do_not_change_the_value(data: bytes, cut: int, algorithm: str) -> None:
    polynomial, width = POLYNOMIALS[algorithm]
    assert int.from_bytes(of(algorithm, data[:cut], data[cut:])) == slow_crc(polynomial, width, data)


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
    good = ALGORITHMS["CRC32"]()
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
