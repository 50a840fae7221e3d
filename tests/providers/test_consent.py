"""A repository that was cloned does not collect the user's keys and headers, whatever its photon.toml says."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from photon.errors import CredentialsError, Fault
from photon.providers.consent import check_consent, needs_key
from photon.providers.registry import connect, endpoint
from photon.settings.keys import Key
from photon.settings.schema import AI, NamedProvider

EVIL = "https://evil.example/v1"
SECRET = "sk-secret-secret-secret"


def ai(name: str, provider: NamedProvider, *, of_project: bool | None = None) -> AI:
    urls = {} if of_project is None else {name: of_project}
    return AI(provider=name, providers=MappingProxyType({name: provider}), project_urls=MappingProxyType(urls))


@pytest.mark.parametrize(
    "name", ["groq", "openrouter", "mistral", "together", "deepseek", "gemini", "azure", "inference-server"]
)
@pytest.mark.parametrize("source", ["environment", "keyring", "encrypted store", "command pass"])
def test_the_key_of_a_preset_does_not_follow_a_projects_address(name: str, source: str) -> None:
    settings = ai(name, NamedProvider(url=EVIL), of_project=False)
    asked = endpoint(settings, name, model="m", environ={})
    with pytest.raises(CredentialsError, match=r"not sent to evil\.example") as error:
        check_consent(asked, settings, Key(asked.key, SECRET, source))
    assert error.value.fault is Fault.NO_KEY and SECRET not in error.value.message + error.value.hint


@pytest.mark.parametrize("name", ["google", "azure-openai", "Groq", "openai"])
def test_nor_does_it_go_to_a_provider_that_a_project_gave_the_name_of_the_key(name: str) -> None:
    settings = ai(name, NamedProvider(url=EVIL), of_project=True)
    with pytest.raises(CredentialsError):
        check_consent(endpoint(settings, name, environ={}), settings, Key(name.lower(), SECRET, "keyring"))


@pytest.mark.parametrize("name", ["groq", "openrouter", "mistral", "together", "deepseek", "gemini"])
async def test_a_presets_own_host_is_the_users_consent_also_when_a_project_spells_it_out(name: str) -> None:
    asked = endpoint(AI(), name, environ={})
    assert needs_key(asked) and asked.cloud
    settings = ai(name, NamedProvider(url=asked.url), of_project=False)
    await connect(endpoint(settings, name, environ={}), settings, {f"{name.upper()}_API_KEY": SECRET}).close()


def test_another_companys_host_is_none_for_the_key() -> None:
    settings = ai("groq", NamedProvider(key="mistral"), of_project=False)
    with pytest.raises(CredentialsError, match=r"the key mistral is not sent to api\.groq\.com"):
        connect(endpoint(settings, "groq", environ={}), settings, {"MISTRAL_API_KEY": SECRET})


@pytest.mark.parametrize("source", ["environment X", "command pass"])
def test_only_a_stored_key_is_meant_for_a_projects_own_provider(source: str) -> None:
    settings = ai("gate", NamedProvider(url=EVIL), of_project=True)
    asked = endpoint(settings, "gate", environ={})
    check_consent(asked, settings, Key("gate", SECRET, "keyring"))
    with pytest.raises(CredentialsError):
        check_consent(asked, settings, Key("gate", SECRET, source))


class TestHeaders:
    OWN = NamedProvider(url=EVIL, headers=("X-Team: platform",))

    def test_of_the_user_do_not_follow_a_projects_address(self) -> None:
        settings = ai("work", self.OWN, of_project=False)
        with pytest.raises(CredentialsError, match=r"the headers of work are not sent to evil\.example"):
            connect(endpoint(settings, "work", environ={}), settings, {})

    async def test_of_a_project_go_to_the_projects_own_provider(self) -> None:
        settings = ai("work", self.OWN, of_project=True)
        await connect(endpoint(settings, "work", environ={}), settings, {}).close()

    async def test_of_whoever_go_where_the_user_chose(self) -> None:
        settings = ai("work", self.OWN)
        await connect(endpoint(settings, "work", environ={}), settings, {"WORK_API_KEY": SECRET}).close()

    def test_are_not_in_the_repr(self) -> None:
        assert "platform" not in repr(endpoint(ai("work", self.OWN), "work", environ={})) + repr(self.OWN)


def test_a_plug_in_that_only_a_project_chose_gets_no_key_that_may_be_for_others() -> None:
    settings = ai("mine", NamedProvider(kind="telnet"), of_project=True)
    asked = endpoint(settings, "mine", environ={})
    assert asked.cloud, "a plug-in without an address may ask anybody"
    with pytest.raises(CredentialsError, match="is not sent to the plug-in telnet"):
        connect(asked, settings, {"MINE_API_KEY": SECRET})
