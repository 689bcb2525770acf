/* Result rows: taken in by partition, given back sorted by lead, as blocks that are rendered. */
#ifndef SCOREDSL_RESULTS_H
#define SCOREDSL_RESULTS_H

#include "texts.h"

/* Rows that follow each other in the order of the output. */
struct result_block {
    int64_t count;
    struct text *lead;
    const int64_t **row;
};

enum { COLUMN_LEAD, COLUMN_TEXT, COLUMN_POINTS, COLUMN_BOOLEAN, COLUMN_TIME };

/* Nothing is INT64_MIN everywhere, and any negative number for a text or a boolean. */
struct result_column {
    int64_t kind;
    int64_t word;           /* of the row */
    const int32_t *offsets; /* the texts by their codes, as they are to be written */
    const uint8_t *bytes;
    const uint8_t *name;    /* for JSON: what stands before the value */
    int64_t name_length;
    int64_t text_count;
};

/* What the codes of a word become; `codes` is NULL where they stay. */
struct recode {
    const int64_t *codes;
    int64_t count;
};

struct bytes {
    uint8_t *at;
    int64_t count, room;
};

#endif
