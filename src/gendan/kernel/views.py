"""Pages of jobs and notices; where the comment box and the file panel of every document post to."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.kernel import attachments, comments, events, exports, files, jobs, notices, prints, subjects
from gendan.kernel import timeline as history
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject
from gendan.kernel.http import actor_of, is_htmx, redirect_to
from gendan.kernel.models import Job
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import whole

# Who may still see what is in the file that a job made, by the job's kind.
ASK_AGAIN = {exports.KIND: exports.ask_again, prints.KIND: prints.ask_again}


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """My long work; with ``?who=all`` everybody's."""
    actor = actor_of(request)
    everybody = request.GET.get("who") == "all"
    page = jobs.jobs_of(actor, everybody, after=request.GET.get("after"))
    context = {"page": page, "everybody": everybody, "may_see_all": actor.may(jobs.VIEW_ALL)}
    return render(request, "kernel/job_list.html", context)


@require_GET
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Progress while it runs, the result afterwards."""
    actor = actor_of(request)
    found = jobs.visible_job(actor, job_id)
    return render(request, "kernel/job.html", {"job": found, "is_own": found.user_id == actor.user_id})


@require_POST
def cancel_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask it to stop."""
    jobs.cancel_job(actor=actor_of(request), job_id=job_id)
    return redirect("kernel:job", job_id)


@require_GET
def job_file(request: HttpRequest, job_id: int) -> HttpResponse | FileResponse:
    """The file that a job made, for who started it and may still read the list."""
    actor = actor_of(request)
    job = jobs.visible_job(actor, job_id)
    if job.user_id != actor.user_id:
        raise jobs.OthersFile()
    answer = made_by(actor, job)
    _note_download(actor, Subject("job", job.pk, str(job.pk)), job.result["file"]["name"])
    return answer


def made_by(actor: Actor, job: Job) -> FileResponse:
    """The file of a finished job, for who may still see what is in it."""
    if job.kind in ASK_AGAIN:
        ASK_AGAIN[job.kind](actor, job)
    kept = job.result.get("file")
    if not kept or not files.path_of(kept["sha256"]).exists():
        raise NotFound(what=_("文件"))
    return download(kept["sha256"], kept["name"], kept["media_type"])


@require_http_methods(["GET", "POST"])
def print_page(request: HttpRequest, name: str) -> HttpResponse:
    """Choose language, size and copies. A list posts what was ticked there; ``?within`` is what its codes are below."""
    actor = actor_of(request)
    if request.method == "POST":
        within, ids = request.GET.get("within", ""), request.POST.getlist("ids")
        return redirect_to(request, prints.choose(name, *(f"{within} {number}".strip() for number in ids)))
    asked = prints.asked_in(name, request.GET)
    context = {
        "asked": asked,
        "paper": asked.paper,
        "contents": asked.paper.read(actor, asked.numbers),
        "sizes": [(size, size if size == "A4" else f"{size.replace('x', ' × ')} mm") for size in asked.paper.sizes],
        "forms": [("pdf", "PDF"), ("zpl", _("标签打印机 ZPL（203 dpi）")), ("zpl300", _("标签打印机 ZPL（300 dpi）"))],
        "languages": [("", _("公司的单据语言")), *settings.LANGUAGES],
        "back": _own_address(request, request.headers.get("Referer", "")),
    }
    return render(request, "kernel/print.html", context)


@require_GET
def print_file(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """The PDF; ``?download`` saves it instead of showing it."""
    return prints.for_page(request, actor_of(request), prints.asked_in(name, request.GET))


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark one (and open what it is about) or all as read."""
    asked = request.POST.getlist("id")
    chosen = [id_ for value in asked[:1000] if (id_ := whole(value)) is not None]
    notices.read_notices(actor=actor_of(request), ids=chosen if asked else None)
    return HttpResponseRedirect(_own_address(request, request.POST.get("next", "")) or reverse("notices:notice_list"))


@require_GET
def timeline(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Events, comments and files of an object, as a part of its page."""
    actor = actor_of(request)
    subject = subjects.find(actor, kind, number)
    wanted = [(subject.kind, subject.id)]
    context = {
        "entries": history.entries(actor, wanted),
        "files": attachments.attachments_of(actor, wanted),
        "subject": subject,
        "may_comment": actor.may(COMMENT),
    }
    return render(request, "kernel/_timeline.html", context)


@require_POST
def add_comment(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The comment box."""
    done = comments.add_comment(actor=actor_of(request), kind=kind, number=number, text=request.POST.get("text", ""))
    return _after(request, done)


@require_POST
def attach_file(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """A file chosen, pasted or dropped."""
    actor = actor_of(request)
    actor.must(COMMENT)
    subjects.find(actor, kind, number)
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid({"file": _("请选择文件。")})
    done = attachments.attach_file(actor=actor, kind=kind, number=number, content=attachments.accept(upload))
    return _after(request, done)


@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> FileResponse:
    """Download; pictures may be shown in the page with ``?inline=1``."""
    actor = actor_of(request)
    found = attachments.readable(actor, attachment_id)
    inline = "inline" in request.GET and found.media_type in attachments.SHOWN_IN_PAGE
    if not inline:
        _note_download(actor, attachments.subject_of(actor, found), found.name)
    return download(found.sha256, found.name, found.media_type, inline)


@require_POST
def remove_attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Take a file off its object."""
    return _after(request, attachments.remove_attachment(actor=actor_of(request), attachment_id=attachment_id))


def _note_download(actor: Actor, subject: Subject, name: str) -> None:
    """Put into the log that somebody has taken a file away; pictures that a page shows are none."""
    with transaction.atomic():
        events.record("kernel.file_downloaded", subject, actor, file=name)


def download(sha256: str, name: str, media_type: str, inline: bool = False) -> FileResponse:
    """A stored content as an answer that no browser runs."""
    response = FileResponse(files.open_stored(sha256), as_attachment=not inline, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _after(request: HttpRequest, done: Done) -> HttpResponse:
    """Back to the page that posted, with what has changed."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"number": done.number, "data": done.data}, status=201)
    address = _own_address(request, request.headers.get("Referer", ""))
    return redirect(address or subjects.page_of(done.kind, done.number) or "/")


def _own_address(request: HttpRequest, url: str) -> str:
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url and allowed else ""
