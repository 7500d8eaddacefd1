"""Bringing an installation to the state its code expects."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kentongan.agencies.loading import load_agencies
from kentongan.agencies.rules import Console as Operator
from kentongan.agreements.loading import load_instruments
from kentongan.engine.warming import compile_loops
from kentongan.places.actions import load_gazetteer_rows
from kentongan.programme.actions import load_public_facts
from kentongan.vocabulary.actions import load_kinds


def prepare(console: Console) -> None:
    """Leave the database migrated, the static files collected and the reference data loaded; repeating changes nothing."""
    call_command("migrate", verbosity=0, interactive=False)
    _keep_to_oneself()
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with progress_bar(console) as bar:
        places = bar.add_task("Gazeter", total=None)

        def report(done: int, total: int) -> None:
            bar.update(places, completed=done, total=total)

        load_gazetteer_rows(by=Operator(), at=timezone.now(), progress=report)
        kinds = bar.add_task("Kosakata dan instansi", total=4)
        with transaction.atomic():
            load_kinds(by=Operator(), at=timezone.now())
            bar.update(kinds, completed=1)
            load_agencies(by=Operator(), at=timezone.now())
            bar.update(kinds, completed=2)
            load_instruments(by=Operator(), at=timezone.now())
            bar.update(kinds, completed=3)
            load_public_facts(by=Operator(), at=timezone.now())
            bar.update(kinds, completed=4)
        loops = bar.add_task("Mesin pemindaian", total=None)
        compile_loops(lambda done, total: bar.update(loops, completed=done, total=total))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner learns that the gazetteer is large and most other tables are not


def _keep_to_oneself() -> None:
    """Leave the embedded database readable by its owner only; its journal files take that over."""
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    if connection.vendor == "sqlite" and file.exists():
        file.chmod(0o600)


def progress_bar(console: Console) -> Progress:
    """Return the progress bar that all commands show."""
    return Progress(
        TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
