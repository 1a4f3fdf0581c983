"""The Python side of the protocol; bench/src/protocol.ts says what the lines mean."""

import json
import os
import resource
import signal
import sys
import time
import traceback


def send(message):
    sys.stdout.write(f"@bench {json.dumps(message)}\n")
    sys.stdout.flush()


def measure_steps(session, turns, together):
    times = []
    for _ in range(turns):
        session.prepare(together)
        start = time.perf_counter()
        session.run()
        times.append((time.perf_counter() - start) * 1000 / together)
        session.inspect()
    return {"times": times}


def resident_mb():
    # In KiB on Linux, in bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def serve(open_session):
    """Opens the case that the command line names, and answers until the input ends.

    A session has three methods: `prepare` makes fresh inputs for a number of steps, `run` makes them, `inspect` reads all
    results whole. Only `run` is timed.
    """
    # Whoever asks decides about the end; a Ctrl-C reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        name, session = open_session(json.loads(sys.argv[1]))
        send({"name": name})
        for line in sys.stdin:
            question = json.loads(line)
            if question["ask"] == "steps":
                send(measure_steps(session, question["turns"], question["together"]))
            else:
                send({"rssMB": resident_mb()})
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        send({"error": f"{type(error).__name__}: {error}"})
        os._exit(1)
    os._exit(0)
