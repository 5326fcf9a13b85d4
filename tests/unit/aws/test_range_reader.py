"""Ranged reads over a real socket."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from rdpgui.aws import ranged_get
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import ClientSource, Place
from rdpgui.aws.range_reader import BLOCK_BYTES, CACHED_BLOCKS, S3RangeReader
from rdpgui.core.errors import AwsError, NotFound, ObjectChanged
from tests.unit.aws.http_s3 import HttpS3
from tests.unit.aws.samples import KEYS, QUICK

DATA = random.Random(3).randbytes(BLOCK_BYTES * 5 + 777)


@pytest.fixture(scope="module")
def server() -> Iterator[HttpS3]:
    with HttpS3() as made:
        yield made


@pytest.fixture(scope="module")
def clients(server: HttpS3) -> ClientSource:
    return ClientSource(Place("", "us-east-1", server.url, KEYS), QUICK)


@pytest.fixture
def s3(server: HttpS3) -> HttpS3:
    server.reset()
    return server


@pytest.fixture
def caller(clients: ClientSource, monkeypatch: pytest.MonkeyPatch) -> AwsCaller:
    monkeypatch.setattr(ranged_get, "PAUSE_S", 0.01)
    return AwsCaller(clients)


def test_that_any_range_has_the_bytes_of_the_object(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    dice = random.Random(5)
    for _ in range(50):
        start, length = dice.randrange(len(DATA) + 10), dice.randrange(BLOCK_BYTES * 3)
        assert reader.read_range(start, length) == DATA[start : start + length]
    assert reader.bytes_read == len(DATA)


def test_that_blocks_that_are_known_are_not_fetched_again(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    reader.read_range(10, 100)
    reader.read_range(0, BLOCK_BYTES)
    assert (reader.requests, reader.bytes_read) == (1, BLOCK_BYTES)


def test_that_neighbouring_blocks_come_with_one_request(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    reader.read_range(0, BLOCK_BYTES * 4)
    assert reader.requests == 1


def test_that_a_known_block_in_the_middle_splits_the_request(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    reader.read_range(BLOCK_BYTES * 2, 1)
    assert reader.read_range(0, len(DATA)) == DATA
    assert (reader.requests, reader.bytes_read) == (3, len(DATA))


def test_that_the_cache_does_not_grow_with_the_object(s3: HttpS3, caller: AwsCaller) -> None:
    data = bytes(BLOCK_BYTES * (CACHED_BLOCKS + 8))
    reader = S3RangeReader(caller, s3.put("film.mp4", data))
    assert reader.read_range(0, len(data)) == data
    assert len(reader._blocks) == CACHED_BLOCKS


def test_that_a_read_goes_on_after_a_cut(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    s3.faults.cut = lambda number, length: 1000 if number == 1 else None
    assert reader.read_range(0, BLOCK_BYTES) == DATA[:BLOCK_BYTES]
    assert reader.bytes_read == BLOCK_BYTES


def test_that_a_swapped_object_is_not_read_on(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    reader.read_range(0, 10)
    s3.put("film.mp4", DATA[::-1])
    with pytest.raises(ObjectChanged):
        reader.read_range(BLOCK_BYTES * 3, 10)


def test_that_a_missing_object_is_named(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    s3.objects.clear()
    with pytest.raises(NotFound, match=r"film\.mp4"):
        reader.read_range(0, 10)


def test_that_a_closed_reader_reads_no_more(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    reader.close()
    with pytest.raises(ranged_get.Stopped):
        reader.read_range(0, 10)
    assert s3.gets == 0


def test_that_threads_may_share_a_reader(s3: HttpS3, caller: AwsCaller) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    starts = list(range(0, len(DATA), 50_000))
    with ThreadPoolExecutor(8) as pool:
        pieces = list(pool.map(lambda start: reader.read_range(start, 50_000), starts))
    assert b"".join(pieces) == DATA
    assert reader.bytes_read == len(DATA)


@pytest.mark.case("F4")
def test_that_an_endpoint_that_stays_silent_is_given_up(
    s3: HttpS3, caller: AwsCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = S3RangeReader(caller, s3.put("film.mp4", DATA))
    monkeypatch.setattr(ranged_get, "SILENCE_LIMIT_S", -1.0)
    s3.faults.cut = lambda number, length: 0
    with pytest.raises(AwsError):
        reader.read_range(0, 100)
    assert reader.requests == 1
    assert reader.waited_s > 0
