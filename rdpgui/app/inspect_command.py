"""``rdpgui inspect``: what a recording is and where it ends, from a file or from S3."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rdpgui.app.terminal import say, say_json
from rdpgui.core.errors import SettingsError
from rdpgui.core.film_notes import UNREAD
from rdpgui.core.recording import is_s3, s3_object
from rdpgui.files import refuse_irregular
from rdpgui.i18n import _, retell
from rdpgui.media.film_port import inspect_json

EXIT_NOT_A_FILM = 1
EXIT_NOT_INSPECTED = 2


def say_what_is_not_followed(endpoint_url: str, profile: str) -> None:
    """Say which settings name another endpoint when none was given: where calls go shall surprise nobody."""
    from rdpgui.aws.profiles import chosen  # a local film waits for nothing of AWS

    ignored = chosen(profile, "").ignored
    if ignored and not endpoint_url:
        text = _("Not followed: {names}. Give --endpoint-url to call another endpoint than AWS.")
        say(text.format(names=", ".join(ignored)), error=True)


async def _inspect(arguments: argparse.Namespace) -> dict[str, Any]:
    if not is_s3(arguments.target):
        path = Path(arguments.target)
        return await inspect_json(
            path, png=arguments.last_frame, every_picture=arguments.every_picture, on_progress=_progress()
        )
    from rdpgui.aws.factory import connect_signed_in  # as above

    found = s3_object(arguments.target)
    if found is None:
        raise SettingsError("{target} names no object.", "Write s3://BUCKET/KEY.", target=arguments.target)
    bucket, key = found
    say_what_is_not_followed(arguments.endpoint_url, arguments.profile)
    aws = await connect_signed_in(
        profile=arguments.profile, region=arguments.region, endpoint_url=arguments.endpoint_url
    )
    try:
        item = await aws.objects.head(bucket, key)
        reader, png = aws.objects.reader(item), arguments.last_frame
        return await inspect_json(
            reader, name=key, png=png, every_picture=arguments.every_picture, on_progress=_progress()
        )
    finally:
        await aws.aclose()


def _progress() -> Callable[[float], None] | None:
    """Return what tells a person who waits how far it is; None where standard error is no terminal."""
    return _Progress().tell if sys.stderr is not None and sys.stderr.isatty() else None


class _Progress:
    """Says a line at each tenth of the pictures."""

    def __init__(self) -> None:
        self._tenths = 0

    def tell(self, share: float) -> None:
        """Take the share that is done, 0-1."""
        tenths = int(share * 10)
        if tenths > self._tenths:
            self._tenths = tenths
            say(_("{share} % of the pictures were looked at …").format(share=10 * tenths), error=True)


def main(arguments: argparse.Namespace) -> int:
    """Print the facts; exit status 1 with the reason for what is not a film, 2 when it could not be inspected."""
    if arguments.last_frame is not None:
        refuse_irregular(arguments.last_frame)
    found = asyncio.run(_inspect(arguments))
    if arguments.json:
        say_json(found)
    elif found["decodable"]:
        for name, value in found.items():
            say(f"{name:>18}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
        if found["reader"] in UNREAD:
            say(_(UNREAD[found["reader"]]))
    if not found["decodable"]:
        if not arguments.json:
            say(f"{arguments.target}: {retell(found['reason'])}")
        return EXIT_NOT_INSPECTED if found["decodable"] is None else EXIT_NOT_A_FILM
    return 0
