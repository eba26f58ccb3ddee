"""Reads a safetensors file with nothing but Python's standard library and prints it as JSON.

It shares no line with the library, so that both agreeing means that the file has the layout that it should have.
"""

import json
import struct
import sys

FORMATS = {"F64": "d", "F32": "f", "I32": "i", "U8": "B", "BOOL": "?"}


def read(path):
    with open(path, "rb") as file:
        blob = file.read()
    (length,) = struct.unpack_from("<Q", blob, 0)
    assert length % 8 == 0, "the header is not padded to 8 bytes"
    assert blob[8:9] == b"{", "the header does not start with {"
    header = json.loads(blob[8 : 8 + length].decode("utf-8"))
    data = blob[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors = {}
    position = 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = info["data_offsets"]
        code = FORMATS[info["dtype"]]
        count = 1
        for size in info["shape"]:
            count *= size
        assert begin == position, f"a gap before {name}"
        assert begin % struct.calcsize(code) == 0, f"{name} is not aligned"
        assert end - begin == count * struct.calcsize(code), f"the size of {name} is wrong"
        values = struct.unpack(f"<{count}{code}", data[begin:end])
        tensors[name] = {"dtype": info["dtype"], "shape": info["shape"], "values": [printable(x) for x in values]}
        position = end
    assert position == len(data), "bytes follow the last tensor"
    return {"metadata": metadata, "tensors": tensors}


def printable(x):
    """JSON has no NaN, no infinities, and JavaScript prints -0 as 0: those go as texts."""
    special = isinstance(x, float) and (x != x or x in (float("inf"), float("-inf")) or (x == 0 and str(x) == "-0.0"))
    return repr(x) if special else x


print(json.dumps(read(sys.argv[1])))
