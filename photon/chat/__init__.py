"""The conversation's words, shared by every room: values only, no behaviour beyond reading themselves."""

from photon.chat.attempts import Attempt, total_cost
from photon.chat.chunks import Chunk, FinishReason, Origin, Switch, Usage
from photon.chat.messages import Message, Parameters, Request, Role
from photon.chat.models import Capabilities, ModelInfo
from photon.chat.port import Provider

__all__ = [
    "Attempt",
    "Capabilities",
    "Chunk",
    "FinishReason",
    "Message",
    "ModelInfo",
    "Origin",
    "Parameters",
    "Provider",
    "Request",
    "Role",
    "Switch",
    "Usage",
    "total_cost",
]
