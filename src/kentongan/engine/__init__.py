"""Pure numbers: arrays in, frozen results out. No Django, no clock, no chance that does not come from a given seed.

`permutation` finds clusters in space and time, `silence` finds places that stopped reporting, `calibration` turns a
yearly budget of false alarms into their thresholds. Formulas, assumptions and limits stand in `docs/methods/`.
"""
