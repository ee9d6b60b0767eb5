"""Comments on any object: for those who may see it, telling those who are mentioned."""

from __future__ import annotations

import pytest

from gendan.accounts.models import Company, Membership
from gendan.accounts.tests.make import (
    actor_for,
    api_client,
    htmx_client,
    make_actor,
    make_stranger,
    make_user,
    signed_in_client,
)
from gendan.kernel import comments, notices
from gendan.kernel.actor import Actor
from gendan.kernel.comments import Person, find_mentions
from gendan.kernel.documents import Document
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.models import Comment, Event, Notice
from gendan.kernel.tests.make import make_document

PEOPLE = [
    Person(1, "wang.fang", "王芳"),
    Person(2, "wangff", "王芳芳"),
    Person(3, "li", "李雷"),
    Person(4, "lina", "Li Na"),
]


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("@王芳请看一下", {1}),
        ("@王芳芳 请看", {2}),
        ("@wang.fang请看", {1}),
        ("@WANG.FANG, bitte", {1}),
        ("@li 和 @李雷", {3}),
        ("@lina", {4}),
        ("@Li Na please", {4}),
        ("@linaxx", set()),
        ("mail@li.example", {3}),
        ("没有人 @", set()),
        ("@@王芳", {1}),
        ("@王", set()),
        ("", set()),
    ],
)
def test_the_longest_name_after_an_at_is_mentioned(text: str, mentioned: set[int]):
    assert find_mentions(text, PEOPLE) == mentioned


def test_people_of_the_same_name_are_all_mentioned():
    assert find_mentions("@王芳", [Person(1, "a", "王芳"), Person(2, "b", "王芳")]) == {1, 2}


@pytest.fixture
def actor() -> Actor:
    return make_actor(name="李雷", username="lilei")


@pytest.fixture
def document(actor: Actor) -> Document:
    return make_document(actor)


@pytest.fixture
def company(actor: Actor) -> Company:
    return Company.objects.get(pk=actor.company_id)


def say(actor: Actor, document: Document, text: str = "请尽快") -> object:
    return comments.add_comment(actor=actor, kind=document.KIND, number=document.number, text=text)


@pytest.mark.django_db
class TestComment:
    def test_it_stands_on_the_document_and_in_the_event_log(self, actor: Actor, document: Document):
        say(actor, document)
        assert [c["text"] for c in comments.comments_on(actor, "requisition", document.number)] == ["请尽快"]
        event = Event.objects.get()
        assert (event.type, event.refs) == ("kernel.commented", [f"requisition:{document.number}"])
        assert "请尽快" not in str(event.data)

    def test_the_mentioned_are_told_but_not_the_writer(self, actor: Actor, document: Document, company: Company):
        friend = make_user(company, ["buyer"], username="wangfang", name="王芳")
        stranger = make_user(make_stranger_company(), username="zhao", name="赵云")
        say(actor, document, "@王芳 @赵云 @李雷 这单能提前吗？")
        assert list(Notice.objects.values_list("user_id", flat=True)) == [friend.pk]
        told = notices.own_notices(actor_for(friend)).items[0]
        assert told["text"] == "李雷：@王芳 @赵云 @李雷 这单能提前吗？"
        assert (told["subject_kind"], told["subject_number"]) == ("requisition", document.number)
        assert notices.unread_count(actor_for(stranger)) == 0

    def test_somebody_shut_out_is_not_told(self, actor: Actor, document: Document, company: Company):
        gone = make_user(company, username="gone", name="吴用")
        Membership.objects.filter(user=gone).update(is_active=False)
        say(actor, document, "@吴用")
        assert not Notice.objects.exists()

    @pytest.mark.parametrize("text", ["", "   \n", "长" * 5001])
    def test_nothing_and_too_much_are_refused(self, actor: Actor, document: Document, text: str):
        with pytest.raises(Invalid):
            say(actor, document, text)

    def test_a_stranger_finds_nothing_to_comment(self, document: Document):
        with pytest.raises(NotFound):
            say(make_stranger(), document)

    def test_an_unknown_kind_is_not_found(self, actor: Actor):
        with pytest.raises(NotFound):
            comments.add_comment(actor=actor, kind="spaceship", number="X-1", text="x")

    def test_who_may_not_see_or_not_comment_cannot(self, company: Company, document: Document):
        for permissions in (["kernel.comment"], ["purchasing.view"]):
            with pytest.raises(Forbidden):
                say(make_actor(company, permissions=permissions), document)
        say(make_actor(company, permissions=["purchasing.view", "kernel.comment"]), document)

    def test_repeating_it_with_its_key_says_it_once(self, actor: Actor, document: Document):
        for _attempt in range(2):
            say(actor.with_key("k"), document)
        assert Comment.objects.count() == 1

    def test_it_costs_the_same_however_many_are_mentioned(
        self, actor: Actor, document: Document, company: Company, django_assert_num_queries
    ):
        people = [make_user(company, username=f"u{n:02d}", name=f"员工{n:02d}号") for n in range(10)]
        with django_assert_num_queries(5 + 2):  # find, people, comment, notices, event; the savepoint of tests
            say(actor, document, f"@{people[0].name}")
        with django_assert_num_queries(5 + 2):
            say(actor, document, " ".join(f"@{person.name}" for person in people))
        assert Notice.objects.count() == 11


@pytest.mark.django_db
class TestDoors:
    def test_the_box_of_a_page_posts_and_the_page_comes_anew(self, actor: Actor, document: Document):
        answer = htmx_client(actor).post(f"/comments/requisition/{document.number}", {"text": "好", "_key": "k"})
        assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
        plain = signed_in_client(actor).post(
            f"/comments/requisition/{document.number}", {"text": "好"}, headers={"Referer": "http://testserver/x"}
        )
        assert (plain.status_code, plain.headers["Location"]) == (302, "http://testserver/x")
        assert Comment.objects.count() == 2

    def test_it_does_not_lead_away_from_here(self, actor: Actor, document: Document):
        answer = signed_in_client(actor).post(
            f"/comments/requisition/{document.number}", {"text": "好"}, headers={"Referer": "https://evil.example/"}
        )
        assert "evil" not in answer.headers["Location"]

    def test_programs_comment_and_read(self, actor: Actor, document: Document):
        api = api_client(actor)
        path = f"/documents/requisition/{document.number}/comments"
        assert api.post(path, {"text": "好"}, key="k").status_code == 201
        assert api.post(path, {"text": "好"}, key="k").status_code == 201
        assert [item["text"] for item in api.get(path).json()["items"]] == ["好"]
        assert api.post(path, {"text": ""}).json()["data"]["fields"] == {"text": "请填写评论内容。"}
        assert api.post(path, {"words": "x"}).status_code == 422

    def test_the_timeline_is_a_part_of_a_page(self, actor: Actor, document: Document):
        say(actor, document)
        answer = signed_in_client(actor).get(f"/timeline/requisition/{document.number}")
        assert answer.status_code == 200
        assert "请尽快" in answer.content.decode()

    def test_a_comment_is_shown_as_text(self, actor: Actor, document: Document):
        say(actor, document, "<script>alert(1)</script>")
        shown = signed_in_client(actor).get(f"/timeline/requisition/{document.number}").content.decode()
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


@pytest.mark.django_db
class TestNotices:
    def tell(self, actor: Actor, document: Document, count: int) -> None:
        from django.db import transaction

        with transaction.atomic():
            for number in range(count):
                notices.notify(actor.company_id, [actor.user_id or 0], "mention", f"第 {number}", document.subject)

    def test_they_are_read_one_by_one_or_all(self, actor: Actor, document: Document):
        self.tell(actor, document, 3)
        first = notices.own_notices(actor).items[-1]
        assert notices.read_notices(actor=actor, ids=[first["id"]]).data == {"read": 1}
        assert notices.unread_count(actor) == 2
        assert [n["text"] for n in notices.own_notices(actor, unread_only=True).items] == ["第 2", "第 1"]
        assert signed_in_client(actor).post("/notices/read", {"id": "?"}).status_code == 302
        assert notices.unread_count(actor) == 2
        assert notices.read_notices(actor=actor).data == {"read": 2}
        assert notices.unread_count(actor) == 0

    def test_they_page_by_key(self, actor: Actor, document: Document):
        self.tell(actor, document, 5)
        first = notices.own_notices(actor, limit=3)
        rest = notices.own_notices(actor, limit=3, after=first.after)
        assert [n["text"] for n in [*first.items, *rest.items]] == [f"第 {n}" for n in (4, 3, 2, 1, 0)]
        assert rest.after == ""

    def test_nobody_reads_or_marks_anothers(self, actor: Actor, document: Document, company: Company):
        self.tell(actor, document, 1)
        colleague = make_actor(company)
        assert notices.own_notices(colleague).items == []
        notices.read_notices(actor=colleague, ids=[Notice.objects.get().pk])
        assert notices.unread_count(actor) == 1

    def test_the_page_and_the_api_show_them(self, actor: Actor, document: Document):
        self.tell(actor, document, 2)
        client = signed_in_client(actor)
        assert "第 1" in client.get("/notices/").content.decode()
        assert client.post("/notices/read", {}).status_code == 302
        api = api_client(actor)
        assert len(api.get("/notices").json()["items"]) == 2
        assert api.get("/notices?unread=true").json()["items"] == []
        assert api.post("/notices/read", {"ids": [1]}).status_code == 200


def make_stranger_company() -> Company:
    return Company.objects.get(pk=make_stranger().company_id)
