"""What of a note and its contract never changes, written once when the note is made: ready parts of CSV lines.

A part covers neighbouring columns of a record, joined by commas; :mod:`ingestion.synthetic.tables` knows them as
``first..last``.
"""

from __future__ import annotations

import numpy as np

from ingestion.synthetic.calendar import Texts, add_months, iso
from ingestion.synthetic.customers import Customers
from ingestion.synthetic.identity import person_names, resident_ids
from ingestion.synthetic.notes import BILL, BULLET, DAY_COUNTS, METHODS, PRODUCTS, REVOLVING, SECURITIES
from ingestion.synthetic.tables import NOTHING, YES_NO, integers, joined, number_texts, percent, yuan

COLLATERAL_KINDS = np.array(["HOUSE", "LAND", "MACHINERY", "VEHICLE", "INVENTORY"], dtype=object)
PLEDGE_KINDS = np.array(["DEPOSIT", "RECEIVABLE", "EQUITY"], dtype=object)
STAFF_NUMBERS = np.array([f"Y{number:02d}" for number in range(100)], dtype=object)
GUARANTEE_LASTS_MONTHS = 24
VALUED_DAYS_BEFORE = 10
Note = dict[str, np.ndarray]


def suffixed(prefix: str, texts: Texts) -> Texts:
    """Return numbers of things that belong to a note: the note's number under another prefix."""
    return np.array([prefix + text[2:] for text in texts.tolist()], dtype=object)


def customer_numbers(customers: Customers, customer: np.ndarray) -> Texts:
    """Return the customer numbers (客户编号)."""
    return number_texts("K", customers.columns["serial"][customer])


def describe_note(note: Note, customers: Customers) -> Note:
    """Return the lasting parts of the records about new notes."""
    owner = customer_numbers(customers, note["customer"])
    start, maturity = iso(note["start"]), iso(note["original_maturity"])
    product, amount = PRODUCTS[note["product"]], yuan(note["amount"])
    manager = STAFF_NUMBERS[note["manager"] + 1]
    return {
        "note_head": joined([note["note_no"], note["contract_no"], owner, product, manager, amount, start, maturity]),
        "note_middle": _note_middle(note, customers),
        "note_tail": YES_NO[note["is_outside"].astype(np.int8)] + ",0.00,0.00",
        "contract_head": _contract_head(note, owner, product, start),
        "contract_line": _contract_line(note),
        "guarantee": _guarantee(note, customers, amount, start),
        "collateral": _collateral(note, customers, amount),
    }


def _note_middle(note: Note, customers: Customers) -> Texts:
    groups = number_texts("LB", note["joint"])
    month = note["note_no"][0][2:8] if len(note["note_no"]) else ""
    return joined(
        [
            percent(note["rate"]),
            np.where(note["is_floating"], "FLOATING", "FIXED"),
            np.where(note["is_lpr"], "LPR", "PBOC_BENCHMARK"),
            percent(note["reference"]),
            percent(note["markup"] * 100_000),
            METHODS[note["method"]],
            DAY_COUNTS[note["day_count"]],
            integers(np.where(note["method"] == BULLET, NOTHING, note["settlement_day"])),
            SECURITIES[note["security"]],
            np.where(note["joint"] > 0, groups + month, ""),
            note["direction"],
            note["purpose"],
            customers.columns["agri"][note["customer"]],
        ]
    )


def _contract_head(note: Note, owner: Texts, product: Texts, start: Texts) -> Texts:
    revolving = note["method"] == REVOLVING
    agreed = yuan(np.where(revolving, note["amount"] * 3 // 2, note["amount"]))
    signed = iso(note["start"] - note["grip"] % 4)
    return joined([note["contract_no"], owner, product, agreed, signed, start])


def _contract_line(note: Note) -> Texts:
    revolving = note["method"] == REVOLVING
    line = np.where(revolving, suffixed("SX", note["note_no"]), "")
    return joined([YES_NO[revolving.astype(np.int8)], line])


def _guarantee(note: Note, customers: Customers, amount: list[str], start: Texts) -> Texts:
    rows = np.flatnonzero(note["security"] == 1)
    who, county = note["guarantor"][rows], customers.companies.county[note["company"][rows]]
    texts = np.full(len(note["company"]), "", dtype=object)
    texts[rows] = joined(
        [
            suffixed("BZ", note["note_no"][rows]),
            note["contract_no"][rows],
            person_names(who),
            ["RESIDENT_ID"] * len(rows),
            resident_ids(who, county),
            np.array(amount, dtype=object)[rows],
            start[rows],
            iso(add_months(note["original_maturity"][rows], GUARANTEE_LASTS_MONTHS)),
            [""] * len(rows),
        ]
    )
    return texts


def _collateral(note: Note, customers: Customers, amount: list[str]) -> Texts:
    rows = np.flatnonzero((note["security"] >= 2) & (note["product"] != BILL))
    grip, number = note["grip"][rows], note["note_no"][rows]
    texts = np.full(len(note["company"]), "", dtype=object)
    texts[rows] = joined(
        [
            suffixed("YP", number),
            note["contract_no"][rows],
            np.where(note["security"][rows] == 2, COLLATERAL_KINDS[grip % 5], PLEDGE_KINDS[grip % 3]),
            customers.columns["name"][note["customer"][rows]],
            yuan(note["amount"][rows] * (120 + grip % 100) // 100),
            np.array(amount, dtype=object)[rows],
            iso(note["start"][rows] - VALUED_DAYS_BEFORE),
            suffixed("TX", number),
        ]
    )
    return texts
