"""Addresses of pictures, at the root; they are made by `annotations.media_links`."""

from django.urls import re_path

from annotations.api.media import media, tile, tiles
from annotations.media_links import RENDITIONS, TILES

_NAMES = "|".join(RENDITIONS)
_TILES = rf"^media/(?P<item_id>[0-9]{{1,18}})/{TILES}"

urlpatterns = [
    re_path(rf"^media/(?P<item_id>[0-9]{{1,18}})/(?P<rendition>{_NAMES})$", media),
    re_path(rf"{_TILES}$", tiles),
    re_path(rf"{_TILES}/(?P<level>[0-9])/(?P<column>[0-9]{{1,3}})-(?P<row>[0-9]{{1,3}})$", tile),
]
