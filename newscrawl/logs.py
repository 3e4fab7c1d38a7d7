"""Where log records go: stderr for people or as JSON, and a file that is rotated by size."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import Any

from newscrawl.config import Config, ConfigError

LONGEST_MESSAGE = 10_000
"""Characters of one record's message: a page's text does not belong into a log."""
KEPT_OF_A_RECORD = ("outlet", "url", "run")
"""What code may say of a record with `extra=`."""


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line, whatever the message holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: every character but plain ASCII is escaped, so none can end it or steer a terminal."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": cut(record.getMessage()),
        }
        spider = getattr(record, "spider", None)
        if spider is not None:
            said["outlet"] = str(getattr(spider, "name", ""))
        for name in KEPT_OF_A_RECORD:
            if name in record.__dict__:
                said[name] = cut(str(record.__dict__[name]))
        if record.exc_info and record.exc_info[0]:
            said["error"] = record.exc_info[0].__name__
            said["traceback"] = cut("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(said, ensure_ascii=True)


class Plain(logging.Formatter):
    """A record for people, without characters that could end its line or steer their terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with its traceback; in the message, control characters are shown and not sent."""
        message = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut(record.getMessage()))
        text = f"{record.levelname} {record.name}: {message}"
        if record.exc_info and record.exc_info[0]:
            lines = "".join(traceback.format_exception(*record.exc_info))
            text += "\n" + "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in cut(lines))
        return text.encode("utf-8", "backslashreplace").decode()


def cut(text: str) -> str:
    """Return a text at the length that a record may have."""
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}… ({len(text)} characters)"


@contextmanager
def kept(config: Config, level: int, *, as_json: bool) -> Iterator[None]:
    """Send log records to stderr from a level on, and to the configured file, as long as a command runs.

    The level is the handlers', for Scrapy resets the logger's.

    Raises:
        ConfigError: the file cannot be written.
    """
    root = logging.getLogger()
    handlers = [to_stderr(level, as_json=as_json), *([to_file(config)] if config.log_file else [])]
    before = root.level
    root.setLevel(min(before or logging.WARNING, *(handler.level for handler in handlers)))
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def to_stderr(level: int, *, as_json: bool) -> logging.Handler:
    """Return the handler that writes to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(JsonLines() if as_json else Plain())
    return handler


def to_file(config: Config) -> logging.Handler:
    """Return the handler that writes to the configured file, one JSON object a line, put aside at its largest size.

    Raises:
        ConfigError: the file cannot be written.
    """
    assert config.log_file is not None  # noqa: S101 - the caller looked
    try:
        config.log_file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            config.log_file, maxBytes=config.log_max_mb * 1024 * 1024, backupCount=config.log_keep, encoding="ascii"
        )
    except OSError as error:
        raise ConfigError(
            f"{config.log_file}: cannot be written as the log ({error.strerror or error}). Change log.file."
        ) from error
    handler.setLevel(config.log_level.upper())
    handler.setFormatter(JsonLines())
    return handler
