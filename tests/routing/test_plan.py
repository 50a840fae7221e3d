"""Who is asked, in which order."""

import pytest

from photon.errors import ConfigurationError
from photon.providers import weights
from photon.routing.plan import plan
from photon.settings.schema import AI, NamedProvider

WITH_KEY = {"OPENAI_API_KEY": "sk-test-0123456789abcdefghij"}

SERVERS = {
    "lan": NamedProvider(url="http://192.168.1.5:8080/v1", model="big"),
    "again": NamedProvider(url="http://192.168.1.5:8080/v1", model="big"),
    "company": NamedProvider(url="https://llm.example.com/v1", model="huge"),
    "mine": NamedProvider(kind="local"),
}


@pytest.fixture(params=[True, False], ids=["local installed", "local not installed"])
def either_way(request, monkeypatch):
    monkeypatch.setattr(weights, "local_is_installed", lambda: request.param)
    return request.param


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(weights, "local_is_installed", lambda: True)


@pytest.fixture
def not_installed(monkeypatch):
    monkeypatch.setattr(weights, "local_is_installed", lambda: False)


def names(ai, environ=(), purpose="sketch"):
    return [endpoint.provider for endpoint in plan(ai, purpose=purpose, environ=dict(environ))]


def test_with_nothing_configured_the_local_model_is_asked(installed):
    assert names(AI()) == ["local"]


def test_with_a_key_openai_is_asked_and_then_the_local_model(installed):
    assert names(AI(), WITH_KEY) == ["openai", "local"]


def test_without_the_local_model_openai_is_asked_alone(not_installed):
    assert names(AI(), WITH_KEY) == ["openai"]


def test_a_configured_provider_outranks_the_key(installed):
    assert names(AI(provider="ollama"), WITH_KEY) == ["ollama", "local"]


def test_a_url_without_a_provider_is_a_server_that_speaks_like_openai(installed):
    first, second = plan(AI(url="http://127.0.0.1:8080", model="mine"), purpose="sketch", environ={})
    assert (first.kind, first.model, first.cloud) == ("openai", "mine", False)
    assert first.url.startswith("http://127.0.0.1:8080")
    assert (second.provider, second.url) == ("local", "")


def test_where_nobody_can_answer_the_error_names_the_three_ways_out(not_installed):
    with pytest.raises(ConfigurationError) as caught:
        plan(AI(), purpose="sketch", environ={})
    for way in ("photon ai keys set openai", "--provider ollama", "photon-cli[local]"):
        assert way in caught.value.hint


def test_somebody_on_the_users_list_is_enough_to_go_on(not_installed):
    assert names(AI(failover=("ollama",))) == ["local", "ollama"]


@pytest.mark.parametrize(
    ("failover", "expected"),
    [
        (False, ["openai"]),
        (True, ["openai", "local"]),
        ("ollama", ["openai", "ollama"]),
        (("lan", "local"), ["openai", "lan", "local"]),
        (("openai", "local", "lan", "local"), ["openai", "local", "lan"]),
        (("lan", "again"), ["openai", "lan"]),
        ((), ["openai"]),
    ],
)
def test_the_setting_says_who_takes_over(installed, failover, expected):
    assert names(AI(provider="openai", failover=failover, providers=SERVERS)) == expected


def test_failover_that_was_asked_for_names_the_local_model_also_when_it_is_not_installed(not_installed):
    assert names(AI(provider="openai", failover=True)) == ["openai", "local"]


@pytest.mark.parametrize("failover", ["auto", True, False])
@pytest.mark.parametrize("provider", ["auto", "local", "ollama", "openai", "lan", "company", "mine"])
@pytest.mark.parametrize("environ", [{}, WITH_KEY], ids=["no key", "key"])
@pytest.mark.usefixtures("either_way")
def test_nobody_in_the_cloud_takes_over_unless_the_user_listed_them(failover, provider, environ):
    ai = AI(provider=provider, failover=failover, providers=SERVERS)
    try:
        _, *others = plan(ai, purpose="sketch", environ=environ)
    except ConfigurationError:
        return
    assert [other.provider for other in others if other.cloud] == []
    assert {other.kind for other in others} <= {"local"}


def test_somebody_in_the_cloud_takes_over_where_the_user_listed_them(installed):
    local, company = plan(AI(provider="local", failover=("company",), providers=SERVERS), purpose="sketch", environ={})
    assert (local.cloud, company.cloud) == (False, True)


@pytest.mark.parametrize("provider", ["local", "mine"])
@pytest.mark.parametrize("failover", ["auto", True])
def test_the_local_model_does_not_take_over_from_itself(installed, provider, failover):
    assert names(AI(provider=provider, failover=failover, providers=SERVERS)) == [provider]


def test_a_model_file_of_the_users_is_replaced_by_the_local_model(installed):
    ai = AI(provider="file", providers={"file": NamedProvider(kind="local", model="/models/mine.gguf")})
    assert names(ai) == ["file", "local"]


@pytest.mark.parametrize(("purpose", "model"), [("sketch", "photon-openapi"), ("chat", "smollm2-135m-instruct")])
def test_who_takes_over_is_asked_for_a_model_of_its_own(installed, purpose, model):
    first, second = plan(AI(provider="openai", model="gpt-9"), purpose=purpose, environ={})
    assert (first.model, second.model) == ("gpt-9", model)


def test_the_same_model_under_another_key_is_another_account(installed):
    work = {name: NamedProvider(url="https://llm.example.com/v1", model="m") for name in ("work", "personal", "spare")}
    ai = AI(provider="work", failover=("personal", "spare"), providers=work)
    keys = {"WORK_API_KEY": "sk-work-0123456789abcdef", "PERSONAL_API_KEY": "sk-personal-0123456789"}
    assert names(ai, keys) == ["work", "personal"]


def test_an_unknown_provider_is_refused(installed):
    with pytest.raises(ConfigurationError, match="opnai"):
        plan(AI(provider="opnai"), purpose="sketch", environ={})
    with pytest.raises(ConfigurationError, match="olama"):
        plan(AI(provider="openai", failover=("olama",)), purpose="sketch", environ={})


def at(url, **fields):
    return {"inference-server": NamedProvider(url=url, **fields)}


def test_the_server_that_the_environment_names_outranks_a_key_that_may_be_there_for_others(installed):
    ai = AI(providers=at("http://127.0.0.1:8080/v1", model="m"))
    assert names(ai, WITH_KEY) == ["inference-server", "local"]
    assert plan(ai, purpose="chat", environ={})[0].model == "m"


def test_who_was_named_outranks_the_server_of_the_environment(installed):
    providers = at("http://127.0.0.1:8080/v1")
    assert names(AI(provider="openai", providers=providers), WITH_KEY) == ["openai", "local"]
    assert names(AI(url="http://127.0.0.1:9", providers=providers)) == ["openai", "local"]


def test_a_model_alone_is_no_server(installed):
    assert names(AI(providers=at("", model="m"))) == ["local"]


def test_a_provider_whose_models_only_the_user_can_name_wants_one_named(installed):
    azure = {"azure": NamedProvider(url="https://mine.openai.azure.com")}
    with pytest.raises(ConfigurationError, match="azure knows its models by names of your own") as caught:
        names(AI(provider="azure", providers=azure))
    assert "--model NAME" in caught.value.hint
    assert names(AI(provider="azure", model="mine", providers=azure)) == ["azure", "local"]
