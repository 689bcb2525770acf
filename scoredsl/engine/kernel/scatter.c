/* Rows set apart by the hash of their lead, before they go to other machines. */
#include <stdlib.h>

#include "texts.h"

EXPORT int scatter(const struct text_column *lead, int64_t rows, int64_t buckets, int64_t *order, int64_t *starts);

/* The order of rows in which those of a bucket follow each other, each in its old order; where each bucket starts, and the end. */
int scatter(const struct text_column *lead, int64_t rows, int64_t buckets, int64_t *order, int64_t *starts)
{
    uint32_t *bucket = malloc((size_t)(rows ? rows : 1) * sizeof *bucket);
    if (!bucket) return KERNEL_NO_MEMORY;
    memset(starts, 0, (size_t)(buckets + 1) * sizeof *starts);
    for (int64_t i = 0; i < rows; i++) {
        bucket[i] = (uint32_t)(hash_text(text_at(lead, lead->kind, i)) % (uint64_t)buckets);
        starts[bucket[i]]++;
    }
    int64_t sum = 0;
    for (int64_t b = 0; b <= buckets; b++) {
        int64_t count = starts[b];
        starts[b] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < rows; i++) order[starts[bucket[i]]++] = i;
    for (int64_t b = buckets; b > 0; b--) starts[b] = starts[b - 1];
    starts[0] = 0;
    free(bucket);
    return KERNEL_OK;
}
