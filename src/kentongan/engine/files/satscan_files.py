"""SaTScan's own files, read unchanged: cases, controls, population, coordinates, grid, neighbours, sizes, known risks."""

from pathlib import Path

from kentongan.engine.files.faults import Faults
from kentongan.engine.files.records import (
    EVERYWHERE,
    Adjustment,
    Clock,
    Counted,
    Counts,
    Places,
    Populated,
    Populations,
    Sized,
    Sizes,
    count_of,
    measure_of,
    position_of,
)
from kentongan.engine.files.rows import Row, rows_of


def read_counts(path: Path, clock: Clock, faults: Faults, *, with_covariates: bool) -> Counts:
    """Return a case or control file: place, count, date if the study has dates, covariates if the model takes them.

    Shapes:  one entry for each line.
    Units:   cases or controls; days as proleptic ordinals, or generic time.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    counts = Counts(path)
    fixed = 2 if clock.precision is None else 3
    for number, words in rows_of(path, faults, least=fixed):
        count = count_of(words[1])
        moment = None
        if isinstance(count, str):
            faults.at(path, number, count)
            continue
        if clock.precision is not None:
            told = clock.moment(words[2])
            fault = clock.fault_of(words[2], told)
            if fault or told is None:
                faults.at(path, number, fault or "")
                continue
            moment = told.first
        stratum = tuple(words[fixed:]) if with_covariates else ()
        counts.rows.append(Counted(number, words[0], count, moment, stratum))
    return counts


def read_populations(path: Path, clock: Clock, faults: Faults) -> Populations:
    """Return a population file: place, census date in any precision, population, covariates.

    Shapes:  one entry for each line.
    Units:   persons.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Population".
    """
    populations = Populations(path)
    for number, words in rows_of(path, faults, least=3):
        moment = clock.moment(words[1])
        population = measure_of(words[2], "penduduk")
        if moment is None:
            faults.at(path, number, clock.fault_of(words[1], None) or "")
        elif isinstance(population, str):
            faults.at(path, number, population)
        else:
            populations.rows.append(Populated(number, words[0], moment, population, tuple(words[3:])))
    return populations


def read_places(path: Path, faults: Faults, *, on_earth: bool) -> Places:
    """Return a coordinates file: place, latitude and longitude, or x and y.

    Shapes:  one entry for each place, in the order of the file.
    Units:   degrees WGS 84, or those of the plane.
    Errors:  none; noted as faults, a third dimension among them.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    places = Places(path)
    seen: dict[str, tuple[float, float]] = {}
    for row in rows_of(path, faults, least=3):
        name = row.words[0]
        position = _position(path, row, row.words[1:], faults, on_earth=on_earth)
        if position is None:
            continue
        if seen.setdefault(name, position) != position:
            faults.at(path, row.number, f"tempat “{name}” sudah tertulis dengan koordinat lain.")
    places.ids, places.coordinates = list(seen), list(seen.values())
    return places


def read_grid(path: Path, faults: Faults, *, on_earth: bool) -> list[tuple[float, float]]:
    """Return the centres of a grid file: latitude and longitude, or x and y, on each line.

    Shapes:  one entry for each distinct centre, in the order of the file.
    Units:   degrees WGS 84, or those of the plane.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    centres = []
    for row in rows_of(path, faults, least=2):
        position = _position(path, row, row.words, faults, on_earth=on_earth)
        if position is not None:
            centres.append(position)
    return list(dict.fromkeys(centres))


def _position(path: Path, row: Row, words: list[str], faults: Faults, *, on_earth: bool) -> tuple[float, float] | None:
    """Return the position that these words tell; None with a fault noted."""
    if len(words) > 2:
        faults.at(
            path, row.number, "ada lebih dari dua koordinat; hanya bidang datar dan permukaan bumi yang didukung."
        )
        return None
    position = position_of((words[0], words[1]), on_earth=on_earth)
    if isinstance(position, str):
        faults.at(path, row.number, position)
        return None
    return position


def read_neighbours(path: Path, faults: Faults) -> Places:
    """Return a neighbours file: on each line a centre, then the places by which its zones grow, the nearest first.

    Every place that the file names is a place of the study; only those that begin a line are centres.

    Shapes:  one list for each centre, itself first.
    Units:   none.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    lists: dict[str, list[str]] = {}
    names: dict[str, None] = {}
    for number, words in rows_of(path, faults, least=1):
        centre = words[0]
        others = words[2:] if words[1:2] == [centre] else words[1:]
        if centre in lists:
            faults.at(path, number, f"tempat “{centre}” sudah mempunyai daftar tetangga.")
        elif len({centre, *others}) <= len(others):
            faults.at(path, number, f"daftar tetangga “{centre}” memuat tempat yang sama dua kali.")
        else:
            lists[centre] = [centre, *others]
            names.update(dict.fromkeys(lists[centre]))
    return Places(path, list(names), [], lists)


def read_sizes(path: Path, faults: Faults, *, most: float) -> Sizes:
    """Return a file of sizes by which the largest circle is bounded: place, size.

    Shapes:  one entry for each line.
    Units:   persons, or anything else; `most` is a share.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Largest circles".
    """
    sizes = Sizes(path, most)
    for number, words in rows_of(path, faults, least=2):
        size = measure_of(words[1], "ukuran")
        if isinstance(size, str):
            faults.at(path, number, size)
        else:
            sizes.rows.append(Sized(number, words[0], size))
    return sizes


def read_adjustments(path: Path, clock: Clock, faults: Faults) -> list[Adjustment]:
    """Return a file of known relative risks: place (or All), risk, and optionally first and last date.

    Shapes:  one entry for each line.
    Units:   days as proleptic ordinals, or generic time.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Known relative risks".
    """
    found = []
    for number, words in rows_of(path, faults, least=2):
        risk = measure_of(words[1], "risiko relatif")
        dates = [(word, clock.moment(word)) for word in words[2:]]
        unknown = [word for word, moment in dates if moment is None]
        moments = [moment for _, moment in dates if moment is not None]
        if isinstance(risk, str):
            faults.at(path, number, risk)
        elif unknown:
            faults.at(path, number, clock.fault_of(unknown[0], None) or "")
        elif len(dates) not in (0, 2):
            faults.at(path, number, "tulis tanggal awal dan tanggal akhir, atau tidak satu pun.")
        elif moments and moments[0].first >= moments[1].after:
            faults.at(path, number, "tanggal awal setelah tanggal akhir.")
        else:
            place = None if words[0].casefold() == EVERYWHERE else words[0]
            first, after = (moments[0].first, moments[1].after) if moments else (None, None)
            found.append(Adjustment(number, place, risk, first, after))
    return found
