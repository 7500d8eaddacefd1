"""Who is who in a case, and what may not be done with them: victims are not punished (R13), children are guarded (R15). No Django."""

from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

VICTIM, SUSPECT, WITNESS, REPORTER = "victim", "suspect", "witness", "reporter"
ROLES = (VICTIM, SUSPECT, WITNESS, REPORTER)

VAULT_KINDS = {VICTIM: "victim", SUSPECT: "person", WITNESS: "person", REPORTER: "reporter"}
"""As what the vault keeps the identity of somebody in this role."""

CHILD, ADULT, UNKNOWN = "child", "adult", "unknown"
AGES = (CHILD, ADULT, UNKNOWN)

PARENT, APPOINTED, AGENCY, NOBODY = "parent", "appointed", "agency", "nobody"
GUARDIANS = (PARENT, APPOINTED, AGENCY, NOBODY)
SUBJECT, GUARDIAN, VITAL = "subject", "guardian", "vital"
CONSENT_GIVERS = (SUBJECT, GUARDIAN, VITAL)


@dataclass(frozen=True, slots=True)
class OffenceAlleged:
    """What somebody is to be suspected of, and whether it is an act that follows from being a victim."""

    code: str
    label_id: str
    label_en: str
    is_status: bool
    source: str
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """What is known of who speaks for a child."""

    kind: str
    is_in_conflict: bool  # suspected in the case, or gained by it
    best_interest_recorded: bool


@cache
def offences_alleged() -> dict[str, OffenceAlleged]:
    """Return what somebody may be suspected of, by code; ShippedTableError lists all faulty lines."""
    return {one.code: one for one in table_entries("kentongan.cases", "data/status_offences.csv", _offence)}


def needs_second_word(now: str, then: str, *, was_victim: bool) -> bool:
    """Tell whether the change of role needs a supervisor's word: whoever is or was a victim never becomes a suspect by one."""
    return then == SUSPECT and (now == VICTIM or was_victim)


def why_role_may_not_change(
    now: str, then: str, *, was_victim: bool, offence: str, reason: str, legal_reason: str
) -> str:
    """Return what stands in the way of proposing the change, empty when nothing does.

    For a status offence the legal reason says why the principle that victims are not punished does not hold here.
    """
    if then not in ROLES or now == then:
        return "no_change"
    if not reason.strip():
        return "no_reason"
    if then == SUSPECT and offence not in offences_alleged():
        return "no_offence"
    if needs_second_word(now, then, was_victim=was_victim) and not legal_reason.strip():
        return "no_legal_reason"
    return ""


def may_give_second_word(*, asked_by: str, by: str, role: str, is_same_agency: bool) -> bool:
    """Tell whether somebody may approve: a supervisor of the agency whose officer asked, and another person."""
    return is_same_agency and role == "leader" and asked_by != by


def why_consent_does_not_stand(giver: str, *, age: str, guardian: GuardianFacts | None, reason: str) -> str:
    """Return why a consent by this giver does not carry a referral of this person, empty when it does.

    A child's own word is heard and does not suffice; a guardian in conflict with the child does not speak for it. Where life
    or health is at stake, help does not wait for either, and says why.
    """
    if giver not in CONSENT_GIVERS:
        return "no_giver"
    if giver == VITAL:
        return "" if reason.strip() else "no_reason"
    if age != CHILD:
        return "" if giver == SUBJECT else "adult_speaks"
    if giver == SUBJECT:
        return "child_needs_guardian"
    if guardian is None or not guardian.best_interest_recorded:
        return "no_best_interest"
    if guardian.kind == NOBODY:
        return "no_guardian"
    return "guardian_in_conflict" if guardian.is_in_conflict else ""


def letters(number: int) -> str:
    """Return A for 1, Z for 26, AA for 27: what tells the pseudonyms of a case apart."""
    written = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        written = chr(ord("A") + rest) + written
    return written


def number_of(written: str) -> int:
    """Return 1 for A, 27 for AA: the reverse of `letters`."""
    number = 0
    for letter in written:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _offence(line: TableLine) -> OffenceAlleged:
    yes_or_no = frozenset({"yes", "no"})
    return OffenceAlleged(
        line.required("code"),
        line.required("label_id"),
        line.required("label_en"),
        line.one_of("status", yes_or_no) == "yes",
        line.required("source"),
        line.one_of("unsure", yes_or_no) == "yes",
    )
