"""A company in which everything exists once, for the test of who may open which door."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, Role, User
from gendan.accounts.queries import known_permissions
from gendan.accounts.secret import Secret, new_api_key
from gendan.accounts.tests.make import make_actor, make_api_key, make_user, signed_in_client
from gendan.alerts import commands as alerts
from gendan.alerts.models import Case, Proposal
from gendan.carriers import commands as carriers
from gendan.catalog import commands as catalog
from gendan.catalog.tests import make as catalog_make
from gendan.changes import commands as changes
from gendan.changes.targets import TARGETS
from gendan.flow import commands as flows
from gendan.inventory import commands as inventory
from gendan.inventory.rules import AdjustmentLineIn, TransferLineIn
from gendan.kernel import attachments, db
from gendan.kernel.actor import Actor
from gendan.kernel.models import Job
from gendan.notices import commands as notices
from gendan.notices.models import Delivery
from gendan.portal import commands as portal
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.rules.returned import BackIn
from gendan.quality import commands as quality
from gendan.quality.rules.plan import PlanIn
from gendan.sales import commands as sales
from gendan.sales.rules.lines import LineIn as SalesLineIn
from gendan.sales.rules.returned import ReturnIn
from gendan.settlement import commands as settlement
from gendan.settlement.rules.lines import BillLineIn, Cover
from gendan.sourcing import commands as sourcing
from gendan.sourcing.models import ContractSignature
from gendan.sourcing.rules.contract import ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import AnswerLineIn, BreakIn, SupplierIn
from gendan.sourcing.rules.inquiry import LineIn as InquiryLineIn
from gendan.sourcing.rules.papers import PaperIn
from gendan.transport import commands as transport

PDF = b"%PDF-1.7 ..."


@dataclass
class World:
    """A company in which everything exists once, its administrator, a colleague with rights to be set, a stranger."""

    admin: Actor
    stranger: Actor
    role: Role
    names: dict[str, Any]
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def grant(self, permissions: set[str]) -> None:
        """Let the colleague hold exactly these permissions."""
        Role.objects.filter(pk=self.role.pk).update(permissions=sorted(permissions))


def make_world() -> World:
    """See World. Numbers and codes are none that another company has, too."""
    company = catalog_make.make_company(code="ACCESS")
    admin = make_actor(company, roles=["admin"], username="boss")
    names = _documents(admin, company)
    helper = make_user(company, permissions=[], limit=None, username="colleague")
    role = Role.objects.get(company=company, permissions=[])
    accounts.save_role(actor=admin, code="xrole", name="X", permissions=[])
    accounts.save_department(actor=admin, code="XDEP", name="X")
    make_user(company, username="xuser")
    stranger = make_actor(catalog_make.make_company(code="STRANGE"), roles=["admin"], username="stranger")
    world = World(admin, stranger, role, names)
    outsider = _outsider(admin, company)
    for name, who in (("colleague", helper), ("stranger", stranger), ("admin", admin), ("outsider", outsider)):
        world.clients[name] = signed_in_client(who)
        world.keys[name] = make_api_key(who)
    world.clients["visitor"] = Client()
    return world


def _outsider(admin: Actor, company: Company) -> User:
    """A colleague of another department who may do everything, with documents, places and goods of their own."""
    catalog_make.make_warehouse(company, "WO", "O", bins=("BO",))
    for resource, row in (
        ("categories", {"code": "OC", "name": "O"}),
        ("products", {"code": "O-PRODUCT", "name": "O", "unit": "PCS", "category": "OC"}),
        ("partners", {"code": "O-SUPPLIER", "name": "O", "is_supplier": True, "supplier_group": "O"}),
    ):
        catalog.save_rows(actor=admin, resource=resource, rows=[row], atomic=True)
    accounts.save_department(actor=admin, code="ODEP", name="O")
    found = make_user(company, permissions=sorted(known_permissions()), limit=None, username="outsider")
    accounts.update_user(actor=admin, username="outsider", department="ODEP")
    everywhere = {"purchasing": "department", "sales": "department", "inventory": "department"}
    accounts.save_role_scope(
        actor=admin,
        code=found.memberships.get().roles.get().code,
        documents=everywhere,
        warehouses=["WO"],
        supplier_groups=["O"],
        categories=["OC"],
    )
    return found


def _masters(admin: Actor, company: Company) -> None:
    catalog_make.make_supplier(company, "X-SUPPLIER")
    catalog_make.make_product(company, "X-PRODUCT")
    catalog_make.make_warehouse(company, "WX", "X", bins=("BX", "BY"))
    for resource, row in (
        ("units", {"code": "XU", "name": "X"}),
        ("currencies", {"code": "XTS", "name": "X", "rate": "1"}),
        ("taxes", {"code": "XT", "name": "X", "rate": "1"}),
        ("categories", {"code": "XC", "name": "X"}),
        ("customer-classes", {"code": "XK", "name": "X"}),
        ("addresses", {"partner": "X-SUPPLIER", "code": "XA", "name": "X", "address": "X"}),
        ("prices", {"supplier": "X-SUPPLIER", "product": "X-PRODUCT", "price": "1"}),
        ("sales-prices", {"product": "X-PRODUCT", "price": "1"}),
    ):
        catalog.save_rows(actor=admin, resource=resource, rows=[row], atomic=True)


def _stock(admin: Actor) -> dict[str, str]:
    put_in = [AdjustmentLineIn("X-PRODUCT", Decimal(5), "BX", "")]
    moved = [TransferLineIn("X-PRODUCT", Decimal(1), "BX", "BY")]
    aj = inventory.create_adjustment(actor=admin, warehouse="WX", kind="opening", lines=put_in)
    tr = inventory.create_transfer(actor=admin, warehouse="WX", lines=moved)
    sc = inventory.create_count(actor=admin, warehouse="WX", reason="X")
    return {"aj": aj.number, "tr": tr.number, "sc": sc.number}


def _documents(admin: Actor, company: Company) -> dict[str, Any]:
    _masters(admin, company)
    for _gap in range(3):  # so that no number is one that a stranger's first document gets
        draft = purchasing.create_order(actor=admin, supplier="X-SUPPLIER", warehouse="WX", lines=_lines())
    po = purchasing.create_order(actor=admin, supplier="X-SUPPLIER", warehouse="WX", lines=_lines(), submit=True)
    purchasing.confirm_order(actor=admin, number=po.number)
    pr = purchasing.create_requisition(actor=admin, warehouse="WX", lines=[RequestIn("X-PRODUCT", Decimal(3))])
    carriers.save_carrier(actor=admin, code="XCR", values={"name": "XCR", "adapter": "simulator"})
    asn = purchasing.create_shipment(actor=admin, orders=[po.number], carrier="XCR", tracking_number="XTRACK")
    transport.save_dock(actor=admin, code="X-DOCK", warehouse="WX", weekdays="1234567")
    transport.save_freight(actor=admin, number=asn.number, amount=Decimal(1), currency="CNY")
    transport.book_dock(actor=admin, number=asn.number, dock="X-DOCK", on=date(2030, 1, 1), at=time(8))
    gr = purchasing.receive_goods(actor=admin, order=po.number, delivery_note="X-1")
    catalog_make.make_customer(company, "X-CUSTOMER")
    so, dn = _sold(admin)
    rma = _returned(admin)
    link = portal.create_link(actor=admin, number=so)
    content = attachments.accept(SimpleUploadedFile("x.pdf", PDF))
    file = attachments.attach_file(actor=admin, kind="po", number=po.number, content=content)
    key = accounts.create_api_key(actor=admin, name="X", key=new_api_key(admin), username="boss")
    invited = accounts.invite_member(actor=admin, username="xguest")
    flows.create_flow(actor=admin, kind="po")
    return {
        "invitation_id": invited.id,
        "draft": draft.number,
        "co": _changed(admin, po.number),
        **_excepted(admin),
        "po": po.number,
        "pr": pr.number,
        "asn": asn.number,
        "gr": gr.number,
        **_stock(admin),
        "so": so,
        "dn": dn,
        "rma": rma,
        "qu": _quoted(admin),
        **_sourced(admin),
        "bill": _billed(admin, po.number),
        "pay": _paid(admin),
        "account_id": _banked(admin),
        **_inspected(admin),
        "link_id": link.id,
        **_outside(admin, po.number),
        "attachment_id": file.data["attachment"],
        "key_id": key.id,
        "delivery_id": _not_delivered(admin),
        "notice_id": 1,
        "job_id": Job.objects.create(company=company, user_id=admin.user_id, kind="x", title="X").pk,
        **_rows(company),
    }


def _banked(admin: Actor) -> int:
    number = Secret("X62220000")
    return settlement.save_account(actor=admin, partner="X-SUPPLIER", number=number, holder="X").id


def _rows(company: Company) -> dict[str, Any]:
    """What is made of rows, or called by their ids."""
    return {
        "parcel": "XTRACK",
        "flow_version": "1",
        "wave": _wave(company),
        "price_id": _price_of(company),
        "sales_price_id": _sales_price_of(company),
        "address_id": _address_of(company),
    }


def _sent(admin: Actor, number: str) -> int:
    """A supplier's link whose number is none that a stranger's first one gets."""
    for gap in range(3):
        done = purchasing.send_order(actor=admin, number=number, email="", recipient=f"X{gap}")
    return int(done.data["link"])


def _outside(admin: Actor, number: str) -> dict[str, int]:
    """Who of the supplier sees an order: by link, and signed in."""
    return {"supplier_link": _sent(admin, number), "person_id": _signs_in(admin)}


def _signs_in(admin: Actor) -> int:
    """Somebody of the supplier whose number is none that a stranger's first one gets."""
    for gap in range(3):
        done = portal.invite_supplier_person(actor=admin, supplier="X-SUPPLIER", email=f"x{gap}@x.example", name="X")
    return done.id


def _changed(admin: Actor, order: str) -> str:
    """A change order whose number is none that a stranger's first one gets."""
    content = {**TARGETS["po"].read(admin, order).content, "note": "X"}
    mine: dict[str, Any] = {"kind": "po", "order": order, "content": content}
    for _gap in range(3):
        done = changes.create_change(actor=admin, **mine)
    return done.number


def _excepted(admin: Actor) -> dict[str, Any]:
    """An exception whose number is none that a stranger's first one gets: an order that nobody confirmed; its supplier
    is urged. A proposal about its rule.
    """
    for _gap in range(4):
        purchasing.create_order(actor=admin, supplier="X-SUPPLIER", warehouse="WX", lines=_lines(), submit=True)
    alerts.save_own_rule(actor=admin, definition={"name": "X", "trigger": "date", "field": "due_on"})
    alerts.scan(actor=admin, rules=["late_confirmation"], now=timezone.now() + timedelta(days=30))
    case = Case.objects.filter(company_id=admin.company_id).latest("pk").number
    changed = {"before": {"days": "2"}, "after": {"days": "3"}}
    proposed = Proposal.objects.create(company_id=admin.company_id, rule="late_confirmation", kind="raise", **changed)
    urge = alerts.urge_supplier(actor=admin, number=case).data["urge"]
    return {"case": case, "proposal": proposed.pk, "urge_id": urge}


def _not_delivered(admin: Actor) -> int:
    """A message that failed, through a channel of the company."""
    address = Secret("dingtalk://abcdef0123456789/")
    notices.save_channel(actor=admin, code="xchat", address=address, values={"name": "X"})
    made = notices.test_channel(actor=admin, code="xchat").data["delivery"]
    Delivery.objects.filter(pk=made).update(state="failed")
    return int(made)


def _lines() -> list[LineIn]:
    return [LineIn("X-PRODUCT", Decimal(10), Decimal("1.00"))]


def _sold(admin: Actor) -> tuple[str, str]:
    """An order that waits for its goods, and a delivery of another."""
    lines = [SalesLineIn("X-PRODUCT", Decimal(2), Decimal("1.00"))]
    orders = [  # so many that their numbers are none that a stranger's first documents get
        sales.create_order(actor=admin, customer="X-CUSTOMER", warehouse="WX", lines=lines, submit=True).number
        for _n in range(4)
    ]
    for number in orders[:3]:
        sent = sales.deliver_order(actor=admin, number=number)
    return orders[-1], sent.number


def _returned(admin: Actor) -> str:
    """A return that waits for somebody to approve it."""
    from gendan.sales.models import DeliveryLine

    sent = DeliveryLine.objects.filter(delivery__company_id=admin.company_id, delivery__state="shipped").earliest("pk")
    sales.sign_delivery(actor=admin, number=sent.delivery.number)
    wanted = ReturnIn(sent.order_line.order.number, 1, Decimal(1), "other")
    for _n in range(4):  # its number, too, is none that a stranger's first return gets
        rma = sales.request_return(actor=admin, lines=[wanted]).number
        if _n < 3:
            sales.cancel_return(actor=admin, number=rma)
    return rma


def _quoted(admin: Actor) -> str:
    """An offer whose number is none that a stranger's first one gets."""
    lines = [SalesLineIn("X-PRODUCT", Decimal(2), Decimal("1.00"))]
    for _gap in range(4):
        done = sales.create_quotation(actor=admin, customer="X-CUSTOMER", warehouse="WX", lines=lines)
    return done.number


def _sourced(admin: Actor) -> dict[str, Any]:
    """An inquiry, a supplier's document, a contract."""
    paper = sourcing.save_paper(actor=admin, supplier="X-SUPPLIER", paper=PaperIn("licence", "X"))
    return {"rfq": _inquired(admin), "paper_id": paper.id, **_agreed(admin)}


def _agreed(admin: Actor) -> dict[str, Any]:
    """A signed contract whose number is none that a stranger's first one gets."""
    today = admin.today()
    line = ContractLineIn("X-PRODUCT", (BreakIn(Decimal(0), Decimal(1)),))
    for gap in range(4):
        draft = ContractDraft("X-SUPPLIER", today, today, f"X{gap}", lines=(line,))
        made = sourcing.create_contract(actor=admin, draft=draft)
    content = attachments.accept(SimpleUploadedFile("x.pdf", PDF))
    signed: dict[str, Any] = {"party": "ours", "signer": "X", "signed_on": today, "content": content}
    sourcing.sign_contract(actor=admin, number=made.number, **signed)
    return {"fc": made.number, "signature": ContractSignature.objects.get(contract__number=made.number).pk}


def _inquired(admin: Actor) -> str:
    """An inquiry that was answered, whose number is none that a stranger's first one gets."""
    lines, asked = [InquiryLineIn("X-PRODUCT", Decimal(2))], [SupplierIn("X-SUPPLIER")]
    for _gap in range(4):
        made = sourcing.create_inquiry(actor=admin, warehouse="WX", lines=lines, suppliers=asked)
    sourcing.send_inquiry(actor=admin, number=made.number)
    offer = [AnswerLineIn(1, (BreakIn(Decimal(0), Decimal(1)),))]
    sourcing.answer_inquiry(actor=admin, number=made.number, supplier="X-SUPPLIER", lines=offer)
    return made.number


def _billed(admin: Actor, order: str) -> str:
    """A draft invoice whose number is none that a stranger's first one gets."""
    lines = [BillLineIn(Decimal(1), (Cover(order, 1, Decimal(1)),))]
    for gap in range(4):
        done = settlement.create_bill(actor=admin, supplier="X-SUPPLIER", reference=f"X-{gap}", lines=lines)
    return done.number


def _paid(admin: Actor) -> str:
    """A payment ahead, likewise."""
    for _gap in range(4):
        done = settlement.pay_bill(actor=admin, supplier="X-SUPPLIER", amount=Decimal(1), advance=True)
    return done.number


def _inspected(admin: Actor) -> dict[str, str]:
    """An inspection, a return to the supplier and a corrective action whose numbers are none that a stranger's first
    ones get; the plan is not in use any more.
    """
    plan = PlanIn("X-PLAN", "X", product="X-PRODUCT")
    quality.save_plan(actor=admin, plan=plan)
    for _gap in range(4):
        po = purchasing.create_order(actor=admin, supplier="X-SUPPLIER", warehouse="WX", lines=_lines(), submit=True)
        gr = purchasing.receive_goods(actor=admin, order=po.number)
        bad = [InspectIn(1, Decimal(0), Decimal(1))]
        purchasing.inspect_receipt(actor=admin, number=gr.number, lines=bad)
        back = [BackIn(gr.number, 1, Decimal(1), "quality")]
        rtv = purchasing.create_return(actor=admin, lines=back)
        due = admin.today() + timedelta(days=7)
        car = quality.create_action(actor=admin, supplier="X-SUPPLIER", problem="X", due_on=due)
    quality.save_plan(actor=admin, plan=replace(plan, is_active=False))
    found = db.row("SELECT max(number) FROM quality_inspection WHERE company_id = %s", [admin.company_id])
    assert found is not None
    return {"qi": found[0], "rtv": rtv.number, "car": car.number}


def _wave(company: Company) -> str:
    from gendan.catalog.models import Warehouse
    from gendan.sales.models import Wave

    warehouse = Warehouse.objects.get(company=company, code="WX")
    return Wave.objects.create(company=company, number="WV-000009", state="picking", warehouse=warehouse).number


def _price_of(company: Company) -> int:
    from gendan.catalog.models import SupplierPrice

    return int(SupplierPrice.objects.get(company=company).pk)


def _sales_price_of(company: Company) -> int:
    from gendan.catalog.models import SalesPrice

    return int(SalesPrice.objects.get(company=company).pk)


def _address_of(company: Company) -> int:
    from gendan.catalog.models import PartnerAddress

    return int(PartnerAddress.objects.get(company=company).pk)
