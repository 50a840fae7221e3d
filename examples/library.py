"""Photon from Python: ask for a path, watch the lines come, use the document.

python examples/library.py "POST /login with JWT response"
"""

import asyncio
import sys

from photon.chat import Parameters
from photon.settings.load import load
from photon.tasks.suggest_path import Lines, PathRequest, Suggestion, suggest_path, who_answers


async def main(text: str) -> None:
    """Print the lines as they come, then a few facts about the finished document."""
    ai = load(flags={"ai.provider": "local"}).settings.ai
    wanted = PathRequest(text=text)
    provider = who_answers(wanted, ai, warn=print)
    try:
        async for event in suggest_path(wanted, provider, Parameters(temperature=0, max_tokens=ai.max_tokens)):
            match event:
                case Lines(lines):
                    print(*lines, sep="\n")
                case Suggestion(document=document, answered_by=origin):
                    ((path, item),) = document["paths"].items()
                    print(f"# {path}: {', '.join(item).upper()}, by {origin}")
    finally:
        await provider.close()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:]) or "POST /login with JWT response"))
