"""Pages of suppliers' documents: the list, the form, the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel.actor import Actor
from gendan.kernel.attachments import accept
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import to_date, to_integer
from gendan.kernel.views import download
from gendan.purchasing.posted import fields_of, texts_of, version_of
from gendan.purchasing.queries.names import name_of
from gendan.sourcing import commands
from gendan.sourcing.commands.papers import SAVE
from gendan.sourcing.models import SupplierPaper
from gendan.sourcing.queries.papers import STANDING, list_papers, paper
from gendan.sourcing.rules.papers import PaperIn

Row = dict[str, Any]


@require_GET
def paper_list(request: HttpRequest) -> HttpResponse:
    """Documents of suppliers, the one that ends first first."""
    actor, supplier = actor_of(request), request.GET.get("supplier", "")[:64]
    chips = [("", _("全部"), None), ("expiring", STANDING["expiring"], None), ("expired", STANDING["expired"], None)]
    context = {
        "actor": actor,
        "page": list_papers(actor, request.GET.get("state", ""), supplier, request.GET.get("after")),
        "chips": chips,
        "supplier": supplier,
        "supplier_name": name_of(actor, "partner", supplier),
        "may_save": actor.may(SAVE),
    }
    return render(request, "sourcing/paper_list.html", context)


@require_http_methods(["GET", "POST"])
def paper_new(request: HttpRequest) -> HttpResponse:
    """Record a document."""
    actor = actor_of(request)
    actor.must(SAVE)
    if request.method == "POST":
        return _save(request, actor, None)
    supplier = request.GET.get("supplier", "")[:64]
    held = {"supplier": supplier, "supplier_name": "", "kind": "licence", "remind_days": 30, "version": None}
    return render(request, "sourcing/paper_form.html", _context(actor, held, name_of(actor, "partner", supplier)))


@require_http_methods(["GET", "POST"])
def paper_edit(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Change a document, or put a newer file in its place."""
    actor = actor_of(request)
    actor.must(SAVE)
    held = paper(actor, paper_id)
    if request.method == "POST":
        return _save(request, actor, paper_id, held["supplier"])
    shown = f"{held['supplier']} {held['supplier_name']}"
    return render(request, "sourcing/paper_form.html", _context(actor, held, shown))


def _context(actor: Actor, held: Row, shown: str) -> Row:
    return {"actor": actor, "held": held, "shown": shown, "kinds": list(SupplierPaper.Kind.choices)}


def _save(request: HttpRequest, actor: Actor, paper_id: int | None, supplier: str = "") -> HttpResponse:
    problems: dict[str, str] = {}
    sizes = {"supplier": 64, "kind": 12, "name": 120, "reference": 80, "note": 300}
    texts = texts_of(request, sizes, problems)
    readers = {"valid_from": to_date, "expires_on": to_date, "remind_days": lambda text: to_integer(text, 0, 365)}
    values = fields_of(request, readers, problems)
    if problems:
        raise Invalid({**problems})
    upload = request.FILES.get("file")
    content = accept(upload) if isinstance(upload, UploadedFile) else None
    days = 30 if values["remind_days"] is None else values["remind_days"]
    given = PaperIn(
        texts["kind"], texts["name"], texts["reference"], values["valid_from"], values["expires_on"], days,
        texts["note"],
    )  # fmt: skip
    done = commands.save_paper(
        actor=actor,
        supplier=supplier or texts["supplier"],
        paper=given,
        paper_id=paper_id,
        content=content,
        version=version_of(request),
    )
    messages.success(request, _("已保存"))
    return redirect_to(request, reverse("sourcing:paper_list") + f"?supplier={done.number}")


@require_POST
def paper_remove(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Take a document off the list."""
    actor = actor_of(request)
    actor.must(SAVE)
    paper(actor, paper_id)
    commands.remove_paper(actor=actor, paper_id=paper_id, version=version_of(request))
    messages.success(request, _("已移除"))
    return redirect_to(request, reverse("sourcing:paper_list"))


@require_GET
def paper_file(request: HttpRequest, paper_id: int) -> HttpResponse | FileResponse:
    """The document's file."""
    held = paper(actor_of(request), paper_id)
    if not held["sha256"]:
        raise NotFound(what=f"#{paper_id}")
    return download(held["sha256"], held["file_name"], held["media_type"])
