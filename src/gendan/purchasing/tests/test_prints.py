"""Orders and receipts on paper: in three languages, without prices for who may not see them, at once or by a job."""

import pytest

from gendan.accounts.commands import set_logo, update_company
from gendan.accounts.models import Company, Role
from gendan.accounts.tests.make import make_actor, make_api_key, signed_in_client
from gendan.kernel import jobs, notices, pdf, prints
from gendan.kernel.attachments import Content
from gendan.kernel.files import store
from gendan.kernel.models import Job
from gendan.kernel.tests.paper import content_of, scan, texts
from gendan.purchasing.queries.papers import orders_on_paper, receipts_on_paper
from gendan.purchasing.tests.make import make_order, make_world, receive

pytestmark = pytest.mark.django_db
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture
def _few(monkeypatch):
    monkeypatch.setattr(prints, "DIRECT", 3)


def test_an_order_in_three_languages():
    world = make_world()
    number = make_order(world, 10, 20).number
    client = signed_in_client(world.actor)
    for language, title, pages in (
        ("zh-hans", "采购订单", "第 1 / 1 页"),
        ("zh-hant", "採購訂單", "第 1 / 1 頁"),
        ("en", "Purchase order", "Page 1 of 1"),
    ):
        answer = client.get(f"/print/purchasing.order/pdf?n={number}&language={language}")
        (page,) = texts(content_of(answer))
        assert title in page
        assert pages in page
        assert number in page
        assert "BOLT" in page


def test_the_answer_is_a_file_that_nothing_runs_in():
    world = make_world()
    number = make_order(world, 10).number
    answer = signed_in_client(world.actor).get(f"/print/purchasing.order/pdf?n={number}&download")
    content_of(answer)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%87%87%E8%B4%AD")


def test_the_letterhead_is_the_companys_and_so_is_the_language():
    world = make_world()
    number = make_order(world, 10).number
    update_company(actor=world.actor, address="青浦区华新镇", tax_id="9131X", print_language="en")
    stored = store([PIXEL])
    set_logo(actor=world.actor, content=Content("l.png", "image/png", stored.size, stored.sha256))
    client = signed_in_client(world.actor)
    made = content_of(client.get(f"/print/purchasing.order/pdf?n={number}"))
    (page,) = texts(made)
    assert "青浦区华新镇" in page
    assert "9131X" in page
    assert "Purchase order" in page
    assert b"/Image" in made
    assert scan(made) == [("Code 128", number)]


def test_prices_are_printed_for_those_who_may_see_them():
    world = make_world()
    number = make_order(world, 7).number
    (order,) = orders_on_paper(world.actor, [number])
    figure = f"{order['gross']:,.2f}"
    assert figure in texts(content_of(signed_in_client(world.actor).get(f"/print/purchasing.order/pdf?n={number}")))[0]
    blind = make_actor(Company.objects.get(pk=world.company_id), permissions=["purchasing.view"])
    assert figure not in texts(content_of(signed_in_client(blind).get(f"/print/purchasing.order/pdf?n={number}")))[0]


def test_many_orders_are_read_in_two_statements(django_assert_num_queries):
    world = make_world()
    numbers = [make_order(world, 10, 20).number for _ in range(4)]
    with django_assert_num_queries(2):
        found = orders_on_paper(world.actor, numbers[::-1])
    assert [order["number"] for order in found] == numbers[::-1]
    receipts = [receive(world, number, (1, "4")).number for number in numbers]
    with django_assert_num_queries(2):
        assert [len(receipt["lines"]) for receipt in receipts_on_paper(world.actor, receipts)] == [1] * 4


def test_a_receipt_and_the_api():
    world = make_world()
    number = make_order(world, 10).number
    receipt = receive(world, number, (1, "4")).number
    client = signed_in_client(world.actor)
    assert receipt in texts(content_of(client.get(f"/print/purchasing.receipt/pdf?n={receipt}")))[0]
    headers = {"Authorization": f"Bearer {make_api_key(world.actor)}"}
    for path in (f"purchase-orders/{number}/pdf?language=en", f"receipts/{receipt}/pdf"):
        assert texts(content_of(client.get(f"/api/v1/{path}", headers=headers)))
    answer = client.post(
        "/api/v1/prints/purchasing.order", {"numbers": [number]}, content_type="application/json", headers=headers
    )
    assert number in texts(content_of(answer))[0]


@pytest.mark.usefixtures("_few")
def test_a_long_print_is_made_by_the_worker():
    world = make_world()
    numbers = [make_order(world, 10).number for _ in range(3)]
    client = signed_in_client(world.actor)
    chosen = client.post("/print/purchasing.order", {"ids": numbers})
    page = client.get(chosen["Location"]).content.decode()
    assert all(number in page for number in numbers)
    answer = client.get(prints.address("purchasing.order", *numbers, language="zh-hans"))
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}"
    jobs.execute(job.pk, prints.TASK)
    told = notices.own_notices(world.actor).items[0]
    pages = texts(content_of(client.get(told["url"])))
    assert [number in page for number, page in zip(numbers, pages, strict=True)] == [True] * 3
    headers = {"Authorization": f"Bearer {make_api_key(world.actor)}"}
    assert content_of(client.get(f"/api/v1/jobs/{job.pk}/file", headers=headers))


@pytest.mark.usefixtures("_few")
def test_who_lost_the_right_to_prices_meanwhile_gets_no_file_with_prices():
    world = make_world()
    numbers = [make_order(world, 10).number for _ in range(3)]
    company = Company.objects.get(pk=world.company_id)
    actor = make_actor(company, permissions=["purchasing.view", "purchasing.view_price"])
    client = signed_in_client(actor)
    client.get(prints.address("purchasing.order", *numbers))
    job = Job.objects.get()
    jobs.execute(job.pk, prints.TASK)
    assert content_of(client.get(f"/jobs/{job.pk}/file"))
    Role.objects.filter(permissions=["purchasing.view", "purchasing.view_price"]).update(
        permissions=["purchasing.view"]
    )
    assert client.get(f"/jobs/{job.pk}/file").status_code == 403
    Role.objects.filter(company=company, permissions=["purchasing.view"]).update(permissions=[])
    assert client.get(f"/jobs/{job.pk}/file").status_code == 403


@pytest.mark.parametrize("wrong", ["language=xx", "size=A0", "copies=-1", "copies=2000"])
def test_what_there_is_not_is_refused(wrong):
    world = make_world()
    number = make_order(world, 10).number
    client = signed_in_client(world.actor)
    answer = client.get(f"/print/purchasing.order/pdf?n={number}&{wrong}", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert pdf.PRINTS["purchasing.order"].sizes == ("A4",)
