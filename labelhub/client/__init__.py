"""LabelHub from Python: `connect` to a server, `load` a release; needs httpx alone, no Django."""

from labelhub.client.session import Client, connect
from labelhub.client.tables import Table, load
from labelhub.client.transport import LabelHubError, ServerAway

__all__ = ["Client", "LabelHubError", "ServerAway", "Table", "connect", "load"]
