"""Between floors 11 and 12: use cases that the API, the command line and later MCP share."""

from weftline.workspace.apply import Action, Workspaces
from weftline.workspace.connectors import Connectors
from weftline.workspace.consents import Consents
from weftline.workspace.document import Workspace, resolve_env
from weftline.workspace.flows import Flows
from weftline.workspace.instances import Instances
from weftline.workspace.lookups import LookupTables
from weftline.workspace.trials import Trials
from weftline.workspace.versions import ConnectorVersions

__all__ = [
    "Action",
    "ConnectorVersions",
    "Connectors",
    "Consents",
    "Flows",
    "Instances",
    "LookupTables",
    "Trials",
    "Workspace",
    "Workspaces",
    "resolve_env",
]
