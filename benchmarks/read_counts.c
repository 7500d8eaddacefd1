/* The bound of every scan that reads each count of each zone: the same rows in the same order, added up in registers.
   A row holds the counts of one place: VECTORS * 64 bytes, aligned. */
#include <stdint.h>

typedef int8_t bytes __attribute__((vector_size(64)));

int8_t read_counts(const bytes *counts, const int32_t *places, const int64_t *starts, long first, long last)
{
    bytes all = {0};
    for (long centre = first; centre < last; centre++) {
        bytes sums[VECTORS] = {{0}};
        for (int64_t entry = starts[centre]; entry < starts[centre + 1]; entry++) {
            const bytes *row = counts + (int64_t)places[entry] * VECTORS;
#pragma GCC unroll 64
            for (int vector = 0; vector < VECTORS; vector++)
                sums[vector] += row[vector];
        }
        for (int vector = 0; vector < VECTORS; vector++)
            all ^= sums[vector];
    }
    int8_t answer = 0;
    for (int lane = 0; lane < 64; lane++)
        answer ^= all[lane];
    return answer;
}
