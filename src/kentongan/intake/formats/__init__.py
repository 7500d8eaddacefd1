"""Files of many kinds as documents: what a file is follows from its content, never from its name."""

from .contents import Contents, Document, Form
from .errors import FileRefused
from .opening import documents_in

__all__ = ["Contents", "Document", "FileRefused", "Form", "documents_in"]
