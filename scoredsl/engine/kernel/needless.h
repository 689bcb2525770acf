/* Events that the walk can do without, once their lead is known to be there from an earlier time on (plan/needed.py). */
#ifndef SCOREDSL_NEEDLESS_H
#define SCOREDSL_NEEDLESS_H

#include "kernel.h"

/* A row that was kept of a lead. It stands where it is until rows are written to the file, or a layout ends: then the age
   is another. */
struct seen_lead {
    uint64_t hash; /* 0: none */
    int64_t time, age;
    const uint64_t *row;
};

struct needless {
    int64_t words, bits;
    uint64_t *always; /* by word: the bits of which all events are needed */
    int64_t *since;   /* by bit: needed are events that are later */
    struct seen_lead *leads;
    uint64_t lead_mask;
    int64_t age, left_out;
    int64_t rows, needless; /* seen so far */
    int64_t lately, lately_left_out;
    int given_up;
};

struct needless *needless_new(int64_t bits, const int64_t *since, int64_t budget); /* NULL: no memory */
void needless_free(struct needless *n);

/* To be called after a batch. To look every lead up costs as much as to carry some rows along: it is given up where few
   events are needless, or where there are so many leads that a lead is rarely found again. */
void needless_weigh(struct needless *n, int64_t rows, int64_t needless, int64_t left_out);

/* Whether nothing listens to an event: `columns` are time, then the words of its bits. */
INLINE int is_needless(const struct needless *n, const uint64_t *const *columns, int64_t i)
{
    int64_t time = (int64_t)columns[0][i];
    for (int64_t w = 0; w < n->words; w++) {
        uint64_t bits = columns[1 + w][i];
        if (bits & n->always[w]) return 0;
        for (; bits; bits &= bits - 1)
            if (time > n->since[64 * w + __builtin_ctzll(bits)]) return 0;
    }
    return 1;
}

INLINE struct seen_lead *seen_lead_of(struct needless *n, uint64_t hash) { return &n->leads[hash & n->lead_mask]; }

/* Whether a row of the lead, its words being `lead`, is kept that is not later. */
INLINE int is_seen(const struct needless *n, const struct seen_lead *seen, uint64_t hash, const uint64_t *lead,
                   int64_t lead_words, int64_t time)
{
    if (seen->hash != hash || seen->age != n->age || seen->time > time) return 0;
    for (int64_t k = 0; k < lead_words; k++)
        if (seen->row[k] != lead[k]) return 0;
    return 1;
}

#endif
