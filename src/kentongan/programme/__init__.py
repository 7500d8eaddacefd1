"""Partner villages: designations, visits, rounds, and what the programme brings."""
