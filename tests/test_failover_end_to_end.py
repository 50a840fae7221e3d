"""A provider fails, in every way there is, against the whole program: the local model answers, or the right exit code does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import servers
import yaml
from screens import Photon, seen
from servers import Script, delta, ndjson, refusal, said, serving, sse

from photon.cli.app import run
from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

pytestmark = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

KEY = "sk-secret-0123456789abcdef"
SKETCH = "POST /login\nsummary: Log in with the clouds\n200: { accessToken: jwt }\n401: Invalid password"
HURRIED = {"PHOTON_AI_RETRY_MAX_WAIT": "0.1", "OPENAI_API_KEY": KEY, "OLLAMA_API_KEY": KEY}


@dataclass(frozen=True)
class Failure:
    """A way to fail: what a server does in both protocols, the exit code without failover, a word of the reason, and the
    settings under which it fails soon."""

    name: str
    openai: Script
    ollama: Script
    code: ExitCode
    word: str
    limits: Mapping[str, str]

    def __str__(self) -> str:
        return self.name


def both(name: str, script: Script, code: ExitCode, word: str, **limits: str) -> Failure:
    return Failure(name, script, script, code, word, limits)


def talking(name: str, texts: list[str], code: ExitCode, word: str, *, then: str = "end", **limits: str) -> Failure:
    """An answer of `texts` in both protocols."""
    whole = then == "end"
    openai = sse(*map(delta, texts), *([delta(finish="stop")] if whole else []), done=whole, then=then)
    ollama = ndjson(*map(said, texts), *([servers.done()] if whole else []), then=then)
    return Failure(name, openai, ollama, code, word, limits)


FAILURES = [
    both("an error", refusal(500, "boom"), ExitCode.UNREACHABLE, "(500): boom"),
    both("a rate limit", servers.too_many_requests("0"), ExitCode.RATE_LIMITED, "too many requests"),
    both("a long rate limit", servers.too_many_requests("3600"), ExitCode.RATE_LIMITED, "too many requests"),
    both("no credit", refusal(429, "Pay", code="insufficient_quota"), ExitCode.RATE_LIMITED, "quota is used up"),
    both("a wrong key", refusal(401, f"Incorrect key {KEY}"), ExitCode.CREDENTIALS, "refused access (401)"),
    both("no permission", refusal(403, "Not you"), ExitCode.CREDENTIALS, "refused access (403)"),
    both("an unknown model", refusal(404, "model 'm' not found"), ExitCode.MODEL_NOT_FOUND, "has no model 'm'"),
    both(
        "silence",
        servers.stalled_before_headers(),
        ExitCode.UNREACHABLE,
        "did not begin to answer within 0.4 s",
        PHOTON_AI_TIMEOUTS_FIRST_TOKEN="0.4",
    ),
    both("garbage", servers.garbage(), ExitCode.UNREACHABLE, "not an answer"),
    both("a web page", servers.page(), ExitCode.UNREACHABLE, "a web page"),
    talking(
        "silence in mid-word",
        ["POST /lo"],
        ExitCode.UNREACHABLE,
        "fell silent for 0.3 s",
        then="stall",
        PHOTON_AI_TIMEOUTS_IDLE="0.3",
    ),
    talking("a cut in mid-word", ["POST /login\nsumm", "ary: Lo"], ExitCode.UNREACHABLE, "broke off", then="cut"),
    talking("a reset in mid-word", ["POST /login\nsumm"], ExitCode.UNREACHABLE, "broke off", then="reset"),
    talking("small talk", ["I would love to help you!"], ExitCode.UNREADABLE_ANSWER, "answered twice"),
    talking("nothing", [], ExitCode.UNREADABLE_ANSWER, "answered twice"),
]


def asking(photon: Photon, kind: str, url: str, *options: str, **env: str) -> tuple[int, str, list[str]]:
    """Exit code, stdout and the lines of stderr of a suggestion from the provider at `url`."""
    env |= HURRIED | {"PHOTON_AI_PROVIDER": kind, "PHOTON_AI_URL": url, "PHOTON_AI_MODEL": "m"}
    done = photon("ai", "suggest-path", "POST /login with JWT response", *options, env=env)
    assert KEY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr.splitlines()


def assert_local_answered(outcome: tuple[int, str, list[str]], word: str) -> None:
    code, out, err = outcome
    assert code == ExitCode.SUCCESS, err
    assert "responses" in yaml.safe_load(out)["paths"]["/login"]["post"]
    why, who = err
    assert why.startswith("photon: ") and why.endswith("; local/photon-openapi answers instead")
    assert word in why
    assert who.startswith("local/photon-openapi · ")


def assert_refused(outcome: tuple[int, str, list[str]], code: ExitCode, word: str) -> None:
    assert outcome[:2] == (code, "")
    why, mend = outcome[2]
    assert why.startswith("photon: ") and word in why
    assert mend.startswith("  try: ")


@pytest.fixture(scope="session")
def local_answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the local model's answer, so that not every test has to wait for it."""
    folder = tmp_path_factory.mktemp("local-answer")
    command = [sys.executable, "-m", "photon", "ai", "suggest-path", "--provider", "local", "POST /login with JWT response"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PHOTON_")}
    env |= {f"PHOTON_{name}_DIR": str(folder / name) for name in ("CONFIG", "CACHE", "DATA")}
    subprocess.run(command, stdin=subprocess.DEVNULL, env=env, cwd=folder, check=True, capture_output=True)
    return folder / "CACHE"


@pytest.fixture
def answered_before(local_answer: Path, tmp_path: Path) -> None:
    """The local model was asked the same before."""
    shutil.copytree(local_answer, tmp_path / "cache")


@pytest.mark.usefixtures("answered_before")
@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_whatever_a_server_does_the_local_model_answers(photon: Photon, failure: Failure, kind: str) -> None:
    with serving(getattr(failure, kind)) as server:
        assert_local_answered(asking(photon, kind, server.url, **failure.limits), failure.word)
    assert server.requests


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_without_failover_each_failure_has_its_exit_code_and_a_way_out(in_here: Photon, failure: Failure, kind: str) -> None:
    with serving(getattr(failure, kind)) as server:
        assert_refused(asking(in_here, kind, server.url, "--no-failover", **failure.limits), failure.code, failure.word)


@pytest.fixture
def in_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Photon:
    """The program in this process, where it starts faster."""

    def running(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        code = run(arguments)
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return running


@contextmanager
def nobody(folder: Path) -> Iterator[str]:
    yield f"http://127.0.0.1:{servers.dead_port()}"


@contextmanager
def a_stranger(folder: Path) -> Iterator[str]:
    with serving(servers.status(200), tls=servers.self_signed(folder)) as server:
        yield server.url


@pytest.mark.parametrize("kind", ["openai", "ollama"])
@pytest.mark.parametrize(("there", "word"), [(nobody, "connection refused"), (a_stranger, "certificate is not trusted")])
def test_where_no_connection_can_be_made_the_local_model_answers(
    photon: Photon, kind: str, there: Callable[..., Iterator[str]], word: str, tmp_path: Path
) -> None:
    with there(tmp_path) as url:  # type: ignore[attr-defined]
        assert_local_answered(asking(photon, kind, url), word)
        assert_refused(asking(photon, kind, url, "--no-failover"), ExitCode.UNREACHABLE, word)


def test_an_answer_is_kept_under_who_gave_it_and_the_one_who_failed_is_asked_again(photon: Photon) -> None:
    with serving(refusal(403, "no"), refusal(403, "no"), sse(*servers.text_events(SKETCH))) as server:
        first, again, mended = (asking(photon, "openai", server.url) for _ in range(3))
    assert len(server.requests) == 3
    assert "local/photon-openapi · from the cache" not in first[2][1]
    assert again[1] == first[1] and again[2][1].startswith("local/photon-openapi · from the cache · ")
    assert "with the clouds" in mended[1] and mended[2][0].startswith("openai/m · ")
    assert "from the cache" in photon("ai", "suggest-path", "--provider", "local", "POST /login with JWT response").stderr


def test_the_envelope_says_who_failed_and_why(photon: Photon) -> None:
    with serving(refusal(403, "not you")) as server:
        code, out, _ = asking(photon, "openai", server.url, "--json")
    found = json.loads(out)
    assert (code, found["answered_by"], found["cached"]) == (0, {"provider": "local", "model": "photon-openapi"}, False)
    assert found["failovers"] == [{"provider": "openai", "model": "m", "reason": "openai refused access (403): not you"}]


def test_an_answer_that_could_be_read_the_second_time_is_no_failover(photon: Photon) -> None:
    chatty, good = sse(*servers.text_events("Sure! Here you go.")), sse(*servers.text_events(SKETCH))
    with serving(chatty, good) as server:
        code, out, err = asking(photon, "openai", server.url, "--json")
    assert (code, json.loads(out)["failovers"], json.loads(out)["repeats"]) == (0, [], 1)
    (who,) = err
    assert who.startswith("openai/m · ") and who.endswith(" · asked twice")


@pytest.mark.usefixtures("answered_before")
def test_quiet_says_nothing_of_all_that(photon: Photon) -> None:
    with serving(refusal(500, "boom")) as server:
        code, out, err = asking(photon, "openai", server.url, "-q")
    assert (code, err) == (0, [])
    assert yaml.safe_load(out)["paths"]


def test_failover_goes_where_the_list_says_and_names_everybody_who_failed(photon: Photon) -> None:
    with serving(refusal(500, "boom")) as cloud, serving(ndjson(said(SKETCH), servers.done())) as lan:
        Path("photon.toml").write_text(
            f'[ai]\nprovider = "openai"\nurl = "{cloud.url}"\nfailover = ["dead", "lan"]\n'
            f'[ai.providers.dead]\nurl = "http://127.0.0.1:{servers.dead_port()}"\n'
            f'[ai.providers.lan]\nkind = "ollama"\nurl = "{lan.url}"\nmodel = "llama"\n'
        )
        done = photon("ai", "suggest-path", "POST /login", env=HURRIED)
    first, second, who = done.stderr.splitlines()
    assert "(500): boom" in first and "answers instead" not in first
    assert "connection refused; lan/llama answers instead" in second
    assert who.startswith("lan/llama · ")
    assert "with the clouds" in done.stdout


def test_when_nobody_can_answer_all_are_named_in_one_line_and_the_first_gives_the_code(photon: Photon) -> None:
    Path("photon.toml").write_text(
        f'[ai]\nprovider = "openai"\nfailover = ["dead"]\n[ai.providers.dead]\nurl = "http://127.0.0.1:{servers.dead_port()}"\n'
    )
    done = photon("ai", "suggest-path", "POST /login")
    assert (done.returncode, done.stdout) == (ExitCode.CREDENTIALS, "")
    why, mend = done.stderr.splitlines()
    assert why.startswith("photon: there is no key for openai; dead cannot answer either: cannot reach dead")
    assert "photon ai keys set openai" in mend


def test_a_prompt_beyond_every_context_says_both_numbers(photon: Photon) -> None:
    done = photon("ai", "suggest-path", "--no-failover", stdin="POST /login with " + "lorem ipsum " * 8000)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert "tokens long and photon-openapi has room for 2048" in done.stderr
    assert "shorten the prompt" in done.stderr


def test_a_conversation_fails_over_before_its_first_word(photon: Photon) -> None:
    with serving(refusal(500, "boom")) as server:
        env = HURRIED | {"PHOTON_AI_URL": server.url, "PHOTON_AI_MODEL": "m"}
        done = photon("ai", "chat", "--max-tokens", "12", "What is HTTP?", env=env)
    assert done.returncode == 0 and done.stdout.strip()
    assert "(500): boom; local/smollm2-135m-instruct answers instead" in done.stderr


def test_a_conversation_that_broke_off_stops_and_what_came_is_kept(photon: Photon) -> None:
    with serving(sse(delta("Half an ans"), done=False, then="cut")) as server:
        env = HURRIED | {"PHOTON_AI_URL": server.url, "PHOTON_AI_MODEL": "m"}
        done = photon("ai", "chat", "--session", "http", "What is HTTP?", env=env)
        at_once = {"PHOTON_AI_RETRY_COOLDOWN": "0"}
        shown = seen("ai", "chat", "What is HTTP?", PHOTON_AI_URL=server.url, PHOTON_AI_MODEL="m", **at_once).plain
    assert (done.returncode, done.stdout) == (ExitCode.UNREACHABLE, "")
    assert "openai broke off in the middle of its answer" in done.stderr
    assert "photon ai log show" in done.stderr
    assert "Half an ans" in photon("ai", "log", "show").stdout
    (session,) = Path(os.environ["PHOTON_DATA_DIR"], "conversations").iterdir()
    assert json.loads(session.read_text())["messages"][-1] == {"role": "assistant", "content": "Half an ans […]"}
    assert shown.index("Half an ans") < shown.index("photon: openai broke off")


def test_a_terminal_that_saw_half_an_answer_is_told_that_a_whole_one_follows() -> None:
    half = sse(delta("POST /login\nsummary: Sign in with the clouds\n200: { token: jwt }\n4"), done=False, then="cut")
    with serving(half) as server:
        shown = seen("ai", "suggest-path", "POST /login", "--scope", "path", PHOTON_AI_URL=server.url, NO_COLOR="1").plain
    begun, why, rule, whole = re.split(r"^photon: (.*(?:\n  .*)?)\n(── .* ─+)\n", shown, flags=re.MULTILINE)
    assert "Sign in with the clouds" in begun
    assert "broke off" in why and "answers instead" in why and "here is the whole answer" in rule
    assert "clouds" not in whole and "responses" in yaml.safe_load(whole.rpartition("local/")[0])["/login"]["post"]


def test_a_key_does_not_go_where_only_a_cloned_repository_says(photon: Photon) -> None:
    Path("photon.toml").write_text('[ai]\nprovider = "openai"\nurl = "https://openai.example.com/v1"\n')
    done = photon("ai", "suggest-path", "POST /login", "--no-failover", env={"OPENAI_API_KEY": KEY})
    assert (done.returncode, done.stdout) == (ExitCode.CREDENTIALS, "")
    assert "the key openai is not sent to openai.example.com" in done.stderr and KEY not in done.stderr
    assert "photon ai config path" in done.stderr
