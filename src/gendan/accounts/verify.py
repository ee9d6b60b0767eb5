"""Departments and people stand in their own company, and nobody above themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

sql_check(
    "accounts.departments",
    _("部门、负责人和上级都属于本公司，上下级不成圈"),
    """
WITH RECURSIVE above AS (
 SELECT id, parent_id, 1 AS hop FROM accounts_department WHERE parent_id IS NOT NULL
 UNION ALL SELECT a.id, d.parent_id, a.hop + 1 FROM above a JOIN accounts_department d ON d.id = a.parent_id
 WHERE a.hop <= 100 AND a.parent_id <> a.id),
chain AS (
 SELECT company_id, user_id, superior_id, 1 AS hop FROM accounts_membership WHERE superior_id IS NOT NULL
 UNION ALL SELECT c.company_id, c.user_id, m.superior_id, c.hop + 1 FROM chain c
 JOIN accounts_membership m ON m.company_id = c.company_id AND m.user_id = c.superior_id
 WHERE c.hop <= 100 AND c.superior_id <> c.user_id),
wrong AS (
 SELECT d.company_id, 'department ' || d.code AS what, 'above ' || p.code AS found FROM accounts_department d
 JOIN accounts_department p ON p.id = d.parent_id AND p.company_id <> d.company_id
 UNION ALL SELECT d.company_id, 'department ' || d.code, 'a circle' FROM above a
 JOIN accounts_department d ON d.id = a.id WHERE a.parent_id = a.id
 UNION ALL SELECT d.company_id, 'department ' || d.code, 'head ' || d.head_id FROM accounts_department d
 WHERE d.head_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_membership m
  WHERE m.company_id = d.company_id AND m.user_id = d.head_id)
 UNION ALL SELECT m.company_id, 'user ' || m.user_id, 'department ' || d.code FROM accounts_membership m
 JOIN accounts_department d ON d.id = m.department_id AND d.company_id <> m.company_id
 UNION ALL SELECT company_id, 'user ' || user_id, 'a circle' FROM chain WHERE superior_id = user_id)
SELECT what, '' AS expected, found FROM wrong
WHERE %(company)s::bigint IS NULL OR company_id = %(company)s::bigint ORDER BY 1
""",
)
