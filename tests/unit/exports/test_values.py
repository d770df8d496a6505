from decimal import Decimal

import pytest

from exports.values import DASH, UnitError, printed, require_unit, shown


@pytest.mark.parametrize(
    ("yuan", "unit", "expected"),
    [
        pytest.param("50.00", "万元", "0.01", id="half-goes-up"),
        pytest.param("49.99", "万元", "0.00", id="below-half-goes-down"),
        pytest.param("-50.00", "万元", "-0.01", id="negative-half-goes-away-from-zero"),
        pytest.param("150.00", "万元", "0.02", id="half-is-not-bankers"),
        pytest.param("1234567.89", "元", "1234567.89", id="yuan-unchanged"),
        pytest.param("1234565.00", "千元", "1234.57", id="thousand"),
        pytest.param("99999999999999.99", "亿元", "1000000.00", id="hundred-million"),
        pytest.param("3160001.00", "万元", "316.00", id="golden-note-of-one-yuan-over"),
    ],
)
def test_amount_is_rounded_once_in_unit(yuan: str, unit: str, expected: str) -> None:
    assert str(printed(Decimal(yuan), "amount", unit)) == expected


def test_rounded_zero_is_never_negative() -> None:
    assert str(printed(Decimal("-3.00"), "amount", "万元")) == "0.00"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        pytest.param(Decimal("0.1"), "ratio", "10.00%", id="ratio"),
        pytest.param(Decimal("0.00005"), "ratio", "0.01%", id="ratio-half-up"),
        pytest.param(Decimal("-0.12345"), "ratio", "-12.35%", id="negative-ratio"),
        pytest.param(Decimal("5.178065"), "rate", "5.17807", id="rate"),
        pytest.param(1234, "count", "1,234", id="count"),
        pytest.param(Decimal("12345678.9"), "amount", "1,234.57", id="amount"),
        pytest.param(None, "amount", DASH, id="nothing"),
        pytest.param(None, "ratio", "—", id="no-ratio"),
    ],
)
def test_shown_text_carries_its_sign(value: Decimal | int | None, kind: str, text: str) -> None:
    assert shown(printed(value, kind, "万元"), kind) == text


def test_unknown_unit_names_the_choices() -> None:
    with pytest.raises(UnitError, match="元、千元、万元、亿元"):
        require_unit("百万元")
