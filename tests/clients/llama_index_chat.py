"""What LlamaIndex's OpenAILike makes of us; run with the address and a question."""

import json
import sys
from importlib.metadata import version

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike

address, question = sys.argv[1:]
model = OpenAILike(
    model="footnote",
    api_base=address,
    api_key="sk-none",
    is_chat_model=True,
    max_retries=0,
    context_window=8192,
)
messages = [ChatMessage(role="system", content="Be brief."), ChatMessage(content=question)]
whole = model.chat(messages)
streamed = [one.delta for one in model.stream_chat(messages)]
told = {
    "version": version("llama-index-llms-openai-like"),
    "text": whole.message.content,
    "annotations": len(whole.raw.choices[0].message.annotations),
    "streamed": "".join(one or "" for one in streamed),
    "completed": model.complete(question).text,
}
json.dump(told, sys.stdout)
