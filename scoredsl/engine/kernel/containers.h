/* Growable arrays, queues and hash maps of the walk. They keep their memory from lead to lead. */
#ifndef SCOREDSL_CONTAINERS_H
#define SCOREDSL_CONTAINERS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A queue of 64-bit words: what is in it stands at a[head] .. a[n - 1]. */
typedef struct {
    int64_t *a;
    int64_t head, n, cap;
} queue;

/* Out of memory ends the process of counting, never with a wrong score: the caller checks `failed`. */
extern _Thread_local int scoredsl_out_of_memory;

static inline void queue_clear(queue *q) { q->head = q->n = 0; }

static inline int64_t queue_size(const queue *q) { return q->n - q->head; }

static inline int queue_reserve(queue *q, int64_t more) {
    if (q->n + more <= q->cap) return 1;
    if (q->head > q->n / 2) {
        memmove(q->a, q->a + q->head, (size_t)(q->n - q->head) * sizeof(int64_t));
        q->n -= q->head;
        q->head = 0;
        if (q->n + more <= q->cap) return 1;
    }
    int64_t cap = q->cap ? q->cap * 2 : 16;
    while (cap < q->n + more) cap *= 2;
    int64_t *a = realloc(q->a, (size_t)cap * sizeof(int64_t));
    if (a == NULL) {
        scoredsl_out_of_memory = 1;
        return 0;
    }
    q->a = a;
    q->cap = cap;
    return 1;
}

static inline void queue_push(queue *q, int64_t x) {
    if (q->n == q->cap && !queue_reserve(q, 1)) return;
    q->a[q->n++] = x;
}

static inline void queue_free(queue *q) {
    free(q->a);
    memset(q, 0, sizeof *q);
}

/* A hash map from a pair of words to a small number: entries are numbered from 0 in the order in which they came. */
typedef struct {
    int64_t *keys; /* pairs, by entry number */
    int32_t *slots; /* entry number + 1; 0 is empty */
    int64_t n, cap, mask;
} pair_map;

static inline uint64_t mix64(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

static inline void map_clear(pair_map *m) {
    if (m->n == 0) return;
    if (m->mask > 1023) { /* one busy lead must not make all others pay */
        free(m->slots);
        m->slots = NULL;
        m->mask = 0;
    } else {
        memset(m->slots, 0, (size_t)(m->mask + 1) * sizeof(int32_t));
    }
    m->n = 0;
}

static inline void map_free(pair_map *m) {
    free(m->keys);
    free(m->slots);
    memset(m, 0, sizeof *m);
}

static inline int map_grow(pair_map *m) {
    int64_t mask = m->slots ? m->mask * 2 + 1 : 15;
    int32_t *slots = calloc((size_t)mask + 1, sizeof(int32_t));
    if (slots == NULL) {
        scoredsl_out_of_memory = 1;
        return 0;
    }
    for (int64_t i = 0; i < m->n; i++) {
        uint64_t h = mix64((uint64_t)m->keys[2 * i] * 31 + (uint64_t)m->keys[2 * i + 1]);
        while (slots[h & (uint64_t)mask]) h++;
        slots[h & (uint64_t)mask] = (int32_t)(i + 1);
    }
    free(m->slots);
    m->slots = slots;
    m->mask = mask;
    return 1;
}

/* The entry of a pair, -1 where it is not there. */
static inline int64_t map_find(const pair_map *m, int64_t a, int64_t b) {
    if (m->n == 0) return -1;
    uint64_t h = mix64((uint64_t)a * 31 + (uint64_t)b);
    int32_t s;
    while ((s = m->slots[h & (uint64_t)m->mask])) {
        if (m->keys[2 * (s - 1)] == a && m->keys[2 * (s - 1) + 1] == b) return s - 1;
        h++;
    }
    return -1;
}

/* The entry of a pair, made where it is not there (then it is the newest: n - 1). -1 when memory is out. */
static inline int64_t map_entry(pair_map *m, int64_t a, int64_t b) {
    int64_t found = map_find(m, a, b);
    if (found >= 0) return found;
    if (m->slots == NULL || m->n * 2 >= m->mask) {
        if (!map_grow(m)) return -1;
    }
    if (m->n == m->cap) {
        int64_t cap = m->cap ? m->cap * 2 : 16;
        int64_t *keys = realloc(m->keys, (size_t)cap * 2 * sizeof(int64_t));
        if (keys == NULL) {
            scoredsl_out_of_memory = 1;
            return -1;
        }
        m->keys = keys;
        m->cap = cap;
    }
    uint64_t h = mix64((uint64_t)a * 31 + (uint64_t)b);
    while (m->slots[h & (uint64_t)m->mask]) h++;
    m->keys[2 * m->n] = a;
    m->keys[2 * m->n + 1] = b;
    m->slots[h & (uint64_t)m->mask] = (int32_t)(m->n + 1);
    return m->n++;
}

#endif
