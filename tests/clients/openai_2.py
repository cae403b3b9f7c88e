"""What OpenAI's client of the line before makes of us; run with the address and a question."""

import json
import sys

import openai

address, question = sys.argv[1:]
client = openai.OpenAI(base_url=address, api_key="sk-none", max_retries=0)
messages = [{"role": "user", "content": question}]
whole = client.chat.completions.create(model="footnote", messages=messages)
with client.chat.completions.stream(model="footnote", messages=messages) as stream:
    kinds = {event.type for event in stream}
    streamed = stream.get_final_completion()
with client.responses.stream(model="footnote", input=question) as stream:
    events = [event.type for event in stream]
    response = stream.get_final_response()
try:
    client.chat.completions.create(model="gpt-4o", messages=messages)
except openai.NotFoundError as error:
    refused = error.code
failing = client.chat.completions.create(
    model="footnote", messages=[{"role": "user", "content": "fail"}], stream=True
)
try:
    list(failing)
except openai.APIError as error:
    broken = error.code
message = whole.choices[0].message
cited = [one.url_citation for one in message.annotations]
told = {
    "version": openai.__version__,
    "models": [one.id for one in client.models.list()],
    "text": message.content,
    "markers": [message.content[one.start_index : one.end_index] for one in cited],
    "streamed": streamed.choices[0].message.content,
    "streamed_annotations": len(streamed.choices[0].message.annotations),
    "deltas": "content.delta" in kinds,
    "response": response.output_text,
    "response_annotations": len(response.output[0].content[0].annotations),
    "last_event": events[-1],
    "citations": whole.citations,
    "refused": refused,
    "broken": broken,
}
json.dump(told, sys.stdout)
