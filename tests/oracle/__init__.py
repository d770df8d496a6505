"""The independent oracle (独立复算): the nine tables recomputed from the raw rows, slowly and plainly.

Nothing here knows the dbt models; the line definitions are written out a second time on purpose.
Flow: ``raw_submitted`` or a portfolio -> :class:`Book` -> ``recompute`` -> ``differences`` to the ``rpt_`` tables.
"""
