"""Readers of frozen snapshots."""
