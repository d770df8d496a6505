"""Generators of bad files: every case says what it writes and which finding must come of it."""
