from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "labelhub.backup"
    label = "backup"
