"""The numbers that all subjects compute with, and those that are compared: the twin of workloads/numbers.ts and answer.ts."""

import numpy as np

STREAM_STRIDE = 0x9E3779B9


def words(stream, size):
    x = np.arange(size, dtype=np.uint64) + np.uint64((stream * STREAM_STRIDE) & 0xFFFFFFFF)
    x = x.astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x21F0AAAD)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x735A2D97)
    return x ^ (x >> np.uint32(15))


def units(stream, size):
    return (words(stream, size) >> np.uint32(8)).astype(np.float64) / 16_777_216


def uniform(stream, size, low, high):
    return (low + (high - low) * units(stream, size)).astype(np.float32)


def integers(stream, size, count):
    return np.floor(units(stream, size) * count).astype(np.int64)


PARTS = 1000  # of a list of parameters, with a checksum each


def checksums(values, width):
    """Each row [width] times the same weights, in f64, row by row: a copy of all would count as memory."""
    flat = values.reshape(-1)
    weights = uniform(2, width, -1, 1).astype(np.float64)
    rows = (flat[i : i + width].astype(np.float64) for i in range(0, len(flat), width))
    return [float(row @ weights[: len(row)]) for row in rows]
