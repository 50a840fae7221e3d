"""The real small model with what it is told of a specification: it uses the components that are there."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from library_spec import library

from photon.chat import Parameters
from photon.openapi.context.names import names_of
from photon.openapi.context.request import context_for
from photon.providers.local import LocalProvider
from photon.providers.profiles import PHOTON_MODEL, PHOTON_SKETCH_FORMAT
from photon.providers.registry import endpoint
from photon.providers.weights import local_is_installed
from photon.settings.schema import AI
from photon.sketch.model import Ref, Sketch
from photon.sketch.prompt import find_route, sketch_request
from photon.tasks.sketching import AnswerReader

pytestmark = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


async def sketched(text: str) -> Sketch:
    """What our own model answers to `text`, told of the library."""
    spec, ai = library(), AI()
    request = sketch_request(text, parameters=Parameters(temperature=0, max_tokens=300), context=context_for(spec, text))
    own = request.addressed_to(PHOTON_MODEL, prompt_format=PHOTON_SKETCH_FORMAT)
    reader = AnswerReader(known=names_of(spec).known, route=find_route(text))
    reader.feed(own.prefill)
    provider = LocalProvider(endpoint(ai, "local", purpose="sketch"), local=ai.local)
    try:
        async with aclosing(provider.stream(own)) as chunks:
            async for chunk in chunks:
                reader.feed(chunk.text or "")
    finally:
        await provider.close()
    return reader.finish().sketch


@pytest.mark.parametrize(
    ("text", "component"), [("PUT /books/{book_id}/loans/{loan_id}", "Loan"), ("GET /members/{member_id}/guarantor", "Patron")]
)
async def test_the_components_of_the_specification_are_used_and_not_defined_again(text: str, component: str) -> None:
    sketch = await sketched(text)
    assert Ref(component) in sketch.types()
    assert component not in [each.name for each in sketch.components]


async def test_a_request_without_a_path_gets_one_like_its_neighbours() -> None:
    sketch = await sketched("list all loans of a member")
    assert sketch.path.startswith("/members/{member")
    assert Ref("Loan") in sketch.types()
