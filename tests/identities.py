"""Identity numbers and codes with their check digits, computed apart from the gate's SQL."""

from __future__ import annotations

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def identity_number(seventeen: str = "32010219800101001") -> str:
    """Complete an identity number with its check digit (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, IDENTITY_WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


def credit_code(seventeen: str = "91320100MA1AAAAAA") -> str:
    """Complete a unified social credit code with its check digit (GB 32100)."""
    total = sum(CREDIT_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(seventeen))
    return seventeen + CREDIT_ALPHABET[-total % 31]


def organisation_code(eight: str = "12345678") -> str:
    """Complete an organisation code with its check digit (GB 11714)."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(alphabet.index(sign) * weight for sign, weight in zip(eight, weights, strict=True))
    return eight + "0123456789X"[-total % 11]
