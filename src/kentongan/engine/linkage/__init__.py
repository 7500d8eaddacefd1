"""Which records may be about the same person: names as they are written here, pairs with a probability, groups under rules.

A pair is a question to an officer and never an answer: nothing here joins two records.
"""
