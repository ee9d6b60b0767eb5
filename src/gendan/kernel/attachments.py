"""Files on any object. What a file is, its content says, not its name; the content is kept by its hash."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, events, files, scope, subjects
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Forbidden, NotFound
from gendan.kernel.events import Entry, Subject
from gendan.kernel.models import Attachment
from gendan.kernel.unit import COMMENT, Done, command, label_of, step, view_permission

MAX_BYTES = 20 * 1024 * 1024
MANAGE_FILES = view_permission("kernel.manage_files", _("移除他人上传的附件"))
SHOWN_IN_PAGE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_OOXML = "application/vnd.openxmlformats-officedocument"
# The first extension is appended to a name whose own extension does not fit the content.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".mov", ".m4v"),
    f"{_OOXML}.spreadsheetml.sheet": (".xlsx", ".xlsm"),
    f"{_OOXML}.wordprocessingml.document": (".docx", ".docm"),
    f"{_OOXML}.presentationml.presentation": (".pptx", ".pptm"),
    "application/vnd.ms-office": (".xls", ".doc", ".ppt", ".msg", ".et", ".wps"),
    "application/zip": (".zip", ".ofd", ".odt", ".ods"),
    "text/plain": (".txt", ".csv", ".tsv", ".log", ".md", ".json", ".xml", ".edi", ".eml"),
}
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
)


class FileTooLarge(AppError):
    status = 413
    message = _("文件「%(name)s」超过 %(limit)s MB 的上限。")


class FileTypeNotAllowed(AppError):
    status = 422
    message = _("文件「%(name)s」的类型不受支持。可以上传 PDF、图片、Office 文档、文本、MP4 和 ZIP。")


class Content(NamedTuple):
    """An upload that was checked and stored."""

    name: str
    media_type: str
    size: int
    sha256: str


def accept(upload: UploadedFile[Any]) -> Content:
    """Check the size and the real type of an upload and store its content."""
    name = (upload.name or "file").replace("\\", "/").rsplit("/", 1)[-1]
    if (upload.size or 0) > MAX_BYTES:
        raise FileTooLarge(name=name, limit=MAX_BYTES // 1024 // 1024)
    media_type = sniff(cast(BinaryIO, upload))
    if media_type is None:
        raise FileTypeNotAllowed(name=name)
    upload.seek(0)
    stored = files.store(upload.chunks())
    return Content(fitting_name(name, media_type), media_type, stored.size, stored.sha256)


def sniff(file: BinaryIO) -> str | None:
    """The media type by content; None for what is not allowed."""
    file.seek(0)
    head = file.read(8192)
    for offset, signature, media_type in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return None if media_type == "image/webp" and head[:4] != b"RIFF" else media_type
    if head[:4] == b"PK\x03\x04":
        return _sniff_zip(file)
    return "text/plain" if head and _is_text(head) else None


def _sniff_zip(file: BinaryIO) -> str | None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if "[Content_Types].xml" in names:
        for folder, part in (
            ("xl/", "spreadsheetml.sheet"),
            ("word/", "wordprocessingml.document"),
            ("ppt/", "presentationml.presentation"),
        ):
            if any(name.startswith(folder) for name in names):
                return f"{_OOXML}.{part}"
    return "application/zip"


def _is_text(head: bytes) -> bool:
    """Text in UTF-8, UTF-16 with its mark, or GB18030, without control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in head:
        return False
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return not any(ord(c) < 32 and c not in "\t\r\n\x0c\x1b" for c in text)
    return False


def fitting_name(name: str, media_type: str) -> str:
    """A safe name whose extension fits the content, so that a text called a.html does not open as a page."""
    allowed = EXTENSIONS[media_type]
    name = "".join(c for c in name if c.isprintable() and c not in '/\\:*?"<>|').strip(". ") or get_valid_filename(
        "file"
    )
    if not name.lower().endswith(allowed):
        name += allowed[0]
    return name if len(name) <= 200 else name[: 200 - 10] + name[-10:]


@command("kernel.attach_file", _("上传附件"), permission=COMMENT)
def attach_file(*, actor: Actor, kind: str, number: str, content: Content) -> Done:
    """Put a stored content on an object."""
    subject = subjects.find(actor, kind, number)
    if actor.user_id is None:
        raise Forbidden(permission=label_of(COMMENT), code=COMMENT)
    (attached,) = attach(actor, [(subject, content)])
    return Done(subject.kind, subject.id, subject.number, data={"attachment": attached, "name": content.name})


@step
def attach(actor: Actor, given: Sequence[tuple[Subject, Content]]) -> list[int]:
    """Put stored contents on objects, in one statement, for commands that take files with what they do; their ids."""
    if not given:
        return []
    found = db.rows(
        "INSERT INTO kernel_attachment (company_id, subject_kind, subject_id, user_id, author, name, media_type, size,"
        " sha256) SELECT %(company)s::bigint, t.kind, t.id, %(user)s::bigint, %(author)s::text, t.name, t.media_type,"
        " t.size, t.sha256 FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(names)s::text[], %(types)s::text[],"
        " %(sizes)s::bigint[], %(hashes)s::text[]) WITH ORDINALITY AS t(kind, id, name, media_type, size, sha256, n)"
        " ORDER BY t.n RETURNING id",
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "author": "" if actor.user_id else actor.name[:120],
            "kinds": [subject.kind for subject, _content in given],
            "ids": db.array(subject.id for subject, _content in given),
            "names": [content.name for _subject, content in given],
            "types": [content.media_type for _subject, content in given],
            "sizes": db.array(content.size for _subject, content in given),
            "hashes": [content.sha256 for _subject, content in given],
        },
    )
    ids = [row[0] for row in found]
    events.record_all(
        actor,
        [
            Entry("kernel.file_attached", subject, (), {"attachment": id_, "file": content.name, "size": content.size})
            for id_, (subject, content) in zip(ids, given, strict=True)
        ],
    )
    return ids


@command("kernel.remove_attachment", _("移除附件"), permission=COMMENT)
def remove_attachment(*, actor: Actor, attachment_id: int) -> Done:
    """Take a file off its object. It is marked, not deleted; the timeline says who did it."""
    found = Attachment.objects.select_for_update().filter(pk=attachment_id, company_id=actor.company_id).first()
    if found is None or found.removed_at is not None:
        raise NotFound(what=_("附件"))
    subject = subject_of(actor, found)
    if found.user_id != actor.user_id:
        actor.must(MANAGE_FILES)
    db.execute("UPDATE kernel_attachment SET removed_at = now() WHERE id = %s", [found.pk])
    events.record("kernel.file_removed", subject, actor, attachment=found.pk, file=found.name)
    return Done(subject.kind, subject.id, subject.number, data={"attachment": found.pk})


def subject_of(actor: Actor, attachment: Attachment) -> Subject:
    """The object that carries a file, if the actor may see it."""
    kind = subjects.kind_of(attachment.subject_kind)
    actor.must(kind.permission)
    found = (
        kind.model._default_manager.filter(company_id=actor.company_id, pk=attachment.subject_id)
        .values_list(kind.key, flat=True)
        .first()
    )
    if found is None or not scope.sees(actor, kind.name, [attachment.subject_id]):
        raise NotFound(what=attachment.name)
    return Subject(kind.name, attachment.subject_id, str(found))


def readable(actor: Actor, attachment_id: int) -> Attachment:
    """A file for download, if the actor may see what carries it."""
    found = Attachment.objects.filter(pk=attachment_id, company_id=actor.company_id, removed_at=None).first()
    if found is None or not files.path_of(found.sha256).exists():
        raise NotFound(what=_("附件"))
    subject_of(actor, found)
    return found


def attachments_on(actor: Actor, kind: str, number: str) -> list[dict[str, Any]]:
    """The files on an object, newest first, ready for ``ui.timeline``."""
    subject = subjects.find(actor, kind, number)
    return attachments_of(actor, [(subject.kind, subject.id)])


def attachments_of(actor: Actor, wanted: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The files on objects that were found already, by (kind, id)."""
    found = db.dicts(
        "SELECT a.id, a.subject_kind AS kind, a.subject_id, a.name, a.media_type, a.size, a.at, a.user_id,"
        " coalesce(nullif(u.name, ''), u.username, a.author) AS user"
        " FROM unnest(%s::text[], %s::bigint[]) AS w(kind, id)"
        " JOIN kernel_attachment a ON a.subject_kind = w.kind AND a.subject_id = w.id"
        " LEFT JOIN accounts_user u ON u.id = a.user_id"
        " WHERE a.company_id = %s AND a.removed_at IS NULL ORDER BY a.id DESC LIMIT 200",
        [[kind for kind, _id in wanted], [id_ for _kind, id_ in wanted], actor.company_id],
    )
    for entry in found:
        entry["url"] = f"/attachments/{entry['id']}"
        entry["may_remove"] = (entry["user_id"] or 0) == actor.user_id or actor.may(MANAGE_FILES)
        entry["is_image"] = entry["media_type"] in SHOWN_IN_PAGE
    return found
