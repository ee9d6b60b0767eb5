"""How events, fields and problems of carriers are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "carriers.carrier_saved": _("保存了承运商"),
    "carriers.parcel_scanned": _("物流有新信息"),
    "carriers.parcel_unknown": _("物流状态未知"),
    "carriers.parcel_announced": _("运单待揽收"),
    "carriers.parcel_picked_up": _("运单已揽收"),
    "carriers.parcel_in_transit": _("运单运输中"),
    "carriers.parcel_out_for_delivery": _("运单派送中"),
    "carriers.parcel_exception": _("运单异常"),
    "carriers.parcel_delivered": _("运单已签收"),
    "carriers.parcel_returned": _("运单已退回"),
    "carriers.parcel_silent": _("物流停滞"),
}
FIELDS = {
    "aliases": _("别名"),
    "adapter": _("接口"),
    "settings": _("接口参数"),
    "secrets": _("接口密钥"),
    "tracking_url": _("官网查询地址"),
    "silent_hours": _("停滞提醒（小时）"),
}
# Why there is no news of a parcel.
PROBLEMS = {
    "not_found": _("承运商查不到这个运单号"),
    "phone": _("承运商要求提供收件电话后四位"),
    "refused": _("承运商拒绝了查询，请检查接口参数和密钥"),
    "busy": _("承运商的服务繁忙，稍后再查"),
    "unreachable": _("连不上承运商的服务"),
    "unreadable": _("承运商的回答无法读取"),
}
