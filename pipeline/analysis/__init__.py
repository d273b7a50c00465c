"""Analysis: a store as DataFrames and charts, for notebooks.

Reads: an open store, strings, files. Writes: DataFrames with documented columns, altair charts. Needs the extra ``analysis``.
"""
