"""Everything up to the raw tables: the data contract, the sources, the gate, the landing.

Plain Python: knows no Dagster. Flow: files or rows → contract → landing → gate → ``raw_submitted``.
"""
