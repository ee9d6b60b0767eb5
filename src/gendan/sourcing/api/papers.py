"""Documents of suppliers, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Status
from pydantic import Field

from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.sourcing import commands
from gendan.sourcing.api.inquiries import REFUSALS
from gendan.sourcing.api.router import router
from gendan.sourcing.queries.papers import list_papers
from gendan.sourcing.queries.papers import paper as paper_of
from gendan.sourcing.rules.papers import MOST_DAYS, PaperIn


class PaperBody(Body):
    """A document; ``kind`` is licence, certificate, contract or other."""

    kind: str = Field(max_length=12)
    name: str = Field(max_length=120)
    reference: str = Field("", max_length=80)
    valid_from: date | None = None
    expires_on: date | None = None
    remind_days: int = Field(30, ge=0, le=MOST_DAYS)
    note: str = Field("", max_length=300)

    def paper(self) -> PaperIn:
        return PaperIn(**self.model_dump(include=set(PaperBody.model_fields)))


class NewPaperBody(PaperBody):
    supplier: str = Field(max_length=64)


class PaperChangeBody(PaperBody):
    version: int | None = None


class SupplierPaperOut(Out):
    """``standing`` is valid, expiring or expired."""

    id: int
    supplier: str
    supplier_name: str
    kind: str
    name: str
    reference: str
    valid_from: date | None
    expires_on: date | None
    remind_days: int
    note: str
    file_name: str
    version: int
    created_at: datetime
    standing: str


class SupplierPapersOut(Out):
    items: list[SupplierPaperOut]
    after: str


class PaperQuery(Out):
    state: str = Field("", max_length=12)
    supplier: str = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=200)


@router.get(
    "/supplier-papers", response={200: SupplierPapersOut, **REFUSALS}, summary="Documents of suppliers, by their end"
)
def list_of_papers(request: HttpRequest, wanted: Query[PaperQuery]) -> Any:
    page = list_papers(caller(request), wanted.state, wanted.supplier, wanted.after, wanted.limit)
    return {"items": page.items, "after": page.after}


@router.post("/supplier-papers", response={201: DoneOut, **REFUSALS}, summary="Record a supplier's document")
def create_paper(request: HttpRequest, body: NewPaperBody) -> Any:
    return Status(201, done(commands.save_paper(actor=caller(request), supplier=body.supplier, paper=body.paper())))


@router.get(
    "/supplier-papers/{paper_id}", response={200: SupplierPaperOut, **REFUSALS}, summary="Read a supplier's document"
)
def read_paper(request: HttpRequest, paper_id: int) -> Any:
    return paper_of(caller(request), paper_id)


@router.put("/supplier-papers/{paper_id}", response={200: DoneOut, **REFUSALS}, summary="Change a supplier's document")
def update_paper(request: HttpRequest, paper_id: int, body: PaperChangeBody) -> Any:
    actor = caller(request)
    actor.must("sourcing.save_paper")
    supplier = paper_of(actor, paper_id)["supplier"]
    result = commands.save_paper(
        actor=actor, supplier=supplier, paper=body.paper(), paper_id=paper_id, version=body.version
    )
    return done(result)


@router.delete("/supplier-papers/{paper_id}", response={200: DoneOut, **REFUSALS}, summary="Take it off the list")
def remove_paper(request: HttpRequest, paper_id: int) -> Any:
    actor = caller(request)
    actor.must("sourcing.save_paper")
    paper_of(actor, paper_id)
    return done(commands.remove_paper(actor=actor, paper_id=paper_id))
