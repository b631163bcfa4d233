"""Outbound HTTP: webhooks and GitHub workflows, behind an address guard."""

from cronjobs_adapters.http.router import HttpDeliverer as HttpDeliverer
from cronjobs_adapters.http.transport import ConnectionLimits as ConnectionLimits
