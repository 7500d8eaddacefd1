"""Why a message did not go out, and what that means for the next attempt."""

from datetime import timedelta

from kentongan.kit.errors import KentonganError


class NotSent(KentonganError):
    """The attempt failed. The text is kept with the message; it names hosts, never secrets, addresses of persons or content."""

    code = "messages.not_sent"

    def __init__(
        self, message: str, *, is_final: bool = False, is_silent: bool = False, wait: timedelta | None = None
    ) -> None:
        super().__init__(message)
        self.is_final = is_final  # another attempt would not change it
        self.is_silent = is_silent  # nobody answered at all: the others on this way need not try now
        self.wait = wait  # how long the receiver asks to be left alone


class RefusedAddress(NotSent):
    """The address leads where this installation does not send: not https, or into a private network."""

    code = "messages.refused_address"

    def __init__(self, message: str) -> None:
        super().__init__(message, is_final=True)


class RecipientGone(NotSent):
    """The receiver says that this address is no more."""

    code = "messages.recipient_gone"

    def __init__(self, message: str) -> None:
        super().__init__(message, is_final=True)
