"""The input of a scan, checked: everything that is wrong is said at once, and nothing is computed on it."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.errors import EngineInputError
from kentongan.engine.scanning.hypotheses import Baseline, Bernoulli, Clumps, Hypothesis, Permutation, shaped
from kentongan.engine.scanning.inference import Inference
from kentongan.engine.scanning.windows import Spatial, Windows
from kentongan.engine.scanning.zones import NeighbourLists, Plane, ShareOf, Sphere, Where, ZoneLimits

SHOWN = 5
MOST_CASES = 2**31 - 1
MOST_INDIVIDUALS = 2**27
"""Cases and controls: each is a ball in the urn from which replicas are drawn, and takes four bytes a worker."""

FARTHEST_COORDINATE = 1e100
LEAST_POPULATION, MOST_POPULATION = 1e-100, 1e100


def refuse(reasons: list[str]) -> None:
    """Raise the reasons as one error, if there are any.

    Shapes:  none.
    Units:   none.
    Errors:  EngineInputError with all of them.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    if reasons:
        raise EngineInputError(
            "Data tidak dapat dipindai. " + " ".join(reasons) + " Perbaiki masukan lalu jalankan kembali.",
            details=reasons,
        )


def numbers_in(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values as numbers, the missing ones as NaN; an array without a shape where they are no numbers.

    Shapes:  of the values; () for texts and ragged lists.
    Units:   of the values.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array(math.nan)


def cases_and_faults(cases: ArrayLike) -> tuple[NDArray[np.int64], list[str]]:
    """Return the cases as a table of whole numbers, and what is wrong with them: then the table holds no cases.

    Shapes:  cases (places, periods) or (places,); result (places, periods).
    Units:   counts.
    Errors:  EngineInputError when it is no table at all: nothing else can be checked against it.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    table = numbers_in(cases)
    if table.ndim == 1:
        table = table.reshape(-1, 1)
    if table.ndim != 2 or not table.shape[1]:
        refuse(["Kasus harus berupa tabel bilangan: satu baris per tempat, satu kolom per periode."])
    is_missing = ~np.isfinite(table)
    known = np.where(is_missing, 0.0, table)
    faults = (
        (is_missing, "Ada jumlah kasus yang kosong atau tak hingga"),
        (known != np.floor(known), "Jumlah kasus harus bilangan bulat"),
        (known < 0, "Jumlah kasus tidak boleh negatif"),
    )
    reasons = [f"{text} (tempat {_rows(is_wrong)})." for is_wrong, text in faults if is_wrong.any()]
    if known.sum() > MOST_CASES:
        reasons.append("Jumlah seluruh kasus terlalu besar untuk dipindai sekaligus.")
    return (np.zeros(table.shape, np.int64) if reasons else table.astype(np.int64)), reasons


def _rows(is_wrong: NDArray[np.bool_]) -> str:
    """Return the numbers of the first rows in which something is wrong."""
    rows = np.flatnonzero(is_wrong.any(axis=tuple(range(1, is_wrong.ndim))) if is_wrong.ndim > 1 else is_wrong)
    return ", ".join(str(row) for row in rows[:SHOWN]) + (", …" if rows.size > SHOWN else "")


def faults_of_where(where: Where, places: int) -> list[str]:
    """Return what is wrong with the coordinates or lists of neighbours.

    Shapes:  scalars.
    Units:   degrees for a sphere.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    if isinstance(where, NeighbourLists):
        return _faults_of_lists(where, places)
    axes = (where.latitude, where.longitude) if isinstance(where, Sphere) else (where.x, where.y)
    pair = [numbers_in(axis) for axis in axes]
    if any(axis.shape != (places,) for axis in pair):
        return [f"Setiap tempat harus mempunyai tepat satu pasang koordinat; ada {places} tempat."]
    missing = ~(np.isfinite(pair[0]) & np.isfinite(pair[1]))
    if missing.any():
        return [f"Ada tempat tanpa koordinat (tempat {_rows(missing)})."]
    if isinstance(where, Plane):
        is_far = (np.abs(pair[0]) > FARTHEST_COORDINATE) | (np.abs(pair[1]) > FARTHEST_COORDINATE)
        return [f"Ada koordinat yang terlalu besar (tempat {_rows(is_far)})."] if is_far.any() else []
    outside = (np.abs(pair[0]) > 90) | (np.abs(pair[1]) > 180)
    if outside.any():
        return [f"Ada koordinat di luar bumi; lintang -90..90, bujur -180..180 (tempat {_rows(outside)})."]
    return []


def _faults_of_lists(where: NeighbourLists, places: int) -> list[str]:
    """Return what is wrong with the lists of neighbours."""
    if len(where.lists) != places:
        return [f"Setiap tempat harus mempunyai satu daftar tetangga; ada {places} tempat, {len(where.lists)} daftar."]
    wrong = [place for place, given in enumerate(where.lists) if not _is_list_of(given, place, places)]
    if wrong:
        shown = ", ".join(str(place) for place in wrong[:SHOWN]) + (", …" if len(wrong) > SHOWN else "")
        return [
            "Daftar tetangga harus mulai dengan tempatnya sendiri dan memuat tempat yang dikenal, masing-masing sekali "
            f"(daftar {shown})."
        ]
    return []


def _is_list_of(given: ArrayLike, place: int, places: int) -> bool:
    """Return whether this is a list of known places, each once, the place itself first."""
    values = numbers_in(given)
    return (
        values.ndim == 1
        and values.size > 0
        and bool((values == np.floor(values)).all())
        and values[0] == place
        and values.min() >= 0
        and values.max() < places
        and np.unique(values).size == values.size
    )


def faults_of_hypothesis(hypothesis: Hypothesis, counts: NDArray[np.int64]) -> list[str]:
    """Return what is wrong with what the hypothesis expects.

    Shapes:  counts (places, periods).
    Units:   cases.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    if isinstance(hypothesis, Permutation):
        reasons = [] if counts.shape[1] > 1 else ["Permutasi memerlukan sedikitnya dua periode."]
        return reasons + ([] if hypothesis.clumps is None else _faults_of_clumps(hypothesis.clumps, counts))
    if isinstance(hypothesis, Bernoulli):
        return _faults_of_controls(shaped(numbers_in(hypothesis.controls), counts.shape[1]), counts)
    expected = numbers_in(hypothesis.expected)
    if expected.shape not in (counts.shape, counts.shape[:1]):
        return ["Harapan atau penduduk harus berukuran (tempat,) atau (tempat, periode) seperti kasusnya."]
    reasons = []
    if not np.isfinite(expected).all():
        return [f"Ada harapan atau penduduk yang kosong (tempat {_rows(~np.isfinite(expected))})."]
    if (expected < 0).any():
        reasons.append(f"Harapan atau penduduk tidak boleh negatif (tempat {_rows(expected < 0)}).")
    without = (expected == 0) & (counts if expected.ndim == 2 else counts.sum(axis=1)).astype(bool)
    if without.any():
        reasons.append(f"Ada kasus di tempat atau waktu yang tidak berpenduduk (tempat {_rows(without)}).")
    if isinstance(hypothesis, Baseline):
        if hypothesis.dispersion is not None and not 0 < hypothesis.dispersion < math.inf:
            reasons.append("Ukuran penggumpalan harus lebih dari 0.")
        if np.broadcast_to(expected.T, counts.T.shape).sum() > MOST_CASES:
            reasons.append("Jumlah seluruh kasus yang diharapkan terlalu besar untuk dipindai sekaligus.")
    elif expected.any() and not LEAST_POPULATION <= expected.max() <= MOST_POPULATION:
        reasons.append("Penduduk terlalu besar atau terlalu kecil untuk dihitung; nyatakan dalam satuan lain.")
    return reasons


def _faults_of_clumps(clumps: Clumps, counts: NDArray[np.int64]) -> list[str]:
    """Return what is wrong with the sources of the clumps."""
    if clumps.cases is None and clumps.place is None:
        return []
    if clumps.cases is None or clumps.place is None:
        return ["Sumber gumpalan memerlukan kasusnya dan nomor tempatnya, keduanya."]
    cases, place = numbers_in(clumps.cases), numbers_in(clumps.place)
    if cases.ndim != 2 or cases.shape[1] != counts.shape[1] or place.shape != cases.shape[:1]:
        return ["Kasus sumber harus berukuran (sumber, periode) dengan satu nomor tempat untuk setiap sumber."]
    if not np.isfinite(cases).all() or (cases != np.floor(cases)).any() or (cases < 0).any():
        return ["Jumlah kasus sumber harus bilangan bulat yang tidak negatif, tanpa yang kosong."]
    is_unknown = ~((place == np.floor(place)) & (place >= 0) & (place < len(counts)))
    if is_unknown.any():
        return [f"Ada sumber di tempat yang tidak dikenal (sumber {_rows(is_unknown)})."]
    added = np.zeros(counts.shape)
    np.add.at(added, place.astype(np.int64), cases)
    is_other = added != counts
    if is_other.any():
        return [f"Kasus sumber tidak berjumlah sama dengan kasus tempatnya (tempat {_rows(is_other)})."]
    return []


def _faults_of_controls(controls: NDArray[np.float64], counts: NDArray[np.int64]) -> list[str]:
    """Return what is wrong with the controls."""
    if controls.shape != counts.shape:
        return ["Kontrol harus berukuran sama dengan kasus."]
    if not np.isfinite(controls).all():
        return [f"Ada jumlah kontrol yang kosong (tempat {_rows(~np.isfinite(controls))})."]
    if (controls != np.floor(controls)).any() or (controls < 0).any():
        is_wrong = (controls != np.floor(controls)) | (controls < 0)
        return [f"Jumlah kontrol harus bilangan bulat yang tidak negatif (tempat {_rows(is_wrong)})."]
    if controls.sum() == 0:
        return ["Tidak ada kontrol sama sekali."]
    if controls.sum() + counts.sum() > MOST_INDIVIDUALS:
        return ["Jumlah kasus dan kontrol terlalu besar untuk dipindai sekaligus; pakailah penduduk (Poisson)."]
    return []


def faults_of_windows(windows: Windows, periods: int, hypothesis: Hypothesis) -> list[str]:
    """Return what is wrong with the windows in time.

    Shapes:  scalars.
    Units:   periods.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    if isinstance(windows, Spatial):
        if isinstance(hypothesis, Permutation):
            return [
                "Permutasi membandingkan tempat dengan waktu; pemindaian ruang saja memerlukan penduduk atau kontrol."
            ]
        return []
    reasons = []
    if periods < 2:
        reasons.append("Pemindaian ruang-waktu memerlukan sedikitnya dua periode.")
    elif not 1 <= windows.min_periods <= windows.max_periods:
        reasons.append("Jendela waktu terpendek harus sedikitnya satu periode dan tidak melebihi yang terpanjang.")
    elif windows.max_periods >= periods:
        reasons.append("Jendela waktu harus lebih pendek daripada seluruh rentang data.")
    if windows.with_all_time and isinstance(hypothesis, Permutation):
        reasons.append("Permutasi tidak mengenal jendela seluruh waktu.")
    return reasons


def faults_of_limits(limits: ZoneLimits, where: Where, places: int) -> list[str]:
    """Return what is wrong with the limits of the zones.

    Shapes:  scalars; the sizes of `max_share_of` (places,).
    Units:   those of the limits.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    reasons = []
    if limits.max_share is not None and not 0 < limits.max_share <= 1:
        reasons.append("Bagian terbanyak dalam satu lingkaran harus di atas 0 dan paling besar 1.")
    if limits.max_neighbours is not None and limits.max_neighbours < 1:
        reasons.append("Jumlah tempat terbanyak dalam satu lingkaran harus sedikitnya 1.")
    if limits.max_radius is not None and not 0 <= limits.max_radius < math.inf:
        reasons.append("Jari-jari terbesar harus berupa bilangan yang tidak negatif.")
    if limits.max_radius is not None and isinstance(where, NeighbourLists):
        reasons.append("Jari-jari tidak berlaku pada daftar tetangga.")
    if limits.max_share_of is not None:
        reasons += _faults_of_share(limits.max_share_of, places)
    return reasons


def _faults_of_share(share: ShareOf, places: int) -> list[str]:
    """Return what is wrong with the sizes of which a zone holds a share."""
    sizes = numbers_in(share.sizes)
    if sizes.shape != (places,):
        return [f"Ukuran tempat untuk lingkaran terbesar harus satu bilangan per tempat; ada {places} tempat."]
    reasons = []
    is_wrong = ~np.isfinite(sizes) | (sizes < 0)
    if is_wrong.any():
        reasons.append(f"Ukuran tempat untuk lingkaran terbesar kosong atau negatif (tempat {_rows(is_wrong)}).")
    elif not 0 < sizes.sum() < math.inf:
        reasons.append("Ukuran tempat untuk lingkaran terbesar berjumlah 0; sedikitnya satu tempat harus berukuran.")
    if not 0 < share.most <= 1:
        reasons.append("Bagian terbanyak dari ukuran tempat harus di atas 0 dan paling besar 1.")
    return reasons


def faults_of_inference(inference: Inference) -> list[str]:
    """Return what is wrong with the options of the test.

    Shapes:  scalars.
    Units:   those of the options.
    Errors:  none; the faults are returned.
    Source:  docs/methods/scan-statistics.md, section "Faulty input".
    """
    faults = (
        (inference.replicas < 0, "Jumlah ulangan acak tidak boleh negatif."),
        (inference.stop_after is not None and inference.stop_after < 1, "Batas penghentian dini harus sedikitnya 1."),
        (not 0 < inference.run_interval_days < math.inf, "Selang antarpemindaian harus lebih dari 0 hari."),
        (not 0 < inference.significance < 1, "Taraf nyata harus antara 0 dan 1."),
        (
            inference.screen_above is not None and not 0 <= inference.screen_above < 1,
            "Batas penyaringan harus sedikitnya 0 dan di bawah 1.",
        ),
    )
    return [text for is_wrong, text in faults if is_wrong]
