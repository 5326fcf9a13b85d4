"""The recording destination."""

from __future__ import annotations

from pathlib import Path, PurePath

from rdpgui.aws import parse_s3
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.download import Download
from rdpgui.aws.range_reader import S3RangeReader
from rdpgui.core.errors import AwsError, NotFound, StorageError
from rdpgui.core.ports import Downloaded, Page, ProgressCallback, RangeReader
from rdpgui.core.recording import RecordingObject

PRESIGN_LIMIT_S = 7 * 24 * 3600


class S3Objects:
    """Implements ``ObjectPort``. Source: S3."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller
        self._regions: dict[str, str] = {}
        self._under_way: set[Path] = set()

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        """Return every object, whatever its key: the layout of keys is not documented."""
        found: list[RecordingObject] = []
        async for page in self._caller.pages(
            "s3", "ListObjectsV2", Bucket=bucket, ask="ContinuationToken", answer="NextContinuationToken"
        ):
            found += parse_s3.listed_objects(page, bucket)
        return tuple(found)

    async def object_page(self, bucket: str, token: str = "") -> Page[RecordingObject]:
        """Return one page of the bucket's objects."""
        after: Answer = {"ContinuationToken": token} if token else {}
        page = await self._caller.call("s3", "ListObjectsV2", Bucket=bucket, **after)
        return Page(parse_s3.listed_objects(page, bucket), str(page.get("NextContinuationToken") or ""))

    async def head(self, bucket: str, key: str) -> RecordingObject:
        """Return one object with metadata, version and checksum."""
        answer = await self._caller.call("s3", "HeadObject", Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        return parse_s3.head(answer, bucket, key)

    async def default_key(self, bucket: str) -> str:
        """Return the KMS key of the bucket's default encryption, empty without one."""
        try:
            answer = await self._caller.call("s3", "GetBucketEncryption", Bucket=bucket)
        except NotFound:
            return ""
        return parse_s3.default_encryption(answer)[1]

    async def download(self, item: RecordingObject, target: PurePath, progress: ProgressCallback) -> Downloaded:
        """Download one object version, verified; mode 0600. See ``download.py``.

        Raises:
            StorageError: it is being downloaded to the same place already.
        """
        path = Path(target)
        if path in self._under_way:
            raise StorageError("{path} is being downloaded already.", "Wait for it to end.", path=path)
        self._under_way.add(path)
        try:
            return await Download(self._caller, item, path, progress).run()
        finally:
            self._under_way.discard(path)

    async def presigned_url(self, item: RecordingObject, *, expires_s: int = 3600) -> str:
        """Return a SigV4 URL for the player, signed for the bucket's own Region. It is a secret while it lasts."""
        region = await self._bucket_region(item.bucket)
        return await self._caller.run(self._presign, item, region, min(expires_s, PRESIGN_LIMIT_S))

    def reader(self, item: RecordingObject) -> RangeReader:
        """Return ranged reads of exactly this object version; for worker threads."""
        return S3RangeReader(self._caller, item)

    async def _bucket_region(self, bucket: str) -> str:
        """Return the bucket's Region, empty for the session's own when it cannot be read."""
        if bucket not in self._regions:
            try:
                answer = await self._caller.call("s3", "HeadBucket", Bucket=bucket)
            except AwsError:
                return ""  # signing needs no call: the player will say what S3 thinks of it
            self._regions[bucket] = parse_s3.bucket_region(answer)
        return self._regions[bucket]

    def _presign(self, item: RecordingObject, region: str, expires_s: int) -> str:
        params: Answer = {"Bucket": item.bucket, "Key": item.key}
        if item.version_id:
            params["VersionId"] = item.version_id
        client = self._caller.clients.client("s3", region=region)
        return str(client.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_s))
