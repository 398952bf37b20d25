"""Backup and restore of an installation: database and files in one archive, checked both ways."""
