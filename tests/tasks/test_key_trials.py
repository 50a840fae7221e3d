"""Trials against real servers on loopback."""

import pytest
from servers import Exchange, Script, Server, dead_port, refusal, serving, sse, stalled_before_headers, status, text_events

from photon.errors import CredentialsError, Fault, ProviderUnreachable, RateLimited
from photon.settings.schema import AI, NamedProvider, Timeouts
from photon.tasks import key_trials
from photon.tasks.key_trials import Trial, try_keys

SECRET = "0f9c2e81-a-secret-of-this-test"
MODELS = status(200, {"data": [{"id": "first"}, {"id": "second"}]})
ANSWER = sse(*text_events("OK"))


def ai(server: Server, **more: str) -> AI:
    return AI(providers={"work": NamedProvider(url=server.url, **more)})


async def tried(ai: AI, *names: str, **environ: str) -> Trial:
    (trial,) = await try_keys(ai, names or ("work",), environ or {"WORK_API_KEY": SECRET})
    return trial


def routed(models: Script, chat: Script) -> Script:
    return lambda exchange: (models if exchange.request.method == "GET" else chat)(exchange)


def only_with_key(script: Script, refused: Script) -> Script:
    def answer(exchange: Exchange) -> None:
        (script if exchange.request.headers.get("authorization") == f"Bearer {SECRET}" else refused)(exchange)

    return answer


async def test_where_models_are_listed_for_the_key_alone_no_token_is_asked_for() -> None:
    with serving(only_with_key(MODELS, refusal(401, "No key"))) as server:
        trial = await tried(ai(server))
    assert (trial.answer, trial.error) == ("accepted; it offers 2 models", None)
    assert {request.method for request in server.requests} == {"GET"}
    assert trial.total_ms is not None
    assert trial.total_ms > 0


async def test_where_anybody_gets_the_list_a_token_is_asked_for() -> None:
    with serving(routed(MODELS, ANSWER)) as server:
        trial = await tried(ai(server))
    assert trial.answer == "accepted; first answered"
    last = server.requests[-1]
    assert last.headers["authorization"] == f"Bearer {SECRET}"
    assert last.json["model"] == "first"
    assert 1 in (last.json.get("max_tokens"), last.json.get("max_completion_tokens"))


async def test_an_open_list_does_not_make_a_wrong_key_right() -> None:
    with serving(routed(MODELS, refusal(401, "Incorrect API key"))) as server:
        trial = await tried(ai(server))
    assert isinstance(trial.error, CredentialsError)


async def test_a_server_without_a_list_is_asked_for_a_token() -> None:
    with serving(routed(status(404), ANSWER)) as server:
        trial = await tried(ai(server, model="mine"))
    assert trial.answer == "accepted; mine answered"


@pytest.mark.parametrize(
    ("script", "error", "fault"),
    [
        (refusal(401, "Incorrect API key"), CredentialsError, Fault.UNAUTHORIZED),
        (refusal(403, "Not for you"), CredentialsError, Fault.FORBIDDEN),
        (refusal(429, "You exceeded your quota", code="insufficient_quota"), RateLimited, Fault.QUOTA),
        (status(503), ProviderUnreachable, Fault.SERVER_ERROR),
    ],
)
async def test_what_the_provider_answered_is_told(script: Script, error: type[Exception], fault: Fault) -> None:
    with serving(script) as server:
        trial = await tried(ai(server))
    assert isinstance(trial.error, error)
    assert trial.error.fault is fault
    assert SECRET not in repr(trial)


async def test_a_server_that_is_not_there_is_told() -> None:
    trial = await tried(AI(providers={"work": NamedProvider(url=f"http://127.0.0.1:{dead_port()}")}))
    assert trial.error is not None
    assert trial.error.fault is Fault.REFUSED


async def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_trials, "PATIENCE", 0.05)
    with serving(stalled_before_headers()) as server:
        trial = await tried(AI(timeouts=Timeouts(connect=0.2), providers={"work": NamedProvider(url=server.url)}))
    assert trial.error is not None
    assert trial.error.message == "work did not answer in time"


async def test_nobody_is_asked_where_there_is_no_key() -> None:
    with serving(MODELS) as server:
        trial = await tried(ai(server), NOTHING="")
    assert trial.error is not None
    assert (trial.error.message, trial.error.fault, trial.total_ms) == ("there is no key work", Fault.NO_KEY, None)
    assert server.requests == []


async def test_a_key_that_nobody_sends_is_told() -> None:
    trial = await tried(AI(), "wrok", WROK_API_KEY=SECRET)
    assert trial.error is not None
    assert trial.error.message == "no provider sends the key wrok"


async def test_a_key_that_several_providers_send_is_tried_at_each() -> None:
    with serving(only_with_key(MODELS, refusal(401, "No key"))) as server:
        providers = {name: NamedProvider(url=server.url, key="team") for name in ("a", "b")}
        trials = await try_keys(AI(providers=providers), (), {"TEAM_API_KEY": SECRET})
    assert [(trial.key, trial.provider, trial.error) for trial in trials] == [("team", "a", None), ("team", "b", None)]


async def test_a_key_command_is_tried_too() -> None:
    with serving(only_with_key(MODELS, refusal(401, "No key"))) as server:
        (trial,) = await try_keys(ai(server, key_command=f"echo {SECRET}"), (), {})
    assert (trial.source, trial.error) == ("command echo", None)
