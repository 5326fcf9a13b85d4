"""KMS: signatures over a digest. moto hashes what it is given once more, whatever MessageType says."""

from __future__ import annotations

from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context

Members = dict[str, Any]


def sign(context: Context, params: Members) -> Members:
    """Sign a message or its digest. Source: KMS Sign."""
    algorithm, hashed = str(params["SigningAlgorithm"]), _hashed(params)
    signature, arn = context.seam.kms.sign(params["KeyId"], params["Message"], algorithm, hashed=hashed)
    return {"KeyId": arn, "Signature": signature, "SigningAlgorithm": params["SigningAlgorithm"]}


def verify(context: Context, params: Members) -> Members:
    """Verify a signature. Source: KMS Verify. Raises LabError KMSInvalidSignatureException."""
    message, signature = params["Message"], params["Signature"]
    algorithm, hashed = str(params["SigningAlgorithm"]), _hashed(params)
    arn = context.seam.kms.verify(params["KeyId"], message, signature, algorithm, hashed=hashed)
    return {"KeyId": arn, "SignatureValid": True, "SigningAlgorithm": params["SigningAlgorithm"]}


def _hashed(params: Members) -> bool:
    return bool(params.get("MessageType", "RAW") == "DIGEST")


OPERATIONS: Final = {"Sign": sign, "Verify": verify}
