"""Unit tests of ``common``."""
