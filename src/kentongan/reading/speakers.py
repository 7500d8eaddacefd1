"""Find the persons whom a text names with a post, a rank or words in their mouth: mentions, never person records.

Rank, degrees, post and name are told apart, and one person under several names stays one entry. Reporters and editors
come from the byline and stand apart from the speakers.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kentongan.reading.model import AgencyMention, Evidence, PlaceMention, Speaker
from kentongan.reading.text import Document, capital_starts, matches_at, words_in
from kentongan.reading.words import words_of

_RANK = (
    r"(?:(?:Komisaris|Inspektur|Brigadir) Jenderal Polisi|Jenderal Polisi|(?:Ajun )?Komisaris Besar(?: Polisi)?|(?:Ajun )?Komisaris Polisi"
    r"|Inspektur (?:Polisi )?(?:Satu|Dua)|(?:Komjen|Irjen|Brigjen|Kombes|Jenderal)(?:\.? ?(?:Pol|TNI)\b\.?)?|AKBP|Kompol|AKP|IPTU|Iptu|IPDA|Ipda|AIPTU|Aiptu|AIPDA|Aipda"
    r"|Bripka|BRIPKA|Brigpol|Brigadir|Briptu|BRIPTU|Bripda|BRIPDA|(?:Letnan Jenderal|Mayor Jenderal|Brigadir Jenderal|Letnan Kolonel|Letnan Satu|Letnan Dua"
    r"|Letjen|Mayjen|Kolonel|Letkol|Mayor|Kapten|Lettu|Letda|Peltu|Pelda|Serma|Serka|Sertu|Serda|Kopka|Koptu|Kopda|Praka|Pratu|Prada)"
    r"(?:\.? \(?(?:TNI|Inf|Infanteri|Kavaleri|Kav|Arm|Arh|Art|Czi|Cba|Cpl|Ckm|Chk|Caj|Cke|Cpn|Cpm|Laut(?: ?\([A-Z]\))?|Pnb|Pas|Mar|Kes|Lek|Sus|Tek|Kal|Adm|Marinir)\b\.?\)?){0,2}"
    r"|Laksamana (?:Pertama|Muda|Madya)|Laksma|Laksda|Laksdya|Marsma|Marsda|Marsdya|Superintendente(?: Xefe| Chefe)?|Komisáriu|Comissário|Inspetor|Coronel|Koronel|Tenente(?: Coronel)?|Sarjentu)"
)
_DEGREE_BEFORE = r"(?:Drs|Dra|Dr|dr|drg|drh|Ir|H|Hj|Prof|KH|Apt|Ns)\."
_DEGREE_AFTER = (
    r"(?:S\.?H|S\.?I\.?K|S\.?IK|M\.?H|M\.?M|M\.?Si|S\.?Sos|S\.?E|S\.?T|S\.?IP|S\.?Pd|M\.?Pd|S\.?Ag|S\.?Kom|M\.?Kom|S\.?K\.?M|M\.?Kes|S\.?Psi|M\.?Hum|M\.?A\.?P|M\.?A|M\.?Sc"
    r"|S\.?A\.?P|S\.?STP|M\.?Tr(?:\.? ?\(?Han\)?|\.? ?Opsla|\.? ?Hanla)?|Ph\.?D|MBA|LL\.?M|Amd\.? ?Im|A\.?Md(?:\.? ?Im)?|CHRMP|CPHR|S\.?Farm|S\.?Th|S\.?Tr\.?K|M\.?P\.?A|S\.?Hut|S\.?P)\b\.?"
)
_NAME_WORD = r"(?:(?:[A-Z]\.? ?){1,3}(?<=[A-Z.])(?=\s+[A-Z][a-z])|[A-Z](?:\.[A-Z])+\.?|[A-Z][a-zà-ÿ]+(?:['’-][A-Za-zà-ÿ]+)*|[A-Z]['’][A-Z][a-zà-ÿ]+|Mc[A-Z][a-z]+|[A-Z]\.)"
_PARTICLE = r"(?:da|de|do|dos|das|bin|binti|van|von|al|el)"
_NAME = rf"{_NAME_WORD}(?:\s+(?:{_PARTICLE}\s+)?{_NAME_WORD}){{0,4}}(?:\s+[A-Z]\b(?![\w.-])){{0,2}}"

_HEAD = (
    r"(?:Kepala|Kasie?|Kasubsie?|Kabid|Kasubbid|Kasubdit|Kaban|Kabag|Kasubbag|Kasat\w*|Kanit|Kaur|Kapos|Kapospol|Kapolda|Wakapolda|Kapolresta|Wakapolresta|Kapolres|Wakapolres|Kapolsek|Wakapolsek"
    r"|Kapolri|Wakapolri|Karo\w*|Dirreskrim\w*|Dirresnarkoba|Dirlantas|Dirpol\w+|Dirjen|Direktur(?: Jenderal)?|Dandim|Danrem|Danlanal|Danlantamal|Dankodaeral|Danlanud|Danramil|Danyon\w*|Dansatgas\w*|Danpos|Danki\w*"
    r"|Pangdam|Pangkoarmada\w*|Panglima|Komandan|Wakil Komandan|Wadan\w*|Pasie?(?: Intel)?|Babinsa|Bhabinkamtibmas|Bupati|Wabup|Wali ?[Kk]ota|Walikota|Wawali|Gubernur|Wagub|Camat|Sekcam|Lurah|Kades|Sekdes"
    r"|Sekda|Sekretaris|Ketua|Menteri|Wamen\w*|Menko\w*|Presiden|Wapres|Perdana Menteri|Kakanwil|Kakanim|Karutan|Karudenim|Kalapas|Kajari|Kajati|Kadivim|Jaksa|Hakim|Juru [Bb]icara|Jubir|Humas|Kabidhumas"
    r"|Koordinator|Pastor|Uskup|Romo|Pater|Suster|Anggota|Manajer|Manager|Kadis\w*|Kadinsos|Kadinkes|Kepsek|Konsul|Duta Besar|Dubes|Atase|Komisioner|Penyidik|Pengacara|Kuasa [Hh]ukum|Aktivis|Relawan"
    r"|Pimpinan|Plt|Penjabat|Pj|Perwakilan|Tokoh [Mm]asyarakat|Paus|Administrador|Komandante|Kumandante|Comandante|Ministru|Ministro|Presidente|Xefe|Chefe|Diretór|Diretor|Embaixador)"
)
_POSITION = re.compile(rf"\b(?:(?:Wakil|Mantan|Plt\.?|Plh\.?|Pj\.?|Pjs\.?|Penjabat|Ps\.?|Vise|Vice)\s+)*{_HEAD}\b(?!-)")
_RANK_WORD = re.compile(rf"{_RANK}(?=[\\s.,])")
_RANKED_NAME = re.compile(rf"\b(?P<rank>{_RANK})\.?,?\s+(?P<before>(?:{_DEGREE_BEFORE}\s*)*)(?P<name>{_NAME})")
_PERSON_HERE = re.compile(
    rf"[\s,.:]*(?:(?P<rank>{_RANK})\.?,?\s+)?(?P<before>(?:{_DEGREE_BEFORE}\s*)*)(?P<name>{_NAME})"
)
_DEGREES_AFTER = re.compile(rf"(?:\s*,?\s*{_DEGREE_AFTER})+(?=[\s,.;:)]|$)")
_ONE_DEGREE = re.compile(rf"{_DEGREE_AFTER}|{_DEGREE_BEFORE}")
_HONOURED_NAME = re.compile(
    rf"\b(?P<title>Bapak|Ibu|Pak|Bu|Sdr\.?|Sdri\.?|Uskup|Mgr\.?|Romo|RD\.?|Pater|Suster|Paus|{_DEGREE_BEFORE})\s*(?P<before>)(?P<name>{_NAME})"
)
_SAID = r"(?:kata|ujar|ucap|tutur|jelas|ungkap|terang|tegas|sebut|papar|imbuh|tambah|beber|lanjut|urai|cetus|tandas|pungkas|katanya|ujarnya|jelasnya|dehan|hatete|disse|afirmou|said)"
_SAID_WORDS = frozenset(_SAID.strip("(?:)").split("|"))
_TITLE_WORDS = frozenset(
    {
        *("bapak", "ibu", "pak", "bu", "sdr", "sdri", "uskup", "mgr", "romo", "rd", "pater", "suster", "paus"),
        *("drs", "dra", "dr", "drg", "drh", "ir", "h", "hj", "prof", "kh", "apt", "ns"),
    }
)
_SAID_NAME = re.compile(rf"\b(?i:{_SAID})\s+(?P<before>(?:{_DEGREE_BEFORE}\s*)*)(?P<name>{_NAME})")
_SPEAKS = (
    r"(?:mengatakan|menyatakan|menjelaskan|mengungkapkan|menyampaikan|menuturkan|menerangkan|menegaskan|menyebut(?:kan)?|membenarkan|memaparkan|mengaku|menambahkan|mengimbau|meminta|berharap|menilai"
    r"|mengingatkan|membeberkan|mengakui|menekankan|memastikan|mengapresiasi|hatete|haktuir|dehan|disse|afirmou|said|told)"
)
_NAME_SPEAKS = re.compile(
    rf"(?P<before>(?:{_DEGREE_BEFORE}\s*)*)\b(?P<name>{_NAME}),?\s+(?:juga\s+|pun\s+|secara tegas\s+|kemudian\s+)?(?:{_SPEAKS})\b"
)
_SPEAKS_NEXT = re.compile(
    rf"(?:\s*\([^)]*\))?[\s,]*(?:[\w' ]{{0,30}}?\s)?(?:{_SPEAKS}|dalam keterangan\w*|saat (?:ditemui|dihubungi|dikonfirmasi))\b"
)
_SAID_BEFORE = re.compile(rf"\b(?i:{_SAID}|menurut)\s+(?:[\w.,'& ]{{0,90}}?)$")
_QUOTE = re.compile(r"\"([^\"\n]{4,1200})\"")
_PRONOUN_SAID = re.compile(rf"\s*,?\s*(?:(?i:{_SAID})(?:nya)?\b\s*(?:dia|ia|beliau|lagi)?)", re.IGNORECASE)

# What a post is made of: these words never begin a name.
_POST_WORDS = words_in("post_words.txt")
_NEVER_A_NAME = words_in("not_names.txt")
_BYLINE = re.compile(
    rf"(?P<role>(?i:pewarta|penulis|editor|reporter|wartawan|jurnalis|kontributor|redaktur|penyunting|laporan (?:reporter|wartawan|kontributor|jurnalis)))"
    rf"(?:\s*(?i:/\s*\w+|&\s*\w+))?\s*(?P<outlet>[A-Z0-9][\w.-]*\.[A-Za-z]{{2,3}}\s*)?[:,|]?\s*(?P<name>{_NAME}|[A-Z]{{3,}}(?: [A-Z]{{2,}}){{1,3}})"
)
_POST_OF_A_PLACE = re.compile(
    r"(?:Kapolda|Wakapolda|Kapolresta|Wakapolresta|Kapolres|Wakapolres|Kapolsek|Wakapolsek|Bupati|Wabup|Wali ?[Kk]ota|Walikota|Wawali|Gubernur|Wagub|Camat|Sekcam|Lurah|Kades|Dandim|Danramil|Danlanal|Kajari|Kajati)$"
)
_WORDS_BEFORE_RANK = re.compile(rf"(?P<words>(?:[ \t]+[A-Z][\w'-]+){{1,3}}?)(?=[ \t]*,?[ \t]+{_RANK}\b)")
_GENERAL_OF_A_BODY = re.compile(
    r"(?:Direktur|Direktorat|Sekretaris|Sekretariat|Inspektur|Inspektorat|Konsul|Konsulat)\s*$"
)
_STREET_BEFORE = re.compile(
    r"\b(?:Jl|Jln|Jalan|Gang|Gg|RSUD|RS|Bandara|Stadion|Masjid|Universitas)\.?\s+$", re.IGNORECASE
)
_SAME_POST = {
    "wabup": "wakil bupati",
    "wagub": "wakil gubernur",
    "walikota": "wali kota",
    "kades": "kepala desa",
    "kasie": "kasi",
    "wawali": "wakil wali kota",
    "kakanim": "kepala",
    "kakanwil": "kepala",
}


@dataclass(slots=True)
class _Mention:
    """One place where a person is named; `known` grows while mentions of one person are put together."""

    start: int
    end: int
    name: str
    rank: str = ""
    degrees: tuple[str, ...] = ()
    position: str = ""
    agency_id: str | None = None
    confidence: float = 0.7
    why: str = ""
    speaks: bool = False


@dataclass(slots=True)
class _Person:
    mentions: list[_Mention] = field(default_factory=list)
    quotes: list[Evidence] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(mention.name for mention in self.mentions))


def find_speakers(
    document: Document, agencies: Sequence[AgencyMention], places: Sequence[PlaceMention]
) -> tuple[Speaker, ...]:
    """Return one entry for each person named with a post, a rank, a title or a statement; reporters and editors last."""
    spans = _Spans(agencies, places)
    mentions = _mentions(document, spans)
    persons = _persons(mentions)
    _add_bare_names(document, persons)
    _attribute_quotes(document, persons)
    speakers = [_speaker(document, person) for person in persons]
    speakers.sort(key=lambda speaker: speaker.evidence.start)
    return (*speakers, *_bylines(document))


class _Spans:
    """The stretches of text that agencies and places take up."""

    def __init__(self, agencies: Sequence[AgencyMention], places: Sequence[PlaceMention]) -> None:
        self.agencies = sorted(agencies, key=lambda mention: mention.evidence.start)
        self.agency_spans = [(mention.evidence.start, mention.evidence.end) for mention in self.agencies]
        self.place_spans = [(mention.evidence.start, mention.evidence.end) for mention in places]

    def in_agency(self, start: int, end: int) -> bool:
        return any(span_start < end and start < span_end for span_start, span_end in self.agency_spans)

    def end_of_place_at(self, position: int) -> int | None:
        return max((end for start, end in self.place_spans if start <= position < end), default=None)

    def end_of_agency_at(self, position: int) -> int | None:
        return max((end for start, end in self.agency_spans if start <= position < end), default=None)

    def agency_in(self, start: int, end: int) -> AgencyMention | None:
        touching = [
            mention for mention in self.agencies if mention.evidence.start < end and start < mention.evidence.end
        ]
        return touching[-1] if touching else None


def _mentions(document: Document, spans: _Spans) -> list[_Mention]:
    found: list[_Mention] = []
    for finder in (_after_position, _after_rank, _after_title, _after_said, _before_speaks):
        for mention in finder(document, spans):
            if all(mention.end <= other.start or mention.start >= other.end for other in found):
                found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _after_position(document: Document, spans: _Spans) -> Iterator[_Mention]:
    """Yield "Kepala Kantor Contoh Siti Contohwati": the post ends where its agency, place and post words end."""
    body = document.body
    for match in matches_at(_POSITION, body, capital_starts(body)):
        post_end = _end_of_post(body, _past_place(body, match), spans)
        person = _PERSON_HERE.match(body, post_end)
        if not person or "\n" in person.group():
            continue
        name_start, name_end = person.span("name")
        comma = "," in body[post_end:name_start]
        if comma and (spans.in_agency(name_start, name_end) or spans.end_of_place_at(name_start) == name_end):
            continue
        checked = _checked_name(body, name_start, name_end, spans, strict=not person["rank"])
        if checked is None:
            continue
        name, name_end = checked
        single = " " not in name and not person["rank"] and not person["before"]
        if single and not (
            _SPEAKS_NEXT.match(body, name_end)
            or _SAID_BEFORE.search(body[max(0, match.start() - 40) : match.start()])
            or post_end > match.end()
        ):
            continue
        position = re.sub(r"\s+", " ", document.original[match.start() : post_end]).strip(" ,.")
        agency = spans.agency_in(match.start(), post_end)
        yield _mention(
            document, person, name, name_start, name_end, position=position, agency=agency, start=match.start(), confidence=0.6 if single else 0.85,
            why="nama sesudah jabatan",
        )  # fmt: skip


def _past_place(body: str, match: re.Match[str]) -> int:
    """Return where to go on after "Kapolda": past its place when a rank follows, even where no finder knows the place."""
    if not _POST_OF_A_PLACE.search(match.group()):
        return match.end()
    words = _WORDS_BEFORE_RANK.match(body, match.end())
    return words.end() if words and not re.match(_RANK, words["words"].strip()) else match.end()


def _end_of_post(body: str, position: int, spans: _Spans) -> int:
    """Return where the words of a post end: at the first word that is neither a post word, an agency, a place nor small."""
    end = position
    word_pattern = re.compile(r"[ \t]*(?:(?P<join>&|/|dan)|(?P<word>[\w][\w'/-]*))")
    small = 0
    while True:
        match = word_pattern.match(body, end)
        if not match:
            return end
        start = match.start(match.lastgroup or 0)
        agency_end = spans.end_of_agency_at(start)
        place_end = spans.end_of_place_at(start)
        word = match.group(match.lastgroup or 0)
        lower = word.lower()
        if lower in ("dan", "&", "/") and not _joins_post_words(body, match.end()):
            return end
        if _RANK_WORD.match(body, start) and not _GENERAL_OF_A_BODY.search(body, max(0, end - 14), end):
            return end
        if agency_end and agency_end > start:
            end, small = agency_end, 0
        elif (
            lower in _POST_WORDS
            or word.isdigit()
            or (re.fullmatch(r"\d+[/\w]*|[A-Z]{2,6}", word) and not re.match(_RANK, body[start:]))
        ):
            end, small = match.end(), 0
        elif place_end and place_end > start:
            end, small = place_end, 0
        elif (
            word[0].islower()
            and small < 3
            and lower not in ("yang", "mengatakan", "dalam", "saat", "menyampaikan", "juga", "melalui", "kepada")
            and not lower.startswith(("me", "ber", "di"))
        ):
            end, small = match.end(), small + 1
        else:
            return end


def _joins_post_words(body: str, position: int) -> bool:
    word = re.compile(r"\s*([\w'-]+)").match(body, position)
    return word is not None and word.group(1).lower() in _POST_WORDS


def _checked_name(body: str, start: int, end: int, spans: _Spans, *, strict: bool) -> tuple[str, int] | None:
    """Return the name without words that cannot be in one, and where it ends; None when nothing is left."""
    kept_end = start
    for match in re.finditer(r"\S+", body[start:end]):
        word = match.group()
        lower = word.lower().strip(".,'")
        at = start + match.start()
        if (
            lower in _NEVER_A_NAME
            or (lower in _POST_WORDS and len(lower) > 1 and not re.fullmatch(r"[ivx]+", lower))
            or _POSITION.match(body, at)
            or _RANK_WORD.match(body, at)
        ):
            break
        if strict and spans.in_agency(at, at + len(word)):
            break
        kept_end = start + match.end()
    name = re.sub(r"\s+", " ", body[start:kept_end]).strip(" ,.")
    if len(name) < 3 or not re.search(r"[a-zà-ÿ]{2}|[A-Z]{3}", name):
        return None
    return name, start + len(body[start:kept_end].rstrip(" ,."))


def _mention(
    document: Document,
    match: re.Match[str],
    name: str,
    name_start: int,
    name_end: int,
    *,
    position: str = "",
    agency: AgencyMention | None = None,
    start: int | None = None,
    confidence: float,
    why: str,
) -> _Mention:
    body = document.body
    groups = match.groupdict()
    degrees = _ONE_DEGREE.findall(groups.get("before") or "")
    after = _DEGREES_AFTER.match(body, name_end)
    if after:
        degrees += _ONE_DEGREE.findall(after.group())
        name_end = after.end()
    first = start if start is not None else match.start()
    speaks = bool(_SPEAKS_NEXT.match(body, name_end)) or bool(_SAID_BEFORE.search(body[max(0, first - 60) : first]))
    rank = re.sub(r"\s+", " ", groups.get("rank") or "").strip(" .,")
    return _Mention(
        name_start,
        name_end,
        name,
        rank,
        tuple(degrees),
        position,
        agency.agency_id if agency else None,
        confidence,
        why,
        speaks,
    )


def _after_rank(document: Document, spans: _Spans) -> Iterator[_Mention]:
    body = document.body
    for match in matches_at(_RANKED_NAME, body, capital_starts(body)):
        checked = _checked_name(body, *match.span("name"), spans, strict=False)
        if checked is None:
            continue
        name, end = checked
        mention = _mention(document, match, name, match.start("name"), end, confidence=0.85, why="nama sesudah pangkat")
        follows = re.compile(r"\s*,?\s*(?:selaku\s+|sebagai\s+)").match(body, mention.end)
        position = _POSITION.match(body, follows.end()) if follows else None
        if position:
            post_end = _end_of_post(body, position.end(), spans)
            mention.position = document.original[position.start() : post_end].strip(" ,")
            agency = spans.agency_in(position.start(), post_end)
            mention.agency_id = agency.agency_id if agency else None
        yield mention


def _after_title(document: Document, spans: _Spans) -> Iterator[_Mention]:
    for match in matches_at(_HONOURED_NAME, document.body, _starts_of(_TITLE_WORDS, document.body)):
        if _STREET_BEFORE.search(document.body, max(0, match.start() - 12), match.start()):
            continue
        checked = _checked_name(document.body, *match.span("name"), spans, strict=True)
        if checked:
            mention = _mention(
                document,
                match,
                checked[0],
                match.start("name"),
                checked[1],
                confidence=0.65,
                why="nama sesudah gelar atau sapaan",
            )
            title = match["title"].rstrip(".")
            if title in ("Uskup", "Paus", "Romo", "Pater", "Suster"):
                mention.position = title
            elif match["title"].endswith("."):
                mention.degrees = (match["title"], *mention.degrees)
            yield mention


def _starts_of(wanted: Container[str], body: str) -> list[int]:
    words = words_of(body)
    return [start for start, word in zip(words.starts, words.folded, strict=True) if word in wanted]


def _after_said(document: Document, spans: _Spans) -> Iterator[_Mention]:
    for match in matches_at(_SAID_NAME, document.body, _starts_of(_SAID_WORDS, document.body)):
        if _POSITION.match(document.body, match.start("name")):
            continue
        checked = _checked_name(document.body, *match.span("name"), spans, strict=True)
        if checked:
            mention = _mention(
                document,
                match,
                checked[0],
                match.start("name"),
                checked[1],
                confidence=0.7,
                why="nama sesudah kata kerja berkata",
            )
            mention.speaks = True
            yield mention


def _before_speaks(document: Document, spans: _Spans) -> Iterator[_Mention]:
    for match in matches_at(_NAME_SPEAKS, document.body, capital_starts(document.body)):
        checked = _checked_name(document.body, *match.span("name"), spans, strict=True)
        if checked and " " in checked[0]:
            mention = _mention(
                document,
                match,
                checked[0],
                match.start("name"),
                checked[1],
                confidence=0.6,
                why="nama sebelum kata kerja berkata",
            )
            mention.speaks = True
            yield mention


def same_person(first: str, second: str) -> bool:
    """Say whether two names of one text can be one person's: one within the other, or the same last name and fitting first names."""
    one, two = _tokens(first), _tokens(second)
    if not one or not two:
        return False
    if set(one) <= set(two) or set(two) <= set(one):
        return any(len(token) > 2 for token in set(one) & set(two))
    if one[-1] != two[-1] or len(one[-1]) < 4:
        return False
    return all(
        any(longer.startswith(shorter) or shorter.startswith(longer) for longer in two[:-1]) for shorter in one[:-1]
    )


def _tokens(name: str) -> list[str]:
    return [token.lower() for token in re.split(r"[\s.]+", name) if token]


def _persons(mentions: list[_Mention]) -> list[_Person]:
    persons: list[_Person] = []
    for mention in sorted(mentions, key=lambda mention: -len(_tokens(mention.name))):
        for person in persons:
            if any(same_person(mention.name, name) for name in person.names) and not _posts_disagree(mention, person):
                person.mentions.append(mention)
                break
        else:
            persons.append(_Person([mention]))
    return persons


def _posts_disagree(mention: _Mention, person: _Person) -> bool:
    """Say whether two full names that share a word hold different posts: then they are two persons (say, brothers)."""
    if (
        len(_tokens(mention.name)) < 2
        or not mention.position
        or any(set(_tokens(mention.name)) <= set(_tokens(name)) for name in person.names)
    ):
        return False
    exact = any(_tokens(mention.name) == _tokens(name) for name in person.names)
    posts = {_canonical_post(other.position) for other in person.mentions if other.position}
    return (
        not exact
        and bool(posts)
        and _canonical_post(mention.position).split(" ")[0] not in {post.split(" ")[0] for post in posts}
    )


def _canonical_post(position: str) -> str:
    words = [_SAME_POST.get(word, word) for word in position.lower().split()]
    return " ".join(words)


def _add_bare_names(document: Document, persons: list[_Person]) -> None:
    """Add later mentions by a part of the name alone ("Jelas Siti"), with what they say."""
    taken = [(mention.start, mention.end) for person in persons for mention in person.mentions]
    for person in persons:
        for part in _parts_of_name(max(person.names, key=len)):
            for match in re.finditer(rf"(?<![\w.-]){re.escape(part)}(?![\w-])", document.body):
                if any(start < match.end() and match.start() < end for start, end in taken):
                    continue
                before = document.body[max(0, match.start() - 40) : match.start()]
                speaks = bool(_SPEAKS_NEXT.match(document.body, match.end())) or bool(
                    re.search(rf"\b(?i:{_SAID})\s+$", before)
                )
                if speaks:
                    why = "bagian dari nama yang disebut sebelumnya"
                    person.mentions.append(
                        _Mention(match.start(), match.end(), part, confidence=0.6, why=why, speaks=True)
                    )
                    taken.append(match.span())


def _parts_of_name(name: str) -> list[str]:
    """Return the parts by which a person is named again, longest first: the first two words, then each long word."""
    words = name.split()
    pairs = [" ".join(words[:2])] if len(words) > 2 else []
    return list(dict.fromkeys([*pairs, *(word for word in words if len(word) > 3)]))


def _attribute_quotes(document: Document, persons: list[_Person]) -> None:
    """Give each quotation to whom the words after or before it name; a pronoun means the last person who spoke."""
    mentions = sorted(
        ((mention, person) for person in persons for mention in person.mentions), key=lambda pair: pair[0].start
    )
    for match in _QUOTE.finditer(document.body):
        person = _named_after(document, match.end(), mentions) or _named_before(document, match.start(), mentions)
        if person is None and _PRONOUN_SAID.match(document.body, match.end()):
            earlier = [pair for pair in mentions if pair[0].start < match.start()]
            speaking = [pair for pair in earlier if pair[0].speaks] or earlier
            person = speaking[-1][1] if speaking else None
        if person:
            person.quotes.append(
                document.evidence(match.start(1), match.end(1), 0.75, "kutipan menurut kata di sampingnya")
            )


def _named_after(document: Document, position: int, mentions: list[tuple[_Mention, _Person]]) -> _Person | None:
    said = re.compile(rf"\s*,?\s*(?i:{_SAID})\b").match(document.body, position)
    if not said:
        return None
    stop = re.compile(r"[.\n]\s").search(document.body, said.end())
    limit = min(said.end() + 140, stop.start() + 60 if stop else len(document.body))
    return next((person for mention, person in mentions if said.end() <= mention.start < limit), None)


def _named_before(document: Document, position: int, mentions: list[tuple[_Mention, _Person]]) -> _Person | None:
    near = [
        pair
        for pair in mentions
        if position - 160 < pair[0].start < position and "\n" not in document.body[pair[0].end : position]
    ]
    if not near:
        return None
    mention, person = near[-1]
    return person if re.search(rf"\b{_SPEAKS}\b[^\"]{{0,60}}$", document.body[mention.end : position]) else None


def _speaker(document: Document, person: _Person) -> Speaker:
    mentions = sorted(person.mentions, key=lambda mention: mention.start)
    best = max(
        mentions,
        key=lambda mention: (
            len(_tokens(mention.name)) > 1,
            bool(mention.position),
            mention.confidence,
            -mention.start,
        ),
    )
    name = max((mention.name for mention in mentions), key=lambda text: (len(_tokens(text)), len(text)))
    variants = tuple(variant for variant in dict.fromkeys(mention.name for mention in mentions) if variant != name)
    with_post = [mention for mention in mentions if mention.position]
    role: Literal["speaker", "mentioned"] = (
        "speaker" if person.quotes or any(mention.speaks for mention in mentions) else "mentioned"
    )
    return Speaker(
        evidence=document.evidence(best.start, best.end, best.confidence, best.why),
        name=name,
        variants=variants,
        rank=next((mention.rank for mention in mentions if mention.rank), ""),
        degrees=max((mention.degrees for mention in mentions), key=len),
        position=max((mention.position for mention in with_post), key=len, default=""),
        agency_id=next((mention.agency_id for mention in with_post if mention.agency_id), None),
        role=role,
        quotes=tuple(person.quotes),
    )


def _bylines(document: Document) -> Iterator[Speaker]:
    seen: set[str] = set()
    for lead in document.leads:
        if lead.kind != "footer":
            continue
        for match in _BYLINE.finditer(lead.evidence.text):
            name = re.sub(r"\s+", " ", match["name"]).strip()
            if name.lower() in seen or _tokens(name)[0] in _NEVER_A_NAME:
                continue
            seen.add(name.lower())
            role: Literal["reporter", "editor"] = (
                "editor" if re.match(r"(?i)editor|redaktur|penyunting", match["role"]) else "reporter"
            )
            start = lead.evidence.start + match.start("name")
            evidence = document.evidence(start, start + len(match["name"]), 0.9, "disebut pada nama penulis")
            yield Speaker(evidence, name, (), "", (), role, None, role)
