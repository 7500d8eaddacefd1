"""The deeds of this room. Each changes state, writes its step and its row of the trail, or changes nothing."""

from .common import (
    CaseClosed,
    ChangedMeanwhile,
    NoInstrument,
    NotAddressable,
    NotAsked,
    NotTheLead,
    ReasonMissing,
    StaysWithOwner,
    StepNotAllowed,
    Unusable,
)
from .goods import Holder, confirm_hand_over, hand_over, record_object
from .opening import (
    add_agency,
    add_event,
    close_case,
    leave,
    move_case,
    open_case,
    say_child_among_victims,
    share,
    write_note,
)
from .persons import (
    SecondWordRefused,
    VictimsAreNotPunished,
    add_persons,
    change_role,
    give_second_word,
    identify,
    link_identity,
    record_best_interest,
    set_age,
    was_victim,
)
from .process import ElementStated, classify_case, record_milestone, withdraw_case_classification, withdraw_milestone
from .referring import (
    Consent,
    ConsentMissing,
    answer_referral,
    refer,
    revoke_referral,
    revoke_where_consent_fell,
    withdraw_referral_consent,
)
from .tasks import answer_task, give_task

__all__ = [
    "CaseClosed", "ChangedMeanwhile", "Consent", "ConsentMissing", "ElementStated", "Holder", "NoInstrument", "NotAddressable",
    "NotAsked", "NotTheLead", "ReasonMissing", "SecondWordRefused", "StaysWithOwner", "StepNotAllowed", "Unusable",
    "VictimsAreNotPunished", "add_agency", "add_event", "add_persons", "answer_referral", "answer_task", "change_role",
    "classify_case", "close_case", "confirm_hand_over", "give_second_word", "give_task", "hand_over", "identify", "leave",
    "link_identity", "move_case", "open_case", "record_best_interest", "record_milestone", "record_object", "refer",
    "revoke_referral", "revoke_where_consent_fell", "say_child_among_victims", "set_age", "share", "was_victim",
    "withdraw_case_classification", "withdraw_milestone", "withdraw_referral_consent", "write_note",
]  # fmt: skip
