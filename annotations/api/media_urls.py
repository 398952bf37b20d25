"""Addresses of pictures, at the root; they are made by `annotations.media_links`."""

from django.urls import re_path

from annotations.api.media import media
from annotations.media_links import RENDITIONS

_NAMES = "|".join(RENDITIONS)

urlpatterns = [
    re_path(rf"^media/(?P<item_id>[0-9]{{1,18}})/(?P<rendition>{_NAMES})$", media),
]
