/* Rows as a state keeps them from run to run: blocks of rows of one stream, by lead, each column apart.

   Numbers are words of 64 bits in the byte order of the machine. A block is

     head     how many rows, runs (rows of one lead that follow each other), words of a lead, words of an id, and columns
     leads    their words, one of each run
     runs     how many rows each has
     ids      their words, one of each row
     columns  of each row: the time, then as in the store. The time is kept as its distance from the row before, that of
              a run's first row from the earliest of the block, a word that stands before it

   The words of leads and ids, the runs and the columns are each kept in one of three ways, which a byte names:

     SAME     the word that all are
     FEW      how many words there are, these words, and for each item its place among them: one byte each, then, where
              there are more than 256, the higher bytes
     PLANES   the least word, a divisor, a byte that says which bytes of (word - least) / divisor differ from 0 somewhere,
              and these, one byte of all items after the other

   Texts that do not fit into words are numbered; whoever keeps the blocks keeps these texts, and renames the numbers. */
#ifndef SCOREDSL_KEPT_H
#define SCOREDSL_KEPT_H

#include "partition.h"

enum { KEPT_SAME, KEPT_FEW, KEPT_PLANES };
enum { KEPT_LEADS, KEPT_IDS, KEPT_TEXTS };
#define KEPT_HEAD 5

/* What a number of a text is now; `from` is sorted. */
struct renaming {
    int64_t count;
    const int64_t *from, *to;
};

struct kept_block {
    int64_t stream, rows;
    const uint8_t *bytes;
    int64_t size;
    const struct renaming *renamed; /* KEPT_TEXTS of them */
};

/* Writes the rows in the newest layout of the store. KERNEL_WRONG: this is no such block. */
int kept_read(const struct store *s, const struct kept_block *b, uint64_t *to);

#endif
