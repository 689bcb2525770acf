/* Appends record batches to the partitions; spills full blocks; splits a partition that is too large. */
#include "partition.h"

#include <errno.h>
#include <stdlib.h>

#include "spill.h"

#define SLAB_BYTES (INT64_C(16) << 20)

EXPORT struct store *store_new(int64_t has_ids, int64_t has_places, int64_t shift, int64_t bits, int64_t block_bytes,
                               int64_t budget, const char *path, const struct store *parent);
EXPORT void store_free(struct store *s);
EXPORT int store_append(struct store *s, int64_t stream, int64_t rows, const struct text_column *lead,
                        const struct text_column *id, const uint64_t *const *columns, int64_t column_count);
EXPORT int store_leave_out(struct store *s, int64_t bits, const int64_t *since);
EXPORT int64_t store_left_out(const struct store *s);
EXPORT int store_split(struct store *s, int64_t partition, struct store *into, const volatile int32_t *cancel);
EXPORT int store_seal(struct store *s);
EXPORT int64_t store_rows(const struct store *s, int64_t stream, int64_t partition);
EXPORT int64_t store_bytes(const struct store *s, int64_t partition);
EXPORT int64_t store_memory(const struct store *s);
EXPORT int64_t store_spilled(const struct store *s);
EXPORT int64_t store_error(const struct store *s);
EXPORT void store_layout(const struct store *s, int64_t *lead_words, int64_t *id_words, int64_t *layouts);
EXPORT void store_drop(struct store *s, int64_t partition);

static int64_t partitions(const struct store *s) { return INT64_C(1) << s->bits; }

struct store *store_new(int64_t has_ids, int64_t has_places, int64_t shift, int64_t bits, int64_t block_bytes,
                        int64_t budget, const char *path, const struct store *parent)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->has_ids = has_ids;
    s->has_places = has_places;
    s->shift = shift;
    s->bits = bits;
    s->block_bytes = block_bytes;
    s->budget = budget;
    s->file = -1;
    s->leads = &s->own[0];
    s->ids = &s->own[1];
    s->path = malloc(strlen(path) + 1);
    if (s->path) strcpy(s->path, path);
    int missing = !s->path;
    for (int stream = 0; stream < STREAMS; stream++) {
        s->fixed[stream] = parent ? parent->fixed[stream] : -1;
        s->cursors[stream] = calloc((size_t)partitions(s), sizeof *s->cursors[stream]);
        s->chains[stream] = calloc((size_t)partitions(s), sizeof *s->chains[stream]);
        missing |= !s->cursors[stream] || !s->chains[stream];
    }
    if (parent) {
        s->leads = parent->leads;
        s->ids = parent->ids;
        s->layout_count = 1; /* what is split is widened on its way */
        s->layouts[0] = parent->layouts[parent->layout_count - 1];
    }
    if (missing) {
        store_free(s);
        return NULL;
    }
    return s;
}

void store_free(struct store *s)
{
    if (!s) return;
    for (int stream = 0; stream < STREAMS; stream++) {
        if (s->chains[stream])
            for (int64_t p = 0; p < partitions(s); p++) free(s->chains[stream][p].spilled);
        free(s->chains[stream]);
        free(s->cursors[stream]);
    }
    for (struct slab *slab = s->slabs, *next; slab; slab = next) {
        next = slab->next;
        free(slab);
    }
    dictionary_free(&s->own[0]);
    dictionary_free(&s->own[1]);
    needless_free(s->needless);
    if (s->file >= 0) spill_close(s->file);
    free(s->path);
    free(s);
}

/* ---- blocks */

static int slab_new(struct store *s)
{
    int64_t size = s->block_bytes + 64 > SLAB_BYTES ? s->block_bytes + 64 : SLAB_BYTES;
    struct slab *slab = malloc((size_t)size);
    if (!slab) return 0;
    slab->next = s->slabs;
    s->slabs = slab;
    s->fresh = (uint8_t *)slab + 64;
    s->fresh_end = (uint8_t *)slab + size;
    return 1;
}

static struct block *block_new(struct store *s)
{
    struct block *b = s->unused;
    if (b) {
        s->unused = b->next;
    } else {
        if (s->fresh_end - s->fresh < s->block_bytes && !slab_new(s)) return NULL;
        b = (struct block *)s->fresh;
        s->fresh += s->block_bytes;
    }
    s->blocks_used++;
    return b;
}

static void block_free(struct store *s, struct block *b)
{
    b->next = s->unused;
    s->unused = b;
    s->blocks_used--;
}

/* How many rows stand in the block that is being filled. */
static int64_t open_rows(const struct store *s, int64_t stream, int64_t partition)
{
    const struct block *last = s->chains[stream][partition].last;
    const uint64_t *at = s->cursors[stream][partition].at;
    return at ? (at - last->words) / store_row_words(s, stream, last->layout) : 0;
}

/* Ends the chain's last block: the next row begins another one. */
static void close_block(struct store *s, int64_t stream, int64_t partition)
{
    if (!s->cursors[stream][partition].at) return;
    struct chain *c = &s->chains[stream][partition];
    c->last->rows = open_rows(s, stream, partition);
    c->rows += c->last->rows;
    s->cursors[stream][partition] = (struct cursor){NULL, NULL};
}

static int64_t in_use(const struct store *s)
{
    return s->blocks_used * s->block_bytes + dictionary_memory(&s->own[0]) + dictionary_memory(&s->own[1]);
}

static int spill_chain(struct store *s, int64_t stream, int64_t partition)
{
    struct chain *c = &s->chains[stream][partition];
    int open = s->cursors[stream][partition].at != NULL; /* then the last block is being filled */
    while (c->first && !(open && c->first == c->last)) {
        struct block *b = c->first;
        if (c->spilled_count == c->spilled_room) {
            int64_t room = c->spilled_room ? 2 * c->spilled_room : 8;
            struct spilled *grown = realloc(c->spilled, (size_t)room * sizeof *grown);
            if (!grown) return KERNEL_NO_MEMORY;
            c->spilled = grown;
            c->spilled_room = room;
        }
        if (s->file < 0) {
            s->file = spill_open(s->path);
            if (s->file < 0) {
                s->error = errno;
                return KERNEL_FILE;
            }
        }
        int64_t size = b->rows * store_row_words(s, stream, b->layout) * 8;
        s->error = spill_write(s->file, b->words, size, s->file_end);
        if (s->error) return KERNEL_FILE;
        c->spilled[c->spilled_count++] = (struct spilled){s->file_end, b->layout, b->rows};
        s->file_end += size;
        c->first = b->next;
        if (!c->first) c->last = NULL;
        block_free(s, b);
    }
    return KERNEL_OK;
}

/* Writes full blocks to the file, one partition after the other, until half of the budget is free. */
static int spill(struct store *s)
{
    if (s->needless) s->needless->age++;
    int64_t all = STREAMS * partitions(s);
    for (int64_t i = 0; i < all && in_use(s) > s->budget / 2; i++) {
        int64_t next = s->next_to_spill++ % all;
        int result = spill_chain(s, next % STREAMS, next / STREAMS);
        if (result != KERNEL_OK) return result;
    }
    return KERNEL_OK;
}

static int begin_block(struct store *s, int64_t stream, int64_t partition)
{
    close_block(s, stream, partition);
    if (in_use(s) > s->budget) {
        int result = spill(s);
        if (result != KERNEL_OK) return result;
    }
    struct block *b = block_new(s);
    if (!b) return KERNEL_NO_MEMORY;
    int64_t layout = s->layout_count - 1, words = store_row_words(s, stream, layout);
    int64_t rows = (s->block_bytes - (int64_t)sizeof *b) / (8 * words);
    b->next = NULL;
    b->layout = layout;
    b->rows = 0;
    struct chain *c = &s->chains[stream][partition];
    if (c->last)
        c->last->next = b;
    else
        c->first = b;
    c->last = b;
    s->cursors[stream][partition] = (struct cursor){b->words, b->words + rows * words};
    return KERNEL_OK;
}

/* ---- layouts */

/* In how many words the texts are to be kept, which are now kept in `words` (0: none yet). */
static int64_t words_for(const struct text_column *c, int64_t rows, int64_t words, int64_t known)
{
    int64_t count[MOST_WORDS + 2] = {0}, there = 0, over = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (!text_is_there(c, i)) continue;
        int64_t needed = text_at(c, c->kind, i).length / 8 + 1;
        count[needed > MOST_WORDS ? MOST_WORDS + 1 : needed]++;
        there++;
    }
    for (int64_t i = words + 1; i <= MOST_WORDS + 1; i++) over += count[i];
    if (words && (!over || (over <= there / 256 && known + over <= 4096))) return words;
    int64_t wanted = words ? words : 1, left = over;
    for (int64_t i = words + 1; i <= wanted; i++) left -= count[i];
    /* A few that are much longer than all others do not make all others longer. */
    while (wanted < MOST_WORDS && left > there / 256) left -= count[++wanted];
    return wanted;
}

void store_set_layout(struct store *s, struct layout wanted)
{
    struct layout now = s->layout_count ? s->layouts[s->layout_count - 1] : (struct layout){0, 0};
    if (s->layout_count && wanted.lead_words == now.lead_words && wanted.id_words == now.id_words) return;
    for (int stream = 0; stream < STREAMS; stream++)
        for (int64_t p = 0; s->layout_count && p < partitions(s); p++) close_block(s, stream, p);
    if (s->needless) s->needless->age++;
    s->layouts[s->layout_count++] = wanted; /* each is wider than the one before: there is room */
}

static void set_layout(struct store *s, int64_t rows, const struct text_column *lead, const struct text_column *id)
{
    struct layout now = s->layout_count ? s->layouts[s->layout_count - 1] : (struct layout){0, 0};
    struct layout wanted = now;
    wanted.lead_words = (int32_t)words_for(lead, rows, now.lead_words, s->leads->count);
    if (s->has_ids && id) wanted.id_words = (int32_t)words_for(id, rows, now.id_words, s->ids->count);
    store_set_layout(s, wanted);
}

/* ---- rows */

/* A batch on its way in, and where it goes. */
struct batch {
    int64_t stream, words, lead_words, id_words, column_count;
    const struct text_column *lead, *id;
    const uint64_t *const *columns;
};

/* Writes a row, its lead as words; gives where it stands. NULL: `result` says why not. */
INLINE uint64_t *append_row(struct store *s, const struct batch *b, int64_t i, const uint64_t *lead, int64_t lead_words,
                            uint64_t hash, int *result)
{
    int64_t partition = (int64_t)(hash >> s->shift & ((uint64_t)partitions(s) - 1));
    struct cursor *cursor = &s->cursors[b->stream][partition];
    if (__builtin_expect(cursor->at == cursor->end, 0)) {
        *result = begin_block(s, b->stream, partition);
        if (*result != KERNEL_OK) return NULL;
    }
    uint64_t *row = cursor->at, *to = row;
    for (int64_t k = 0; k < lead_words; k++) to[k] = lead[k];
    to += lead_words;
    if (b->id_words) {
        if (!b->id || !text_is_there(b->id, i)) {
            for (int64_t k = 0; k < b->id_words; k++) to[k] = NO_TEXT;
        } else if (!text_encode(s->ids, to, b->id_words, text_at(b->id, b->id->kind, i))) {
            *result = KERNEL_NO_MEMORY;
            return NULL;
        }
        to += b->id_words;
    }
    for (int64_t k = 0; k < b->column_count; k++) to[k] = b->columns[k][i];
    cursor->at += b->words;
    return row;
}

INLINE int append_all(struct store *s, const struct batch *b, int64_t rows, int64_t kind, int64_t lead_words)
{
    int result = KERNEL_OK;
    for (int64_t i = 0; i < rows; i++) {
        uint64_t lead[MOST_WORDS];
        uint64_t hash = text_encode(s->leads, lead, lead_words, text_at(b->lead, kind, i));
        if (!hash) return KERNEL_NO_MEMORY;
        if (!append_row(s, b, i, lead, lead_words, hash, &result)) return result;
    }
    return KERNEL_OK;
}

#define AHEAD 32

/* All but what is needless. What is known of the leads is fetched ahead: it is somewhere in much memory. */
INLINE int append_needed(struct store *s, const struct batch *b, int64_t rows, int64_t kind, int64_t lead_words)
{
    struct needless *needless = s->needless;
    int64_t found = 0, left_out = 0;
    int result = KERNEL_OK;
    for (int64_t from = 0; from < rows; from += AHEAD) {
        uint64_t lead[AHEAD][MOST_WORDS], hash[AHEAD];
        struct seen_lead *seen[AHEAD];
        int64_t count = rows - from < AHEAD ? rows - from : AHEAD;
        for (int64_t j = 0; j < count; j++) {
            hash[j] = text_encode(s->leads, lead[j], lead_words, text_at(b->lead, kind, from + j));
            if (!hash[j]) return KERNEL_NO_MEMORY;
            seen[j] = is_needless(needless, b->columns, from + j) ? seen_lead_of(needless, hash[j]) : NULL;
            if (!seen[j]) continue;
            __builtin_prefetch(seen[j], 1);
            found++;
        }
        for (int64_t j = 0; j < count; j++)
            if (seen[j] && seen[j]->hash == hash[j]) __builtin_prefetch(seen[j]->row);
        for (int64_t j = 0; j < count; j++) {
            int64_t time = (int64_t)b->columns[0][from + j];
            if (seen[j] && is_seen(needless, seen[j], hash[j], lead[j], lead_words, time)) {
                left_out++;
                continue;
            }
            const uint64_t *row = append_row(s, b, from + j, lead[j], lead_words, hash[j], &result);
            if (!row) return result;
            if (seen[j]) *seen[j] = (struct seen_lead){hash[j], time, needless->age, row};
        }
    }
    needless_weigh(needless, rows, found, left_out);
    return KERNEL_OK;
}

#define BY_KIND(append)                                                                     \
    switch (lead->kind * 8 + (b.lead_words < 4 ? b.lead_words : 0)) {                       \
    case TEXT_SMALL * 8 + 1: result = append(s, &b, rows, TEXT_SMALL, 1); break;            \
    case TEXT_SMALL * 8 + 2: result = append(s, &b, rows, TEXT_SMALL, 2); break;            \
    case TEXT_SMALL * 8 + 3: result = append(s, &b, rows, TEXT_SMALL, 3); break;            \
    case TEXT_VIEW * 8 + 1: result = append(s, &b, rows, TEXT_VIEW, 1); break;              \
    case TEXT_VIEW * 8 + 2: result = append(s, &b, rows, TEXT_VIEW, 2); break;              \
    default: result = append(s, &b, rows, lead->kind, b.lead_words);                        \
    }

/* Columns of a profile row: time, place, bits, channels. Of an event: time, bits, channels, and its place if events have it. */
int store_append(struct store *s, int64_t stream, int64_t rows, const struct text_column *lead,
                 const struct text_column *id, const uint64_t *const *columns, int64_t column_count)
{
    if (rows == 0) return KERNEL_OK;
    s->fixed[stream] = column_count;
    set_layout(s, rows, lead, id);
    const struct layout *now = &s->layouts[s->layout_count - 1];
    const struct batch b = {stream, store_row_words(s, stream, s->layout_count - 1), now->lead_words,
                            stream == EVENTS ? now->id_words : 0, column_count, lead, id, columns};
    int64_t left_out = store_left_out(s);
    int result;
    if (stream == EVENTS && s->needless && !s->needless->given_up) {
        BY_KIND(append_needed)
    } else {
        BY_KIND(append_all)
    }
    s->rows[stream] += rows - (store_left_out(s) - left_out);
    return result;
}
#undef BY_KIND

/* From now on events that the walk can do without are left out. */
int store_leave_out(struct store *s, int64_t bits, const int64_t *since)
{
    s->needless = needless_new(bits, since, s->budget);
    return s->needless ? KERNEL_OK : KERNEL_NO_MEMORY;
}

int64_t store_left_out(const struct store *s) { return s->needless ? s->needless->left_out : 0; }

/* ---- a partition that is too large */

int store_append_words(struct store *s, int64_t stream, const struct store *from, int64_t layout, const uint64_t *row,
                       int64_t rows)
{
    const struct layout *old = &from->layouts[layout], *now = &s->layouts[0];
    int64_t old_words = store_row_words(from, stream, layout), words = store_row_words(s, stream, 0);
    uint64_t mask = (uint64_t)partitions(s) - 1;
    int64_t old_id = stream == EVENTS ? old->id_words : 0, id = stream == EVENTS ? now->id_words : 0;
    for (int64_t i = 0; i < rows; i++, row += old_words) {
        int64_t partition = (int64_t)(words_hash(s->leads, row, old->lead_words) >> s->shift & mask);
        if (s->cursors[stream][partition].at == s->cursors[stream][partition].end) {
            int result = begin_block(s, stream, partition);
            if (result != KERNEL_OK) return result;
        }
        uint64_t *to = s->cursors[stream][partition].at;
        if (old_words == words) {
            memcpy(to, row, (size_t)words * sizeof *to);
        } else {
            words_widen(s->leads, row, old->lead_words, to, now->lead_words);
            if (id && old_id)
                words_widen(s->ids, row + old->lead_words, old_id, to + now->lead_words, id);
            else if (id)
                for (int64_t k = 0; k < id; k++) to[now->lead_words + k] = NO_TEXT;
            memcpy(to + now->lead_words + id, row + old->lead_words + old_id, (size_t)s->fixed[stream] * sizeof *to);
        }
        s->cursors[stream][partition].at += words;
        s->rows[stream]++;
    }
    return KERNEL_OK;
}

/* Moves all rows of a partition into another store, which looks at more bits of the hash. */
int store_split(struct store *s, int64_t partition, struct store *into, const volatile int32_t *cancel)
{
    uint64_t *room = malloc((size_t)s->block_bytes);
    if (!room) return KERNEL_NO_MEMORY;
    int result = KERNEL_OK;
    for (int64_t stream = 0; stream < STREAMS && result == KERNEL_OK; stream++) {
        struct chain *c = &s->chains[stream][partition];
        for (int64_t i = 0; i < c->spilled_count && result == KERNEL_OK; i++) {
            const struct spilled *b = &c->spilled[i];
            s->error = spill_read(s->file, room, b->rows * store_row_words(s, stream, b->layout) * 8, b->at);
            result = s->error ? KERNEL_FILE : store_append_words(into, stream, s, b->layout, room, b->rows);
            if (*cancel) result = KERNEL_CANCELLED;
        }
        close_block(s, stream, partition);
        for (struct block *b = c->first; b && result == KERNEL_OK; b = b->next) {
            result = store_append_words(into, stream, s, b->layout, b->words, b->rows);
            if (*cancel) result = KERNEL_CANCELLED;
        }
    }
    free(room);
    if (result == KERNEL_OK) store_drop(s, partition);
    return result;
}

/* Gives the partition's blocks back. Where several threads walk, only under a lock. */
void store_drop(struct store *s, int64_t partition)
{
    for (int stream = 0; stream < STREAMS; stream++) {
        struct chain *c = &s->chains[stream][partition];
        s->cursors[stream][partition] = (struct cursor){NULL, NULL};
        for (struct block *b = c->first, *next; b; b = next) {
            next = b->next;
            block_free(s, b);
        }
        free(c->spilled);
        *c = (struct chain){0};
    }
}

/* After the last row, before the first partition is walked. */
int store_seal(struct store *s)
{
    for (int stream = 0; stream < STREAMS; stream++)
        for (int64_t p = 0; p < partitions(s); p++) close_block(s, stream, p);
    if (!s->layout_count || s->leads != &s->own[0]) return KERNEL_OK;
    const struct layout *last = &s->layouts[s->layout_count - 1];
    int result = dictionary_seal(s->leads, last->lead_words);
    return result == KERNEL_OK && last->id_words ? dictionary_seal(s->ids, last->id_words) : result;
}

int64_t store_rows(const struct store *s, int64_t stream, int64_t partition)
{
    if (partition < 0) return s->rows[stream];
    return s->chains[stream][partition].rows + open_rows(s, stream, partition);
}

/* What the partition's rows take when they are loaded. */
int64_t store_bytes(const struct store *s, int64_t partition)
{
    int64_t bytes = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
        int64_t rows = store_rows(s, stream, partition);
        if (rows) bytes += rows * store_row_words(s, stream, s->layout_count - 1) * 8;
    }
    return bytes;
}

int64_t store_memory(const struct store *s) { return in_use(s); }

int64_t store_spilled(const struct store *s) { return s->file_end; }

int64_t store_error(const struct store *s) { return s->error; }

void store_layout(const struct store *s, int64_t *lead_words, int64_t *id_words, int64_t *layouts)
{
    *lead_words = s->layout_count ? s->layouts[s->layout_count - 1].lead_words : 0;
    *id_words = s->layout_count ? s->layouts[s->layout_count - 1].id_words : 0;
    *layouts = s->layout_count;
}
