"""Logging: one rotating private file; the terminal only when asked."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from rdpgui.app.paths import make_private
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.plain import visible

LOG_BYTES = 1_000_000
LOG_FILES = 3


class PlainFormatter(logging.Formatter):
    """Writes a record as seen: no escape sequences, no line that a foreign text could pass off as another record."""

    # No @override: its import would cost the first picture a tenth of its time.
    def format(self, record: logging.LogRecord) -> str:
        """Return the record; all its lines but the first are indented."""
        return visible(super().format(record), 0).replace("\n", "\n    ")


def start(folder: Path, *, verbose: bool = False) -> Path:
    """Log to ``folder/rdpgui.log`` (0600) and, when verbose, to the terminal. Returns the file.

    Raises:
        StorageFull, StorageError: the folder or the file cannot be used.
    """
    path = make_private(folder) / "rdpgui.log"
    try:
        path.touch(mode=0o600)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise storage_error(error, path) from error
    handlers = [handler, logging.StreamHandler()] if verbose else [handler]
    for one in handlers:
        one.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=handlers, force=True)
    # Request bodies and signatures have no place in a log; the loop's every step would bury the rest.
    # What fails in signing in is said by the program; a foreign program may have printed keys where it failed.
    for secretive in ("botocore.credentials", "botocore.tokens"):
        logging.getLogger(secretive).setLevel(logging.ERROR)
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer", "asyncio", "qasync"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return path
