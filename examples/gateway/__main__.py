"""
Run the gateway: `python -m examples.gateway ROUTES`.

A provider's secret is in the environment under its name and `_API_KEY`: `OPENAI_API_KEY`, `STABILITY_API_KEY`,
`BEDROCK_API_KEY` (`ACCESS:SECRET`) ...
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path

import httpx
import uvicorn

import imagetx
from examples.gateway.app import create_app
from examples.gateway.outside import Outside


def main() -> None:
    """Read the routes and the environment, and serve."""
    parser = argparse.ArgumentParser(prog="python -m examples.gateway", description="Serve image APIs over imagetx.")
    parser.add_argument("routes", type=Path, help="the routing table, a JSON file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    table = json.loads(given.routes.read_text())
    names = {name: os.environ.get(f"{name.upper()}_API_KEY") for name in imagetx.providers()}
    secrets = {name: secret for name, secret in names.items() if secret}
    asyncio.run(_serve(table, secrets, given.host, given.port))


async def _serve(table: dict[str, object], secrets: dict[str, str], host: str, port: int) -> None:
    async with httpx.AsyncClient(transport=Outside(httpx.AsyncHTTPTransport())) as client:
        app = create_app(table, secrets=secrets, client=client)
        await uvicorn.Server(uvicorn.Config(app, host=host, port=port)).serve()


if __name__ == "__main__":
    main()
