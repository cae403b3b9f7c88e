"""What LangChain's ChatOpenAI makes of us; run with the address and a question."""

import json
import sys
from importlib.metadata import version

from langchain_openai import ChatOpenAI

address, question = sys.argv[1:]
chat = ChatOpenAI(model="footnote", base_url=address, api_key="sk-none", max_retries=0)
by_responses = ChatOpenAI(
    model="footnote",
    base_url=address,
    api_key="sk-none",
    max_retries=0,
    use_responses_api=True,
)
whole = chat.invoke([("system", "Be brief."), ("human", question)])
streamed = "".join(chunk.content for chunk in chat.stream(question))
response = by_responses.invoke(question)
pieces = [block for chunk in by_responses.stream(question) for block in chunk.content]
follow_up = chat.invoke([("human", question), ("ai", whole.content), ("human", "Why?")])
told = {
    "version": version("langchain-openai"),
    "text": whole.content,
    "tokens": whole.usage_metadata["total_tokens"],
    "streamed": streamed,
    "response": response.content[0]["text"],
    "response_annotations": len(response.content[0]["annotations"]),
    "response_streamed": "".join(one.get("text", "") for one in pieces),
    "follow_up": follow_up.content,
}
json.dump(told, sys.stdout)
