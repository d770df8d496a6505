"""The data dictionary page follows the contract."""

from ingestion.dictionary import PAGE, render_dictionary


def test_data_dictionary_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_dictionary(), "run: python -m ingestion.dictionary"
