"""Who answers when somebody cannot."""

import asyncio
from dataclasses import dataclass

import pytest
from listening import QUESTION, Endless, endpoint, heard

from photon.chat import Capabilities, Chunk, Message, Origin, Request, Switch
from photon.errors import (
    ConfigurationError,
    ContextExceeded,
    CredentialsError,
    Fault,
    MissingExtra,
    ModelNotFound,
    ProviderUnreachable,
    RateLimited,
    UnreadableAnswer,
    UsageError,
)
from photon.providers.fake import FakeProvider
from photon.routing.failover import Failover

CLOUD, LOCAL = endpoint("openai"), endpoint("local")
FAILING_OVER = [
    ProviderUnreachable("connection refused"),
    CredentialsError("refused the key (401)"),
    RateLimited("too many requests (429)"),
    ModelNotFound("no such model"),
    UnreadableAnswer("not a sketch"),
    MissingExtra("the local model", "local"),
    ContextExceeded("gpt", prompt_tokens=9000, context_length=8192),
]


def chain(*scripts):
    endpoints = [CLOUD, LOCAL, endpoint("third")]
    providers = [FakeProvider(script, name=each.provider) for each, script in zip(endpoints, scripts, strict=False)]
    return Failover(list(zip(endpoints, providers, strict=False))), providers


async def test_whoever_is_first_answers_and_nobody_else_is_asked():
    port, (_, local) = chain(["from openai"], ["from local"])
    answer = await heard(port)
    assert (answer.text, answer.switches, answer.origins) == ("from openai", [], [Origin("openai", "openai-model")])
    assert local.requests == []


@pytest.mark.parametrize("error", FAILING_OVER, ids=lambda error: type(error).__name__)
async def test_who_cannot_answer_is_replaced_and_the_stream_says_why(error):
    port, _ = chain([error], ["from local"])
    answer = await heard(port)
    assert answer.text == "from local"
    assert answer.switches == [Switch(failed=Origin("openai", "openai-model"), reason=error.message)]
    assert answer.origins == [Origin("local", "local-model")]
    assert answer.ends == ["stop"]


async def test_what_was_said_before_a_failure_in_mid_word_is_void():
    port, _ = chain([["POST /lo", ProviderUnreachable("broke off")]], ["GET /pets"])
    answer = await heard(port)
    assert answer.text == "GET /pets"
    assert [origin.provider for origin in answer.origins] == ["openai", "local"]
    assert next(chunk for chunk in answer.chunks if chunk.switch) == Chunk(switch=answer.switches[0])


@pytest.mark.parametrize("error", [UsageError("several paths"), ConfigurationError("no such provider")])
async def test_an_error_of_the_users_own_is_raised_at_once(error):
    port, (_, local) = chain([error], ["from local"])
    with pytest.raises(type(error)) as caught:
        await heard(port)
    assert caught.value is error
    assert local.requests == []


async def test_when_all_fail_the_first_error_is_raised_with_what_the_others_said():
    refused = CredentialsError("openai refused the key (401)", hint="photon ai keys set openai")
    port, _ = chain([refused], [MissingExtra("the local model", "local")])
    with pytest.raises(CredentialsError) as caught:
        await heard(port)
    assert caught.value.message == str(caught.value)
    assert caught.value.message == (
        "openai refused the key (401); local cannot answer either: "
        "the local model needs the 'local' extra, which is not installed"
    )
    assert [type(error) for error in caught.value.others] == [MissingExtra]
    assert caught.value.hint.startswith("photon ai keys set openai, or pipx install 'photon-cli[local]'")


async def test_a_prompt_that_is_too_long_for_all_is_a_prompt_that_is_too_long():
    errors = [ContextExceeded(name, prompt_tokens=9000, context_length=length) for name, length in (("a", 8192), ("b", 2048))]
    port, _ = chain([errors[0]], [errors[1]])
    with pytest.raises(ContextExceeded) as caught:
        await heard(port)
    assert caught.value.context_length == 8192
    assert caught.value.hint.count("shorten the prompt") == 1


async def test_the_last_ones_switch_is_not_announced():
    port, _ = chain([ProviderUnreachable("a")], [ProviderUnreachable("b")], [ProviderUnreachable("c")])
    chunks = []
    with pytest.raises(ProviderUnreachable, match="a; local cannot answer either: b; third cannot answer either: c"):
        async for chunk in port.stream(QUESTION):
            chunks.append(chunk)
    assert [chunk.switch.failed.provider for chunk in chunks] == ["openai", "local"]


async def test_the_reason_is_one_line():
    port, _ = chain([ProviderUnreachable("first line\nsecond line")], ["from local"])
    assert (await heard(port)).switches[0].reason == "first line"


async def test_everybody_is_asked_in_their_own_words_for_their_own_model():
    tuned = (Message("user", "POST /login"), Message("assistant", "POST /login\n"))
    request = Request(model="placeholder", messages=QUESTION.messages, tuned={"photon-sketch-1": tuned}, grammar="root ::= x")
    cloud, own = endpoint("openai"), endpoint("local", capabilities=Capabilities(grammar=True, prompt_format="photon-sketch-1"))
    asked, local = FakeProvider([ProviderUnreachable("down")]), FakeProvider(["200 ok"])
    await heard(Failover([(cloud, asked), (own, local)]), request)
    assert asked.requests == [Request(model="openai-model", messages=QUESTION.messages)]
    assert local.requests == [Request(model="local-model", messages=tuned, grammar="root ::= x")]


class Resting:
    """Instead of a database: who rests, since when."""

    def __init__(self, **since):
        self.since = {f"{name}/{name}-model": Rest(moment, f"failed at {moment}") for name, moment in since.items()}

    def __call__(self, targets, request):
        return self.since


@dataclass
class Rest:
    failed_at: float
    reason: str


def chain_with_rest(**since):
    endpoints = [CLOUD, LOCAL, endpoint("third")]
    providers = [FakeProvider([f"from {each.provider}"], name=each.provider) for each in endpoints]
    return Failover(list(zip(endpoints, providers, strict=True)), resting=Resting(**since)), providers


async def test_who_failed_lately_is_passed_over_and_the_stream_says_why():
    port, (openai, _, _) = chain_with_rest(openai=5.0)
    answer = await heard(port)
    assert answer.text == "from local"
    assert [(each.failed.provider, each.reason) for each in answer.switches] == [("openai", "failed at 5.0")]
    assert openai.requests == []


async def test_who_rests_behind_the_one_that_answers_is_not_mentioned():
    port, _ = chain_with_rest(local=5.0)
    answer = await heard(port)
    assert (answer.text, answer.switches) == ("from openai", [])


async def test_when_all_rest_the_least_recently_failed_is_asked_first():
    port, _ = chain_with_rest(openai=9.0, local=5.0, third=7.0)
    answer = await heard(port)
    assert (answer.text, answer.switches) == ("from local", [])


async def test_who_rests_is_asked_in_the_end_when_nobody_else_can_answer():
    endpoints = [CLOUD, LOCAL]
    providers = [FakeProvider(["from openai"]), FakeProvider([ProviderUnreachable("no memory")])]
    port = Failover(list(zip(endpoints, providers, strict=True)), resting=Resting(openai=5.0))
    answer = await heard(port)
    assert answer.text == "from openai"
    assert [each.failed.provider for each in answer.switches] == ["openai", "local"]


async def test_one_alone_never_rests():
    port = Failover([(CLOUD, FakeProvider(["from openai"]))], resting=Resting(openai=5.0))
    assert (await heard(port)).text == "from openai"


async def test_what_is_too_long_goes_only_to_those_that_may_have_room():
    lengths = {"openai": 8192, "local": 2048, "third": None, "fourth": 200_000}
    endpoints = [endpoint(name, capabilities=Capabilities(context_length=length)) for name, length in lengths.items()]
    too_long = [ContextExceeded(name, prompt_tokens=9000, context_length=length or 4096) for name, length in lengths.items()]
    providers = [FakeProvider([error], name=each.provider) for each, error in zip(endpoints[:3], too_long, strict=False)]
    providers.append(FakeProvider(["from the fourth"], name="fourth"))
    answer = await heard(Failover(list(zip(endpoints, providers, strict=True))))
    assert answer.text == "from the fourth"
    assert [len(each.requests) for each in providers] == [1, 0, 1, 1]


@pytest.mark.parametrize(("words", "asked"), [("POST /login", 1), ("POST /login " * 40, 1), ("POST /login " * 4_000, 0)])
async def test_what_is_too_long_goes_to_those_without_more_room_who_are_asked_in_fewer_words(words: str, asked: int) -> None:
    capable = Capabilities(context_length=2048, prompt_format="brief")
    members = [endpoint("openai", capabilities=Capabilities(context_length=2048)), endpoint("local", capabilities=capable)]
    long = [ContextExceeded("gpt", prompt_tokens=9000, context_length=2048)]
    local = FakeProvider(["from local"])
    port = Failover([(members[0], FakeProvider(long)), (members[1], local)])
    lesson = Message("system", "This is the notation. " * 1_000)
    request = Request(model="", messages=(lesson, Message("user", words)), tuned={"brief": (Message("user", words),)})
    if asked:
        assert (await heard(port, request)).text == "from local"
    else:
        with pytest.raises(ContextExceeded):
            await heard(port, request)
    assert len(local.requests) == asked


async def test_where_somebody_reads_along_an_answer_that_has_begun_is_not_begun_afresh():
    broken = ProviderUnreachable("broke off", fault=Fault.STREAM_CUT)
    local = FakeProvider(["from local"])
    port = Failover([(CLOUD, FakeProvider([["When ", broken]])), (LOCAL, local)], restarts=False)
    chunks = []
    with pytest.raises(ProviderUnreachable, match="broke off"):
        async for chunk in port.stream(QUESTION):
            chunks.append(chunk.text)
    assert "".join(chunks) == "When "
    assert local.requests == []


async def test_before_the_first_word_it_is_begun_afresh_there_too():
    broken = ProviderUnreachable("no connection")
    port = Failover([(CLOUD, FakeProvider([broken])), (LOCAL, FakeProvider(["from local"]))], restarts=False)
    assert (await heard(port)).text == "from local"


async def test_leaving_stops_the_provider_at_once():
    endless = Endless()
    stream = Failover([(CLOUD, endless)]).stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert endless.stopped


async def test_a_cancelled_question_goes_to_nobody_else():
    local = FakeProvider(["from local"])
    port = Failover([(CLOUD, FakeProvider(["from openai"], delay=60)), (LOCAL, local)])
    task = asyncio.create_task(heard(port))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert local.requests == []


async def test_the_models_of_all_are_listed_in_order():
    port, _ = chain([], [])
    assert [model.provider for model in await port.models()] == ["openai", "local"]


async def test_closing_closes_everybody_also_when_one_of_them_fails():
    class Stuck(FakeProvider):
        async def close(self):
            raise ProviderUnreachable("stuck")

    others = FakeProvider(), FakeProvider()
    with pytest.raises(ProviderUnreachable):
        await Failover([(CLOUD, others[0]), (CLOUD, Stuck()), (LOCAL, others[1])]).close()
    assert [other.closed for other in others] == [True, True]


def test_a_chain_of_nobody_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        Failover([])
