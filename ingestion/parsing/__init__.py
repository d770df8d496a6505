"""What runs inside the guarded child process: a workbook becomes CSV bytes and problems.

Knows no database, no findings, no settings: it is started with limits on memory, and may die at any moment.
Flow: path → zip parts scanned → calamine → contract text forms → CSV bytes. The parent is ``ingestion.reading``.
"""
