"""Texts that scripts show, in the user's language. ``{name}`` is filled in by the script."""

from django.utils.translation import gettext


def script_texts() -> dict[str, str]:
    """Key → text; scripts read them with ``gendan.text("key", {name: …})``."""
    return {
        "offline": gettext("网络连接中断，刚才的操作没有送达。请检查网络后重试。"),
        "timeout": gettext("服务器没有及时回应，请稍后重试。"),
        "leave": gettext("有尚未保存的修改，确定离开吗？"),
        "confirm": gettext("请确认"),
        "yes": gettext("确定"),
        "close": gettext("关闭"),
        "copied": gettext("已复制"),
        "selected": gettext("已选 {count} 行"),
        "updated": gettext("内容有更新，点此刷新"),
        "draft": gettext("已恢复上次未保存的草稿。"),
        "discard_draft": gettext("放弃草稿"),
        "pasted": gettext("已粘贴 {count} 行"),
        "not_found": gettext("找不到「{text}」"),
        "no_results": gettext("没有匹配的结果"),
        "errors": gettext("有 {count} 处需要改正"),
        "more_errors": gettext("还有 {count} 处"),
        "duplicate": gettext("复制本行"),
        "remove": gettext("删除本行"),
        "move": gettext("拖动排序"),
        "lines": gettext("{count} 行"),
        "columns": gettext("显示的列"),
        "uploading": gettext("正在上传 {name}…"),
        "undo": gettext("撤销"),
    }
