"""Floor 7: which request follows a page."""

from weftline.kernel import Registry
from weftline.pagination.base import Paginator, PaginatorConfig

BUILTIN = {
    "none": "weftline.pagination.none:NonePaginator",
    "page_number": "weftline.pagination.page_number:PageNumberPaginator",
    "limit_offset": "weftline.pagination.limit_offset:LimitOffsetPaginator",
    "next_token": "weftline.pagination.next_token:NextTokenPaginator",
    "link_header": "weftline.pagination.link_header:LinkHeaderPaginator",
    "next_url": "weftline.pagination.next_url:NextUrlPaginator",
    "relative_uri": "weftline.pagination.relative_uri:RelativeUriPaginator",
    "graphql_cursor": "weftline.pagination.graphql_cursor:GraphqlCursorPaginator",
    "expression": "weftline.pagination.expression:ExpressionPaginator",
    "keyset": "weftline.pagination.keyset:KeysetPaginator",
    "sql": "weftline.pagination.sql:SqlPaginator",
    "date_window": "weftline.pagination.date_window:DateWindowPaginator",
    "files": "weftline.pagination.files:FilesPaginator",
}

PAGINATORS: Registry[Paginator] = Registry("pagination", BUILTIN)

__all__ = ["BUILTIN", "PAGINATORS", "Paginator", "PaginatorConfig"]
