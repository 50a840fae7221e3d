"""Who failed lately is asked last: what the exchanges with each target say of it, and who rests when a request comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from photon.chat import Attempt, Request
from photon.errors import PhotonError
from photon.providers.endpoint import Endpoint
from photon.routing.classify import classify
from photon.settings.validate import masked_url

if TYPE_CHECKING:
    from photon.records.targets import Rest, Targets

Held = Callable[[Endpoint, Request], bool]
"""Whether the answer of an endpoint to a request is at hand, so that nobody needs to be asked."""


def target_name(endpoint: Endpoint) -> str:
    """The name under which all processes of the machine know a target.

    The address belongs to it: who mistyped a url and puts it right is not to wait for the rest of the wrong one.
    """
    return f"{endpoint.origin} {masked_url(endpoint.url)}".rstrip()


class Rests:
    """The rests of the targets of one chain. cooldown: seconds that the first failure costs; 0 is never.

    held: targets of which it holds do not rest. It is asked with the request as the user put it, and only of those that rest.
    """

    def __init__(self, targets: Targets, *, cooldown: float, held: Held = lambda endpoint, request: False) -> None:
        self._targets = targets
        self._cooldown = cooldown
        self._held = held

    def __call__(self, targets: Sequence[Endpoint], request: Request) -> Mapping[str, Rest]:
        """Those of `targets` that rest, by ``str(endpoint.origin)``: what `photon.routing.failover` asks."""
        if not self._cooldown:
            return {}
        names = {target_name(endpoint): endpoint for endpoint in targets}
        found = self._targets.resting(names)
        return {str(names[name].origin): rest for name, rest in found.items() if not self._held(names[name], request)}

    def told(self, endpoint: Endpoint) -> Callable[[Attempt, PhotonError | None], None]:
        """For `photon.routing.watched`: what each exchange with `endpoint` says of it."""

        def tell(attempt: Attempt, error: PhotonError | None) -> None:
            if error:
                self.failed(endpoint, error)
            elif not attempt.cancelled and (attempt.finish_reason or attempt.first_token_ms is not None):
                self._targets.answered(target_name(endpoint), asked_at=attempt.started)

        return tell

    def failed(self, endpoint: Endpoint, error: PhotonError) -> None:
        """`endpoint` rests, where `error` is one of those by which the target itself is in trouble."""
        if self._cooldown and classify(error).cools:
            self._targets.failed(
                target_name(endpoint),
                fault=error.fault,
                error=error.message,
                cooldown_s=self._cooldown,
                retry_after=getattr(error, "retry_after", None),
            )
