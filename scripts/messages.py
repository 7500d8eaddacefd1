"""Keep the English catalogue in step with the Indonesian texts of the code and the templates.

`python scripts/messages.py` collects every text, keeps the translations that there are, drops those whose text is gone, and
lists what still lacks one. `--check` writes nothing and ends with 1 when a text lacks its translation, a translation lacks
its text, or the two have different placeholders. Afterwards: `pybabel compile -D django -d src/kentongan/config/locale`.
"""

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from django.template import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "kentongan"
CATALOGUE = SOURCE / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
SKIPPED = {"tests", "migrations", "__pycache__"}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CHANGING_HEADERS = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By")


class Text(NamedTuple):
    """A text to translate: its context, the text or its singular and plural, and the file that holds it."""

    context: str | None
    words: str | tuple[str, str]
    file: str


def main(arguments: list[str]) -> int:
    """Update or check the catalogue; return 1 when something lacks its other half."""
    with CATALOGUE.open("rb") as file:
        known = read_po(file, locale="en") if CATALOGUE.stat().st_size else Catalog(locale="en")
    fresh = Catalog(
        locale="en", domain="django", project="Kentongan", header_comment="# English texts of Kentongan.", fuzzy=False
    )
    for text in sorted(texts(), key=lambda text: (text.file, str(text.words))):
        old = known.get(_id(text.words), text.context)
        fresh.add(text.words, old.string if old else "", locations=[(text.file, 0)], context=text.context)
    faults = [*untranslated(fresh), *mismatched(fresh)]
    if "--check" in arguments:
        kept = {(m.context, _id(m.id)) for m in fresh}
        faults += [f"no longer in the code: {m.id!r}" for m in known if m.id and (m.context, _id(m.id)) not in kept]
    else:
        buffer = io.BytesIO()
        write_po(buffer, fresh, width=110, include_lineno=False, ignore_obsolete=True)
        CATALOGUE.write_bytes(_without_changing_headers(buffer.getvalue()))
    for fault in faults:
        print(fault)
    print(f"{len(fresh)} texts, {len(faults)} faults.")
    return 1 if faults else 0


def texts() -> Iterator[Text]:
    """Yield every text of the code and the templates."""
    for path in sorted(SOURCE.rglob("*")):
        if SKIPPED.isdisjoint(path.parts):
            if path.suffix == ".py":
                yield from _of_code(path)
            elif "templates" in path.parts and path.suffix in (".html", ".txt"):
                yield from _of_template(path)


def _of_code(path: Path) -> Iterator[Text]:
    for _line, words, _comments, context in extract_from_file("python", path, keywords=KEYWORDS):
        yield Text(context, words, _name(path))


def _of_template(path: Path) -> Iterator[Text]:
    nodes = Template(path.read_text(encoding="utf-8")).nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        literal = getattr(node.filter_expression.var, "literal", node.filter_expression.var)
        yield Text(_context(node), str(literal).replace("%%", "%"), _name(path))
    for block in nodes.get_nodes_by_type(BlockTranslateNode):
        singular = block.render_token_list(block.singular)[0]
        plural = block.render_token_list(block.plural)[0] if block.plural else None
        yield Text(_context(block), (singular, plural) if plural else singular, _name(path))


def _context(node: object) -> str | None:
    expression = getattr(node, "message_context", None)
    return str(expression.var) if expression else None


def untranslated(catalogue: Iterable) -> Iterator[str]:
    """Yield a line for each text without a translation."""
    for message in catalogue:
        if message.id and not all(_forms(message.string)):
            yield f"no English: {message.id!r}  ({message.locations[0][0]})"


def mismatched(catalogue: Iterable) -> Iterator[str]:
    """Yield a line for each translation that does not have the placeholders of its text."""
    for message in catalogue:
        wanted = {name for form in _forms(message.id) for name in PLACEHOLDER.findall(form)}
        for form in _forms(message.string):
            if message.id and form and not set(PLACEHOLDER.findall(form)) <= wanted:
                yield f"other placeholders: {message.id!r} -> {form!r}"
            if message.id and form and not isinstance(message.id, tuple) and set(PLACEHOLDER.findall(form)) != wanted:
                yield f"missing placeholders: {message.id!r} -> {form!r}"


def _forms(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _id(words: str | tuple[str, ...]) -> str:
    return _forms(words)[0]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _without_changing_headers(content: bytes) -> bytes:
    lines = content.decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(tuple(f'"{name}' for name in CHANGING_HEADERS))
    ).encode()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings_test")
    django.setup()
    sys.exit(main(sys.argv[1:]))
