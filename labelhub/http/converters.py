"""What stands for an id in an address: no more digits than a database's integer holds."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

LARGEST_ID = 10**18 - 1


class IdConverter(IntConverter):
    """Longer numbers name nothing: their address is unknown, and no query is made of them."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
