"""Azure OpenAI and Azure AI Foundry, Microsoft's own models among them. The key goes in the header `api-key`.

Three kinds of address:

- `https://NAME.openai.azure.com`, with a version of the API: the deployment is part of the address;
- `…/openai/v1`, Foundry's new one: the deployment is the model, no version is needed;
- `…/models`, Foundry's own for models of any maker: the deployment is the model, with a version.
"""

from urllib.parse import urlsplit

import httpx2
from openai import AzureOpenAI, OpenAI

from evaluations.providers.addresses import names_deployment_in_address
from evaluations.providers.answers import Answer, Question
from evaluations.providers.chat import ask_chat
from evaluations.providers.connections import PLACEHOLDER, Connection, open_client


def ask(connection: Connection, question: Question) -> Answer:
    with open_client(connection=connection, credentials={"api-key": ""}) as http:
        client = _make_client(connection, http)
        # Models of other makers behind `/models` know the older name only.
        older = urlsplit(connection.base_url).path.rstrip("/").endswith("/models")
        field = "max_tokens" if older else "max_completion_tokens"
        return ask_chat(client=client, question=question, limit_field=field, stream=True)


def _make_client(connection: Connection, http: httpx2.Client) -> OpenAI:
    if names_deployment_in_address(connection.base_url):
        endpoint = connection.base_url.rstrip("/").removesuffix("/openai")
        return AzureOpenAI(
            azure_endpoint=endpoint,
            api_version=connection.api_version,
            api_key=PLACEHOLDER,
            http_client=http,
            max_retries=0,
        )
    query = {"api-version": connection.api_version} if connection.api_version else None
    return OpenAI(
        api_key=PLACEHOLDER,
        base_url=connection.base_url,
        default_query=query,
        http_client=http,
        max_retries=0,
    )
