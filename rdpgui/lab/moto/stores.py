"""The seam's stores: KMS keys and S3 buckets in moto."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any

from rdpgui.lab.model import LabError
from rdpgui.lab.moto import signing
from rdpgui.lab.moto.backend import MotoBackend, backend_of


class KmsSeam:
    """Keys, data keys and key states."""

    def __init__(self, moto: MotoBackend) -> None:
        self._moto = moto

    def state(self, key_id: str) -> str:
        """Return KeyState (``Enabled``, ``Disabled``, ``PendingDeletion`` …). Raises LabError NotFoundException."""
        return str(self._moto.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]["KeyState"])

    def require_enabled(self, key_id: str) -> None:
        """Raise what KMS raises when the key cannot be used.

        Raises:
            LabError: DisabledException, KMSInvalidStateException or NotFoundException.
        """
        metadata = self._moto.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]
        state, arn = metadata["KeyState"], metadata["Arn"]
        if state == "Disabled":
            raise LabError("DisabledException", f"{arn} is disabled.", 400)
        if state != "Enabled":
            raise LabError("KMSInvalidStateException", f"{arn} is pending deletion.", 400)

    def generate_data_key(self, key_id: str, context: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Return (plaintext of 32 bytes, encrypted blob). Raises LabError when the key cannot be used."""
        self.require_enabled(key_id)
        answer = self._moto.call(
            "kms", "GenerateDataKey", KeyId=key_id, KeySpec="AES_256", EncryptionContext=dict(context)
        )
        return _bytes(answer["Plaintext"]), _bytes(answer["CiphertextBlob"])

    def decrypt(self, key_id: str, blob: bytes, context: Mapping[str, str]) -> bytes:
        """Return the plaintext of an encrypted blob. Raises LabError when the key cannot be used."""
        self.require_enabled(key_id)
        answer = self._moto.call("kms", "Decrypt", CiphertextBlob=blob, EncryptionContext=dict(context))
        return _bytes(answer["Plaintext"])

    def sign(self, key_id: str, message: bytes, algorithm: str, *, hashed: bool) -> tuple[bytes, str]:
        """Return a signature and the key's ARN; ``hashed``: the message is its digest.

        Raises:
            LabError: InvalidKeyUsageException, ValidationException, or what KMS says of a key that cannot be used.
        """
        key, arn = self._signing_key(key_id, algorithm)
        return signing.sign(key, message, algorithm, hashed=hashed), arn

    def verify(self, key_id: str, message: bytes, signature: bytes, algorithm: str, *, hashed: bool) -> str:
        """Return the ARN of the key whose signature it is.

        Raises:
            LabError: KMSInvalidSignatureException: it is not; else as ``sign``.
        """
        key, arn = self._signing_key(key_id, algorithm)
        if not signing.verifies(key, message, signature, algorithm, hashed=hashed):
            raise LabError("KMSInvalidSignatureException", "", 400)
        return arn

    def _signing_key(self, key_id: str, algorithm: str) -> tuple[Any, str]:
        self.require_enabled(key_id)
        metadata = self._moto.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]
        arn = str(metadata["Arn"])
        if metadata.get("KeyUsage") != "SIGN_VERIFY":
            usage = metadata.get("KeyUsage")
            text = f"{arn} key usage is {usage} which is not valid for {algorithm}."
            raise LabError("InvalidKeyUsageException", text, 400)
        if algorithm not in metadata.get("SigningAlgorithms", []):
            text = f"Algorithm {algorithm} is incompatible with key spec {metadata.get('KeySpec')}."
            raise LabError("InvalidKeyUsageException", text, 400)
        with self._moto.lock:
            keys = backend_of("kms")[self._moto.account_id][self._moto.region].keys
            return keys[str(metadata["KeyId"])].private_key.private_key, arn

    def key_of_blob(self, blob: bytes) -> str:
        """Return the id of the key that encrypted a blob, empty when moto does not know it."""
        # moto's ciphertext begins with the key's id (36 characters).
        name = blob[:36].decode("ascii", "replace")
        with self._moto.lock:
            keys = backend_of("kms")[self._moto.account_id][self._moto.region].keys
            return name if name in keys else ""

    def policy(self, key_id: str) -> str:
        """Return the key policy's JSON text."""
        return str(self._moto.call("kms", "GetKeyPolicy", KeyId=key_id, PolicyName="default")["Policy"])

    def set_enabled(self, key_id: str, enabled: bool) -> None:
        """Enable or disable a key, named by id, ARN or alias. Raises LabError NotFoundException."""
        # moto takes only the bare id here (KeyError for an ARN), so resolve it first.
        bare = self._moto.call("kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]["KeyId"]
        self._moto.call("kms", "EnableKey" if enabled else "DisableKey", KeyId=bare)


def _bytes(value: bytes | str) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else bytes(value)


class S3Seam:
    """Buckets and objects, without any permission check: who may do what is the world's decision."""

    def __init__(self, moto: MotoBackend) -> None:
        self._moto = moto

    def bucket_policy(self, bucket: str) -> str | None:
        """Return the bucket policy's JSON text, None when there is none. Raises LabError NoSuchBucket."""
        try:
            policy = self._moto.call("s3", "GetBucketPolicy", Bucket=bucket)["Policy"]
        except LabError as error:
            if error.code == "NoSuchBucketPolicy":
                return None
            raise
        return policy.decode() if isinstance(policy, bytes) else str(policy)

    def default_encryption(self, bucket: str) -> tuple[str, str]:
        """Return (``AES256`` or ``aws:kms``, key id or empty). Raises LabError NoSuchBucket."""
        try:
            answer = self._moto.call("s3", "GetBucketEncryption", Bucket=bucket)
        except LabError as error:
            if error.code == "ServerSideEncryptionConfigurationNotFoundError":
                return "AES256", ""
            raise
        default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        return str(default["SSEAlgorithm"]), str(default.get("KMSMasterKeyID", ""))

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        content_type: str = "video/mp4",
    ) -> dict[str, Any]:
        """Store an object under the bucket's default encryption with a CRC32; returns PutObject's output."""
        return self._moto.call(
            "s3",
            "PutObject",
            Bucket=bucket,
            Key=key,
            Body=body,
            Metadata=dict(metadata or {}),
            ContentType=content_type,
            ChecksumAlgorithm="CRC32",
            ChecksumCRC32=_crc32(body),
        )

    def head(self, bucket: str, key: str) -> dict[str, Any]:
        """Return HeadObject's output. Raises LabError NoSuchKey (404)."""
        return self._moto.call("s3", "HeadObject", Bucket=bucket, Key=key)

    def key_id_of(self, bucket: str, key: str) -> str:
        """Return the KMS key an object is encrypted with; empty for SSE-S3 and for objects that do not exist."""
        with self._moto.lock:
            buckets = backend_of("s3")[self._moto.account_id]["aws"].buckets
            found = buckets[bucket].keys.get(key) if bucket in buckets else None
            return str(getattr(found, "kms_key_id", "") or "")

    def versioned(self, bucket: str) -> bool:
        """Return whether versioning of a bucket is, or was, enabled; a bucket that does not exist has none."""
        with self._moto.lock:
            found = self._bucket(bucket)
            return found is not None and bool(found.versioning_status)

    def locked(self, bucket: str) -> bool:
        """Return whether a bucket has Object Lock."""
        with self._moto.lock:
            return bool(getattr(self._bucket(bucket), "object_lock_enabled", False))

    def has_upload(self, bucket: str, upload_id: str) -> bool:
        """Return whether a multipart upload is under way; what a bucket lacks that there is not, moto says."""
        with self._moto.lock:
            found = self._bucket(bucket)
            return found is None or upload_id in found.multiparts

    def knows_token(self, token: str) -> bool:
        """Return whether a page of a listing was ended with this token."""
        with self._moto.lock:
            return token in backend_of("s3")[self._moto.account_id]["aws"]._pagination_tokens

    def parts(self, bucket: str, key: str) -> list[int]:
        """Return the sizes of the parts that an object was uploaded in, bytes; none for one that was not."""
        with self._moto.lock:
            found = self._bucket(bucket)
            held = found.keys.get(key) if found is not None else None
            upload = getattr(held, "multipart", None)
            return [int(upload.parts[number].size) for number in upload.partlist] if upload is not None else []

    def _bucket(self, name: str) -> Any:
        return backend_of("s3")[self._moto.account_id]["aws"].buckets.get(name)

    def keys(self, bucket: str) -> list[str]:
        """Return all object keys (at most 1,000). Raises LabError NoSuchBucket."""
        return [str(o["Key"]) for o in self._moto.call("s3", "ListObjectsV2", Bucket=bucket).get("Contents", [])]


def _crc32(body: bytes) -> str:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
