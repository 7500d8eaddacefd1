"""Papers: a Typst template and facts become a PDF that can be archived and read aloud.

The facts travel as JSON, so that no word of a user is ever taken for a command of the template. Only the fonts that come
with Typst are used, and the only date in the file is the one that is given: the same facts at the same instant make the
same bytes on every machine.
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).parent / "papers"
STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""PDF/A-2a, for the archive; PDF/UA-1, for those who have papers read to them."""

NO_SUCH_LETTER = "could not be displayed with font"


class PaperNotMade(KentonganError):
    """The template and the facts do not make a paper."""

    code = "briefings.paper_not_made"


def paper(template: str, facts: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF of a template (`village_sheet`, `programme_report`) filled with the facts, dated `at`.

    A text with letters that none of the fonts has is printed all the same, with boxes for them: then the file is no
    PDF/A any more, which the log tells. PaperNotMade when the template cannot be filled.
    """
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, allow_nan=False)
    try:
        return _compiled(template, written, STANDARDS, at)
    except typst.TypstError as fault:
        if NO_SUCH_LETTER not in fault.message:
            raise _not_made(template, fault) from fault
    log.warning("briefings.paper.letters_missing", extra={"template": template})
    try:
        return _compiled(template, written, [], at)
    except typst.TypstError as fault:
        raise _not_made(template, fault) from fault


def _compiled(template: str, facts: str, standards: list[Any], at: datetime) -> bytes:
    made: bytes = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"facts": facts},
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _not_made(template: str, fault: typst.TypstError) -> PaperNotMade:
    """Return the refusal; what is wrong in the template, and where, is in the log."""
    where = "\n".join(line for line in fault.diagnostic.splitlines() if line.lstrip().startswith("┌─"))
    log.error("briefings.paper.not_made", extra={"template": template, "what": fault.message, "where": where})
    return PaperNotMade(
        _(
            "Lembar ini tidak dapat dicetak karena cetakannya salah (%(template)s). Data Anda tidak berubah. "
            "Beri tahu pengelola sistem; rinciannya ada di catatan sistem."
        )
        % {"template": template}
    )
