"""How a print comes to who asked for it: a short one at once, a long one by the worker, with progress and a notice."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.kernel import events, jobs, notices, pdf, zpl
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid, NotFound
from gendan.kernel.events import Subject
from gendan.kernel.http import redirect_to
from gendan.kernel.models import Job
from gendan.kernel.pdf import PDF, PRINTS, Print
from gendan.kernel.values import whole

DIRECT = 200  # lines that are laid out while somebody waits: two seconds of a core
DOCUMENT, LABEL = 15, 7  # what each costs beside its lines, in lines
DIRECT_PAGES = 1_000  # copies cost little
MOST_DOCUMENTS = 500
MOST_COPIES = 1_000
TASK = "kernel.print"
KIND = "print"
Answer = HttpResponse | FileResponse
# A viewer in the browser shows it; nothing in it may run or load anything.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self';"
    " frame-ancestors 'none'",
}


# How a route of the API that answers a PDF is described (``openapi_extra``).
DESCRIBED = {
    "responses": {
        200: {
            "description": "PDF, or ZPL for label printers",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (PDF, zpl.ZPL)},
        },
        202: {
            "description": "It is long: a job makes it, whose file it will be (/jobs/{job_id}/file)",
            "content": {
                "application/json": {
                    "schema": {"type": "object", "properties": {"job": {"type": "integer"}}, "required": ["job"]}
                }
            },
        },
    }
}


class PrintedWithMore(AppError):
    status = 403
    message = gettext_lazy("这个文件里有您现在无权查看的内容，请重新打印。")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants printed: which paper, of what, how."""

    name: str
    numbers: tuple[str, ...]
    language: str = ""
    size: str = ""
    copies: Mapping[str, int] = field(default_factory=dict)
    form: str = "pdf"  # of labels also zpl and zpl300: what label printers understand

    @property
    def paper(self) -> Print:
        """The kind of paper."""
        if (found := PRINTS.get(self.name)) is None:
            raise NotFound(what=self.name)
        return found

    def copies_of(self, content: Mapping[str, Any]) -> int:
        """How many of a label, also when it was asked for as one of several (``asked``); documents are printed once."""
        number = content.get("asked", content["number"])
        return self.copies.get(number, 1) if self.paper.has_copies else 1


def address(name: str, *numbers: str, **options: Any) -> str:
    """The address of the PDF."""
    return reverse("kernel:print_file", args=[name]) + "?" + urlencode([*(("n", n) for n in numbers), *options.items()])


def choose(name: str, *numbers: str) -> str:
    """The address of the page on which language, size and copies are chosen."""
    return reverse("kernel:print", args=[name]) + "?" + urlencode([("n", n) for n in numbers])


def asked_in(name: str, given: QueryDict) -> Asked:
    """What an address or a form asks for: ``n`` (or the bulk bar's ``ids``) again and again, ``copies`` beside it."""
    numbers = given.getlist("n") or given.getlist("ids")
    copies = given.getlist("copies")
    if len(copies) == 1:
        copies *= len(numbers)
    counts = {n: -1 if (count := whole(text)) is None else count for n, text in zip(numbers, copies, strict=False)}
    language, size, form = (given.get(key, "") for key in ("language", "size", "form"))
    return checked(Asked(name, tuple(dict.fromkeys(numbers)), language, size, counts, form or "pdf"))


def checked(asked: Asked) -> Asked:
    """The same with what was left open filled in; Invalid for what there is not."""
    paper, problems = asked.paper, {}
    size = asked.size or paper.sizes[0]
    if size not in paper.sizes:
        problems["size"] = _("尺寸可以是：%(sizes)s。") % {"sizes": "、".join(paper.sizes)}
    if asked.language and asked.language not in pdf.FONTS:
        problems["language"] = _("语言可以是：%(languages)s。") % {"languages": "、".join(pdf.FONTS)}
    if asked.form != "pdf" and not (paper.has_copies and asked.form in zpl.DOTS):
        problems["form"] = _("标签打印机格式只用于标签：%(forms)s。") % {"forms": "、".join(zpl.DOTS)}
    if not 1 <= len(asked.numbers) <= MOST_DOCUMENTS:
        problems["n"] = _("请选择 1–%(most)s 张单据或标签。") % {"most": MOST_DOCUMENTS}
    if any(not 0 <= count <= MOST_COPIES for count in asked.copies.values()):
        problems["copies"] = _("份数为 0–%(most)s。") % {"most": MOST_COPIES}
    elif asked.copies and not any(asked.copies.values()) and paper.has_copies:
        problems["copies"] = _("请填写至少一份。")
    if problems:
        raise Invalid(problems)
    return replace(asked, size=size)


def for_page(request: HttpRequest, actor: Actor, asked: Asked) -> Answer:
    """The PDF for a browser, or the page of the job that makes it when it is long."""
    made = _at_once(actor, asked)
    if isinstance(made, Job):
        return redirect_to(request, reverse("kernel:job", args=[made.pk]))
    return _response(made, asked, attached="download" in request.GET)


def for_program(
    actor: Actor,
    name: str,
    numbers: Sequence[str],
    *,
    language: str = "",
    size: str = "",
    copies: int = 1,
    form: str = "pdf",
) -> Answer:
    """The PDF for the API; when it is long, 202 and the job whose file it will be (``/jobs/{id}/file``)."""
    asked = checked(Asked(name, tuple(numbers), language, size, dict.fromkeys(numbers, copies), form))
    made = _at_once(actor, asked)
    if isinstance(made, Job):
        return JsonResponse({"job": made.pk}, status=202)
    return _response(made, asked, attached=True)


def _at_once(actor: Actor, asked: Asked) -> bytes | Job:
    asked = replace(asked, language=asked.language or _language_of(actor))
    contents = asked.paper.read(actor, asked.numbers)
    if _weight(asked.paper, contents) > DIRECT or sum(asked.copies_of(content) for content in contents) > DIRECT_PAGES:
        return _start(actor, asked)
    return _made(actor, asked, contents)


def _language_of(actor: Actor) -> str:
    """The company's language for paper; without one, the language of who prints."""
    return pdf.letterhead_of(actor).language or translation.get_language() or actor.language


def _weight(paper: Print, contents: Sequence[Mapping[str, Any]]) -> int:
    each = LABEL if paper.has_copies else DOCUMENT
    return sum(each + len(content.get("lines", ())) for content in contents)


def _made(actor: Actor, asked: Asked, contents: Sequence[Mapping[str, Any]], run: jobs.JobRun | None = None) -> bytes:
    def progress(done: int) -> None:
        if run is not None:
            run.progress(done, len(contents), _("已排版 %(n)s 份") % {"n": done})
            run.check_cancelled()

    shared = {"letterhead": pdf.letterhead_of(actor), "printed_by": actor.name}
    with_copies = (({**shared, **content}, asked.copies_of(content)) for content in contents)
    wanted = [(content, count) for content, count in with_copies if count]
    layout: dict[str, Any] = {"language": asked.language, "size": asked.size, "progress": progress}
    if asked.form == "pdf":
        return pdf.render_all(asked.paper.template, wanted, **layout)
    drawn = pdf.render_all(asked.paper.template, ((content, 1) for content, _count in wanted), **layout)
    size = pdf.MILLIMETRES[asked.size]
    return zpl.labels(drawn, [count for _content, count in wanted], size, zpl.DOTS[asked.form])


def _start(actor: Actor, asked: Asked) -> Job:
    title = _("打印%(label)s") % {"label": asked.paper.label}
    return jobs.start(
        actor,
        KIND,
        title,
        TASK,
        name=asked.name,
        numbers=asked.numbers,
        language=asked.language,
        size=asked.size,
        copies=dict(asked.copies),
        form=asked.form,
    )


@jobs.job_task(TASK, repeatable=True)
def print_many(run: jobs.JobRun) -> dict[str, Any]:
    """Lay out a long print in the worker and tell who asked for it."""
    actor, args = run.actor, run.args
    form = args.get("form", "pdf")  # jobs that were started before there were others
    asked = Asked(args["name"], tuple(args["numbers"]), args["language"], args["size"], args["copies"], form)
    contents = asked.paper.read(actor, asked.numbers)
    made = _made(actor, asked, contents, run)
    kept = run.keep_file(filename(asked), PDF if form == "pdf" else zpl.ZPL, io.BytesIO(made))
    text = _("%(label)s已生成，共 %(n)s 份。") % {"label": asked.paper.label, "n": len(contents)}
    subject = Subject("job", run.id, str(run.id))
    with transaction.atomic():
        events.record("kernel.printed", subject, actor, paper=asked.name, documents=len(contents))
        notices.notify(actor.company_id, [actor.user_id or 0], "print", text, subject)
    return {"text": text, "file": kept, "sees": sorted(asked.paper.sees(actor))}


def ask_again(actor: Actor, job: Job) -> None:
    """Refuse a finished print to who may not see the documents any more, or not all that was written of them."""
    paper = PRINTS[job.args["name"]]
    paper.read(actor, job.args["numbers"][:1])
    if not set(job.result.get("sees", ())) <= set(paper.sees(actor)):
        raise PrintedWithMore()


notices.NOTICE_LABELS["print"] = gettext_lazy("打印完成")
notices.NOTICE_LINKS["print"] = ("kernel:job_file", gettext_lazy("下载"))


def filename(asked: Asked) -> str:
    """What the file is called: the paper, and the document if it is one."""
    with translation.override(asked.language or translation.get_language()):
        label = str(asked.paper.label)
    one = asked.numbers[0] if len(asked.numbers) == 1 else str(len(asked.numbers))
    name = f"{label} {one}"
    clean = "".join("-" if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in name)[:120]
    return clean + (".pdf" if asked.form == "pdf" else ".zpl")


def _response(content: bytes, asked: Asked, *, attached: bool) -> FileResponse:
    """The file; its name is written in UTF-8 for those that read it. What goes to a label printer is saved."""
    is_pdf = asked.form == "pdf"
    response = FileResponse(
        io.BytesIO(content),
        as_attachment=attached or not is_pdf,
        filename=filename(asked),
        content_type=PDF if is_pdf else zpl.ZPL,
    )
    for header, value in HEADERS.items():
        response[header] = value
    return response
