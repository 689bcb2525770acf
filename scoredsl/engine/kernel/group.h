/* The rows of one partition, set by lead: what the walk goes through, and what a state keeps. */
#ifndef SCOREDSL_GROUP_H
#define SCOREDSL_GROUP_H

#include "kept.h"
#include "partition.h"

struct rows {
    const int64_t **row; /* in the order of arrival, then by lead */
    uint32_t *lead;
    int64_t *start; /* by lead, and the end */
    int64_t count, room, starts;
    const int64_t **sorted;
    int64_t sorted_room;
};

struct work {
    const struct store *store;
    int64_t lead_words, id_words;
    struct rows rows[STREAMS];
    uint64_t *loaded; /* what was in the file, in an older layout, or in a state */
    int64_t loaded_words, loaded_room;
    uint64_t *raw; /* a block of an older layout, as it was in the file */
    int64_t raw_bytes;
    uint64_t *keys; /* by lead: its words */
    int64_t leads, key_room;
    uint32_t *slots; /* lead + 1; 0 is empty */
    int64_t slot_count;
    const int64_t **spare; /* for sorting */
    const uint64_t **ids;
    int64_t spare_room, id_room;
    int64_t error;
};

EXPORT struct work *work_new(void);
EXPORT void work_free(struct work *w);

/* Sets rows of one stream, in the store's newest layout, by lead. */
int work_group_rows(struct work *w, const struct store *s, int64_t stream, const uint64_t *rows, int64_t count);
/* Sets the rows of a lead in canonical order; `by_time`: those of one time stay as they are. */
int set_in_order(struct work *w, int64_t stream, const int64_t **rows, int64_t count, int by_time);
/* Rows of an older layout in the newest. */
void widen_rows(const struct store *s, int64_t stream, int64_t layout, const uint64_t *from, uint64_t *to, int64_t rows);
/* Makes room for `count` items of `size` bytes in the array that a pointer at `array` names; what was there is lost
   unless `keep`. */
int reserve(void *array, int64_t *room, int64_t count, size_t size, int keep);

#endif
