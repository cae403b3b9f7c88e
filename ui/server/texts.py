"""The English texts of what is served on any surface; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

PUBLIC_ADDRESS: Final = (
    "{host} can be reached from other machines, and the chat asks nobody who they are. Let people "
    "sign in with --users FILE or --proxy-header NAME, serve on 127.0.0.1, or say --insecure if "
    "everybody who reaches it may read the shelf."
)
EVERY_ADDRESS: Final = "The empty --host, which means every address,"
PORT_TAKEN: Final = (
    "Something else listens on {host}:{port} already. Stop it, or choose another port with --port."
)
NO_PORT: Final = "Footnote may not listen on {host}:{port}: {reason}. Choose another with --port."
OTHER_HOST: Final = (
    "This page is not served under the name {host}. Open it as localhost or 127.0.0.1, or let "
    "whoever runs it start it with --allow-host {host}."
)
OTHER_SITE: Final = "This came from another site, and is not done. Do it on the page itself."
NO_ADDRESS: Final = "--trusted-proxy {address} is not an IP address or network, as in 10.0.0.0/8."

DATES_CROSS: Final = "The filter ends before it begins; change one of its two dates."
NO_DATE: Final = "“{text}” is no date to filter by; write it like 2025 or 2025-10."
TOO_MANY_PAPERS: Final = "{most} papers at most can be chosen one by one; choose fewer, or filter."

TOO_LARGE: Final = "That is more than {size} together. Add the files in several goes."
TOO_MANY_FILES: Final = "That is more than {files} files at once. Add them in several goes."
NO_FILES: Final = "No file was chosen."
BROKEN: Final = (
    "What arrived was not a form with files. Send it as multipart/form-data, or use the page "
    "{address}."
)
TOO_SLOW: Final = "The files took too long to arrive. Add fewer at once."
CUT_OFF: Final = "The files did not arrive as a whole. Try again."
NO_ROOM: Final = "There is no room for these files on the server. Tell whoever runs it."
KEPT: Final = "What was read so far is kept, and is indexed when papers are added again."
INCIDENT: Final = (
    "Something went wrong here. Try again; if it stays, tell whoever runs this page the "
    "reference {reference}."
)
