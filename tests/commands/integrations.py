"""Situations of imports: files that were uploaded."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from gendan import integrations
from gendan.integrations.errors import ImportGone
from gendan.integrations.history.mapping import load_mapping
from gendan.integrations.history.masters import Masters
from gendan.integrations.history.orders import NEEDED
from gendan.integrations.history.records import Item, Named
from gendan.integrations.uploads import Upload
from gendan.kernel import files

from .scenario import Arguments, World, scenario

HISTORY = Path(integrations.__file__).parent / "data" / "scms_delivery_history.csv"
JOB = "a job is no business object: what it does writes its own events"


def stored(content: bytes) -> str:
    """The name under which an uploaded content is kept."""
    return files.store(iter([content])).sha256


@scenario("integrations.import_file", asks=("catalog.save_product",), refusal=ImportGone, silent=JOB)
def import_file(world: World) -> Arguments:
    sha = stored("编码,名称,单位\nP9,垫圈,PCS\n".encode())
    upload = Upload(world.admin.company_id, world.admin.user_id or 0, "products", "x.csv", sha)
    return {"upload": upload, "mapping": {0: "code", 1: "name", 2: "unit"}}


@scenario("integrations.start_history", asks=NEEDED, own="whoever has the content of a file has its name", silent=JOB)
def start_history(world: World) -> Arguments:
    with HISTORY.open("rb") as source:
        sha = stored(b"".join(islice(source, 3)))
    return {"name": "history.csv", "sha256": sha, "mapping": "scms"}


@scenario("integrations.import_history", own="it brings all that it needs")
def import_history(world: World) -> Arguments:
    masters = Masters(
        partners={"V1": Named("V1", "Vendor 1")},
        warehouses={"VN": Named("VN", "Vietnam")},
        items={"I1": Item("I1", "Item 1", "", "", "", "", "PCS")},
        currencies={"V1": "USD"},
        decimals={"PCS": 0},
    )
    return {"mapping": load_mapping("scms"), "masters": masters}
