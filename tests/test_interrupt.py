"""Ctrl-C while a long log is read."""

import subprocess
import sys

import pytest

# 24 MB of rows; the signal comes while they are read, and the time from it to the exception is printed
SCRIPT = """
import os, signal, sys, threading, time
import szilard as sz

rows = b"".join(b"%d.%d,%d.5\\n" % (i // 10, i % 10, 90 + i % 20) for i in range(2_000_000))
log, sent = b"time [s],power [W]\\n" + rows, []

def interrupt():
    time.sleep(0.05)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt).start()
try:
    sz.read_trace(log)
    print("read", time.monotonic() - sent[0] if sent else -1.0)
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - sent[0])
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to a process of its own")
def test_a_long_log_can_be_left():
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=300, check=True)
    word, seconds = ran.stdout.split()
    # it looks twenty times a second; a busy machine is given ten times as long
    assert word == "interrupted"
    assert float(seconds) < 2.0
