"""Files in, files out: SaTScan's own files and parameter files, tables as CSV and Parquet, results as JSON and maps.

    from kentongan.engine.files import read_prm, run

    report = run(read_prm("study.prm"))
    for cluster in report.clusters:
        print(cluster.members, cluster.window_from, cluster.window_to, cluster.p_value)

How files are understood stands in `docs/methods/scan-files.md`.
"""

from kentongan.engine.files.parameters import read_prm
from kentongan.engine.files.report import Found, Report, as_json, run
from kentongan.engine.files.study import Analysis, Design, Model, Study

__all__ = ["Analysis", "Design", "Found", "Model", "Report", "Study", "as_json", "read_prm", "run"]
