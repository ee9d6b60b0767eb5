"""Comments, files, jobs and notices for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from gendan.kernel import attachments, comments, jobs, notices, pdf, prints, subjects
from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.kernel.models import Job
from gendan.kernel.unit import COMMENT
from gendan.kernel.views import download, made_by

router = Router()
DOCUMENTS, PRINTS = "documents", "prints"


class CommentIn(Body):
    """``@user name`` or ``@name`` mentions a colleague, who gets a notice."""

    text: str


class CommentOut(Out):
    id: int
    at: datetime
    user: str
    text: str


class CommentsOut(Out):
    items: list[CommentOut]


class AttachmentOut(Out):
    id: int
    name: str
    media_type: str
    size: int
    at: datetime
    user: str


class AttachmentsOut(Out):
    items: list[AttachmentOut]


class JobOut(Out):
    id: int
    kind: str
    title: str
    state: str
    done: int
    total: int | None
    message: str
    result: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobsOut(Out):
    items: list[JobOut]
    after: str


class PaperOut(Out):
    name: str
    label: str
    sizes: list[str]


class PapersOut(Out):
    items: list[PaperOut]


class PrintIn(Body):
    """Numbers of documents, codes of products, «warehouse bin» of bins. ``language`` empty: the company's; ``size``
    empty: the first that the paper has; ``copies`` counts for labels only. ``form``: of labels also zpl
    (203 dpi) or zpl300."""

    numbers: list[str] = Field(min_length=1, max_length=500)
    language: str = Field("", max_length=8)
    size: str = Field("", max_length=8)
    copies: int = Field(1, ge=1, le=1000)
    form: str = Field("pdf", pattern="^(pdf|zpl|zpl300)$")


class NoticeOut(Out):
    """``severe``: it breaks through quiet hours. ``silenced``: its person wants to hear nothing of it. ``why`` it came,
    if that is not the same for all of its kind.
    """

    id: int
    kind: str
    text: str
    subject_kind: str
    subject_number: str
    at: datetime
    read_at: datetime | None
    severe: bool
    silenced: bool
    why: str


class NoticesOut(Out):
    items: list[NoticeOut]
    after: str


class ReadIn(Body):
    """Ids of notices; without them all are marked."""

    ids: list[int] | None = None


@router.get("/documents/{kind}/{path:number}/comments", response=CommentsOut, tags=[DOCUMENTS])
def list_comments(request: HttpRequest, kind: str, number: str) -> Any:
    """The comments on a document or on master data, oldest first."""
    return {"items": comments.comments_on(caller(request), kind, number)}


@router.post("/documents/{kind}/{path:number}/comments", response={201: DoneOut}, tags=[DOCUMENTS])
def add_comment(request: HttpRequest, kind: str, number: str, body: CommentIn) -> Any:
    """Say something on it."""
    return Status(201, done(comments.add_comment(actor=caller(request), kind=kind, number=number, text=body.text)))


@router.get("/documents/{kind}/{path:number}/attachments", response=AttachmentsOut, tags=[DOCUMENTS])
def list_attachments(request: HttpRequest, kind: str, number: str) -> Any:
    """The files on it, newest first."""
    return {"items": attachments.attachments_on(caller(request), kind, number)}


@router.post("/documents/{kind}/{path:number}/attachments", response={201: DoneOut}, tags=[DOCUMENTS])
def attach_file(request: HttpRequest, kind: str, number: str, file: File[UploadedFile]) -> Any:
    """Upload a file of at most 20 MB: PDF, picture, office document, text, MP4, ZIP."""
    actor = caller(request)
    actor.must(COMMENT)
    subjects.find(actor, kind, number)
    return Status(
        201, done(attachments.attach_file(actor=actor, kind=kind, number=number, content=attachments.accept(file)))
    )


@router.get("/attachments/{int:attachment_id}", tags=[DOCUMENTS], response={200: None})
def download_attachment(request: HttpRequest, attachment_id: int) -> FileResponse:
    """The content of a file."""
    found = attachments.readable(caller(request), attachment_id)
    return download(found.sha256, found.name, found.media_type)


@router.delete("/attachments/{int:attachment_id}", response=DoneOut, tags=[DOCUMENTS])
def remove_attachment(request: HttpRequest, attachment_id: int) -> Any:
    """Take a file off its document."""
    return done(attachments.remove_attachment(actor=caller(request), attachment_id=attachment_id))


@router.get("/jobs", response=JobsOut, tags=["jobs"])
def list_jobs(request: HttpRequest, everybody: bool = False, limit: int | None = None, after: str | None = None) -> Any:
    """Long work, newest first: one's own, or everybody's."""
    page = jobs.jobs_of(caller(request), everybody, limit, after)
    return {"items": page.items, "after": page.after}


@router.get("/jobs/{int:job_id}", response=JobOut, tags=["jobs"])
def get_job(request: HttpRequest, job_id: int) -> Job:
    """Progress and result."""
    return jobs.visible_job(caller(request), job_id)


@router.get("/jobs/{int:job_id}/file", tags=["jobs"], response={200: None})
def get_job_file(request: HttpRequest, job_id: int) -> FileResponse:
    """The file that a job of one's own made: an export, a long print."""
    actor = caller(request)
    job = jobs.visible_job(actor, job_id)
    if job.user_id != actor.user_id:
        raise jobs.OthersFile()
    return made_by(actor, job)


@router.post("/jobs/{int:job_id}/cancel", response=DoneOut, tags=["jobs"])
def cancel_job(request: HttpRequest, job_id: int) -> Any:
    """Ask it to stop."""
    return done(jobs.cancel_job(actor=caller(request), job_id=job_id))


@router.get("/prints", response=PapersOut, tags=[PRINTS])
def list_papers(request: HttpRequest) -> Any:
    """What can be printed, and in which sizes; the languages are zh-hans, zh-hant and en."""
    caller(request)
    return {"items": [{"name": p.name, "label": str(p.label), "sizes": list(p.sizes)} for p in pdf.PRINTS.values()]}


@router.post("/prints/{name}", tags=[PRINTS], response={200: None, 202: None}, openapi_extra=prints.DESCRIBED)
def print_documents(request: HttpRequest, name: str, body: PrintIn) -> Any:
    """Documents or labels in one PDF, or labels in ZPL, for who may see them; a long one is made by a job."""
    return prints.for_program(
        caller(request), name, body.numbers, language=body.language, size=body.size, copies=body.copies, form=body.form
    )


@router.get("/notices", response=NoticesOut, tags=["notices"])
def list_notices(request: HttpRequest, unread: bool = False, limit: int | None = None, after: str | None = None) -> Any:
    """What the key's user was told, newest first."""
    page = notices.own_notices(caller(request), unread, limit, after)
    return {"items": page.items, "after": page.after}


@router.post("/notices/read", response=DoneOut, tags=["notices"])
def read_notices(request: HttpRequest, body: ReadIn) -> Any:
    """Mark notices as read."""
    return done(notices.read_notices(actor=caller(request), ids=body.ids))
