/* All that is known of one lead, as the partition store hands it to the walk. */
#ifndef SCOREDSL_LEAD_H
#define SCOREDSL_LEAD_H

#include "kernel.h"

struct lead_input {
    const uint64_t *lead;           /* the words of the lead; equal words are equal leads, nothing else is promised */
    int64_t events;                 /* how many events, in canonical order: time, id, place in the log */
    const int64_t *const *event;    /* each event: time, words of bits, channels (numbers are doubles in 8 bytes) */
    const uint64_t *const *ids;     /* the words of each event's id, all ones where it has none; NULL: no ids at all */
    int64_t versions;               /* how many profile rows: those without a time (INT64_MIN), then by time, then by place */
    const int64_t *const *version;  /* each: time, place, words of bits, channels */
    int64_t index;                  /* the lead's place in its partition: what result rows call it */
    int32_t lead_words;
    int32_t id_words;               /* equal words are equal ids */
    int64_t given;                  /* how many alerts earlier runs gave or took back, by time */
    const int64_t *const *alert;    /* each: time, score, tier before, tier */
};

/* Gives KERNEL_OK, or anything else to stop. */
typedef int walk_function(void *walker, const struct lead_input *in);

#endif
