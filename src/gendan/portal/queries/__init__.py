"""Reading customers' links and what they show."""

from gendan.portal.queries.links import Link, link_by_token, link_shown, links_of, messages_of, see
from gendan.portal.queries.page import customer_page

__all__ = ["Link", "customer_page", "link_by_token", "link_shown", "links_of", "messages_of", "see"]
