"""
Run the gateway: `python -m examples.gateway routes.json`; secrets come from the environment.

`IMAGETX_SECRET_OPENAI`, `IMAGETX_SECRET_BEDROCK` ... are those of the providers.
"""
