"""Situations of remarks, files, notices and jobs."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.kernel import attachments
from gendan.kernel.attachments import Content
from gendan.kernel.models import Job, Notice

from .scenario import Arguments, World, scenario


def content() -> Content:
    return attachments.accept(SimpleUploadedFile("x.pdf", b"%PDF-1.7 ..."))


@scenario("kernel.add_comment", asks=("catalog.view",))
def add_comment(world: World) -> Arguments:
    return {"kind": "product", "number": "BOLT", "text": "请尽快"}


@scenario("kernel.attach_file", asks=("catalog.view",))
def attach_file(world: World) -> Arguments:
    return {"kind": "product", "number": "BOLT", "content": content()}


@scenario("kernel.remove_attachment", asks=("catalog.view",))
def remove_attachment(world: World) -> Arguments:
    done = attachments.attach_file(actor=world.admin, kind="product", number="BOLT", content=content())
    return {"attachment_id": done.data["attachment"]}


@scenario("kernel.cancel_job", silent="a job is no business object: its own row says what became of it")
def cancel_job(world: World) -> Arguments:
    return {"job_id": Job.objects.create(company=world.company, user_id=world.admin.user_id, kind="x", title="X").pk}


@scenario("kernel.read_notices", own="notices are one's own", silent="reading is no event")
def read_notices(world: World) -> Arguments:
    notice = Notice.objects.create(company=world.company, user_id=world.admin.user_id or 0, kind="mention", text="请看")
    return {"ids": [notice.pk]}
