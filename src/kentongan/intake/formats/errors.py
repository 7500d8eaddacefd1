"""Why a file cannot be read: each says what it is and what to do with it."""

from kentongan.kit.errors import KentonganError


class FileRefused(KentonganError):
    """A file from which no report can be made."""

    code = "intake.file_refused"


class EmptyFile(FileRefused):
    """There is nothing in the file."""

    code = "intake.file_empty"


class TooLargeFile(FileRefused):
    """The file, or what is packed in it, is larger than this installation takes."""

    code = "intake.file_too_large"


class UnreadableKind(FileRefused):
    """The file is of a kind that is not read, whatever its name says."""

    code = "intake.file_kind_not_read"


class DamagedFile(FileRefused):
    """The file begins like one of its kind and then breaks its rules."""

    code = "intake.file_damaged"


class NoTextLayer(FileRefused):
    """A PDF of pictures: there is no text in it."""

    code = "intake.pdf_without_text"


class EncryptedFile(FileRefused):
    """The file asks for a password."""

    code = "intake.file_encrypted"
