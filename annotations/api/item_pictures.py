"""Lasting addresses of pictures, as exports name them."""

from __future__ import annotations

from django.http import HttpResponseBase, HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from annotations.api.access import no_such
from annotations.media_links import media_url
from annotations.models import Dataset, Item
from labelhub.http.caller import caller


class ItemPictureView(APIView):
    """The picture of one item."""

    @extend_schema(
        operation_id="open_picture",
        responses={302: OpenApiResponse(description="To the picture, for some minutes.")},
    )
    def get(self, request: Request, id: int) -> HttpResponseBase:
        """Lead whoever may see the item to its picture."""
        answer = HttpResponseRedirect(media_url(item_for(request, id).pk, "screen"))
        answer["Cache-Control"] = "no-store"
        return answer


def item_for(request: Request, item_id: int) -> Item:
    """Return an item of a dataset that the caller may see; raises NotFound."""
    seen = Dataset.objects.for_user(caller(request))
    item = Item.objects.filter(pk=item_id, dataset__in=seen.values("pk")).first()
    if item is None:
        raise no_such("item")
    return item
