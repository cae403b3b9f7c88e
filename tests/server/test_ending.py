"""A process that was told to end is gone in time, also where a thread goes on."""

import subprocess
import sys
import threading
import time

from ui.server.ending import end_within

STUCK = """
import signal, threading, time
from ui.server.ending import end_within
from ui.server.logs import log_to_stderr
log_to_stderr()
signal.signal(signal.SIGTERM, lambda *_: end_within(0.3))
threading.Thread(target=time.sleep, args=(60,)).start()
print("ready", flush=True)
"""


def test_what_does_not_end_is_cut_off_and_the_log_says_so():
    child = subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    began = time.monotonic()
    child.terminate()
    _, said = child.communicate(timeout=20)

    assert child.returncode == 0
    assert time.monotonic() - began < 10
    assert "it is cut off, and nothing that was kept is lost" in said
    assert "Traceback" not in said


def test_until_then_the_process_is_left_alone():
    left = threading.Event()
    end_within(0.2, leave=lambda _: left.set())

    assert not left.is_set()
    assert left.wait(5)
