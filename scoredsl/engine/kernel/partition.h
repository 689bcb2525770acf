/* The partition store: rows of 64-bit words, by the hash of their lead; in memory up to a budget, then in a file. */
#ifndef SCOREDSL_PARTITION_H
#define SCOREDSL_PARTITION_H

#include "lead.h"
#include "needless.h"
#include "texts.h"

enum { EVENTS, VERSIONS, GIVEN, STREAMS };

/* Events: lead, id, time, bits, channels; where they do not come in the order of the log, then their place in it.
   Profile rows: lead, time, place, bits, channels. Alerts that earlier runs gave: lead, time, score, tier before, tier.
   A layout says in how many words leads and ids are kept. Longer texts begin a new layout; rows of older ones are widened
   when their partition is walked. */
struct layout {
    int32_t lead_words, id_words;
};
#define MOST_LAYOUTS (2 * MOST_WORDS)

struct block {
    struct block *next;
    int64_t layout, rows;
    uint64_t words[];
};

/* A block that was written to the file. */
struct spilled {
    int64_t at, layout, rows;
};

struct chain {
    struct block *first, *last;
    struct spilled *spilled;
    int64_t spilled_count, spilled_room;
    int64_t rows; /* of all blocks but the one that is being filled */
};

struct cursor {
    uint64_t *at, *end; /* where the next row goes; the end of the rows that still fit */
};

struct slab {
    struct slab *next;
};

struct store {
    int64_t shift, bits; /* the partition is (hash >> shift) & (2^bits - 1) */
    int64_t has_ids, has_places;
    int64_t fixed[STREAMS]; /* words besides lead and id */
    struct layout layouts[MOST_LAYOUTS];
    int64_t layout_count;
    struct dictionary *leads, *ids, own[2];
    struct cursor *cursors[STREAMS];
    struct chain *chains[STREAMS];
    int64_t rows[STREAMS];
    struct needless *needless; /* NULL: all events are needed */
    /* memory */
    int64_t block_bytes, budget, blocks_used;
    struct block *unused;
    struct slab *slabs;
    uint8_t *fresh, *fresh_end;
    int64_t next_to_spill;
    /* the file */
    char *path;
    int file;
    int64_t file_end, error;
};

/* How many words a row has. */
static inline int64_t store_row_words(const struct store *s, int64_t stream, int64_t layout)
{
    const struct layout *l = &s->layouts[layout];
    return l->lead_words + (stream == EVENTS ? l->id_words : 0) + s->fixed[stream];
}

/* Begins a layout that is wider than the one before, or the same. */
void store_set_layout(struct store *s, struct layout wanted);
/* Appends rows of another store, in one of its layouts. */
int store_append_words(struct store *s, int64_t stream, const struct store *from, int64_t layout, const uint64_t *row,
                       int64_t rows);

#endif
