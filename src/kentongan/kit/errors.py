"""The one tree of expected errors: each says what happened, why, and what to do next."""

from collections.abc import Sequence


class KentonganError(Exception):
    """An expected refusal. `code` is stable and machine-readable, the text is for the user."""

    code = "kentongan.error"

    def __init__(self, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)
