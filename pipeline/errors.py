"""Errors that a user may meet. Each message names the file, the place and the cure, in one line."""

from __future__ import annotations


class PipelineError(Exception):
    """Root of all errors that the command line reports in one line instead of a traceback."""


class ReadError(PipelineError):
    """A source cannot be read as a document: empty, binary, too large, no permission."""


class MarkedSecretError(ReadError):
    """A document marked 秘密, 机密 or 绝密 was refused."""


class RuleError(PipelineError):
    """A rule file is malformed; the message names file and rule."""


class ModelError(PipelineError):
    """A shipped model is missing, damaged or of another version."""
