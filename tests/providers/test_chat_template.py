"""A conversation as one string."""

import pytest

from photon.chat import Message
from photon.errors import UsageError
from photon.providers.llama.chat_template import ChatTemplate, chatml, jinja_template

CONVERSATION = (Message("system", "Be brief."), Message("user", "Hi"))


def template(source: str) -> ChatTemplate:
    return jinja_template(source, bos="<s>", eos="</s>", model="other.gguf")


def test_chatml_is_what_the_adapter_was_trained_on() -> None:
    assert chatml((*CONVERSATION, Message("assistant", "POST /login\n"))) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nPOST /login\n"
    )
    assert chatml(CONVERSATION).endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_a_template_sees_the_turns_and_the_special_tokens_and_the_prefill_comes_last() -> None:
    source = "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m['content'] | trim }}{{ eos_token }}{% endfor %}"
    source += "{% if add_generation_prompt %}[assistant] {% endif %}"
    rendered = template(source)((*CONVERSATION, Message("assistant", "Hello, ")))
    assert rendered == "<s>[system] Be brief.</s>[user] Hi</s>[assistant] Hello, "


def test_the_constructs_of_real_templates_work() -> None:
    source = (
        "{%- set found = namespace(value=false) -%}\n"
        "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}"
        "{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
        "{{ {'a': 'é'} | tojson }}{{ strftime_now('%Y')[:2] }}"
    )
    assert template(source)(CONVERSATION) == 'Hi{"a": "é"}20'


def test_a_template_that_refuses_the_conversation_says_why() -> None:
    refusing = template("{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}")
    with pytest.raises(UsageError, match=r"other\.gguf cannot put this conversation: System role not supported") as error:
        refusing(CONVERSATION)
    assert "--system" in error.value.hint


def test_a_broken_template_is_an_error_for_people() -> None:
    with pytest.raises(UsageError, match=r"chat template of other\.gguf"):
        template("{% for m in messages %}")


def test_a_template_cannot_reach_out_of_its_sandbox() -> None:
    with pytest.raises(UsageError):
        template("{{ ''.__class__.__mro__[1].__subclasses__() }}")(CONVERSATION)
