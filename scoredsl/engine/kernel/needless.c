#include "needless.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

#define MOST_LEADS (UINT64_C(1) << 20)
#define LEAST_LEADS (UINT64_C(1) << 8)
#define A_FEW 100000
#define LATELY 1000000

struct needless *needless_new(int64_t bits, const int64_t *since, int64_t budget)
{
    struct needless *n = calloc(1, sizeof *n);
    if (!n) return NULL;
    uint64_t leads = MOST_LEADS;
    while (leads > LEAST_LEADS && (int64_t)(leads * sizeof *n->leads) > budget / 32) leads /= 2;
    n->bits = bits;
    n->words = bits > 64 ? (bits + 63) / 64 : 1;
    n->always = calloc((size_t)n->words, sizeof *n->always);
    n->since = malloc((size_t)(bits + 1) * sizeof *n->since);
    n->leads = large_alloc((size_t)leads * sizeof *n->leads);
    n->lead_mask = leads - 1;
    if (!n->always || !n->since || !n->leads) {
        needless_free(n);
        return NULL;
    }
    memset(n->leads, 0, (size_t)leads * sizeof *n->leads);
    memcpy(n->since, since, (size_t)bits * sizeof *since);
    for (int64_t b = 0; b < bits; b++)
        if (since[b] == INT64_MIN) n->always[b / 64] |= UINT64_C(1) << (b % 64);
    return n;
}

void needless_free(struct needless *n)
{
    if (!n) return;
    free(n->always);
    free(n->since);
    free(n->leads);
    free(n);
}

void needless_weigh(struct needless *n, int64_t rows, int64_t needless, int64_t left_out)
{
    n->rows += rows;
    n->needless += needless;
    n->left_out += left_out;
    if (n->rows >= A_FEW && n->needless < n->rows / 2) n->given_up = 1;
    n->lately += rows;
    n->lately_left_out += left_out;
    if (n->lately < LATELY) return;
    if (n->rows > 4 * (int64_t)(n->lead_mask + 1) && n->lately_left_out < n->lately / 3) n->given_up = 1;
    n->lately = n->lately_left_out = 0;
}
