"""Who may do what in this room. No Django."""

OVERSEER = "overseer"

HANDLES_REQUESTS = frozenset({"coordinator", "leader"})
"""Roles that register a request from outside, and that give an owner's word on it."""

HOLDS = frozenset({"leader"})
"""Roles that keep records from retention, and let them go."""

SEES_RETENTION = frozenset({"leader", "coordinator", OVERSEER})

NEVER_RELEASED = frozenset({"persons", "protected_register"})
"""Categories that no request from outside opens, whoever approves."""

PROTECTED = "protected"
