"""A request as one target is asked it: in its own words, and with as much of what may be left out as it has room for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from photon.chat import Parameters, Request
from photon.providers.endpoint import Endpoint
from photon.providers.schema.prompt import worded
from photon.providers.token_estimate import about_prompt_tokens

_UNKNOWN_CONTEXT: Final = 4_096
"""Tokens, where nobody says how many there are. An Ollama has so many by itself, and would load the model again for more."""

_WORDS_MORE, _NAMES_MORE = 1.15, 1.4
"""By how much the estimate of tokens may be too low: for sentences, and for a specification's names, of which 375 prompts for
66 real specifications had 1.04 times the estimate (median), 1.17 (nine of ten) and 1.41 (all), by SmolLM2's vocabulary."""

_ANSWER_SHARE: Final = 4
_USUAL_ANSWER: Final = 256
"""Tokens: a sketch is rarely longer. A quarter of the context is left for the answer, and this much of a small one."""


def addressed(request: Request, endpoint: Endpoint, *, length: int | None = None) -> Request:
    """`request` as `endpoint` is asked it: for its model, in the words tuned for it, no longer than it has room for, with a
    grammar if it honours one, and with its schema in words where the model would not see it otherwise.

    length: tokens of its context, where it said itself that they are so few.
    """
    asked = worded(in_its_words(request, endpoint, length=length), endpoint)
    return asked if endpoint.capabilities.grammar else replace(asked, grammar=None)


def in_its_words(request: Request, endpoint: Endpoint, *, length: int | None = None) -> Request:
    """`request` for the model of `endpoint`, in the words tuned for it, and no longer than it has room for.

    Where not everything has room, what may be left out is cut, then the longest answer, which is no longer than what is left
    of the context: servers refuse a request in which both together are more. See `addressed`.
    """
    if request.within is None:
        return _put_to(endpoint, request)
    known = length or endpoint.capabilities.context_length
    context = known or _UNKNOWN_CONTEXT
    bare = about_prompt_tokens(_put_to(endpoint, request.narrowed(0)).messages)
    room = context - _WORDS_MORE * bare - _answer(request.parameters, context)
    asked = _put_to(endpoint, request.narrowed(max(0, int(room / _NAMES_MORE))))
    if known is None:
        return asked
    said = about_prompt_tokens(asked.messages) - bare
    left = int(known - _WORDS_MORE * bare - _NAMES_MORE * said)
    return replace(asked, parameters=_limited(asked.parameters, max(left, min(_USUAL_ANSWER, known // _ANSWER_SHARE))))


def _put_to(endpoint: Endpoint, request: Request) -> Request:
    return request.addressed_to(endpoint.model, prompt_format=endpoint.capabilities.prompt_format)


def _answer(parameters: Parameters, context: int) -> int:
    """The tokens that are kept free for the answer."""
    enough = max(context // _ANSWER_SHARE, min(_USUAL_ANSWER, context // 2))
    return min(parameters.max_tokens or enough, enough)


def _limited(parameters: Parameters, left: int) -> Parameters:
    """`parameters` with an answer that has room in `left` tokens."""
    longest = parameters.max_tokens
    return parameters if longest is None or longest <= left else replace(parameters, max_tokens=left)
