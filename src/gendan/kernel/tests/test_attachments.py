"""Files: known by content, kept by hash, given only to those who may see what carries them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_actor, make_api_key, make_stranger, signed_in_client
from gendan.kernel import attachments, files
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import FileTooLarge, FileTypeNotAllowed, fitting_name, sniff
from gendan.kernel.documents import Document
from gendan.kernel.errors import Forbidden, NotFound
from gendan.kernel.models import Attachment, Event
from gendan.kernel.tests.make import make_document

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30
PDF = b"%PDF-1.7\n..."


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"XXXX\x00\x00\x00\x00WEBPVP8 ", None),
        (b"\x00\x00\x00\x18ftypheic....", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom....", "video/mp4"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/vnd.ms-office"),
        (zipped("a.txt"), "application/zip"),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            zipped("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\x03\x04 broken", None),
        ("编码,名称\nP1,螺栓\n".encode(), "text/plain"),
        ("编码,名称\nP1,螺栓\n".encode("gb18030"), "text/plain"),
        ("编码\t名称".encode("utf-16"), "text/plain"),
        (b"MZ\x90\x00\x03\x00\x00\x00", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"\x01\x02\x03\x04", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, media_type: str | None):
    assert sniff(io.BytesIO(content)) == media_type


@pytest.mark.parametrize(
    ("name", "media_type", "fitting"),
    [
        ("报价.pdf", "application/pdf", "报价.pdf"),
        ("报价.PDF", "application/pdf", "报价.PDF"),
        ("photo.exe", "image/png", "photo.exe.png"),
        ("page.html", "text/plain", "page.html.txt"),
        ("page.svg", "text/plain", "page.svg.txt"),
        ("data.csv", "text/plain", "data.csv"),
        ('a/b\\c:"d"\r\n.pdf', "application/pdf", "abcd.pdf"),
        ("...", "application/pdf", "file.pdf"),
        ("", "application/pdf", "file.pdf"),
    ],
)
def test_a_name_fits_the_content_and_every_file_system(name: str, media_type: str, fitting: str):
    assert fitting_name(name, media_type) == fitting


def test_a_long_name_keeps_its_extension():
    assert fitting_name("长" * 300 + ".pdf", "application/pdf").endswith("长.pdf")
    assert len(fitting_name("长" * 300 + ".pdf", "application/pdf")) == 200


def test_the_same_content_is_kept_once(settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    first, second = files.store([b"ab", b"c"]), files.store([b"abc"])
    assert first == second
    assert [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()] == [b"abc"]


def test_a_broken_upload_leaves_nothing(settings: Any, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path

    def broken() -> Any:
        yield b"abc"
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        files.store(broken())
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, ""])
def test_only_hashes_name_contents(name: str):
    with pytest.raises(ValueError, match="SHA-256"):
        files.path_of(name)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def actor() -> Actor:
    return make_actor()


@pytest.fixture
def document(actor: Actor) -> Document:
    return make_document(actor)


@pytest.fixture
def company(actor: Actor) -> Company:
    return Company.objects.get(pk=actor.company_id)


def attach(actor: Actor, document: Document, name: str = "报价.pdf", content: bytes = PDF) -> int:
    accepted = attachments.accept(SimpleUploadedFile(name, content))
    done = attachments.attach_file(actor=actor, kind=document.KIND, number=document.number, content=accepted)
    return int(done.data["attachment"])


@pytest.mark.django_db
class TestAttach:
    def test_a_file_is_on_the_document_and_in_its_history(self, actor: Actor, document: Document):
        id_ = attach(actor, document)
        found = attachments.attachments_on(actor, "requisition", document.number)
        assert [(f["id"], f["name"], f["size"], f["media_type"]) for f in found] == [
            (id_, "报价.pdf", len(PDF), "application/pdf")
        ]
        assert Event.objects.get().type == "kernel.file_attached"

    def test_too_large_and_strange_files_are_refused(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(attachments, "MAX_BYTES", 10)
        with pytest.raises(FileTooLarge):
            attachments.accept(SimpleUploadedFile("a.pdf", PDF + b"x" * 10))
        monkeypatch.undo()
        with pytest.raises(FileTypeNotAllowed):
            attachments.accept(SimpleUploadedFile("a.pdf", b"MZ\x90\x00\x03"))

    def test_a_removed_file_is_gone_and_remembered(self, actor: Actor, document: Document):
        id_ = attach(actor, document)
        attachments.remove_attachment(actor=actor, attachment_id=id_)
        assert attachments.attachments_on(actor, "requisition", document.number) == []
        assert Attachment.objects.get().removed_at
        assert Event.objects.latest("id").data["file"] == "报价.pdf"
        for again in (
            lambda: attachments.remove_attachment(actor=actor, attachment_id=id_),
            lambda: attachments.readable(actor, id_),
        ):
            with pytest.raises(NotFound):
                again()

    def test_others_files_are_removed_with_a_permission_only(self, actor: Actor, document: Document, company: Company):
        id_ = attach(actor, document)
        colleague = make_actor(company, permissions=["purchasing.view", "kernel.comment"])
        with pytest.raises(Forbidden):
            attachments.remove_attachment(actor=colleague, attachment_id=id_)
        keeper = make_actor(company, permissions=["purchasing.view", "kernel.comment", "kernel.manage_files"])
        attachments.remove_attachment(actor=keeper, attachment_id=id_)

    def test_strangers_and_the_blind_get_nothing(self, actor: Actor, document: Document, company: Company):
        id_ = attach(actor, document)
        stranger, blind = make_stranger(), make_actor(company, permissions=["kernel.comment"])
        with pytest.raises(NotFound):
            attachments.readable(stranger, id_)
        with pytest.raises(Forbidden):
            attachments.readable(blind, id_)
        with pytest.raises(NotFound):
            attachments.remove_attachment(actor=stranger, attachment_id=id_)
        for who, refusal in ((stranger, NotFound), (blind, Forbidden)):
            with pytest.raises(refusal):
                attach(who, document)


@pytest.mark.django_db
class TestDoors:
    def test_upload_and_download_by_page(self, actor: Actor, document: Document):
        client = signed_in_client(actor)
        answer = client.post(
            f"/attachments/requisition/{document.number}",
            {"file": SimpleUploadedFile("报价.html", b"<script>alert(1)</script>")},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 201
        got = client.get(f"/attachments/{answer.json()['data']['attachment']}")
        assert b"".join(got.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
        assert got.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert got.headers["Content-Type"] == "text/plain"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]

    def test_only_pictures_are_shown_inside_a_page(self, actor: Actor, document: Document):
        client = signed_in_client(actor)
        for name, content, disposition in (("a.png", PNG, "inline"), ("a.pdf", PDF, "attachment")):
            got = client.get(f"/attachments/{attach(actor, document, name, content)}?inline=1")
            assert got.headers["Content-Disposition"].startswith(disposition)
            b"".join(got.streaming_content)  # type: ignore[attr-defined]

    def test_a_refused_upload_says_why(self, actor: Actor, document: Document):
        client = signed_in_client(actor)
        address = f"/attachments/requisition/{document.number}"
        asked = {"Accept": "application/json"}
        assert client.post(address, {}, headers=asked).status_code == 422
        refused = client.post(address, {"file": SimpleUploadedFile("x.exe", b"MZ\x00\x01")}, headers=asked)
        assert refused.json()["code"] == "kernel.FileTypeNotAllowed"

    def test_nothing_is_stored_for_somebody_who_may_not(self, document: Document, tmp_path: Path):
        answer = signed_in_client(make_stranger()).post(
            f"/attachments/requisition/{document.number}", {"file": SimpleUploadedFile("a.pdf", PDF)}
        )
        assert answer.status_code == 404
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]

    def test_programs_upload_list_download_and_remove(self, actor: Actor, document: Document):
        api = api_client(actor)
        path = f"/documents/requisition/{document.number}/attachments"
        made = api.client.post(
            f"/api/v1{path}",
            {"file": SimpleUploadedFile("a.pdf", PDF)},
            headers={"Authorization": f"Bearer {make_api_key(actor)}"},
        )
        assert made.status_code == 201, made.content
        (item,) = api.get(path).json()["items"]
        assert item["name"] == "a.pdf"
        assert b"".join(api.get(f"/attachments/{item['id']}").streaming_content) == PDF
        assert api.delete(f"/attachments/{item['id']}").status_code == 200
        assert api.get(path).json()["items"] == []
