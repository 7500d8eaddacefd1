"""The deeds of this room. Each changes state, writes its version and its row of the trail, or changes nothing."""

from .adding import AddRefused, AlreadyAdded, add_event
from .classifying import KindNotSaved, classify, withdraw_classification
from .combining import MergeNotUndone, MergeRefused, SplitRefused, answer_doubt, merge, split, undo_merge
from .deciding import confirm, correct, dismiss
from .protecting import EVENT_PROTECTED
from .reading_reports import TextReader, read_report
from .versions import ChangedMeanwhile, EventFacts, FactsRefused, NotOwner, ReasonMissing, facts_of

__all__ = [
    "EVENT_PROTECTED",
    "AddRefused",
    "AlreadyAdded",
    "ChangedMeanwhile",
    "EventFacts",
    "FactsRefused",
    "KindNotSaved",
    "MergeNotUndone",
    "MergeRefused",
    "NotOwner",
    "ReasonMissing",
    "SplitRefused",
    "TextReader",
    "add_event",
    "answer_doubt",
    "classify",
    "confirm",
    "correct",
    "dismiss",
    "facts_of",
    "merge",
    "read_report",
    "split",
    "undo_merge",
    "withdraw_classification",
]
