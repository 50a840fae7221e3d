"""The model in this process: the real small model on the real llama.cpp."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from photon.chat import Chunk, Message, Origin, Parameters, Request
from photon.errors import ConfigurationError, ContextExceeded, MissingExtra, ModelNotFound, ProviderUnreachable, UsageError
from photon.providers.endpoint import Endpoint
from photon.providers.local import LocalProvider
from photon.providers.weights import base_weights
from photon.settings.schema import Local

SKETCHES = Message("system", "You write OpenAPI operation sketches.")
LOGIN = "POST /login with JWT response"


def local(model: str = "photon-openapi", **settings: int) -> LocalProvider:
    return LocalProvider(Endpoint(provider="local", kind="local", model=model), local=Local(**settings))


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    provider = local()
    yield provider
    asyncio.run(provider.close())


def sketch(
    question: str = LOGIN, prefill: str = "POST /login\n", *, grammar: str | None = None, **parameters: object
) -> Request:
    messages = (SKETCHES, Message("user", question), *([Message("assistant", prefill)] if prefill else []))
    return Request(model="photon-openapi", messages=messages, parameters=Parameters(**parameters), grammar=grammar)  # type: ignore[arg-type]


def chat(*turns: str, model: str = "smollm2-135m-instruct", **parameters: object) -> Request:
    spoken = [Message("assistant" if index % 2 else "user", turn) for index, turn in enumerate(turns)]
    messages = (Message("system", "You are a helpful assistant."), *spoken)
    return Request(model=model, messages=messages, parameters=Parameters(**parameters))  # type: ignore[arg-type]


async def chunks_of(provider: LocalProvider, request: Request) -> list[Chunk]:
    return [chunk async for chunk in provider.stream(request)]


async def text_of(provider: LocalProvider, request: Request) -> str:
    return "".join(chunk.text for chunk in await chunks_of(provider, request))


async def test_our_model_writes_a_sketch_and_writes_it_again(provider: LocalProvider) -> None:
    first, second = await text_of(provider, sketch()), await text_of(provider, sketch())
    assert first.startswith("summary:")
    assert "\n200: {" in first and "jwt" in first and "<|" not in first
    assert first == second


async def test_the_first_chunk_says_who_answers_and_the_last_one_counts_tokens(provider: LocalProvider) -> None:
    chunks = await chunks_of(provider, sketch())
    assert chunks[0] == Chunk(origin=Origin("local", "photon-openapi"))
    assert not any(chunk.origin or chunk.finish_reason or chunk.usage for chunk in chunks[1:-1])
    last = chunks[-1]
    assert last.finish_reason == "stop" and last.usage is not None
    assert last.usage.prompt_tokens == 32
    assert last.usage.completion_tokens == len(chunks) - 2  # each token of a sketch has a text; the end token is not counted


async def test_the_longest_answer_can_be_set(provider: LocalProvider) -> None:
    chunks = await chunks_of(provider, sketch(max_tokens=5))
    assert chunks[-1].finish_reason == "length"
    assert chunks[-1].usage is not None and chunks[-1].usage.completion_tokens == 5


async def test_an_answer_is_cut_before_a_stop_string(provider: LocalProvider) -> None:
    whole = await text_of(provider, sketch(max_tokens=20))
    chunks = await chunks_of(provider, sketch(stop=("\nauth", "never")))
    assert "".join(chunk.text for chunk in chunks) == whole[: whole.index("\nauth")]
    assert chunks[-1].finish_reason == "stop"


async def test_a_temperature_varies_the_answer_and_a_seed_repeats_it(provider: LocalProvider) -> None:
    def warm(seed: int) -> Request:
        return chat("Tell me a story about a dog.", temperature=1.5, top_p=1.0, seed=seed, max_tokens=20)

    one, again, other = [await text_of(provider, warm(seed)) for seed in (1, 1, 2)]
    assert one == again != other


async def test_closing_a_stream_stops_within_one_token(provider: LocalProvider) -> None:
    evaluated: list[int] = []
    async with aclosing(provider.stream(sketch())) as chunks:
        async for _ in chunks:
            assert provider._loaded is not None
            evaluated.append(len(provider._loaded._evaluated))
            if len(evaluated) == 5:
                break
    await asyncio.get_running_loop().run_in_executor(provider._worker, lambda: None)  # behind what is still running
    assert provider._loaded is not None
    assert len(provider._loaded._evaluated) <= evaluated[-1] + 1


async def test_closing_the_provider_ends_a_running_answer_with_an_error() -> None:
    provider = local()
    with pytest.raises(ProviderUnreachable):
        async for _ in provider.stream(sketch()):
            await provider.close()


async def test_cancelling_stops_the_reading_of_a_long_prompt() -> None:
    provider = local(context_length=8192)
    await text_of(provider, sketch(max_tokens=1))
    task = asyncio.create_task(text_of(provider, sketch("word " * 6000)))  # a minute's reading
    await asyncio.sleep(0.3)
    task.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await text_of(provider, sketch(max_tokens=4))).startswith("summary")
    await provider.close()
    assert time.monotonic() - started < 10


async def test_a_prompt_longer_than_the_context_is_refused_with_both_numbers() -> None:
    provider = local(context_length=256)
    with pytest.raises(ContextExceeded) as error:
        await text_of(provider, sketch("word " * 300))
    assert error.value.context_length == 256 and error.value.prompt_tokens > 300
    assert "256" in error.value.message and str(error.value.prompt_tokens) in error.value.message
    await provider.close()


async def test_an_answer_ends_where_the_context_is_full() -> None:
    provider = local(context_length=256)
    chunks = await chunks_of(provider, sketch("word " * 200))
    usage = chunks[-1].usage
    assert usage is not None and usage.prompt_tokens is not None and usage.completion_tokens is not None
    if chunks[-1].finish_reason == "length":
        assert usage.prompt_tokens + usage.completion_tokens == 256
    exactly = sketch("word " * (200 + 256 - usage.prompt_tokens))
    _, *answer = await chunks_of(provider, exactly)
    assert [(chunk.text, chunk.finish_reason) for chunk in answer] == [("", "length")]
    await provider.close()


async def test_the_base_alone_chats(provider: LocalProvider) -> None:
    answer = await text_of(provider, chat("What is the capital of France?", max_tokens=40))
    assert "Paris" in answer


async def test_a_conversation_that_goes_on_is_continued_exactly(provider: LocalProvider) -> None:
    whole = await text_of(provider, sketch(max_tokens=20))
    beginning = await text_of(provider, sketch(max_tokens=8))
    rest = await text_of(provider, sketch(prefill=f"POST /login\n{beginning}", max_tokens=12))
    assert beginning + rest == whole


async def test_only_a_conversation_that_goes_on_is_not_read_again(provider: LocalProvider) -> None:
    await text_of(provider, sketch(max_tokens=8))
    loaded = provider._loaded
    assert loaded is not None
    held = list(loaded._evaluated)
    assert len(held) == 32 + 7
    assert loaded._not_yet_evaluated([*held, 5, 6]) == [5, 6]
    assert loaded._not_yet_evaluated(held[:32]) == held[:32]  # the same question once more: the same groups, the same answer


async def test_a_file_by_path_is_run_with_its_own_template(provider: LocalProvider, tmp_path: Path) -> None:
    base = base_weights()
    assert base is not None
    file = tmp_path / "mine.gguf"
    file.symlink_to(base)
    by_path = local(str(file))
    question = "What is the capital of Italy?"
    answer = await text_of(by_path, chat(question, model=str(file), max_tokens=20))
    assert answer == await text_of(provider, chat(question, max_tokens=20))
    offered = await by_path.models()
    assert [model.id for model in offered] == [str(file), "photon-openapi", "smollm2-135m-instruct"]
    await by_path.close()


async def test_two_at_once_both_get_their_own_answer(provider: LocalProvider) -> None:
    requests = sketch(max_tokens=12), sketch("GET /pets lists all pets", prefill="GET /pets\n", max_tokens=12)
    alone = [await text_of(provider, request) for request in requests]
    together = await asyncio.gather(*(text_of(provider, request) for request in requests))
    assert together == alone and alone[0] != alone[1]


async def test_an_answer_can_be_held_to_a_grammar_with_characters_of_any_length(provider: LocalProvider) -> None:
    assert await text_of(provider, sketch(grammar='root ::= "größe 😀 日本" [0-9]')) in {f"größe 😀 日本{n}" for n in range(10)}
    warm = sketch(grammar='root ::= "[" ("yes" | "no") "]"', temperature=2.0, seed=7)
    assert await text_of(provider, warm) in {"[yes]", "[no]"}


async def test_a_grammar_that_the_model_would_follow_anyway_changes_nothing(provider: LocalProvider) -> None:
    free, held = sketch(max_tokens=20), sketch(max_tokens=20, grammar="root ::= [^\\x00]*")
    assert await text_of(provider, held) == await text_of(provider, free)


async def test_a_grammar_that_leaves_nothing_to_say_ends_the_answer(provider: LocalProvider) -> None:
    chunks = await chunks_of(provider, sketch(grammar='root ::= "ok" [^\\x00-\U0010ffff]'))
    assert "".join(chunk.text for chunk in chunks) == "ok"
    assert chunks[-1].finish_reason == "stop"


@pytest.mark.parametrize("grammar", ['root ::= "a', "root ::= nobody", 'root ::= root "a" | "b"', 'other ::= "a"', "nonsense"])
async def test_a_bad_grammar_is_the_askers_error(
    provider: LocalProvider, grammar: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="grammar cannot be used"):
        await text_of(provider, sketch(grammar=grammar))
    assert capfd.readouterr() == ("", "")


async def test_an_unknown_model_and_a_missing_file_are_named(provider: LocalProvider) -> None:
    for model in ("gpt-5", "/nowhere/model.gguf"):
        with pytest.raises(ModelNotFound, match=model):
            await text_of(provider, chat("Hi", model=model))


async def test_without_the_extra_the_install_command_is_named(provider: LocalProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(MissingExtra, match="local"):
        await text_of(provider, sketch())
    with pytest.raises(MissingExtra):
        await provider.models()


def broken_files(folder: Path) -> list[Path]:
    base = base_weights()
    assert base is not None
    with base.open("rb") as file:
        head = file.read(40_000_000)
    contents = {"text": b"hello\n", "empty": b"", "header": head[:100_000], "half": head, "noise": b"GGUF" + head[5000:9000]}
    for name, content in contents.items():
        (folder / f"{name}.gguf").write_bytes(content)
    return [folder / f"{name}.gguf" for name in contents]


async def test_a_file_that_is_no_model_is_named_in_one_line(
    provider: LocalProvider, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for file in broken_files(tmp_path):
        with pytest.raises(ConfigurationError) as error:
            await text_of(provider, chat("Hi", model=str(file)))
        assert str(file) in error.value.message and "\n" not in error.value.message
    assert (await text_of(provider, sketch(max_tokens=2))).startswith("summary")
    assert capfd.readouterr() == ("", "")


async def test_the_models_on_offer_are_listed_without_loading_any() -> None:
    provider = local()
    photon, base = await provider.models()
    assert (photon.id, photon.provider, photon.context_length) == ("photon-openapi", "local", 2048)
    assert photon.capabilities.names() == ("sketch", "prefill", "grammar")
    assert base.capabilities.chat and base.size is not None and base.size > 90_000_000
    assert provider._loaded is None
    await provider.close()
    await provider.close()


def script(body: str) -> list[str]:
    """A program that has a provider `p`, the login request `r`, and runs `body` as a coroutine."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return [
        sys.executable,
        "-c",
        "import asyncio, sys\n"
        "from photon.chat import Message, Request\n"
        "from photon.providers.endpoint import Endpoint\n"
        "from photon.providers.local import LocalProvider\n"
        "from photon.settings.schema import Local\n"
        "p = LocalProvider(Endpoint(provider='local', kind='local', model='photon-openapi'), local=Local())\n"
        f"r = Request(model='photon-openapi', messages=({SKETCHES!r}, {Message('user', LOGIN)!r}))\n"
        f"async def main():\n{lines}\n"
        "try:\n    asyncio.run(main())\nexcept KeyboardInterrupt:\n    sys.exit(130)\n",
    ]


def test_nothing_but_the_answer_leaves_the_process_and_little_is_imported() -> None:
    body = (
        "assert not {'llama_cpp', 'llama_cpp.llama_cpp'} & set(sys.modules)\n"
        "async for chunk in p.stream(r): sys.stdout.write(chunk.text)\n"
        "assert not {'numpy', 'jinja2', 'diskcache'} & set(sys.modules)\n"
        "await p.close()\n"
        "import llama_cpp\n"
        "assert llama_cpp.Llama and llama_cpp.llama_cpp.llama_decode\n"
    )
    done = subprocess.run(script(body), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("POST /login\nsummary:")


def test_a_process_ends_at_once_although_nobody_closed_anything() -> None:
    body = "async for chunk in p.stream(r):\n    if chunk.text: break\nprint('over', flush=True)"
    done = subprocess.run(script(body), capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")


def test_ctrl_c_ends_the_process_silently() -> None:
    body = "async for chunk in p.stream(r): print('.', flush=True)\nawait asyncio.sleep(60)"
    with subprocess.Popen(script(body), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == ".\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr.read() == ""
