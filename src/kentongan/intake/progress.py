"""A progress bar for work that turns out to take longer than two seconds."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, TaskID

PATIENCE_S = 2.0
T = TypeVar("T")


def shown_progress(items: Sequence[T], what: str, console: Console) -> Iterator[T]:
    """Yield the items; once two seconds have passed, a bar on the console tells how many are done."""
    begun = time.monotonic()
    with ExitStack() as stack:
        bar: Progress | None = None
        task = TaskID(0)
        for done, item in enumerate(items):
            if bar is None and time.monotonic() - begun > PATIENCE_S:
                bar = stack.enter_context(Progress(console=console, transient=True))
                task = bar.add_task(what, total=len(items))
            if bar is not None:
                bar.update(task, completed=done)
            yield item
