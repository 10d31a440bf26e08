"""Question sets over real public documents, and the bench that runs them.

A set is written by somebody who has never seen the program (`GUIDE.md`), run once before anybody
who writes the program has read it (`LOG.md`), and guards from then on.  The documents are not part
of the repository: `sets.toml` says where they lie, `documents.toml` what they are.

    python -m evals.real                    # every set whose documents are there: one table
    python -m evals.real --set blind1       # one set
    python -m evals.real --against out/bench/before.json
"""
