"""The numbers that all subjects compute with: the twin of workloads/numbers.ts."""

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
