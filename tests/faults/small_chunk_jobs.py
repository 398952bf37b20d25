"""The product's learning jobs, with smaller chunks: only worker processes import this."""

from __future__ import annotations

from django.conf import settings

from active_learning.actions import chunks
from active_learning.jobs import JOBS

__all__ = ["JOBS"]
chunks.ONE_PIECE, chunks.CHUNK = settings.ONE_PIECE, settings.CHUNK
