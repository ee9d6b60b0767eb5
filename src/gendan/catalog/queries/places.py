"""Reading master data."""

from __future__ import annotations

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

DEFAULT_BIN = "DEFAULT"


def has_begun(actor: Actor) -> dict[str, bool]:
    """Whether the company has products, partners and bins beyond those that it started with; one statement."""
    found = db.dicts(
        "SELECT EXISTS (SELECT 1 FROM catalog_product WHERE company_id = %(company)s) AS products,"
        " EXISTS (SELECT 1 FROM catalog_partner WHERE company_id = %(company)s) AS partners,"
        " EXISTS (SELECT 1 FROM catalog_location WHERE company_id = %(company)s AND kind = 'bin'"
        "  AND code <> %(own)s) AS bins",
        {"company": actor.company_id, "own": DEFAULT_BIN},
    )
    return found[0]


def virtual_location(company_id: int, kind: str) -> int:
    """The id of a company's place outside of warehouses: supplier, customer, transit, scrap, difference, adjustment."""
    found = db.row(
        "SELECT id FROM catalog_location WHERE company_id = %s AND warehouse_id IS NULL AND code = %s",
        [company_id, kind],
    )
    if found is None:
        raise NotFound(what=kind)
    return int(found[0])


def virtual_locations(company_id: int) -> dict[str, int]:
    """All places outside of warehouses by kind, in one statement."""
    return dict(
        db.rows("SELECT code, id FROM catalog_location WHERE company_id = %s AND warehouse_id IS NULL", [company_id])
    )


def warehouse_locations(company_id: int, warehouse_id: int) -> dict[str, int]:
    """A warehouse's ``default``, ``inspection`` and ``rejected`` location ids."""
    found = db.rows(
        "SELECT 'default', w.default_location_id FROM catalog_warehouse w WHERE w.company_id = %s AND w.id = %s"
        " UNION ALL (SELECT DISTINCT ON (kind) kind, id FROM catalog_location"
        " WHERE company_id = %s AND warehouse_id = %s AND is_active AND kind IN ('inspection', 'rejected')"
        " ORDER BY kind, id)",
        [company_id, warehouse_id, company_id, warehouse_id],
    )
    return dict(found)
