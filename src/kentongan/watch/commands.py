"""`kentongan watch`: run a watch as of a day, or of every week since a day, and print what it found."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from kentongan.agreements.access import system_actor
from kentongan.kit.errors import KentonganError
from kentongan.kit.given import day_given

from . import actions
from .explain import decimal, duration, period
from .gathering import codes_of
from .models import FindingSighting, Watch, WatchRun
from .queries import sightings_of_run
from .streams import label_of
from .tasks import PURPOSE


class WhichWatch(KentonganError):
    """No watch, or more than one, fits what was asked."""

    code = "watch.which_watch"


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as the command prints it."""

    id: str
    stream: str
    type: str
    level: str
    place: str
    code: str
    members: list[str]
    window_from: str
    window_to: str
    observed: int
    expected: float
    p_value: float
    recurrence_days: float
    is_new: bool
    state: str


def watch(
    as_of: Annotated[
        str, typer.Option("--as-of", help="Hari yang keadaannya dinilai, mis. 2026-03-01. Bawaan: hari ini.")
    ] = "",
    name: Annotated[str, typer.Option("--watch", help="Nama pemantauan.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Kode instansi pemilik, mis. kanim-atambua.")] = "",
    since: Annotated[
        str, typer.Option("--since", help="Jalankan sejak hari ini pula, selang seminggu (dengan --weekly).")
    ] = "",
    weekly: Annotated[bool, typer.Option("--weekly", help="Jalankan untuk setiap minggu sejak --since.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Jalankan pemantauan dan cetak temuannya."""
    chosen = _chosen(name, owner)
    last = day_given(as_of) if as_of else timezone.localdate()
    days = _weekly(day_given(since), last) if weekly and since else [last]
    runs = _run_all(chosen, days, is_quiet=as_json)
    answers = [(run, _lines(run)) for run in runs]
    if as_json:
        print(json.dumps([_plain(run, lines) for run, lines in answers], ensure_ascii=False, indent=2))  # noqa: T201 - the answer
    else:
        for run, lines in answers:
            _print(run, lines)


def _chosen(name: str, owner: str) -> Watch:
    found = Watch.objects.filter(is_active=True).select_related("owner")
    if name:
        found = found.filter(name=name)
    if owner:
        found = found.filter(owner_id=owner)
    watches = list(found.order_by("name")[:20])
    if len(watches) != 1:
        names = [f"--watch {w.name!r} --owner {w.owner_id}" for w in watches]
        message = (
            "Tidak ada pemantauan yang cocok. Buat satu di halaman Pemantauan."
            if not watches
            else "Ada beberapa pemantauan yang cocok. Sebutkan satu:"
        )
        raise WhichWatch(message, details=names)
    return watches[0]


def _weekly(first: date, last: date) -> list[date]:
    """Return the days a week apart from the first up to the last, the last among them."""
    weeks = (last - first).days // 7
    return [last - timedelta(days=7 * back) for back in range(weeks, -1, -1)]


def _run_all(chosen: Watch, days: list[date], *, is_quiet: bool) -> list[WatchRun]:
    runs = []
    with ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=is_quiet,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=len(days) * actions.STEPS)
        for number, day in enumerate(days):

            def told(progress: actions.Progress, number: int = number, day: date = day) -> None:
                bar.update(
                    task,
                    completed=number * actions.STEPS + progress.done,
                    description=f"{day:%d-%m-%Y} {progress.doing}",
                )

            by = system_actor(chosen.owner, name="command", purpose=PURPOSE, at=timezone.now())
            runs.append(actions.run(watch=chosen, as_of=day, by=by, clock=timezone.now, progress=told))
    return runs


def _lines(run: WatchRun) -> list[Line]:
    at = timezone.now()
    actor = system_actor(run.watch.owner, name="command", purpose=PURPOSE, at=at)
    sightings = list(sightings_of_run(run, actor, at=at))
    codes = codes_of({place for sighting in sightings for place in sighting.members})
    return [_line(sighting, run, codes) for sighting in sightings]


def _line(sighting: FindingSighting, run: WatchRun, codes: dict[int, str]) -> Line:
    finding = sighting.finding
    return Line(
        id=str(finding.pk),
        stream=finding.stream,
        type=finding.type,
        level=sighting.level,
        place=finding.place.name if finding.place else "",
        code=finding.place.code if finding.place else "",
        members=sorted(codes[place] for place in sighting.members),
        window_from=sighting.window_from.isoformat(),
        window_to=sighting.window_to.isoformat(),
        observed=sighting.observed,
        expected=round(sighting.expected, 4),
        p_value=sighting.p_value,
        recurrence_days=sighting.recurrence_days,
        is_new=finding.first_as_of == run.as_of,
        state=finding.state,
    )


def _plain(run: WatchRun, lines: list[Line]) -> dict[str, Any]:
    return {
        "watch": run.watch.name,
        "owner": run.watch.owner_id,
        "as_of": run.as_of.isoformat(),
        "digest": run.digest,
        "parameters": run.parameters,
        "scans": run.result["scans"],
        "findings": [asdict(line) for line in lines],
    }


def _print(run: WatchRun, lines: list[Line]) -> None:
    console = Console()
    title = escape(f"{run.watch.name}, keadaan per {run.as_of:%d-%m-%Y}")
    table = Table(title=title, title_justify="left")
    for heading in ("Temuan", "Tempat", "Jendela", "Terhitung / diharapkan", "Sekali dalam"):
        table.add_column(heading)
    for line in lines:
        more = f" dan {len(line.members) - 1} lagi" if len(line.members) > 1 else ""
        table.add_row(
            f"{_heading(line)} ({'baru' if line.is_new else 'lanjutan'})",
            f"{line.place} {line.code}{more}",
            period(date.fromisoformat(line.window_from), date.fromisoformat(line.window_to)),
            f"{line.observed} / {decimal(line.expected)}",
            duration(line.recurrence_days),
        )
    console.print(table if lines else f"{title}: tidak ada yang melewati ambang.")
    counted = sum(
        scan["cases"] for scan in run.result["scans"] if (scan["type"], scan["level"]) == ("cluster", "district")
    )
    console.print(f"{counted} kejadian dihitung pada tingkat kecamatan; sidik hasil {run.digest}", soft_wrap=True)


def _heading(line: Line) -> str:
    """Return the stream, and of a surge that it is one."""
    return f"{label_of(line.stream)}, lonjakan" if line.type == "surge" else label_of(line.stream)


COMMANDS = {"watch": watch}
