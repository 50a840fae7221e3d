"""A target that says that the request is too long is asked again, with less of the specification."""

from collections.abc import AsyncGenerator

import pytest
from listening import QUESTION, heard
from shop_spec import WANTED, shop_text, spec_of_json

from photon.chat import Capabilities, Chunk, ModelInfo, Origin, Parameters, Request
from photon.errors import ContextExceeded, Fault, PhotonError, ProviderUnreachable, UsageError
from photon.openapi.context.request import context_for
from photon.providers.endpoint import Endpoint
from photon.providers.token_estimate import about_prompt_tokens
from photon.routing.addressed import addressed, in_its_words
from photon.routing.failover import Failover
from photon.routing.fitted import Fitted, Lengths
from photon.sketch.prompt import sketch_request

ENDPOINT = Endpoint(provider="lan", kind="openai", model="m", url="http://127.0.0.1:1")


class Narrow:
    """Has room for `length` tokens, prompt and answer together where it is strict, and says so when asked for more."""

    def __init__(self, length: int, *, tells: bool = True, strict: bool = False, first: str = "") -> None:
        self._length, self._tells, self._strict, self._first = length, tells, strict, first
        self.requests: list[Request] = []
        self.closed = False

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.requests.append(request)
        yield Chunk(origin=Origin("lan", "m"), text=self._first)
        prompt = about_prompt_tokens(request.messages)
        if prompt + (request.parameters.max_tokens or 0) * self._strict > self._length:
            if self._tells:
                raise ContextExceeded("m", prompt_tokens=prompt, context_length=self._length)
            raise UsageError("the prompt is too long for m", fault=Fault.CONTEXT)
        yield Chunk(text="GET /x")
        yield Chunk(finish_reason="stop")

    async def models(self) -> tuple[ModelInfo, ...]:
        return ()

    async def close(self) -> None:
        self.closed = True


def question() -> Request:
    shop = spec_of_json(shop_text())
    return sketch_request(WANTED, parameters=Parameters(max_tokens=1024), context=context_for(shop, WANTED))


def fitted(port: Narrow, lengths: Lengths | None = None) -> Fitted:
    return Fitted(port, ENDPOINT, {} if lengths is None else lengths)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("length", [1_300, 1_700, 2_048])
async def test_who_says_how_long_its_context_is_gets_what_has_room_there(length: int, strict: bool) -> None:
    port = Narrow(length, strict=strict)
    answer = await heard(fitted(port), addressed(question(), ENDPOINT))
    assert answer.text == "GET /x"
    assert len(port.requests) == (1 if about_prompt_tokens(port.requests[0].messages) <= length and not strict else 2)
    assert port.requests[-1].messages[:-1] == port.requests[0].messages[:-1]
    if len(port.requests) == 2:
        assert [(each.failed, each.repeat) for each in answer.switches] == [(Origin("lan", "m"), True)]
        assert f"room for {length}" in answer.switches[0].reason


async def test_who_only_says_that_it_is_too_long_is_asked_with_ever_less() -> None:
    port = Narrow(1_000, tells=False)
    assert (await heard(fitted(port), addressed(question(), ENDPOINT))).text == "GET /x"
    sizes = [about_prompt_tokens(each.messages) for each in port.requests]
    assert 2 <= len(sizes) <= 4
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("tells", [True, False])
async def test_where_the_request_alone_is_too_long_the_error_is_the_last_one(tells: bool) -> None:
    port = Narrow(200, tells=tells)
    with pytest.raises(UsageError) as caught:
        await heard(fitted(port), addressed(question(), ENDPOINT))
    assert caught.value.fault is Fault.CONTEXT
    assert len(port.requests) <= 4


async def test_what_it_said_is_remembered_for_the_next_request() -> None:
    lengths: Lengths = {}
    port = Narrow(1_300)
    asking = fitted(port, lengths)
    await heard(asking, addressed(question(), ENDPOINT))
    assert (len(port.requests), lengths) == (2, {Origin("lan", "m"): 1_300})
    assert (await heard(asking, addressed(question(), ENDPOINT))).switches == []
    assert port.requests[2] == port.requests[1]
    assert in_its_words(question(), ENDPOINT, length=1_300).messages == port.requests[1].messages


async def test_a_request_of_which_nothing_can_be_left_out_is_not_repeated() -> None:
    port = Narrow(1)
    with pytest.raises(ContextExceeded):
        await heard(fitted(port), QUESTION)
    assert len(port.requests) == 1


async def test_nor_is_one_that_failed_otherwise_or_in_the_middle_of_its_answer() -> None:
    class Broken(Narrow):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            self.requests.append(request)
            raise ProviderUnreachable("gone")
            yield Chunk()

    broken, spoken = Broken(1), Narrow(1, first="GET ")
    for port in (broken, spoken):
        with pytest.raises(PhotonError):
            await heard(fitted(port), addressed(question(), ENDPOINT))
        assert len(port.requests) == 1


async def test_in_a_chain_each_is_told_what_it_has_room_for() -> None:
    lengths = {"large": 128_000, "small": 2_048, "smaller": 1_536}
    endpoints = [
        Endpoint(provider=name, kind="openai", model=name, capabilities=Capabilities(context_length=length))
        for name, length in lengths.items()
    ]

    class Gone(Narrow):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            self.requests.append(request)
            raise ProviderUnreachable("gone")
            yield Chunk()

    ports = [Gone(1), Gone(1), Narrow(1_536, strict=True)]
    members = [(endpoint, Fitted(port, endpoint, {})) for endpoint, port in zip(endpoints, ports, strict=True)]
    answer = await heard(Failover(members), question())
    assert answer.text == "GET /x"
    sizes = [about_prompt_tokens(port.requests[0].messages) for port in ports]
    assert sizes[0] > sizes[1] > sizes[2]
    assert all(len(port.requests) == 1 for port in ports)


async def test_who_says_something_else_each_time_is_not_asked_for_ever() -> None:
    class Fickle(Narrow):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            self.requests.append(request)
            raise ContextExceeded("m", prompt_tokens=9_999, context_length=2_000 - 10 * len(self.requests))
            yield Chunk()

    port = Fickle(1)
    with pytest.raises(ContextExceeded):
        await heard(fitted(port), addressed(question(), ENDPOINT))
    assert len(port.requests) <= 4


async def test_closing_closes() -> None:
    port = Narrow(1)
    asking = fitted(port)
    assert await asking.models() == ()
    await asking.close()
    assert port.closed
