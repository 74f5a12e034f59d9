"""OpenAI's own service."""

from openai import OpenAI

from evaluations.providers.answers import Answer, Question
from evaluations.providers.chat import ask_chat
from evaluations.providers.connections import PLACEHOLDER, Connection, open_client


def ask(connection: Connection, question: Question) -> Answer:
    """In pieces, so that a long answer is seen to come; its models take `max_completion_tokens` only."""
    with open_client(connection=connection, credentials={"authorization": "Bearer "}) as http:
        client = OpenAI(api_key=PLACEHOLDER, base_url=connection.base_url, http_client=http, max_retries=0)
        return ask_chat(client=client, question=question, limit_field="max_completion_tokens", stream=True)
