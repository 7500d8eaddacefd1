"""Linkage at a province's size: 200,000 synthetic records of six agencies, and what is found of who is who.

Run: python benchmarks/bench_linkage.py [--records 200000] [--seed 5]

The population and its faults are made here by dice that know nothing of the model: spelling faults are drawn from the
typist's side (old spellings, slips of the key, a letter forgotten, words in another order), not from the model's tables.
The share of each fault is the issue's: 30 % without NIK, 2 % with a wrong one, 20 % of names spelt otherwise, 10 % with day
and month swapped, 15 % of the people with one-word names, 5 % siblings with the same parent and village.

Printed: minutes, peak memory, precision and recall over pairs of records in one group, beside a peer that a careful clerk
would use: the same NIK, or the same name and birth date.
"""

import argparse
import random
import resource
import string
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations

from kentongan.engine.linkage.clustering import clusters
from kentongan.engine.linkage.matching import pairs_of, weights_for
from kentongan.engine.linkage.model import shipped_parameters
from kentongan.engine.linkage.records import PersonRecord, prepared

PROPOSED = 0.5
SINCE = date(2026, 11, 22)
THRESHOLD = 0.95
"""From which probability on a pair joins two records here; in the house no probability joins any."""
NO_PROVINCE = "00"
"""How the made-up NIK begin: no province has this code, so that none can be somebody's."""

GIVEN = [
    "Maria",
    "Yohanes",
    "Antonius",
    "Fransiskus",
    "Petrus",
    "Paulus",
    "Yosef",
    "Agustinus",
    "Dominikus",
    "Stefanus",
    "Kornelius",
    "Marselinus",
    "Benediktus",
    "Aloysius",
    "Theresia",
    "Margareta",
    "Elisabet",
    "Katarina",
    "Veronika",
    "Magdalena",
    "Agnes",
    "Kristina",
    "Yuliana",
    "Rosalia",
    "Anastasia",
    "Bernadeta",
    "Lusia",
    "Monika",
    "Filomena",
    "Joao",
    "Domingos",
    "Manuel",
    "Jose",
    "Mateus",
    "Armindo",
    "Duarte",
    "Filipe",
    "Natalia",
    "Fatima",
    "Teresa",
    "Celestina",
    "Juliana",
    "Rosa",
    "Ana",
    "Lucia",
    "Joana",
    "Olandina",
    "Ahmad",
    "Muhammad",
    "Abdul",
    "Siti",
    "Nur",
    "Yusuf",
    "Ibrahim",
    "Ismail",
    "Hasan",
    "Husen",
    "Umar",
    "Zainal",
    "Syarif",
    "Rahmat",
    "Ridwan",
    "Taufik",
    "Aisyah",
    "Khadijah",
    "Zulaikha",
    "Nurhayati",
    "Slamet",
    "Joko",
    "Bambang",
    "Sutrisno",
    "Suparman",
    "Sukardi",
    "Sugeng",
    "Wahyu",
    "Agus",
    "Budi",
    "Cahyo",
    "Dwi",
    "Tri",
    "Eko",
    "Sri",
    "Endang",
    "Ningsih",
    "Wati",
    "Lestari",
    "Puji",
    "Rahayu",
    "Ujang",
    "Asep",
    "Dede",
    "Cecep",
    "Yayat",
    "Entin",
    "Iis",
    "Imas",
    "Euis",
    "Nyoman",
    "Made",
    "Wayan",
    "Ketut",
    "Putu",
    "Gede",
    "Komang",
    "Kadek",
    "Oktovianus",
    "Melkior",
    "Yermias",
    "Markus",
    "Lukas",
    "Simon",
    "Daniel",
    "Samuel",
    "Yakob",
    "Obed",
    "Ruben",
    "Adriana",
    "Yublina",
    "Ferderika",
    "Welmince",
    "Yuliance",
    "Marlince",
    "Nelci",
    "Selfi",
    "Novi",
    "Yanti",
    "Desi",
    "Rini",
    "Lilis",
    "Ratna",
    "Vinsensius",
    "Gaudensius",
    "Hironimus",
    "Blasius",
    "Gregorius",
    "Ignasius",
    "Leonardus",
    "Mikhael",
    "Rafael",
    "Gabriel",
    "Emanuel",
    "Emilia",
    "Klara",
    "Regina",
    "Sesilia",
    "Yasinta",
]
SURNAME = [
    "Bere",
    "Mau",
    "Seran",
    "Bria",
    "Klau",
    "Nahak",
    "Tae",
    "Berek",
    "Fahik",
    "Luan",
    "Leki",
    "Lau",
    "Asa",
    "Atok",
    "Bau",
    "Manek",
    "Tefa",
    "Neno",
    "Nule",
    "Nubatonis",
    "Tefnai",
    "Sanam",
    "Kefi",
    "Naikofi",
    "Usboko",
    "Taolin",
    "Salu",
    "Lake",
    "Kolo",
    "Oematan",
    "Tnunay",
    "Fallo",
    "Banu",
    "Benu",
    "Boimau",
    "Selan",
    "Tabun",
    "Tafui",
    "Nome",
    "Liunokas",
    "Missa",
    "Tanesib",
    "Sila",
    "Sonbai",
    "Soares",
    "Pereira",
    "Carvalho",
    "Guterres",
    "Ximenes",
    "Belo",
    "Amaral",
    "Sarmento",
    "Tilman",
    "Alves",
    "Martins",
    "Gomes",
    "Freitas",
    "Lopes",
    "Moniz",
    "Costa",
    "Silva",
    "Santos",
    "Araujo",
    "Pinto",
    "Suharto",
    "Sukarno",
    "Wijaya",
    "Kusuma",
    "Santoso",
    "Hidayat",
    "Rahman",
    "Maulana",
    "Firdaus",
    "Saputra",
    "Setiawan",
    "Nugroho",
    "Purnomo",
    "Gunawan",
    "Kurniawan",
    "Prasetyo",
    "Hartono",
    "Supriyadi",
    "Mulyadi",
    "Iskandar",
    "Suryadi",
    "Jayadi",
    "Junaedi",
    "Solihin",
    "Mustofa",
    "Nasution",
    "Siregar",
    "Lubis",
    "Harahap",
    "Djami",
    "Haba",
    "Lomi",
    "Ratu",
    "Kana",
    "Riwu",
    "Rohi",
    "Tari",
    "Ndun",
    "Mbuik",
    "Pandie",
    "Foenay",
    "Amalo",
    "Manafe",
    "Messakh",
    "Lay",
    "Tode",
    "Bessie",
    "Adoe",
    "Therik",
    "Henukh",
    "Saudale",
    "Zacharias",
    "Wadu",
    "Kitu",
    "Bulu",
    "Ngongo",
    "Malo",
    "Lende",
    "Dapa",
    "Umbu",
    "Rambu",
    "Ndapa",
    "Hina",
    "Maramba",
    "Landu",
    "Praing",
    "Jawa",
    "Wolo",
    "Tukan",
    "Kleden",
    "Hayon",
    "Lamak",
    "Boli",
    "Kopong",
    "Ola",
    "Tokan",
    "Duli",
    "Sabon",
    "Nitit",
    "Wulan",
    "Koten",
    "Maran",
]
AGENCIES = ("imigrasi", "polri", "bp3mi", "dinsos", "dukcapil", "pos")
LACKS = {
    "pos": ("parent", "nik"),
    "imigrasi": ("parent",),
    "polri": (),
    "bp3mi": (),
    "dinsos": ("phones",),
    "dukcapil": ("phones",),
}
"""What an agency does not ask."""


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person as it is, before anybody writes it down."""

    key: int
    words: tuple[str, ...]
    born_on: date
    sex: str
    nik: str
    village: str
    parent: str
    phone: str


@dataclass(slots=True)
class World:
    """Records, and whose each one is."""

    records: list[PersonRecord] = field(default_factory=list)
    owner: dict[str, int] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    families: Counter[tuple[str, str]] = field(default_factory=Counter)  # people by village and parent


def world_of(size: int, seed: int) -> World:
    """Return so many records of about six tenths as many people."""
    dice = random.Random(seed)
    villages = [f"{dice.choice(SURNAME)} {dice.choice(GIVEN)} {n}" for n in range(max(30, size // 60))]
    villages = [" ".join(_spoken(word) for word in name.split()) for name in villages]
    world = World()
    people = _people(villages, dice)
    while len(world.records) < size:
        person = next(people)
        world.families[person.village, person.parent] += 1
        copies = dice.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]
        for agency in dice.choices(AGENCIES, k=copies):
            if len(world.records) < size:
                _write(person, agency, world, villages, dice)
    return world


def _people(villages: Sequence[str], dice: random.Random) -> Iterator[Person]:
    key = 0
    while True:
        first = _person(key, villages, dice)
        yield first
        key += 1
        if dice.random() < 0.026:  # with its sibling about 5 in 100 of all people
            sibling = _person(key, villages, dice)
            is_twin = dice.random() < 0.02
            born_on = first.born_on if is_twin else first.born_on + timedelta(days=dice.randint(300, 3000))
            words = (sibling.words[0], *first.words[1:]) if len(first.words) > 1 else sibling.words
            if words == first.words:
                words = (*words, dice.choice(GIVEN))
            yield replace(
                sibling, words=words, born_on=born_on, nik=_nik(born_on, sibling.sex, dice), village=first.village, parent=first.parent
            )  # fmt: skip
            key += 1


def _person(key: int, villages: Sequence[str], dice: random.Random) -> Person:
    born_on = date(1950, 1, 1) + timedelta(days=dice.randint(0, 365 * 56))
    sex = dice.choice("LP")
    return Person(
        key, _name(dice), born_on, sex, _nik(born_on, sex, dice), dice.choice(villages),
        f"{_common(GIVEN, dice)} {_common(SURNAME, dice)}", "8" + "".join(dice.choices(string.digits, k=9)),
    )  # fmt: skip


def _name(dice: random.Random) -> tuple[str, ...]:
    how = dice.random()
    if how < 0.15:
        return (_common(GIVEN + SURNAME, dice),)
    if how < 0.60:
        return _common(GIVEN, dice), _common(SURNAME, dice)
    return _common(GIVEN, dice), _common(GIVEN, dice), _common(SURNAME, dice)


def _common(words: Sequence[str], dice: random.Random) -> str:
    """Some names are frequent: the one at place n about in proportion to 1/(n + 20)."""
    n = int(20 * ((len(words) + 20) / 20) ** dice.random()) - 20
    return words[min(n, len(words) - 1)]


def _nik(born_on: date, sex: str, dice: random.Random) -> str:
    day = born_on.day + (40 if sex == "P" else 0)
    return f"{NO_PROVINCE}{dice.randint(1, 22):02d}{dice.randint(1, 24):02d}{day:02d}{born_on:%m%y}{dice.randint(1, 60):04d}"


def _write(person: Person, agency: str, world: World, villages: Sequence[str], dice: random.Random) -> None:
    """One clerk writes the person down, with what the agency asks and the faults that the dice bring."""
    lacks = LACKS[agency]
    words, faults = person.words, world.faults
    if dice.random() < 0.20:
        words = _misspelt(words, dice)
        faults["spelt otherwise"] += 1
    if dice.random() < 0.05:
        words = (dice.choice(("H.", "Hj.", "Pak", "Ibu", "Bpk.")), *words)
    if dice.random() < 0.03:
        words = tuple(dice.sample(words, len(words)))
    born_on = person.born_on
    if born_on.day <= 12 and born_on.day != born_on.month and dice.random() < 0.10 / 0.362:
        born_on = date(born_on.year, born_on.day, born_on.month)
        faults["day and month swapped"] += 1
    elif dice.random() < 0.02:
        born_on += timedelta(days=dice.choice((-10, -1, 1, 10, 365, -365)))
    nik = _nik_written(person, dice, faults, lacks)
    village = dice.choice(villages) if dice.random() < 0.04 else person.village
    parent = "" if "parent" in lacks or dice.random() < 0.15 else " ".join(_maybe(person.parent.split(), 0.15, dice))
    phone = person.phone if dice.random() < 0.75 else "8" + "".join(dice.choices(string.digits, k=9))
    ref = f"{agency}:{len(world.records)}"
    faults["one-word names"] += len(person.words) == 1
    world.owner[ref] = person.key
    world.records.append(
        PersonRecord(
            ref, " ".join(words), born_on, person.sex if dice.random() < 0.99 else "LP".replace(person.sex, ""), nik,
            "" if dice.random() < 0.05 else village, parent,
            () if "phones" in lacks or dice.random() < 0.5 else (dice.choice(("0", "+62 ")) + phone,),
        )
    )  # fmt: skip


def _nik_written(person: Person, dice: random.Random, faults: Counter[str], lacks: Iterable[str]) -> str:
    share = 0.30 if "nik" not in lacks else 1.0
    share = (0.30 - 1 / 6) / (5 / 6) if share < 1 else share  # one agency of six never asks: 30 % of all lack it
    if dice.random() < share:
        faults["without NIK"] += 1
        return ""
    if dice.random() < 0.02 / 0.70:
        faults["wrong NIK"] += 1
        if dice.random() < 0.5:
            return _nik(person.born_on, person.sex, dice)  # somebody else's
        at = dice.randrange(2, 16)
        return person.nik[:at] + dice.choice(string.digits.replace(person.nik[at], "")) + person.nik[at + 1 :]
    return person.nik


def _maybe(words: Sequence[str], share: float, dice: random.Random) -> tuple[str, ...]:
    return _misspelt(tuple(words), dice) if dice.random() < share else tuple(words)


OLD = (
    ("u", "oe"),
    ("j", "dj"),
    ("c", "tj"),
    ("y", "j"),
    ("Y", "J"),
    ("J", "Dj"),
    ("sy", "sj"),
    ("ny", "nj"),
    ("kh", "ch"),
)
HEARD = (
    ("f", "v"),
    ("v", "f"),
    ("k", "c"),
    ("c", "k"),
    ("s", "z"),
    ("t", "th"),
    ("i", "y"),
    ("d", "dh"),
    ("ks", "x"),
    ("h", ""),
    ("e", "i"),
    ("o", "u"),
)


def _misspelt(words: tuple[str, ...], dice: random.Random) -> tuple[str, ...]:
    """One word is written otherwise; a third of the time as it was written long ago, a third as it is heard, else by a slip."""
    n = dice.randrange(len(words))
    word = words[n]
    how = dice.random()
    for table in [OLD, HEARD] if how < 0.35 else [HEARD, OLD] if how < 0.70 else []:
        fitting = [(a, b) for a, b in table if a in word]
        if fitting:
            a, b = dice.choice(fitting)
            return (*words[:n], word.replace(a, b, 1), *words[n + 1 :])
    if how > 0.96 and len(words) > 2:
        return (*words[:n], f"{word[0]}.", *words[n + 1 :])
    return (*words[:n], _slip(word, dice), *words[n + 1 :])


def _slip(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word))
    return dice.choice(
        (
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :] if len(word) > 3 else word + word[-1],
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            word[:at] + dice.choice(string.ascii_lowercase) + word[at + 1 :],
        )
    )


def _spoken(word: str) -> str:
    """Return a word of a place: numbers as letters, so that names of villages are made of letters."""
    return "".join("abcdefghij"[int(c)] for c in word) if word.isdigit() else word


def pairs_within(groups: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    """Return every two records of a group, in order."""
    return {(min(pair), max(pair)) for group in groups for pair in combinations(group, 2)}


def truth_of(world: World) -> set[tuple[str, str]]:
    """Return every two records that are of one person."""
    of: dict[int, list[str]] = {}
    for ref, key in world.owner.items():
        of.setdefault(key, []).append(ref)
    return pairs_within(of.values())


def scored(found: set[tuple[str, str]], truth: set[tuple[str, str]]) -> tuple[float, float]:
    """Return precision and recall of pairs."""
    right = len(found & truth)
    return right / max(len(found), 1), right / max(len(truth), 1)


def by_a_clerk(records: Iterable[PersonRecord]) -> set[tuple[str, str]]:
    """Return the pairs of the peer: the same NIK, or the same name and birth date, letter by letter."""
    boxes: dict[tuple[str, str], list[str]] = {}
    for one in records:
        if one.nik:
            boxes.setdefault(("nik", one.nik), []).append(one.ref)
        boxes.setdefault(("name", f"{one.name.casefold()} {one.born_on}"), []).append(one.ref)
    return pairs_within(boxes.values())


def main() -> None:
    """Make the world, link it, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    world = world_of(asked.records, asked.seed)
    truth = truth_of(world)
    before, began = _peak_mb(), time.perf_counter()
    rows = [prepared(one) for one in world.records]
    weights = weights_for(rows, shipped_parameters(), as_of=SINCE, seed=asked.seed)
    pairs = pairs_of(rows, weights, at_least=PROPOSED, seed=asked.seed)
    groups = clusters(rows, pairs, at_least=THRESHOLD)
    minutes = (time.perf_counter() - began) / 60
    ours, peer = scored(pairs_within(groups), truth), scored(by_a_clerk(world.records), truth)
    siblings = sum(n for n in world.families.values() if n > 1) / world.families.total()
    print(
        f"{len(world.records):,} records of {len(set(world.owner.values())):,} people: {len(truth):,} pairs are of one person"
    )
    shares = [f"{name} {n / len(world.records):.1%}" for name, n in sorted(world.faults.items())]
    print(f"of the records: {', '.join(shares)}; of the people: siblings {siblings:.1%}")
    print()
    print("| way | precision | recall | minutes | peak MB (before) |")
    print("|---|---:|---:|---:|---:|")
    print(
        f"| Kentongan, groups from {THRESHOLD} | {ours[0]:.4f} | {ours[1]:.4f} | {minutes:.2f} | {_peak_mb():,} ({before:,}) |"
    )
    print(f"| the same NIK, or name and birth date | {peer[0]:.4f} | {peer[1]:.4f} | | |")
    print()
    print(f"Proposed from {PROPOSED} on: {len(pairs):,} pairs. Bounds: precision 0.99, recall 0.85.")
    if len(world.records) >= 200_000 and (ours[0] < 0.99 or ours[1] < 0.85):
        sys.exit(1)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
