"""Streams of random numbers that depend on a seed and a stream number only: xoshiro256++ seeded by splitmix64.

Each Monte Carlo replica draws from a stream of its own, so that a result does not depend on the order, the batches or
the threads in which replicas are computed. (D. Blackman, S. Vigna: Scrambled linear pseudorandom number generators,
ACM Transactions on Mathematical Software 47, 2021.)
"""

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.compiled import compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_A = np.uint64(0xBF58476D1CE4E5B9)
MIX_B = np.uint64(0x94D049BB133111EB)
S11, S17, S19, S23, S27, S30, S31, S32, S41, S45 = (np.uint64(n) for n in (11, 17, 19, 23, 27, 30, 31, 32, 41, 45))


@compiled
def mixed(value: np.uint64) -> np.uint64:
    """Return the value with its bits scrambled one to one (the finaliser of splitmix64).

    Shapes:  a scalar; result the same.
    Units:   64 bits without sign.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    value = (value ^ (value >> S30)) * MIX_A
    value = (value ^ (value >> S27)) * MIX_B
    return value ^ (value >> S31)


@compiled
def start_stream(seed: np.uint64, stream: np.uint64, state: NDArray[np.uint64]) -> None:
    """Leave in `state` the start of the stream with this number under this seed.

    Shapes:  state (4,), overwritten.
    Units:   64 bits without sign.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    counter = mixed(mixed(seed + GOLDEN) + stream)
    for word in range(4):
        counter += GOLDEN
        state[word] = mixed(counter)


@compiled
def next_word(state: NDArray[np.uint64]) -> np.uint64:
    """Return the stream's next 64 bits; `state` has moved on by one step (xoshiro256++).

    Shapes:  state (4,), moved on.
    Units:   64 bits without sign.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    total = state[0] + state[3]
    word: np.uint64 = ((total << S23) | (total >> S41)) + state[0]
    shifted = state[1] << S17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << S45) | (state[3] >> S19)
    return word


@compiled
def draw_below(limit: np.uint64, state: NDArray[np.uint64]) -> np.uint64:
    """Return a whole number in [0, limit) from the stream's next bits; `state` has moved on by one step.

    The upper 32 bits are scaled, which favours no number by more than limit / 2**32.

    Shapes:  state (4,), moved on.
    Units:   limit from 1 to 2**31.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    return ((next_word(state) >> S32) * limit) >> S32


@compiled
def draw_unit(state: NDArray[np.uint64]) -> float:
    """Return a number in [0, 1) from the stream's next bits; `state` has moved on by one step.

    Shapes:  state (4,), moved on.
    Units:   multiples of 2**-53.
    Errors:  none.
    Source:  docs/methods/scan-statistics.md, section "Replicas".
    """
    return (next_word(state) >> S11) * (1.0 / 9007199254740992.0)
