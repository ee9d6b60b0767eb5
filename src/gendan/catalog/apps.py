"""The context catalog as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Catalog."""

    name = "gendan.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the resources to import, export and bulk API; make records known to comments, files and timelines."""
        from gendan.accounts.steps import COMPANY_CREATED
        from gendan.catalog.queries.lists import HIDDEN
        from gendan.catalog.steps import create_defaults
        from gendan.kernel import subjects
        from gendan.kernel.timeline import guard_fields, label_events

        import_module("gendan.catalog.fields")
        import_module("gendan.catalog.reaches")
        import_module("gendan.catalog.resources")
        import_module("gendan.catalog.prints")
        import_module("gendan.catalog.verify")
        COMPANY_CREATED.append(create_defaults)
        view = "catalog.view"
        subjects.register("product", self.get_model("Product"), _("产品"), view, "code", "catalog:product")
        subjects.register("partner", self.get_model("Partner"), _("往来单位"), view, "code", "catalog:partner")
        subjects.register("warehouse", self.get_model("Warehouse"), _("仓库"), view, "code", "catalog:warehouse")
        kinds = "product partner price warehouse bin unit category currency tax customer_class sales_price"
        for kind in kinds.split():
            label_events({f"catalog.{kind}_created": _("新建了资料"), f"catalog.{kind}_updated": _("修改了资料")})
        label_events({"catalog.address_created": _("新建了收货地址"), "catalog.address_updated": _("修改了收货地址")})
        label_events({"catalog.price_deleted": _("删除了价格"), "catalog.sales_price_deleted": _("删除了价格")})
        for field, needed in {**HIDDEN["products"], **HIDDEN["partners"]}.items():
            guard_fields(needed, field)
