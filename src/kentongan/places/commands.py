"""Commands of this room."""

from .outline_command import outlines

COMMANDS = {"outlines": outlines}
