/* Keeps result rows until all are there, and gives them back by lead in code point order. What comes in is sorted as soon
   as it is as much as the processor's cache holds; these runs are merged at the end. Above a budget, those in memory are
   merged into one that goes to a file. */
#include "results.h"

#include <errno.h>
#include <stdlib.h>

#include "spill.h"

#define RUN_BUFFER (INT64_C(1) << 18)
#define RUN_BYTES (INT64_C(8) << 20)
#define BLOCK_BYTES (INT64_C(64) << 20)

/* The leads of a partition and their rows, in one piece of memory. */
struct chunk {
    int64_t *memory;
    int64_t leads;
    const int32_t *offset;
    const uint8_t *bytes;
    const int64_t *start; /* of each lead's rows */
    const int64_t *rows;
};

struct item {
    uint64_t key;
    uint32_t chunk, lead;
};

struct run {
    int64_t at, end; /* what is still in the file; nothing where the buffer holds all */
    uint8_t *buffer;
    int64_t from, filled, room;
    int64_t rows;
    struct text lead; /* the next */
};

struct results {
    int64_t width, budget, count;
    int64_t memory; /* of the chunks */
    struct chunk *chunks;
    int64_t chunk_count, chunk_room;
    int64_t leads; /* that have rows */
    struct item *items;
    int64_t item_count;
    struct run *runs; /* those in the file come first */
    int64_t run_count, run_room, filed, run_memory;
    int64_t *heap, heap_count;
    char *path;
    int file;
    int64_t file_end, error;
    struct result_block block;
    int64_t block_room;
    struct bytes copied; /* leads and rows of a block of merged runs */
    int64_t sealed;
};

EXPORT struct results *results_new(int64_t width, int64_t budget, const char *path);
EXPORT void results_free(struct results *r);
EXPORT int results_add(struct results *r, const int32_t *offset, const uint8_t *bytes, int64_t leads,
                       const int64_t *rows, int64_t count, const struct recode *codes);
EXPORT int results_seal(struct results *r);
EXPORT int64_t results_next(struct results *r, int64_t most);
EXPORT const struct result_block *results_block(const struct results *r);
EXPORT int64_t results_count(const struct results *r);
EXPORT int64_t results_spilled(const struct results *r);
EXPORT int64_t results_error(const struct results *r);

struct results *results_new(int64_t width, int64_t budget, const char *path)
{
    struct results *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->width = width;
    r->budget = budget;
    r->file = -1;
    r->path = malloc(strlen(path) + 1);
    if (!r->path) {
        free(r);
        return NULL;
    }
    strcpy(r->path, path);
    return r;
}

static void chunks_free(struct results *r)
{
    for (int64_t i = 0; i < r->chunk_count; i++) free(r->chunks[i].memory);
    r->chunk_count = 0;
    r->leads = 0;
    r->memory = 0;
}

void results_free(struct results *r)
{
    if (!r) return;
    chunks_free(r);
    free(r->chunks);
    free(r->items);
    for (int64_t i = 0; i < r->run_count; i++) free(r->runs[i].buffer);
    free(r->runs);
    free(r->heap);
    free(r->path);
    if (r->file >= 0) spill_close(r->file);
    free(r->block.lead);
    free((void *)r->block.row);
    free(r->copied.at);
    free(r);
}

/* ---- sorting leads: eight bytes at a time */

static inline struct text lead_at(const struct results *r, const struct item *i)
{
    const struct chunk *c = &r->chunks[i->chunk];
    struct text t;
    t.bytes = c->bytes + c->offset[i->lead];
    t.length = c->offset[i->lead + 1] - c->offset[i->lead];
    t.end = t.bytes + t.length;
    return t;
}

static inline int text_order(struct text a, struct text b, int64_t from)
{
    int64_t least = a.length < b.length ? a.length : b.length;
    int order = least > from ? memcmp(a.bytes + from, b.bytes + from, (size_t)(least - from)) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static void sort_few(const struct results *r, struct item *items, int64_t count, int64_t depth)
{
    for (int64_t i = 1; i < count; i++) {
        struct item it = items[i];
        struct text t = lead_at(r, &it);
        int64_t k = i;
        for (; k > 0 && text_order(lead_at(r, &items[k - 1]), t, depth) > 0; k--) items[k] = items[k - 1];
        items[k] = it;
    }
}

static void sort_by_key(struct item *items, struct item *spare, int64_t count)
{
    if (count < 2) return;
    if (count < 256) {
        int64_t half = count / 2, left = 0, right = half, to = 0;
        sort_by_key(items, spare, half);
        sort_by_key(items + half, spare, count - half);
        memcpy(spare, items, (size_t)half * sizeof *spare);
        while (left < half && right < count)
            items[to++] = spare[left].key <= items[right].key ? spare[left++] : items[right++];
        while (left < half) items[to++] = spare[left++];
        return;
    }
    static const int digits = 8;
    int64_t counts[8][256] = {{0}};
    for (int64_t i = 0; i < count; i++)
        for (int d = 0; d < digits; d++) counts[d][items[i].key >> 8 * d & 0xFF]++;
    struct item *from = items, *to = spare;
    for (int d = 0; d < digits; d++) {
        if (counts[d][from[0].key >> 8 * d & 0xFF] == count) continue;
        int64_t place[256], sum = 0;
        for (int k = 0; k < 256; k++) {
            place[k] = sum;
            sum += counts[d][k];
        }
        for (int64_t i = 0; i < count; i++) to[place[from[i].key >> 8 * d & 0xFF]++] = from[i];
        struct item *other = from;
        from = to;
        to = other;
    }
    if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}

/* Sorts items whose leads agree in the first `depth` bytes. */
static void sort_leads(const struct results *r, struct item *items, struct item *spare, int64_t count, int64_t depth)
{
    while (count > 16) {
        for (int64_t i = 0; i < count; i++) {
            struct text t = lead_at(r, &items[i]);
            items[i].key = t.length > depth ? word_at(t.bytes + depth, t.end, t.length - depth) : 0;
        }
        sort_by_key(items, spare, count);
        int64_t begin = 0;
        for (int64_t i = 1; i <= count; i++) {
            if (i < count && items[i].key == items[begin].key) continue;
            if (i - begin == count) break;
            if (i - begin > 1) {
                /* Those that end within the key come first, the shorter before the longer. */
                int64_t ended = begin;
                for (int64_t k = begin; k < i; k++) {
                    if (lead_at(r, &items[k]).length > depth + 8) continue;
                    struct item it = items[k];
                    for (int64_t m = k; m > ended; m--) items[m] = items[m - 1];
                    items[ended++] = it;
                }
                sort_few(r, items + begin, ended - begin, depth);
                sort_leads(r, items + ended, spare, i - ended, depth + 8);
            }
            begin = i;
        }
        if (begin > 0) return;
        /* All have the same eight bytes; so as not to go deeper with each of them, again from here. */
        int64_t ended = 0;
        for (int64_t k = 0; k < count; k++) {
            if (lead_at(r, &items[k]).length > depth + 8) continue;
            struct item it = items[k];
            for (int64_t m = k; m > ended; m--) items[m] = items[m - 1];
            items[ended++] = it;
        }
        sort_few(r, items, ended, depth);
        items += ended;
        count -= ended;
        depth += 8;
    }
    sort_few(r, items, count, depth);
}

/* How many bytes at the beginning all leads share. */
static int64_t shared_bytes(const struct results *r)
{
    struct text first = lead_at(r, &r->items[0]);
    int64_t shared = first.length;
    for (int64_t i = 1; i < r->item_count && shared; i++) {
        struct text t = lead_at(r, &r->items[i]);
        if (t.length < shared) shared = t.length;
        if (memcmp(t.bytes, first.bytes, (size_t)shared) == 0) continue;
        int64_t k = 0;
        while (t.bytes[k] == first.bytes[k]) k++;
        shared = k;
    }
    return shared;
}

static int sort_items(struct results *r)
{
    free(r->items);
    r->items = malloc((size_t)(r->leads + 1) * sizeof *r->items);
    struct item *spare = malloc((size_t)(r->leads + 1) * sizeof *spare);
    r->item_count = 0;
    if (!r->items || !spare) {
        free(spare);
        return KERNEL_NO_MEMORY;
    }
    for (int64_t c = 0; c < r->chunk_count; c++) {
        const struct chunk *chunk = &r->chunks[c];
        for (int64_t i = 0; i < chunk->leads; i++)
            if (chunk->start[i + 1] > chunk->start[i])
                r->items[r->item_count++] = (struct item){0, (uint32_t)c, (uint32_t)i};
    }
    if (r->item_count > 1) sort_leads(r, r->items, spare, r->item_count, shared_bytes(r));
    free(spare);
    return KERNEL_OK;
}

/* ---- rows come in */

static int flush(struct results *r);

/* Rows begin with the index of their lead, and come by it. `codes` says for each word what its codes become. */
int results_add(struct results *r, const int32_t *offset, const uint8_t *bytes, int64_t leads, const int64_t *rows,
                int64_t count, const struct recode *codes)
{
    if (count == 0) return KERNEL_OK;
    int64_t width = r->width, text = offset[leads] - offset[0];
    size_t words = (size_t)(leads + 1 + count * width + leads / 2 + 1);
    int64_t *memory = malloc(words * 8 + (size_t)text + 8);
    if (!memory) return KERNEL_NO_MEMORY;
    int64_t *start = memory, *copy = start + leads + 1;
    int32_t *own = (int32_t *)(copy + count * width);
    uint8_t *own_bytes = (uint8_t *)(memory + words);
    for (int64_t i = 0; i <= leads; i++) own[i] = offset[i] - offset[0];
    memcpy(own_bytes, bytes + offset[0], (size_t)text);
    memcpy(copy, rows, (size_t)(count * width) * 8);
    int64_t lead = 0, with_rows = 0;
    start[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t now = rows[i * width];
        if (now < lead || now >= leads) {
            free(memory);
            return KERNEL_WRONG;
        }
        if (i == 0 || now != rows[(i - 1) * width]) with_rows++;
        while (lead < now) start[++lead] = i;
    }
    while (lead < leads) start[++lead] = count;
    for (int64_t w = 0; w < width; w++) {
        if (!codes[w].codes) continue;
        for (int64_t i = 0; i < count; i++) {
            int64_t *code = &copy[i * width + w];
            if (*code >= codes[w].count) {
                free(memory);
                return KERNEL_WRONG;
            }
            if (*code >= 0) *code = codes[w].codes[*code];
        }
    }
    if (r->chunk_count == r->chunk_room) {
        int64_t room = r->chunk_room ? 2 * r->chunk_room : 64;
        struct chunk *grown = realloc(r->chunks, (size_t)room * sizeof *grown);
        if (!grown) {
            free(memory);
            return KERNEL_NO_MEMORY;
        }
        r->chunks = grown;
        r->chunk_room = room;
    }
    r->chunks[r->chunk_count++] = (struct chunk){memory, leads, own, own_bytes, start, copy};
    r->leads += with_rows;
    r->count += count;
    r->memory += (int64_t)words * 8 + text + 2 * with_rows * (int64_t)sizeof(struct item);
    return r->memory > RUN_BYTES || r->memory > r->budget / 4 ? flush(r) : KERNEL_OK;
}

/* ---- runs */

static int bytes_reserve(struct bytes *b, int64_t more)
{
    if (b->count + more <= b->room) return 1;
    int64_t room = 2 * (b->count + more) + 4096;
    uint8_t *grown = realloc(b->at, (size_t)room);
    if (!grown) return 0;
    b->at = grown;
    b->room = room;
    return 1;
}

static inline int64_t padded(int64_t length) { return (length + 7) & ~(int64_t)7; }

/* A record of a run: length of the lead, number of rows, lead, rows; in whole words. */
static int add_record(struct bytes *b, struct text lead, const int64_t *rows, int64_t count, int64_t width)
{
    int64_t size = 16 + padded(lead.length) + count * width * 8, head[2] = {lead.length, count};
    if (!bytes_reserve(b, size)) return 0;
    uint8_t *to = b->at + b->count;
    memcpy(to, head, 16);
    memset(to + 16, 0, (size_t)padded(lead.length));
    memcpy(to + 16, lead.bytes, (size_t)lead.length);
    memcpy(to + 16 + padded(lead.length), rows, (size_t)(count * width) * 8);
    b->count += size;
    return 1;
}

static int spill(struct results *r);

/* Makes a run of what came in. */
static int flush(struct results *r)
{
    int result = sort_items(r);
    if (result != KERNEL_OK || r->item_count == 0) return result;
    if (r->run_count == r->run_room) {
        int64_t room = r->run_room ? 2 * r->run_room : 16;
        struct run *grown = realloc(r->runs, (size_t)room * sizeof *grown);
        if (!grown) return KERNEL_NO_MEMORY;
        r->runs = grown;
        r->run_room = room;
    }
    int64_t size = 0;
    for (int64_t c = 0; c < r->chunk_count; c++) {
        const struct chunk *chunk = &r->chunks[c];
        size += chunk->start[chunk->leads] * r->width * 8 + chunk->offset[chunk->leads];
    }
    struct bytes out = {0};
    if (!bytes_reserve(&out, (size + 24 * r->item_count) / 2)) return KERNEL_NO_MEMORY;
    for (int64_t i = 0; i < r->item_count; i++) {
        const struct item *it = &r->items[i];
        const struct chunk *c = &r->chunks[it->chunk];
        int64_t from = c->start[it->lead], count = c->start[it->lead + 1] - from;
        if (!add_record(&out, lead_at(r, it), c->rows + from * r->width, count, r->width)) {
            free(out.at);
            return KERNEL_NO_MEMORY;
        }
    }
    r->runs[r->run_count++] = (struct run){.buffer = out.at, .filled = out.count, .room = out.room};
    r->run_memory += out.room;
    chunks_free(r);
    free(r->items);
    r->items = NULL;
    r->item_count = 0;
    return r->run_memory > r->budget ? spill(r) : KERNEL_OK;
}

/* Has `count` bytes of the run from where it stands in its buffer. */
static int run_reach(struct results *r, struct run *n, int64_t count)
{
    if (n->filled - n->from >= count) return KERNEL_OK;
    if (n->from) memmove(n->buffer, n->buffer + n->from, (size_t)(n->filled - n->from));
    n->filled -= n->from;
    n->from = 0;
    int64_t room = count > RUN_BUFFER ? count : RUN_BUFFER;
    if (n->room < room) {
        uint8_t *grown = realloc(n->buffer, (size_t)room);
        if (!grown) return KERNEL_NO_MEMORY;
        n->buffer = grown;
        n->room = room;
    }
    int64_t more = n->room - n->filled;
    if (more > n->end - n->at) more = n->end - n->at;
    r->error = spill_read(r->file, n->buffer + n->filled, more, n->at);
    if (r->error) return KERNEL_FILE;
    n->at += more;
    n->filled += more;
    return KERNEL_OK;
}

/* Reads the run's next record; `lead.bytes` is NULL at its end. */
static int run_next(struct results *r, struct run *n)
{
    n->lead = (struct text){NULL, NULL, 0};
    if (n->at == n->end && n->from == n->filled) return KERNEL_OK;
    int64_t head[2];
    int result = run_reach(r, n, 16);
    if (result != KERNEL_OK) return result;
    memcpy(head, n->buffer + n->from, 16);
    result = run_reach(r, n, 16 + padded(head[0]) + head[1] * r->width * 8);
    if (result != KERNEL_OK) return result;
    n->rows = head[1];
    n->lead.bytes = n->buffer + n->from + 16;
    n->lead.length = head[0];
    n->lead.end = n->lead.bytes + head[0];
    return KERNEL_OK;
}

static void heap_down(struct results *r, int64_t at)
{
    int64_t run = r->heap[at];
    for (int64_t child; (child = 2 * at + 1) < r->heap_count; at = child) {
        if (child + 1 < r->heap_count &&
            text_order(r->runs[r->heap[child + 1]].lead, r->runs[r->heap[child]].lead, 0) < 0)
            child++;
        if (text_order(r->runs[run].lead, r->runs[r->heap[child]].lead, 0) <= 0) break;
        r->heap[at] = r->heap[child];
    }
    r->heap[at] = run;
}

static int begin_merge(struct results *r, int64_t from)
{
    int64_t *heap = realloc(r->heap, (size_t)(r->run_count + 1) * sizeof *heap);
    if (!heap) return KERNEL_NO_MEMORY;
    r->heap = heap;
    r->heap_count = 0;
    for (int64_t i = from; i < r->run_count; i++) {
        int result = run_next(r, &r->runs[i]);
        if (result != KERNEL_OK) return result;
        r->heap[r->heap_count++] = i;
    }
    for (int64_t i = r->heap_count / 2 - 1; i >= 0; i--) heap_down(r, i);
    return KERNEL_OK;
}

/* Copies the next records, about `most` rows, to `copied`; gives how many rows, or what failed. */
static int64_t merge(struct results *r, int64_t most)
{
    int64_t count = 0;
    r->copied.count = 0;
    while (r->heap_count && count < most && r->copied.count < BLOCK_BYTES) {
        struct run *n = &r->runs[r->heap[0]];
        int64_t size = 16 + padded(n->lead.length) + n->rows * r->width * 8;
        if (!bytes_reserve(&r->copied, size)) return KERNEL_NO_MEMORY;
        memcpy(r->copied.at + r->copied.count, n->buffer + n->from, (size_t)size);
        r->copied.count += size;
        count += n->rows;
        n->from += size;
        int result = run_next(r, n);
        if (result != KERNEL_OK) return result;
        if (!n->lead.bytes) {
            free(n->buffer);
            n->buffer = NULL;
            r->heap[0] = r->heap[--r->heap_count];
        }
        if (r->heap_count) heap_down(r, 0);
    }
    return count;
}

/* Makes one run in the file of those that are in memory. */
static int spill(struct results *r)
{
    if (r->file < 0) {
        r->file = spill_open(r->path);
        if (r->file < 0) {
            r->error = errno;
            return KERNEL_FILE;
        }
    }
    int64_t begin = r->file_end, count;
    int result = begin_merge(r, r->filed);
    if (result != KERNEL_OK) return result;
    while ((count = merge(r, INT64_MAX)) > 0) {
        r->error = spill_write(r->file, r->copied.at, r->copied.count, r->file_end);
        if (r->error) return KERNEL_FILE;
        r->file_end += r->copied.count;
    }
    if (count < 0) return (int)count;
    r->runs[r->filed++] = (struct run){.at = begin, .end = r->file_end};
    r->run_count = r->filed;
    r->run_memory = 0;
    return KERNEL_OK;
}

/* After the last row, before the first block. */
int results_seal(struct results *r)
{
    if (r->sealed) return KERNEL_OK;
    r->sealed = 1;
    int result = flush(r);
    return result == KERNEL_OK ? begin_merge(r, 0) : result;
}

static int block_reserve(struct results *r, int64_t count)
{
    if (count <= r->block_room) return 1;
    int64_t room = 2 * count;
    struct text *lead = realloc(r->block.lead, (size_t)room * sizeof *lead);
    if (lead) r->block.lead = lead;
    const int64_t **row = realloc((void *)r->block.row, (size_t)room * sizeof *row);
    if (row) r->block.row = row;
    if (!lead || !row) return 0;
    r->block_room = room;
    return 1;
}

/* Sets the next block, of about `most` rows; gives how many it has, 0 at the end, less where it failed. */
int64_t results_next(struct results *r, int64_t most)
{
    struct result_block *b = &r->block;
    b->count = 0;
    int64_t count = merge(r, most);
    if (count <= 0) return count;
    if (!block_reserve(r, count)) return KERNEL_NO_MEMORY;
    for (int64_t at = 0; at < r->copied.count;) {
        const uint8_t *record = r->copied.at + at;
        int64_t head[2];
        memcpy(head, record, 16);
        struct text lead = {record + 16, record + 16 + head[0], head[0]};
        const int64_t *rows = (const int64_t *)(record + 16 + padded(head[0]));
        for (int64_t i = 0; i < head[1]; i++) {
            b->lead[b->count] = lead;
            b->row[b->count++] = rows + i * r->width;
        }
        at += 16 + padded(head[0]) + head[1] * r->width * 8;
    }
    return b->count;
}

const struct result_block *results_block(const struct results *r) { return &r->block; }

int64_t results_count(const struct results *r) { return r->count; }

int64_t results_spilled(const struct results *r) { return r->file_end; }

int64_t results_error(const struct results *r) { return r->error; }
