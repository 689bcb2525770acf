/* Texts as words: comparing the words as unsigned numbers compares the texts byte by byte.

   A text of up to 8 * words - 1 bytes stands in the words big-endian, padded with zeros; the last byte is its length. Of a
   longer one the words but the last hold the beginning; the last is its number in a dictionary and 255 in the last byte.
   Equal words are equal texts. No text at all is all ones. */
#ifndef SCOREDSL_TEXTS_H
#define SCOREDSL_TEXTS_H

#include <string.h>

#include "kernel.h"

#define MOST_WORDS 16
#define LONG_TEXT 0xFF
#define NO_TEXT UINT64_MAX

/* A column of texts as Arrow has it. */
enum { TEXT_SMALL, TEXT_LARGE, TEXT_VIEW };

struct text_column {
    int64_t kind;
    int64_t offset;            /* of the first row */
    const uint8_t *items;      /* offsets of 4 or 8 bytes, or views of 16 */
    const uint8_t *data;       /* the bytes, where there are offsets */
    int64_t size;
    const uint8_t *validity;   /* bits; NULL: all are there */
    const uint8_t *const *buffers; /* the bytes, where there are views */
    const int64_t *sizes;
};

struct text {
    const uint8_t *bytes;
    const uint8_t *end; /* of what may be read */
    int64_t length;
};

static inline int text_is_there(const struct text_column *c, int64_t row)
{
    return !c->validity || (c->validity[(c->offset + row) >> 3] >> ((c->offset + row) & 7) & 1);
}

INLINE struct text text_at(const struct text_column *c, int64_t kind, int64_t row)
{
    struct text t;
    if (kind == TEXT_VIEW) {
        const uint8_t *view = c->items + 16 * (c->offset + row);
        int32_t part[4];
        memcpy(part, view, sizeof part);
        t.length = part[0];
        if (part[0] <= 12) {
            t.bytes = view + 4;
            t.end = view + 16;
        } else {
            t.bytes = c->buffers[part[2]] + part[3];
            t.end = c->buffers[part[2]] + c->sizes[part[2]];
        }
        return t;
    }
    int64_t from, to;
    if (kind == TEXT_SMALL) {
        int32_t two[2];
        memcpy(two, c->items + 4 * (c->offset + row), sizeof two);
        from = two[0];
        to = two[1];
    } else {
        int64_t two[2];
        memcpy(two, c->items + 8 * (c->offset + row), sizeof two);
        from = two[0];
        to = two[1];
    }
    t.length = to - from;
    t.bytes = c->data + from;
    t.end = c->data + c->size;
    return t;
}

/* Up to 8 bytes as a big-endian word, padded with zeros. */
INLINE uint64_t word_at(const uint8_t *bytes, const uint8_t *end, int64_t left)
{
    uint64_t word = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (end - bytes >= 8) {
        memcpy(&word, bytes, 8);
        word = __builtin_bswap64(word);
        return left >= 8 ? word : word & (UINT64_MAX << (64 - 8 * left));
    }
#endif
    (void)end;
    for (int64_t i = 0; i < left && i < 8; i++) word |= (uint64_t)bytes[i] << (56 - 8 * i);
    return word;
}

static inline void bytes_of_word(uint64_t word, uint8_t *bytes, int64_t count)
{
    for (int64_t i = 0; i < count; i++) bytes[i] = (uint8_t)(word >> (56 - 8 * i));
}

/* ---- the hash of a text: the same, whatever number of words it is kept in */

#define HASH_BEGIN UINT64_C(0x9E3779B97F4A7C15)

INLINE uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ (hash >> 29);
}

INLINE uint64_t hash_end(uint64_t hash, int64_t length)
{
    hash = (hash ^ (uint64_t)length) * UINT64_C(0x94D049BB133111EB);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ (hash >> 32);
}

static inline uint64_t hash_text(struct text t)
{
    uint64_t hash = HASH_BEGIN;
    for (int64_t at = 0; at < t.length; at += 8) hash = hash_word(hash, word_at(t.bytes + at, t.end, t.length - at));
    return hash_end(hash, t.length);
}

/* ---- the texts that do not fit in the words */

struct long_text {
    int64_t start, length;
    uint64_t hash;
};

struct dictionary {
    struct long_text *texts;
    int64_t count, room;
    uint8_t *bytes;
    int64_t used, size;
    int64_t *slots; /* number + 1; 0 is empty */
    int64_t slot_count;
    int64_t *rank;  /* by number: the place among all, once sealed */
    uint64_t *tail; /* by number: the last word, as if the text went on in it */
};

int64_t dictionary_number(struct dictionary *d, struct text t, uint64_t hash); /* -1: no memory */
int dictionary_seal(struct dictionary *d, int64_t words);
void dictionary_free(struct dictionary *d);
int64_t dictionary_memory(const struct dictionary *d);

static inline struct text dictionary_text(const struct dictionary *d, int64_t number)
{
    const struct long_text *found = &d->texts[number];
    struct text t = {d->bytes + found->start, d->bytes + found->start + found->length, found->length};
    return t;
}

/* As text_encode, for a text that does not fit. */
uint64_t text_encode_long(struct dictionary *d, uint64_t *to, int64_t words, struct text t);

/* Writes a text's words and gives its hash. 0 where memory is out: no hash is. */
INLINE uint64_t text_encode(struct dictionary *d, uint64_t *to, int64_t words, struct text t)
{
    if (t.length >= 8 * words) return text_encode_long(d, to, words, t);
    uint64_t hash = HASH_BEGIN;
    for (int64_t i = 0; i < words; i++) {
        to[i] = 0;
        if (8 * i >= t.length) continue;
        to[i] = word_at(t.bytes + 8 * i, t.end, t.length - 8 * i);
        hash = hash_word(hash, to[i]);
    }
    to[words - 1] |= (uint64_t)t.length;
    hash = hash_end(hash, t.length);
    return hash ? hash : 1;
}

static inline int is_long(uint64_t last) { return (last & 0xFF) == LONG_TEXT; }

/* The hash that text_encode gave. */
static inline uint64_t words_hash(const struct dictionary *d, const uint64_t *from, int64_t words)
{
    uint64_t last = from[words - 1], hash = HASH_BEGIN;
    if (is_long(last)) {
        hash = d->texts[last >> 8].hash;
        return hash ? hash : 1;
    }
    int64_t length = (int64_t)(last & 0xFF);
    for (int64_t i = 0; 8 * i < length; i++) hash = hash_word(hash, i == words - 1 ? from[i] & ~(uint64_t)0xFF : from[i]);
    hash = hash_end(hash, length);
    return hash ? hash : 1;
}

/* How many bytes the text of the words has. */
static inline int64_t words_length(const struct dictionary *d, const uint64_t *from, int64_t words)
{
    uint64_t last = from[words - 1];
    return is_long(last) ? d->texts[last >> 8].length : (int64_t)(last & 0xFF);
}

void words_decode(const struct dictionary *d, const uint64_t *from, int64_t words, uint8_t *bytes);
/* The same text in more words. */
void words_widen(const struct dictionary *d, const uint64_t *from, int64_t words, uint64_t *to, int64_t more);

/* The order of two texts of as many words; no text comes last. The dictionary is sealed. */
static inline int words_compare(const struct dictionary *d, const uint64_t *a, const uint64_t *b, int64_t words)
{
    for (int64_t i = 0; i < words - 1; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    uint64_t x = a[words - 1], y = b[words - 1];
    if (x == y) return 0;
    int both = x != NO_TEXT && y != NO_TEXT && is_long(x) && is_long(y);
    uint64_t p = x != NO_TEXT && is_long(x) ? d->tail[x >> 8] : x;
    uint64_t q = y != NO_TEXT && is_long(y) ? d->tail[y >> 8] : y;
    if (p != q) return p < q ? -1 : 1;
    return both ? (d->rank[x >> 8] < d->rank[y >> 8] ? -1 : 1) : 0;
}

#endif
