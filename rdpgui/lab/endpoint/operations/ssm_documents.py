"""SSM: what AWS owns and everybody may read: documents, and the parameters that name the Windows images.

moto has neither; what is not among them is moto's. The documents' contents are those that AWS publishes, as far as a
client needs them: their parameters and what they run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError

Members = dict[str, Any]
_OWNER: Final = "Amazon"
_CREATED: Final = datetime(2024, 1, 1, tzinfo=UTC)
_IMAGES: Final = "/aws/service/ami-windows-latest"
_PORT: Final = "^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$"


def _text(description: str, **more: object) -> Members:
    return {"type": "String", "description": description, **more}


_DOCUMENTS: Final[Mapping[str, tuple[str, Members]]] = {
    "AWS-RunPowerShellScript": (
        "Command",
        {
            "schemaVersion": "1.2",
            "description": "Run a PowerShell script or specify the paths to scripts to run.",
            "parameters": {
                "commands": {
                    "type": "StringList",
                    "description": "(Required) Specify the commands to run or the paths to existing scripts.",
                    "minItems": 1,
                    "displayType": "textarea",
                },
                "workingDirectory": _text(
                    "(Optional) The path to the working directory on your instance.", default="", maxChars=4096
                ),
                "executionTimeout": _text(
                    "(Optional) The time in seconds for a command to be completed before it is considered to have "
                    "failed. Default is 3600 (1 hour). Maximum is 172800 (48 hours).",
                    default="3600",
                    allowedPattern="([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)",
                ),
            },
            "runtimeConfig": {
                "aws:runPowerShellScript": {
                    "properties": [
                        {
                            "id": "0.aws:runPowerShellScript",
                            "runCommand": "{{ commands }}",
                            "workingDirectory": "{{ workingDirectory }}",
                            "timeoutSeconds": "{{ executionTimeout }}",
                        }
                    ]
                }
            },
        },
    ),
    "AWS-StartPortForwardingSession": (
        "Session",
        {
            "schemaVersion": "1.0",
            "description": "Document to start port forwarding session over Session Manager",
            "sessionType": "Port",
            "parameters": {
                "portNumber": _text("(Optional) Port number of the server", allowedPattern=_PORT, default="80"),
                "localPortNumber": _text(
                    "(Optional) Port number on local machine to forward traffic to. An open port is chosen at run-time "
                    "if not provided",
                    allowedPattern=_PORT.replace("^(", "^(0|", 1),
                    default="0",
                ),
            },
            "properties": {
                "portNumber": "{{ portNumber }}",
                "type": "LocalPortForwarding",
                "localPortNumber": "{{ localPortNumber }}",
            },
        },
    ),
}
"""Name -> type and content."""


def get_document(context: Context, params: Members) -> Members:
    """Return a document's content. Source: SSM GetDocument."""
    name = _named(params)
    if name not in _DOCUMENTS:
        _check_any(context)
        return context.seam.call("ssm", "GetDocument", **params)
    _check_version(params)
    kind, content = _DOCUMENTS[name]
    if params.get("DocumentFormat", "JSON") != "JSON":
        raise LabError("UnsupportedOperation", "The lab has the documents of AWS as JSON only.", 400)
    return {
        "Name": name,
        "CreatedDate": _CREATED,
        "DocumentVersion": "1",
        "Status": "Active",
        "Content": json.dumps(content),
        "DocumentType": kind,
        "DocumentFormat": "JSON",
    }


def describe_document(context: Context, params: Members) -> Members:
    """Describe a document. Source: SSM DescribeDocument."""
    name = _named(params)
    if name not in _DOCUMENTS:
        return context.seam.call("ssm", "DescribeDocument", **params)
    _check_version(params)
    kind, content = _DOCUMENTS[name]
    parameters = [
        {"Name": key, "Type": item["type"], "Description": item["description"]}
        | ({"DefaultValue": item["default"]} if "default" in item else {})
        for key, item in content["parameters"].items()
    ]
    found = _identifier(name) | {
        "Hash": hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        "HashType": "Sha256",
        "CreatedDate": _CREATED,
        "Status": "Active",
        "Description": content["description"],
        "Parameters": parameters,
        "LatestVersion": "1",
        "DefaultVersion": "1",
    }
    return {"Document": found | {"DocumentType": kind}}


def list_documents(context: Context, params: Members) -> Members:
    """List documents, AWS's first. Source: SSM ListDocuments. Raises LabError InvalidFilterKey, InvalidNextToken."""
    if any(not item.get("Key") for item in params.get("Filters", [])):
        raise LabError("InvalidFilterKey", "A filter has no key.", 400)
    if not str(params.get("NextToken") or "0").isdecimal():
        raise LabError("InvalidNextToken", "The specified token is not valid.", 400)
    own = [_identifier(name) for name in sorted(_DOCUMENTS) if _passes(name, params)]
    rest = context.seam.call("ssm", "ListDocuments", **params)
    shown = own if not params.get("NextToken") else []
    return rest | {"DocumentIdentifiers": [*shown, *rest.get("DocumentIdentifiers", [])]}


def _passes(name: str, params: Members) -> bool:
    have = {"Owner": (_OWNER, "Public"), "DocumentType": (_DOCUMENTS[name][0],), "PlatformTypes": ("Windows",)}
    asked = [(item["Key"], item.get("Values", [])) for item in params.get("Filters", [])]
    asked += [({"Name": "Name"}.get(i["key"], i["key"]), [i["value"]]) for i in params.get("DocumentFilterList", [])]
    return all(
        any(name.startswith(value) for value in values) if key == "Name" else bool(set(have.get(key, ())) & set(values))
        for key, values in asked
    )


def _check_any(context: Context) -> None:
    """Refuse as long as nobody has made a document: moto's part need not be loaded to say so."""
    if not context.seam.was_asked("ssm"):
        raise LabError("InvalidDocument", "The specified document does not exist.", 400)


def _named(params: Members) -> str:
    """Return the bare name: an ARN of AWS's own documents has no account."""
    return str(params["Name"]).rpartition("document/")[2]


def _check_version(params: Members) -> None:
    if params.get("DocumentVersion", "1") not in ("1", "$DEFAULT", "$LATEST"):
        raise LabError("InvalidDocument", "Document version is not valid.", 400)


def _identifier(name: str) -> Members:
    kind, content = _DOCUMENTS[name]
    return {
        "Name": name,
        "Owner": _OWNER,
        "PlatformTypes": ["Windows"],
        "DocumentVersion": "1",
        "DocumentType": kind,
        "SchemaVersion": content["schemaVersion"],
        "DocumentFormat": "JSON",
        "Tags": [],
    }


# -- parameters ---------------------------------------------------------------


def get_parameter(context: Context, params: Members) -> Members:
    """Return a parameter. Source: SSM GetParameter; EC2 User Guide, Windows images by a public parameter."""
    name = str(params["Name"])
    if not name.startswith(f"{_IMAGES}/"):
        return context.seam.call("ssm", "GetParameter", **params)
    found = _images(context).get(name)
    if found is None:
        raise LabError("ParameterNotFound", "", 400)
    return {"Parameter": found}


def get_parameters(context: Context, params: Members) -> Members:
    """Return parameters, and the names that are none. Source: SSM GetParameters."""
    images = _images(context)
    own = [name for name in params["Names"] if name.startswith(f"{_IMAGES}/")]
    rest = [name for name in params["Names"] if name not in own]
    answer: Members = {"Parameters": [], "InvalidParameters": []}
    if rest:
        answer = context.seam.call("ssm", "GetParameters", **(params | {"Names": rest}))
    found = [images[name] for name in own if name in images]
    return {
        "Parameters": [*found, *answer.get("Parameters", [])],
        "InvalidParameters": [*(n for n in own if n not in images), *answer.get("InvalidParameters", [])],
    }


def get_parameters_by_path(context: Context, params: Members) -> Members:
    """Return the parameters below a path. Source: SSM GetParametersByPath."""
    if str(params["Path"]).rstrip("/") != _IMAGES:
        return context.seam.call("ssm", "GetParametersByPath", **params)
    return {"Parameters": list(_images(context).values())}


def _images(context: Context) -> dict[str, Members]:
    found = {}
    for image_id, full_name in context.seam.instances.windows_images().items():
        name = f"{_IMAGES}/{full_name.rpartition('-')[0]}"
        found[name] = {
            "Name": name,
            "Type": "String",
            "Value": image_id,
            "Version": 1,
            "LastModifiedDate": _CREATED,
            "ARN": f"arn:aws:ssm:{context.seam.region}::parameter{name}",
            "DataType": "aws:ec2:image",
        }
    return found


OPERATIONS: Final = {
    "DescribeDocument": describe_document,
    "GetDocument": get_document,
    "GetParameter": get_parameter,
    "GetParameters": get_parameters,
    "GetParametersByPath": get_parameters_by_path,
    "ListDocuments": list_documents,
}
