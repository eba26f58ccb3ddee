"""The process of a subject in Python: takes requests from standard input, one after the other, as serve.ts does."""

import importlib
import json
import math
import os
import resource
import sys
import time

WARM_UP = 0.1  # share of a round that runs before the clock starts, as in timing.ts


class Fault(Exception):
    """Why there is no figure: kind is "absent", "unsupported" or "failed"."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class Repeat:
    """Makes rounds of a piece of work, as `repeat` in timing.ts does."""

    def __init__(self, work, each=False):
        self.work = work
        self.each = each
        self.call_ms = 0

    def run_for(self, ms, latencies=None):
        clock = time.perf_counter
        begin = before = clock()
        calls = 0
        while True:
            self.work()
            now = clock()
            if latencies is not None:
                latencies.append(1000 * (now - before))
            before = now
            calls += 1
            if 1000 * (before - begin) >= ms:
                break
        elapsed = 1000 * (before - begin)
        self.call_ms = elapsed / calls
        result = {"iterations": calls, "ms": elapsed}
        return result if latencies is None else {**result, "latenciesMs": latencies}

    def __call__(self, ms):
        if self.call_ms < WARM_UP * ms:
            self.run_for(WARM_UP * ms)
        return self.run_for(ms, [] if self.each else None)


def blas():
    """The file of the BLAS library that this process uses, which decides how fast products are."""
    with open("/proc/self/maps") as maps:
        paths = {os.path.realpath(line.split()[-1]) for line in maps if "blas" in line and "/" in line}
    names = sorted(os.path.basename(path) for path in paths if ".so" in path)
    return next((name for name in names if "openblas" in name), ", ".join(names) or "no BLAS")


def main():
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print goes where it can be seen
    subject = task = None
    for line in sys.stdin:
        request = json.loads(line)
        method, params = request["method"], request.get("params")
        try:
            if method == "open":
                subject = importlib.import_module(params["subject"]).open_subject(params["setting"])
                result = subject.description
            elif method == "prepare":
                task = subject.prepare(params["workload"], params["precision"])
                result = None
            elif method == "check":
                result = [x if math.isfinite(x) else None for x in task.check()]  # as JSON.stringify writes them
            elif method == "round":
                result = task.round(params["ms"])
            elif method == "memory":
                result = {"peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
            reply = {"id": request["id"], "result": result}
        except Fault as fault:
            reply = {"id": request["id"], "fault": fault.kind, "message": str(fault)}
        except Exception as error:  # told to the driver, which goes on with the others
            message = f"{type(error).__name__}: {error}".split("\n")[0][:300]
            reply = {"id": request["id"], "fault": "failed", "message": message}
        replies.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    sys.modules["serve"] = sys.modules["__main__"]  # subjects import Fault and Repeat from here
    main()
