"""The Common Alerting Protocol 1.2: what of our alerts leaves in it, and what comes in by it.

Pure, without Django: `values`, `document`, `structure`, `writing`, `reading`, `levels`, `words`. Above them: `composing`
(an alert as messages), `publishing` (which are for everybody), `feed`, `receiving`, and the doors.
"""
