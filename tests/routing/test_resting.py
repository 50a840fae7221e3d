"""What an exchange says of its target, and who is asked last because of it."""

import socket
from contextlib import closing

import pytest
import servers
from listening import QUESTION, endpoint, heard
from servers import serving

from photon.chat import Attempt
from photon.errors import CredentialsError, Fault, ProviderUnreachable, RateLimited
from photon.providers.fake import FakeProvider
from photon.providers.openai import OpenAIProvider
from photon.records.targets import targets_of
from photon.routing.failover import Failover
from photon.routing.resting import Rests, target_name
from photon.routing.retry import Retried
from photon.routing.watched import Watched
from photon.settings.schema import Retry, Timeouts

FIRST, SECOND = endpoint("first", url="http://first.lan/v1"), endpoint("second", url="http://second.lan/v1")
DOWN = ProviderUnreachable("first cannot be reached", fault=Fault.REFUSED)


@pytest.fixture
def targets():
    with closing(targets_of(pytest.fail)) as opened:
        yield opened


def chain(targets, *answers, cooldown=30.0, held=lambda endpoint, request: False):
    """Fakes for the first and the second target, in a chain as the real one is; the answers are lists."""
    rests = Rests(targets, cooldown=cooldown, held=held)
    providers = [FakeProvider(answer) for answer in answers]
    members = [
        (each, Watched(provider, each, told=rests.told(each)))
        for each, provider in zip((FIRST, SECOND), providers, strict=True)
    ]
    return Failover(members, resting=rests), providers


async def test_who_failed_is_not_asked_first_by_the_next_request_of_another_chain(targets):
    port, _ = chain(targets, [DOWN], ["from the second"])
    await heard(port)
    port, (first, _) = chain(targets, ["from the first"], ["from the second"])
    answer = await heard(port)
    assert answer.text == "from the second"
    assert answer.switches[0].reason == "failed 0 s ago (connection refused); asked again in 30 s"
    assert first.requests == []


async def test_who_answers_again_rests_no_more(targets):
    await heard(chain(targets, [DOWN], ["from the second"])[0])
    port, _ = chain(targets, ["from the first"], [DOWN])
    assert (await heard(port)).text == "from the first"
    assert set(targets.resting([target_name(FIRST), target_name(SECOND)])) == {target_name(SECOND)}


async def test_where_all_rest_the_least_recently_failed_is_asked(targets):
    with pytest.raises(ProviderUnreachable):
        await heard(chain(targets, [DOWN], [DOWN])[0])
    port, (first, second) = chain(targets, ["from the first"], ["from the second"])
    assert (await heard(port)).text == "from the first"
    assert (len(first.requests), len(second.requests)) == (1, 0)


async def test_who_is_sound_but_not_for_this_request_does_not_rest(targets):
    await heard(chain(targets, [CredentialsError("wrong key")], ["from the second"])[0])
    assert not targets.path.exists()


async def test_without_a_cooldown_nobody_rests_and_nothing_is_written(targets):
    await heard(chain(targets, [DOWN], ["from the second"], cooldown=0)[0])
    assert not targets.path.exists()
    targets.failed(target_name(FIRST), fault=Fault.REFUSED, cooldown_s=30)
    assert (await heard(chain(targets, ["from the first"], ["-"], cooldown=0)[0])).text == "from the first"


async def test_whose_answer_is_at_hand_is_not_passed_over(targets):
    await heard(chain(targets, [DOWN], ["from the second"])[0])
    asked = []

    def held(endpoint, request):
        asked.append((endpoint, request))
        return True

    port, _ = chain(targets, ["from the cache"], ["-"], held=held)
    assert (await heard(port)).text == "from the cache"
    assert asked == [(FIRST, QUESTION)]


async def test_a_url_that_was_put_right_does_not_wait_for_the_rest_of_the_wrong_one(targets):
    await heard(chain(targets, [DOWN], ["from the second"])[0])
    moved = endpoint("first", url="http://elsewhere.lan/v1")
    assert Rests(targets, cooldown=30)([moved], QUESTION) == {}
    assert set(Rests(targets, cooldown=30)([FIRST, SECOND], QUESTION)) == {"first/first-model"}


def test_the_name_of_a_target_holds_no_secret_of_its_url():
    named = target_name(endpoint("first", url="https://me:hunter22@first.lan/v1?key=hunter22"))
    assert named == "first/first-model https://…@first.lan/v1?…"
    assert target_name(endpoint("local", model="photon-openapi")) == "local/photon-openapi"


@pytest.mark.parametrize("how", [{"cancelled": True, "finish_reason": "stop"}, {}], ids=["cancelled", "never begun"])
def test_an_exchange_that_the_user_ended_says_nothing(targets, how):
    targets.failed(target_name(FIRST), fault=Fault.REFUSED, cooldown_s=30)
    tell = Rests(targets, cooldown=30).told(FIRST)
    tell(Attempt(origin=FIRST.origin, started=2e10, total_ms=5, **how), None)
    assert len(targets.resting([target_name(FIRST)])) == 1
    tell(Attempt(origin=FIRST.origin, started=2e10, total_ms=5, first_token_ms=3), None)
    assert targets.resting([target_name(FIRST)]) == {}


def real(targets, server_url):
    """A real provider of the server, watched as in the real chain."""
    target = endpoint("groq", url=server_url)
    provider = OpenAIProvider(target, key=None, timeouts=Timeouts())
    rests = Rests(targets, cooldown=30)
    watched = Watched(provider, target, told=rests.told(target))
    return target, Retried(watched, Retry(max_wait=0.1), origin=target.origin)


@pytest.mark.parametrize(("asked_for", "at_least"), [("90", 89), ("1", 29), ("Wed, 21 Oct 2099 07:28:00 GMT", 86_399)])
async def test_retry_after_of_a_real_server_lengthens_the_rest(targets, asked_for, at_least):
    with serving(servers.too_many_requests(asked_for)) as server:
        target, port = real(targets, server.url)
        with pytest.raises(RateLimited):
            await heard(port)
        await port.close()
    rest = targets.resting([target_name(target)])[target_name(target)]
    assert at_least <= rest.until - rest.failed_at <= at_least + 1
    assert rest.fault == "rate limit"


async def test_a_server_that_is_not_there_rests(targets):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    target, port = real(targets, url)
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    await port.close()
    assert targets.resting([target_name(target)])[target_name(target)].fault == "connection refused"
