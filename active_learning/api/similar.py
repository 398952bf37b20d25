"""Similar items over HTTP: which pictures of a dataset look like one of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from active_learning.actions.features import features_at_hand, features_folder
from active_learning.learning.nearest import largest_store, nearest
from annotations.api.access import no_such
from annotations.api.datasets import ItemDocument, item_document
from annotations.models import Dataset, Item
from labelhub.http.caller import caller
from labelhub.http.pagination import refuse_unknown


class HowMany(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=1, max_value=200, default=24)


class SimilarItem(serializers.Serializer[Any]):
    item = ItemDocument()
    similarity = serializers.FloatField(help_text="Cosine of their features, at most 1.")


class SimilarItems(serializers.Serializer[Any]):
    computed = serializers.BooleanField(help_text="False while the item has no features yet.")
    results = SimilarItem(many=True)


class SimilarItemsView(APIView):
    """More like this."""

    @extend_schema(operation_id="list_similar_items", parameters=[HowMany], responses=SimilarItems)
    def get(self, request: Request, id: int) -> Response:
        """List the items of the dataset that look most like one, the most alike first.

        They are compared by the features that are computed ahead; near-duplicates come first.
        """
        refuse_unknown(request, "count")
        wanted = HowMany(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        seen = Dataset.objects.for_user(caller(request))
        item = Item.objects.filter(pk=id, dataset__in=seen.values("pk")).first()
        if item is None:
            raise no_such("item")
        return Response(_similar(item, wanted.validated_data["count"]))


def _similar(item: Item, count: int) -> dict[str, Any]:
    folder = features_folder(item.dataset_id)
    store = largest_store(folder) if folder.is_dir() else None
    if store is None or store.rows([item.sha256])[0] < 0:
        # What workers on other machines have computed may not have come here yet.
        features_at_hand(item.dataset_id)
        store = largest_store(folder) if folder.is_dir() else None
    if store is None or store.rows([item.sha256])[0] < 0:
        return {"computed": False, "results": []}
    found = nearest(store, item.sha256, count)
    rows = Item.objects.filter(dataset=item.dataset_id, sha256__in=[near.sha256 for near in found])
    items = {row.sha256: row for row in rows}
    # A store may hold pictures that were deleted since.
    results = [
        {"item": item_document(items[near.sha256]), "similarity": near.similarity}
        for near in found
        if near.sha256 in items
    ]
    return {"computed": True, "results": results}
