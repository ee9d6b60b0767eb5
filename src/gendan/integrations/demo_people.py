"""The people of the demonstration company: departments with their heads, superiors, and a role that sees a part."""

from __future__ import annotations

from django.db import transaction

from gendan.accounts import commands, steps
from gendan.accounts.models import Company
from gendan.accounts.queries import FieldRight
from gendan.accounts.roles import TEMPLATES
from gendan.integrations.commands import save_bulk
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Row

# group of suppliers → codes, of the examples and of the history
GROUPS = {
    "检测试剂": ("S-ORGENICS", "S-TRINITY-BIOTECH"),
    "药品": ("S-AUROBINDO-PHARMA", "S-HETERO-LABS", "S-CIPLA", "S-STRIDES-ARCOLAB", "S-MICRO-LABS"),
    "五金件": ("S001", "S002"),
    "包装材料": ("S003",),
}
ROLE, TITLE, PERSON, NAME, GROUP = "reagent_buyer", "试剂采购员", "reagents", "何采购", "检测试剂"
# code, name, the department above, head, members with their superiors
DEPARTMENTS = (
    ("HQ", "总经办", "", "boss", {"boss": "", "admin": "boss"}),
    ("BUY", "采购部", "HQ", "manager", {"manager": "boss", "buyer": "manager"}),
    ("BUY-R", "试剂采购组", "BUY", "", {PERSON: "manager"}),
    ("STORE", "仓储部", "HQ", "storemanager", {
        "storemanager": "boss", "keeper": "storemanager", "inspector": "storemanager",
    }),
    ("SELL", "销售部", "HQ", "salesmanager", {"salesmanager": "boss", "sales": "salesmanager"}),
    ("FIN", "财务部", "HQ", "finance", {"finance": "boss"}),
)  # fmt: skip


def tell(admin: Actor, company: Company, password: str) -> list[tuple[str, str, str]]:
    """Make them; the sign-ins that come on top, as (role, user, password)."""
    given = {code: group for group, codes in GROUPS.items() for code in codes}
    known = db.rows("SELECT code FROM catalog_partner WHERE company_id = %s AND code = ANY(%s)", [company.pk, [*given]])
    groups: list[Row] = [{"code": code, "supplier_group": given[code]} for (code,) in sorted(known)]
    wrong = [outcome for outcome in save_bulk(admin, "partners", groups, atomic=True) if outcome.status != "updated"]
    assert not wrong, wrong
    buyer = next(template for template in TEMPLATES if template.code == "buyer")
    commands.save_role(
        actor=admin, code=ROLE, name=TITLE, permissions=buyer.permissions, amount_limit=buyer.amount_limit
    )
    found = sorted({str(group["supplier_group"]) for group in groups} & {GROUP}) or ["五金件"]
    commands.save_role_scope(actor=admin, code=ROLE, supplier_groups=found)
    commands.save_field_rights(
        actor=admin,
        code=ROLE,
        rights=[FieldRight("partner", "tax_id", "hidden"), FieldRight("po", "payment_terms", "read_only")],
    )
    with transaction.atomic():
        steps.add_member(company, PERSON, NAME, password, [ROLE])
    for code, name, parent, head, _people in DEPARTMENTS:
        commands.save_department(actor=admin, code=code, name=name, parent=parent, head=head)
    for code, _name, _parent, _head, people in DEPARTMENTS:
        for username, superior in people.items():
            commands.update_user(actor=admin, username=username, department=code, superior=superior)
    return [(TITLE, PERSON, password)]
