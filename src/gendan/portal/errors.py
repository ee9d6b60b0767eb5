"""Why links and what is done through them are refused."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class NotLive(AppError):
    message = _("%(number)s 还没有审核通过，不能生成客户链接。")


class LinkEnded(AppError):
    status = 410
    message = _("这个链接已失效，请向您的销售员索取新的链接。")


class TooManyRequests(AppError):
    status = 429
    message = _("操作太频繁，请过一分钟再试。")


class UploadsFull(AppError):
    status = 429
    message = _("一个链接一天最多上传 %(limit)s MB，请明天再传，或把文件直接发给您的销售员。")


class TooManyQuestions(AppError):
    status = 429
    message = _("一个链接一天最多提 %(limit)s 个问题，请明天再问，或直接联系您的销售员。")


class SharedDelivery(AppError):
    message = _("这次送货还包含您的其他订单，请在随货的送货单上签字。")


class SignatureRequired(AppError):
    status = 422
    message = _("请在签名框内签名。")


class ShowsWhatIsHidden(AppError):
    status = 403
    message = _("客户页面会显示「%(field)s」，而您的角色看不到它。请让看得到的同事生成或打开链接。")


class NothingSaid(AppError):
    status = 422
    message = _("还没有答复任何一行：请至少答复一行再提交。")


class SupplierLinkEnded(AppError):
    status = 410
    message = _("这个链接已失效，请向采购员索取新的链接。")


class NotGiven(AppError):
    status = 403
    message = _("您的账号没有这项权限，请找贵公司的联系人或采购员。")


class PersonExists(AppError):
    message = _("%(email)s 已经有这个供应商的账号，可以给他重发链接。")


class BeyondOwn(AppError):
    status = 403
    message = _("您只能给出自己也有的权限，也不能改自己的权限。")


class SignInFirst(AppError):
    status = 401
    message = _("请先登录。")


class InvitationOver(AppError):
    status = 410
    message = _("这个链接已用过或已过期，请找邀请您的人重发。")


class TooManyAttempts(AppError):
    status = 429
    message = _("尝试次数太多，请过几分钟再试。")


class WrongPassword(AppError):
    status = 422
    message = _("邮箱或密码不对。")
