"""What is checked before moto answers a call of S3 that it would answer otherwise, or fail on."""

from __future__ import annotations

from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError

Environ = dict[str, Any]
_NOT_OFFERED: Final = ("analytics", "intelligent-tiering", "metadataTable", "metrics", "session")
"""Subresources of a bucket that moto does not know: it lists the bucket's objects instead."""


def known_subresource(context: Context, environ: Environ) -> None:
    """Refuse what moto takes for a call without its subresource: it would answer with the object or the list itself.

    Raises:
        LabError: InvalidRequest, MethodNotAllowed, NotImplemented.
    """
    query, (bucket, name) = context.call.query, _place(context)
    if name and "torrent" in query:
        raise LabError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if name and "retention" in query and context.call.method == "GET":
        if not context.seam.s3.locked(bucket):
            raise LabError("InvalidRequest", "Bucket is missing Object Lock Configuration", 400)
        raise _not_offered()
    if not name and any(part in query for part in _NOT_OFFERED):
        raise _not_offered()


def known_upload(context: Context, environ: Environ) -> None:
    """Refuse parts of an upload that there is not. Source: S3, UploadPart. Raises LabError NoSuchUpload."""
    given = context.call.query.get("uploadId", [""])[0]
    if not context.seam.s3.has_upload(_place(context)[0], given):
        text = (
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
            "or completed."
        )
        raise LabError("NoSuchUpload", text, 404)


def known_token(context: Context, environ: Environ) -> None:
    """Refuse a token that was given to nobody. Source: S3, ListObjectsV2. Raises LabError InvalidArgument."""
    given = context.call.query.get("continuation-token", [""])[0]
    if given and not context.seam.s3.knows_token(given):
        raise LabError("InvalidArgument", "The continuation token provided is incorrect", 400)


def known_part(context: Context, environ: Environ) -> None:
    """Ask for a part by its range, and refuse one that the object has not: moto would give the whole object.

    Source: S3, GetObject, partNumber. Raises LabError InvalidArgument, InvalidPartNumber.
    """
    if "partNumber" not in context.call.query:
        return
    given, sizes = context.call.query["partNumber"][0], context.seam.s3.parts(*_place(context))
    if not given.isdecimal() or int(given) < 1:
        raise LabError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400)
    if int(given) > max(1, len(sizes)):
        raise LabError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)
    if sizes and context.call.method == "GET":
        start = sum(sizes[: int(given) - 1])
        environ["HTTP_RANGE"] = f"bytes={start}-{start + sizes[int(given) - 1] - 1}"


def _place(context: Context) -> tuple[str, str]:
    bucket, _, name = context.call.path.lstrip("/").partition("/")
    return bucket, name


def _not_offered() -> LabError:
    return LabError("NotImplemented", "A header or query you provided requests an operation the lab lacks.", 501)
