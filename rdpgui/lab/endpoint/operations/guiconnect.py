"""ssm-guiconnect: connection recording preferences, one set per account and Region."""

from __future__ import annotations

from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError, Preferences

Members = dict[str, Any]


def get_preferences(context: Context, params: Members) -> Members:
    """Return the preferences; without any, 404 or nothing as the scenario says.

    Source: ssm-guiconnect GetConnectionRecordingPreferences; which of the two AWS answers is unknown.
    """
    found = context.world.preferences.now()
    if found is not None:
        return {"ConnectionRecordingPreferences": _members(found)}
    if context.world.preferences.when_unset == "empty":
        return {}
    raise LabError("ResourceNotFoundException", "Connection recording preferences are not configured.")


def update_preferences(context: Context, params: Members) -> Members:
    """Set the preferences. Source: ssm-guiconnect UpdateConnectionRecordingPreferences."""
    given = params["ConnectionRecordingPreferences"]
    key = given["KMSKeyArn"]
    if key.split(":")[3:4] != [context.call.region]:
        raise LabError("ValidationException", "The KMS key must be in the same Region as the preferences.")
    bucket = given["RecordingDestinations"]["S3Buckets"][0]
    context.world.preferences.replace(Preferences(key, bucket["BucketName"], bucket["BucketOwner"]))
    return {"ClientToken": params.get("ClientToken"), "ConnectionRecordingPreferences": given}


def delete_preferences(context: Context, params: Members) -> Members:
    """Delete the preferences. Source: ssm-guiconnect DeleteConnectionRecordingPreferences."""
    if context.world.preferences.now() is None and context.world.preferences.when_unset != "empty":
        raise LabError("ResourceNotFoundException", "Connection recording preferences are not configured.")
    context.world.preferences.replace(None)
    return {"ClientToken": params.get("ClientToken")}


def _members(preferences: Preferences) -> Members:
    bucket = {"BucketName": preferences.bucket_name, "BucketOwner": preferences.bucket_owner}
    return {"KMSKeyArn": preferences.kms_key_arn, "RecordingDestinations": {"S3Buckets": [bucket]}}


OPERATIONS: Final = {
    "DeleteConnectionRecordingPreferences": delete_preferences,
    "GetConnectionRecordingPreferences": get_preferences,
    "UpdateConnectionRecordingPreferences": update_preferences,
}
