"""Any server that speaks OpenAI's chat completions: vLLM, Ollama, Mistral, and others. A key is optional."""

from openai import OpenAI

from evaluations.providers.answers import Answer, Question
from evaluations.providers.chat import ask_chat
from evaluations.providers.connections import PLACEHOLDER, Connection, open_client


def ask(connection: Connection, question: Question) -> Answer:
    """Whole, not in pieces: some of these servers refuse `stream_options`, and then count no tokens."""
    with open_client(connection=connection, credentials={"authorization": "Bearer "}) as http:
        client = OpenAI(api_key=PLACEHOLDER, base_url=connection.base_url, http_client=http, max_retries=0)
        return ask_chat(client=client, question=question, limit_field="max_tokens", stream=False)
