"""Check digits (校验位) as SQL expressions, written out because a function call per row would cost ten times as much.

Resident identity number: GB 11643 (ISO 7064 MOD 11-2). Unified social credit code: GB 32100 (MOD 31).
Organisation code: GB 11714 (MOD 11).
"""

from __future__ import annotations

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def identity_body() -> str:
    """Return the join that gives the first 17 digits of ``r.id_number`` as ``i.body``, null if they are not digits."""
    return (
        "cross join lateral (select case when r.id_type = 'RESIDENT_ID' and length(r.id_number) = 18"
        " and translate(left(r.id_number, 17), '0123456789', '') = '' then left(r.id_number, 17)::bigint end as body"
        " offset 0) i"
    )


def identity_is_wrong() -> str:
    """Return the condition that ``i.body`` and the last character are no valid identity number."""
    total = " + ".join(
        f"i.body / {10 ** (16 - place)} % 10 * {weight}" for place, weight in enumerate(IDENTITY_WEIGHTS)
    )
    check = f"substr('{IDENTITY_CHECKS}', (({total}) % 11)::integer + 1, 1)"
    month, day, year = "i.body / 100000 % 100", "i.body / 1000 % 100", "i.body / 10000000 % 10000"
    born = (
        f"{year} not between 1900 and 2099 or {month} not between 1 and 12 or {day} not between 1 and 31"
        f" or ({day} = 31 and {month} in (4, 6, 9, 11)) or ({month} = 2 and {day} > 29)"
    )
    return f"(i.body is null or upper(right(r.id_number, 1)) <> {check} or {born})"


def credit_code_is_wrong() -> str:
    """Return the condition that ``r.id_number`` is no valid unified social credit code."""
    return _alphabet_check(
        "upper(r.id_number)", 18, CREDIT_ALPHABET, CREDIT_WEIGHTS, f"'{CREDIT_ALPHABET}'", 31, "(31 - {sum} % 31) % 31"
    )


def organisation_code_is_wrong() -> str:
    """Return the condition that ``r.id_number`` (with or without hyphen) is no valid organisation code."""
    code = "upper(replace(r.id_number, '-', ''))"
    return _alphabet_check(
        code, 9, ORGANISATION_ALPHABET, ORGANISATION_WEIGHTS, "'0123456789X'", 11, "(11 - {sum} % 11) % 11"
    )


def _alphabet_check(
    code: str, length: int, alphabet: str, weights: tuple[int, ...], checks: str, modulus: int, rest: str
) -> str:
    terms = " + ".join(
        f"(strpos('{alphabet}', substr({code}, {place}, 1)) - 1) * {weight}"
        for place, weight in enumerate(weights, start=1)
    )
    expected = f"substr({checks}, {rest.format(sum=f'({terms})')} + 1, 1)"
    return (
        f"(length({code}) <> {length} or translate({code}, '{alphabet}', '') <> '' or right({code}, 1) <> {expected})"
    )
