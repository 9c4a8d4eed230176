"""
The providers as one transport: who a message is for, whether it is to the letter, and what comes back.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from tests.gateway.call import CREDENTIALS, Call, read
from tests.gateway.studio import Studio
from tests.gateway.witness import Said, hear

Json = Any
Answer: TypeAlias = httpx.Response | Awaitable[httpx.Response]
Turn: TypeAlias = Callable[[Call, Said, Studio], Answer]
"""What a provider answers to a message that is to the letter."""

CALLER = "caller-key-1"
"""The key that the clients of the gateway hold: it must never reach a provider."""

DATE = "Sun, 22 Nov 2026 22:00:00 GMT"
DATE_S = 1795384800
"""The clock of all providers, which each answer tells."""

SECRETS = {
    "openai": "sk-openai-1",
    "azure": "azure-key-2",
    "bedrock": "AKIAFAKE3:wJalrXUtnFEMI/K7MDENG+fake3",
    "vertex": "ya29.vertex-4",
    "gemini": "AIza-gemini-5",
    "stability": "sk-stability-6",
    "segmind": "SG_segmind7",
    "fireworks": "fw_fireworks8",
    "reka": "reka-key-9",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fake:
    """
    Hold a provider as it is seen from outside.

    `unlock` tells what is wrong with a credential, `refuse` says complaints in the provider's own shape, `visit`
    answers what is no image request (a poll, None where it is none), `answer` an image request; `open_hosts`
    are those that give files away and must not see a credential; `patience_s` is how long a client must wait.
    """

    name: str
    hosts: frozenset[str]
    schemas: tuple[str, ...]
    unlock: Callable[[Call, str], Iterator[str]]
    refuse: Callable[[int, str], httpx.Response]
    answer: Turn
    visit: Callable[[Call, Studio], httpx.Response | None] = lambda call, studio: None
    open_hosts: frozenset[str] = frozenset()
    patience_s: float = 60


def only(call: Call, name: str, value: str) -> Iterator[str]:
    """Find what is wrong where one header, and no other one, holds the credential."""
    stand = sorted(call.headers.keys() & CREDENTIALS)
    if stand != [name]:
        yield f"credential in {stand}, not in {name}"
    elif call.header(name) != value:
        yield f"{name} holds another credential"


@dataclass(slots=True)
class World:
    """
    Be all providers behind one `httpx.MockTransport`, and keep what came.

    `heard` are the messages that were to the letter, by provider, in order; `complaints` all that was not:
    a test with a complaint fails. `given` are the secrets that a gateway is given; Vertex and Azure mint
    tokens where there is none.
    """

    fakes: Sequence[Fake]
    secrets: Mapping[str, str] = field(default_factory=lambda: dict(SECRETS))
    studio: Studio = field(default_factory=Studio)
    calls: list[Call] = field(default_factory=list)
    heard: list[tuple[str, Said]] = field(default_factory=list)
    turns: dict[str, list[Turn]] = field(default_factory=dict)
    together: asyncio.Barrier | None = None
    given: dict[str, str] = field(default_factory=lambda: {n: one for n, one in SECRETS.items() if n != "vertex"})

    @property
    def complaints(self) -> list[str]:
        """List all that was not to the letter."""
        return self.studio.complaints

    def say(self, provider: str, *turns: Turn) -> None:
        """Say what a provider answers to its next image requests, instead of an image."""
        self.turns.setdefault(provider, []).extend(turns)

    def bodies(self, provider: str) -> list[Json]:
        """List the bodies of the image requests that a provider took."""
        return [said.body for name, said in self.heard if name == provider]

    async def token(self, kind: str) -> str:
        """
        Mint a token of Google or of Entra.

        Raises:
            ConnectError: There is no mint for others.
        """
        if kind not in ("vertex", "azure"):
            raise httpx.ConnectError(f"no mint for {kind}")
        return self.secrets[kind]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a message as its provider does, and complain of what is not to the letter."""
        response = await self._answer(request)
        response.headers.setdefault("date", DATE)
        return response

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        call = await read(request)
        self.calls.append(call)
        fake = next((each for each in self.fakes if call.host in each.hosts | each.open_hosts), None)
        if fake is None:
            self._complain("nobody", [f"no such host: {call.url}"])
            raise httpx.ConnectError(f"no such host: {call.host}", request=request)
        wrong = [*call.faults(), *self._spilled(fake, call)]
        if call.host in fake.open_hosts:
            return self._given(fake, call, wrong)
        locked = list(fake.unlock(call, self.secrets[fake.name]))
        if self._complain(fake.name, [*wrong, *locked]):
            return fake.refuse(401 if locked else 400, "; ".join([*wrong, *locked]))
        visited = fake.visit(call, self.studio)
        return await self._taken(fake, call) if visited is None else visited

    async def _taken(self, fake: Fake, call: Call) -> httpx.Response:
        """Answer an image request."""
        said, wrong = hear(call, fake.schemas)
        patience = call.timeout.get("read")
        if patience is not None and patience < fake.patience_s:
            wrong.append(f"waits {patience} s; images take up to {fake.patience_s} s")
        if self._complain(fake.name, wrong) or said is None:
            return fake.refuse(404 if said is None else 400, "; ".join(wrong))
        await self._met(fake)
        self.heard.append((fake.name, said))
        turns = self.turns.get(fake.name)
        answer = (turns.pop(0) if turns else fake.answer)(call, said, self.studio)
        return await answer if inspect.isawaitable(answer) else answer

    async def _met(self, fake: Fake) -> None:
        """Wait until as many calls are in flight as the test demands."""
        if self.together is None:
            return
        try:
            async with asyncio.timeout(5):
                await self.together.wait()
        except TimeoutError:
            self._complain(fake.name, [f"{self.together.parties} calls are not in flight together"])

    def _given(self, fake: Fake, call: Call, wrong: list[str]) -> httpx.Response:
        """Give a file away; it must not be asked for with a credential."""
        stand = sorted(call.headers.keys() & CREDENTIALS)
        wrong += [f"{call.url} was sent {stand}"] if stand else []
        wrong += [f"{call.method} {call.url}"] if call.method != "GET" else []
        self._complain(fake.name, wrong)
        data = self.studio.files.get(call.host + call.path)
        if data is None:
            return httpx.Response(404, text="no such file")
        mime = next(mime for mime in ("image/png", "image/jpeg", "image/webp") if call.path.endswith(mime[6:]))
        return httpx.Response(200, headers={"content-type": mime}, content=data)

    def _spilled(self, fake: Fake, call: Call) -> Iterator[str]:
        """Find secrets where they do not belong."""
        own = self.secrets.get(fake.name)
        foreign = {CALLER, (own or "").partition(":")[2] or CALLER}
        foreign |= {part for name, secret in self.secrets.items() if name != fake.name for part in secret.split(":")}
        headers = "\n".join(value for values in call.headers.values() for value in values)
        where = call.url + str(call.query) + call.content.decode("latin-1")
        yield from (f"a secret of another reached {call.host}" for each in foreign if each in where + headers)
        if own is not None and own in where:
            yield f"the key of {fake.name} stands outside of the headers"

    def _complain(self, name: str, wrong: Sequence[str]) -> bool:
        self.complaints.extend(f"{name}: {text}" for text in wrong)
        return bool(wrong)
