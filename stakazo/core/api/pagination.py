"""Lists in pages that stay put while rows are added."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Newest first, by the time-ordered id; `?limit=` up to 200, `?cursor=` from `next`."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
