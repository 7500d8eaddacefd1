"""CAP messages for tests: one as XML to be bent, and generators of all that the standard lets a message be."""

import string
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from kentongan.alerts.cap.document import Area, Info, Message, Named, Resource
from kentongan.alerts.cap.structure import ALERT, INFO
from kentongan.alerts.cap.values import Circle, Point, Reference

SMUGGLING = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>PNTL-2026-0007</identifier>
  <sender>komando@pntl.example</sender>
  <sent>2026-03-04T09:30:00+09:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Restricted</scope>
  <restriction>Untuk instansi perbatasan</restriction>
  <info>
    <language>pt</language>
    <category>Security</category>
    <event>Contrabando</event>
    <urgency>Expected</urgency>
    <severity>Moderate</severity>
    <certainty>Likely</certainty>
    <senderName>PNTL Bobonaro</senderName>
    <headline>Travessia perto de Silawan</headline>
    <description>Camiões à noite no rio.</description>
  </info>
  <info>
    <language>id</language>
    <category>Security</category>
    <event>Penyelundupan</event>
    <urgency>Expected</urgency>
    <severity>Moderate</severity>
    <certainty>Likely</certainty>
    <senderName>PNTL Bobonaro</senderName>
    <headline>Penyeberangan dekat Silawan</headline>
    <description>Truk menyeberang sungai pada malam hari.</description>
    <area>
      <areaDesc>Silawan</areaDesc>
      <polygon>-8.98,124.92 -8.98,124.94 -9.00,124.94 -8.98,124.92</polygon>
      <geocode><valueName>Kemendagri</valueName><value>53.04.02.2001</value></geocode>
    </area>
  </info>
</alert>
""".encode()
"""A message of a neighbour, in two languages. Nobody in it is real."""


def bent(old: str, new: str, *, within: bytes = SMUGGLING) -> bytes:
    """Return the message with one thing in it changed."""
    assert within.count(old.encode()) >= 1
    return within.replace(old.encode(), new.encode(), 1)


def following(
    msg_type: str, identifier: str, *, of: str = "komando@pntl.example,PNTL-2026-0007,2026-03-04T09:30:00+09:00"
) -> bytes:
    """Return a message of the same neighbour that follows another one."""
    changed = bent("PNTL-2026-0007", identifier, within=bent("<msgType>Alert", f"<msgType>{msg_type}"))
    return bent("</restriction>", f"</restriction><references>{of}</references>", within=changed)


WRITABLE = st.characters(
    min_codepoint=0x20, max_codepoint=0x2FFF, blacklist_categories=("Cs", "Cn"), blacklist_characters="\x7f"
)
"""What XML takes and gives back unchanged; it makes one sign of the two ends of a line."""

TEXTS = st.text(WRITABLE, max_size=30)
SAID = st.text(WRITABLE, min_size=1, max_size=30).filter(str.strip)
NAMES = st.text(string.ascii_letters + string.digits + ".:@/-_\"'>", min_size=1, max_size=20)
LISTED = st.lists(
    st.text(string.ascii_letters + " .:@", min_size=1, max_size=12).filter(lambda said: said.strip() == said), max_size=3
)  # fmt: skip
MINUTES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1000, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC) | MINUTES).map(
    lambda at: at.replace(microsecond=0)
)
POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)).map(
    lambda p: Point(round(p.lat, 9) + 0.0, round(p.lon, 9) + 0.0)
)
POLYGONS = st.lists(POINTS, min_size=3, max_size=6).map(lambda points: (*points, points[0]))
CIRCLES = st.builds(Circle, POINTS, st.floats(0, 20_000).map(lambda km: round(km, 6)))
REFERENCES = st.builds(Reference, NAMES, NAMES, INSTANTS)
NAMED = st.builds(Named, SAID, TEXTS)
HEIGHTS = st.none() | st.decimals(-1000, 60_000, places=2)


def several(one, *, least=0):
    return st.lists(one, min_size=least, max_size=3).map(tuple)


def words_of(part, name):
    """Return the words that an element may say, as the structure has them."""
    element = next(one for one in part.elements if one.name == name)
    try:
        element.what.read("-")
    except ValueError as wrong:
        return st.sampled_from(wrong.expected.split(", "))
    raise AssertionError(name)


RESOURCES = st.builds(
    Resource, SAID, SAID, st.none() | st.integers(0, 10**9), st.just("") | st.just("https://contoh.id/a.png"), st.just("aGFs") | st.just(""), TEXTS.map(str.strip)
)  # fmt: skip
AREAS = st.tuples(SAID, several(POLYGONS), several(CIRCLES), several(NAMED), HEIGHTS, HEIGHTS).map(
    lambda said: Area(*said[:4], altitude=said[4], ceiling=said[5] if said[4] is not None else None)
)
OPTIONAL = st.just("") | SAID
INFOS = st.builds(
    Info,
    categories=several(words_of(INFO, "category"), least=1),
    event=SAID,
    urgency=words_of(INFO, "urgency"),
    severity=words_of(INFO, "severity"),
    certainty=words_of(INFO, "certainty"),
    language=st.sampled_from(["id", "en", "tet", "pt", "en-US", "id-ID"]),
    response_types=several(words_of(INFO, "responseType")),
    audience=OPTIONAL,
    event_codes=several(NAMED),
    effective=st.none() | INSTANTS,
    onset=st.none() | INSTANTS,
    expires=st.none() | INSTANTS,
    sender_name=OPTIONAL,
    headline=OPTIONAL,
    description=OPTIONAL,
    instruction=OPTIONAL,
    web=st.sampled_from(["", "https://kentongan.example/cap/"]),
    contact=OPTIONAL,
    parameters=several(NAMED),
    resources=several(RESOURCES),
    areas=several(AREAS),
)


@st.composite
def messages(draw):
    msg_type, scope = draw(words_of(ALERT, "msgType")), draw(words_of(ALERT, "scope"))
    least = 0 if msg_type == "Alert" else 1
    addresses = draw(LISTED.filter(bool) if scope == "Private" else LISTED)
    return Message(
        identifier=draw(NAMES),
        sender=draw(NAMES),
        sent=draw(INSTANTS),
        status=draw(words_of(ALERT, "status")),
        msg_type=msg_type,
        scope=scope,
        source=draw(OPTIONAL),
        restriction=draw(SAID if scope == "Restricted" else OPTIONAL),
        addresses=tuple(addresses),
        codes=draw(several(SAID)),
        note=draw(OPTIONAL),
        references=draw(several(REFERENCES, least=least)),
        incidents=tuple(draw(LISTED)),
        infos=draw(several(INFOS)),
    )
