"""Wrappers of the port: who is asked (`plan`), how often (`retry`), who reads along (`guard`), what is remembered
(`cached`), who takes over (`failover`), and all of it put together (`chain`)."""

from photon.routing.chain import chain
from photon.routing.guard import Check, CheckFactory
from photon.routing.plan import plan

__all__ = ["Check", "CheckFactory", "chain", "plan"]
