"""How long reading takes: 1,000 texts of 2,000 characters on one core, and building the reader. Run: python benchmarks/bench_reading.py"""

import random
import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from kentongan.agencies.data import agency_rows
from kentongan.places.gazetteer import load_gazetteer
from kentongan.reading.knowledge import Knowledge
from kentongan.reading.reader import Reader
from kentongan.vocabulary.data import kind_rows

TEXTS, CHARACTERS, SEED, LIMIT_S = 1000, 2000, 1, 10.0


TELLING = (
    "Petugas gabungan menahan {n} orang di Desa {p}, Kecamatan {q}, Selasa ({d}/11/2025) sekitar pukul 14.30 WITA.",
    "Polres {r} menyita {n} karton rokok ilegal dan {m} liter solar yang hendak dibawa ke Timor Leste melalui jalan tikus.",
    '"Kami akan terus memperkuat patroli di {p} bersama Satgas Pamtas dan Bea Cukai," kata Kapolres {r} AKBP Contoh Contohan.',
    "Kantor Imigrasi Atambua dan Pemerintah Kabupaten {r} menandatangani perjanjian kerja sama tentang pengawasan orang asing.",
    "Sepanjang 2025 tercatat {m} kasus serupa di wilayah {r}, sebagian besar melibatkan calon pekerja migran nonprosedural.",
)
PLAIN = (
    "Menurut dia, kerja sama lintas sektor sangat penting karena pengawasan tidak dapat dilakukan oleh satu lembaga saja.",
    "Ia berharap warga ikut melapor bila melihat hal yang mencurigakan, sebab laporan warga sering menjadi awal pengungkapan.",
    "Kegiatan itu juga dihadiri tokoh masyarakat, tokoh agama, pemuda, serta perwakilan sekolah yang ada di sekitar lokasi.",
    "Jalan menuju tempat itu rusak sejak musim hujan sehingga petugas harus berjalan kaki lebih dari satu jam untuk tiba di sana.",
    "Sementara itu, warga setempat berharap pemerintah segera memperbaiki pasar, sekolah, dan sumber air bersih di kampung mereka.",
)


def made_up_texts(count: int, characters: int, seed: int) -> list[str]:
    """Return texts about one regency each, half of their sentences without a name; no two are equal, so no cache helps."""
    source = random.Random(seed)
    names = {row.code: row.name for row in load_gazetteer().to_place_rows()}
    villages = [code for code in names if code.count(".") == 3 and code[:8] in names and code[:5] in names]
    return [_text(source, names, villages, characters) for _ in range(count)]


def _text(source: random.Random, names: Mapping[str, str], villages: Sequence[str], characters: int) -> str:
    start = source.randrange(len(villages) - 40)
    parts = [f"{names[villages[start][:5]]} (ANTARA) - "]
    while sum(map(len, parts)) < characters:
        code = villages[start + source.randrange(40)]
        sentence = source.choice(TELLING if source.random() < 0.5 else PLAIN)
        parts.append(
            sentence.format(
                n=source.randint(2, 60),
                m=source.randint(61, 900),
                d=source.randint(1, 28),
                p=names[code],
                q=names[code[:8]],
                r=names[code[:5]],
            )
        )
        parts.append("\n" if source.random() < 0.5 else " ")
    return "".join(parts)[:characters]


def shipped_reader() -> Reader:
    """Return a reader with all that is shipped."""
    gazetteer = load_gazetteer()
    return Reader(
        Knowledge(
            places=tuple(gazetteer.to_place_rows()),
            facilities=tuple(gazetteer.facility_rows()),
            agencies=tuple(agency_rows()),
            kinds=tuple(kind_rows()),
        )
    )


def main() -> int:
    texts = made_up_texts(TEXTS, CHARACTERS, SEED)
    start = time.perf_counter()
    reader = shipped_reader()
    built = time.perf_counter() - start
    reader.read(texts[0])
    clock, cpu = time.perf_counter(), time.process_time()
    events = sum(len(reader.read(text).events) for text in texts)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    table = Table("measure", "result", "limit", title=f"Reading {TEXTS:,} texts of {CHARACTERS:,} characters")
    table.add_row("building the reader", f"{built:.2f} s", "")
    table.add_row("reading, wall clock", f"{clock:.2f} s", f"{LIMIT_S:.0f} s")
    table.add_row("reading, processor", f"{cpu:.2f} s", "")
    table.add_row("a text", f"{1000 * clock / TEXTS:.1f} ms", "")
    table.add_row("events proposed", f"{events:,}", "")
    Console().print(table)
    return 0 if clock < LIMIT_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
