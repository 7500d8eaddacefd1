"""Is this week's count of a place and stream more than its own history explains?

`farrington` compares with the same season of earlier years, `ears` with the last days or weeks, `cusum` and `glr` add
up small excesses, `nowcast` corrects for reports still on their way, `hierarchy` controls false discoveries over all
levels of places. Every detector takes counts (series, weeks) and returns a `detection.Detection`. Formulas,
assumptions and limits stand in `docs/methods/`.
"""
