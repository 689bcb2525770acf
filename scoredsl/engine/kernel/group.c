/* One partition: its rows by lead, each lead's rows in canonical order, and each lead handed to the walk. */
#include "group.h"

#include <stdlib.h>

#include "spill.h"

EXPORT int64_t work_load(struct work *w, const struct store *s, int64_t partition, const struct kept_block *kept,
                         int64_t kept_count, const volatile int32_t *cancel);
EXPORT int work_walk(struct work *w, walk_function *walk, void *walker, const volatile int32_t *cancel,
                     volatile int64_t *done);
EXPORT int64_t work_lead_bytes(const struct work *w);
EXPORT void work_leads(const struct work *w, int32_t *offsets, uint8_t *bytes);
EXPORT int64_t work_error(const struct work *w);
EXPORT int count_lead(void *walker, const struct lead_input *in);
EXPORT void fill_places(int64_t *places, int64_t from, int64_t count);

struct work *work_new(void) { return calloc(1, sizeof(struct work)); }

void work_free(struct work *w)
{
    if (!w) return;
    for (int stream = 0; stream < STREAMS; stream++) {
        free(w->rows[stream].row);
        free(w->rows[stream].lead);
        free(w->rows[stream].start);
        free(w->rows[stream].sorted);
    }
    free(w->loaded);
    free(w->raw);
    free(w->keys);
    free(w->slots);
    free(w->spare);
    free(w->ids);
    free(w);
}

int reserve(void *array, int64_t *room, int64_t count, size_t size, int keep)
{
    if (count <= *room) return 1;
    void *old, *made;
    memcpy(&old, array, sizeof old);
    int64_t more = count + count / 4 + 64;
    made = keep ? realloc(old, (size_t)more * size) : malloc((size_t)more * size);
    if (!made) return 0;
    if (!keep) free(old);
    memcpy(array, &made, sizeof made);
    *room = more;
    return 1;
}

/* ---- loading */

void widen_rows(const struct store *s, int64_t stream, int64_t layout, const uint64_t *from, uint64_t *to, int64_t rows)
{
    const struct layout *old = &s->layouts[layout], *now = &s->layouts[s->layout_count - 1];
    int64_t old_id = stream == EVENTS ? old->id_words : 0, id = stream == EVENTS ? now->id_words : 0;
    for (int64_t i = 0; i < rows; i++) {
        words_widen(s->leads, from, old->lead_words, to, now->lead_words);
        from += old->lead_words;
        to += now->lead_words;
        if (id && old_id)
            words_widen(s->ids, from, old_id, to, id);
        else
            for (int64_t k = 0; k < id; k++) to[k] = NO_TEXT;
        from += old_id;
        to += id;
        memcpy(to, from, (size_t)s->fixed[stream] * sizeof *to);
        from += s->fixed[stream];
        to += s->fixed[stream];
    }
}

static void add_rows(struct rows *r, const uint64_t *words, int64_t rows, int64_t row_words)
{
    for (int64_t i = 0; i < rows; i++) r->row[r->count++] = (const int64_t *)(words + i * row_words);
}

/* Where a loaded block's rows go. */
static uint64_t *take(struct work *w, int64_t words)
{
    uint64_t *to = w->loaded + w->loaded_words;
    w->loaded_words += words;
    return to;
}

static int load_stream(struct work *w, const struct store *s, int64_t stream, int64_t partition,
                       const volatile int32_t *cancel)
{
    const struct chain *c = &s->chains[stream][partition];
    struct rows *r = &w->rows[stream];
    int64_t newest = s->layout_count - 1, words = store_row_words(s, stream, newest);
    for (int64_t i = 0; i < c->spilled_count; i++) {
        const struct spilled *b = &c->spilled[i];
        int64_t bytes = b->rows * store_row_words(s, stream, b->layout) * 8;
        uint64_t *to = take(w, b->rows * words);
        if (b->layout != newest && !reserve(&w->raw, &w->raw_bytes, bytes, 1, 0)) return KERNEL_NO_MEMORY;
        w->error = spill_read(s->file, b->layout == newest ? to : w->raw, bytes, b->at);
        if (w->error) return KERNEL_FILE;
        if (b->layout != newest) widen_rows(s, stream, b->layout, w->raw, to, b->rows);
        add_rows(r, to, b->rows, words);
        if (*cancel) return KERNEL_CANCELLED;
    }
    for (const struct block *b = c->first; b; b = b->next) {
        const uint64_t *at = b->words;
        if (b->layout != newest) {
            uint64_t *to = take(w, b->rows * words);
            widen_rows(s, stream, b->layout, b->words, to, b->rows);
            at = to;
        }
        add_rows(r, at, b->rows, words);
        if (*cancel) return KERNEL_CANCELLED;
    }
    return KERNEL_OK;
}

/* ---- grouping */

INLINE uint64_t slot_hash(const uint64_t *key, int64_t words)
{
    uint64_t hash = key[0];
    for (int64_t i = 1; i < words; i++) hash = hash_word(hash, key[i]);
    hash *= UINT64_C(0x94D049BB133111EB);
    return hash ^ (hash >> 32);
}

static int grow_slots(struct work *w)
{
    int64_t count = w->slot_count ? 2 * w->slot_count : 1024;
    uint32_t *slots = calloc((size_t)count, sizeof *slots);
    if (!slots) return 0;
    for (int64_t i = 0; i < w->leads; i++) {
        uint64_t at = slot_hash(w->keys + i * w->lead_words, w->lead_words);
        while (slots[at & (uint64_t)(count - 1)]) at++;
        slots[at & (uint64_t)(count - 1)] = (uint32_t)i + 1;
    }
    free(w->slots);
    w->slots = slots;
    w->slot_count = count;
    return 1;
}

INLINE int group_rows(struct work *w, struct rows *r, int64_t words)
{
    uint64_t mask = (uint64_t)w->slot_count - 1;
    for (int64_t i = 0; i < r->count; i++) {
        const uint64_t *key = (const uint64_t *)r->row[i];
        uint64_t at = slot_hash(key, words);
        uint32_t slot;
        for (; (slot = w->slots[at & mask]); at++) {
            const uint64_t *other = w->keys + (int64_t)(slot - 1) * words;
            int64_t k = 0;
            while (k < words && other[k] == key[k]) k++;
            if (k == words) break;
        }
        if (!slot) {
            if (w->leads >= UINT32_MAX - 1) return KERNEL_NO_MEMORY;
            if (!reserve(&w->keys, &w->key_room, (w->leads + 1) * words, sizeof *w->keys, 1)) return KERNEL_NO_MEMORY;
            memcpy(w->keys + w->leads * words, key, (size_t)words * sizeof *key);
            w->slots[at & mask] = slot = (uint32_t)++w->leads;
            if (2 * w->leads > w->slot_count) {
                if (!grow_slots(w)) return KERNEL_NO_MEMORY;
                mask = (uint64_t)w->slot_count - 1;
            }
        }
        r->lead[i] = slot - 1;
    }
    return KERNEL_OK;
}

/* Sets the rows by lead; `skip` is where the time stands in a row. */
static int sort_by_lead(struct work *w, struct rows *r, int64_t skip)
{
    if (!reserve(&r->start, &r->starts, w->leads + 1, sizeof *r->start, 0)) return KERNEL_NO_MEMORY;
    memset(r->start, 0, (size_t)(w->leads + 1) * sizeof *r->start);
    if (!reserve(&r->sorted, &r->sorted_room, r->count, sizeof *r->sorted, 0)) return KERNEL_NO_MEMORY;
    for (int64_t i = 0; i < r->count; i++) r->start[r->lead[i]]++;
    int64_t sum = 0;
    for (int64_t i = 0; i <= w->leads; i++) {
        int64_t count = r->start[i];
        r->start[i] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < r->count; i++) r->sorted[r->start[r->lead[i]]++] = r->row[i] + skip;
    for (int64_t i = w->leads; i > 0; i--) r->start[i] = r->start[i - 1];
    r->start[0] = 0;
    return KERNEL_OK;
}

static int make_room(struct rows *r, int64_t count)
{
    int64_t room = r->room;
    if (!reserve(&r->row, &r->room, count, sizeof *r->row, 0)) return KERNEL_NO_MEMORY;
    if (r->room == room) return KERNEL_OK;
    free(r->lead);
    r->lead = malloc((size_t)r->room * sizeof *r->lead);
    if (r->lead) return KERNEL_OK;
    r->room = 0;
    return KERNEL_NO_MEMORY;
}

static int begin(struct work *w, const struct store *s)
{
    const struct layout *newest = &s->layouts[s->layout_count - 1];
    w->store = s;
    w->leads = 0;
    w->loaded_words = 0;
    w->error = 0;
    w->lead_words = newest->lead_words;
    w->id_words = newest->id_words;
    for (int stream = 0; stream < STREAMS; stream++) w->rows[stream].count = 0;
    if (w->slot_count)
        memset(w->slots, 0, (size_t)w->slot_count * sizeof *w->slots);
    else if (!grow_slots(w))
        return KERNEL_NO_MEMORY;
    return KERNEL_OK;
}

static int number_leads(struct work *w, struct rows *r)
{
    switch (w->lead_words) {
    case 1: return group_rows(w, r, 1);
    case 2: return group_rows(w, r, 2);
    case 3: return group_rows(w, r, 3);
    default: return group_rows(w, r, w->lead_words);
    }
}

static int sort_stream(struct work *w, int64_t stream)
{
    return sort_by_lead(w, &w->rows[stream], w->lead_words + (stream == EVENTS ? w->id_words : 0));
}

int work_group_rows(struct work *w, const struct store *s, int64_t stream, const uint64_t *rows, int64_t count)
{
    struct rows *r = &w->rows[stream];
    int result = begin(w, s);
    if (result == KERNEL_OK) result = make_room(r, count);
    if (result != KERNEL_OK) return result;
    add_rows(r, rows, count, store_row_words(s, stream, s->layout_count - 1));
    result = number_leads(w, r);
    return result == KERNEL_OK ? sort_stream(w, stream) : result;
}

/* The rows of a stream: those of earlier runs, then those that came in. */
static int load(struct work *w, int64_t stream, int64_t partition, const struct kept_block *kept, int64_t kept_count,
                const volatile int32_t *cancel)
{
    const struct store *s = w->store;
    struct rows *r = &w->rows[stream];
    int64_t count = s->chains[stream][partition].rows;
    for (int64_t i = 0; i < kept_count; i++)
        if (kept[i].stream == stream) count += kept[i].rows;
    int result = make_room(r, count);
    if (result != KERNEL_OK || count == 0) return result;
    int64_t words = store_row_words(s, stream, s->layout_count - 1);
    for (int64_t i = 0; i < kept_count; i++) {
        if (kept[i].stream != stream) continue;
        uint64_t *to = take(w, kept[i].rows * words);
        result = kept_read(s, &kept[i], to);
        if (result != KERNEL_OK) return result;
        add_rows(r, to, kept[i].rows, words);
        if (*cancel) return KERNEL_CANCELLED;
    }
    result = load_stream(w, s, stream, partition, cancel);
    return result == KERNEL_OK ? number_leads(w, r) : result;
}

/* Gives how many leads there are. `kept`: the partition's rows of earlier runs, in their order. */
int64_t work_load(struct work *w, const struct store *s, int64_t partition, const struct kept_block *kept,
                  int64_t kept_count, const volatile int32_t *cancel)
{
    int64_t newest = s->layout_count - 1, words = 0;
    w->leads = 0;
    if (newest < 0) return 0;
    for (int64_t i = 0; i < kept_count; i++) words += kept[i].rows * store_row_words(s, kept[i].stream, newest);
    for (int64_t stream = 0; stream < STREAMS; stream++) {
        const struct chain *c = &s->chains[stream][partition];
        for (int64_t i = 0; i < c->spilled_count; i++) words += c->spilled[i].rows * store_row_words(s, stream, newest);
        for (const struct block *b = c->first; b; b = b->next)
            if (b->layout != newest) words += b->rows * store_row_words(s, stream, newest);
    }
    if (!reserve(&w->loaded, &w->loaded_room, words, sizeof *w->loaded, 0)) return KERNEL_NO_MEMORY;
    int result = begin(w, s);
    for (int64_t stream = 0; stream < STREAMS && result == KERNEL_OK; stream++)
        result = load(w, stream, partition, kept, kept_count, cancel);
    for (int64_t stream = 0; stream < STREAMS && result == KERNEL_OK; stream++) result = sort_stream(w, stream);
    return result == KERNEL_OK ? w->leads : result;
}

/* ---- canonical order */

static inline int before_or_same(const struct work *w, int64_t stream, const int64_t *a, const int64_t *b, int by_time)
{
    if (a[0] != b[0]) return a[0] < b[0];
    if (by_time || stream == GIVEN) return 1;
    if (stream == VERSIONS) return a[1] <= b[1];
    if (w->id_words) {
        int order = words_compare(w->store->ids, (const uint64_t *)a - w->id_words, (const uint64_t *)b - w->id_words,
                                  w->id_words);
        if (order) return order < 0;
    }
    if (!w->store->has_places) return 1;
    int64_t place = w->store->fixed[EVENTS] - 1;
    return a[place] <= b[place];
}

static void merge_sort(const struct work *w, int64_t stream, const int64_t **rows, const int64_t **spare, int64_t count,
                       int by_time)
{
    if (count <= 12) {
        for (int64_t i = 1; i < count; i++) {
            const int64_t *row = rows[i];
            int64_t k = i;
            for (; k > 0 && !before_or_same(w, stream, rows[k - 1], row, by_time); k--) rows[k] = rows[k - 1];
            rows[k] = row;
        }
        return;
    }
    int64_t half = count / 2;
    merge_sort(w, stream, rows, spare, half, by_time);
    merge_sort(w, stream, rows + half, spare, count - half, by_time);
    if (before_or_same(w, stream, rows[half - 1], rows[half], by_time)) return;
    memcpy(spare, rows, (size_t)half * sizeof *spare);
    int64_t left = 0, right = half, to = 0;
    while (left < half && right < count)
        if (before_or_same(w, stream, spare[left], rows[right], by_time))
            rows[to++] = spare[left++];
        else
            rows[to++] = rows[right++];
    while (left < half) rows[to++] = spare[left++];
}

int set_in_order(struct work *w, int64_t stream, const int64_t **rows, int64_t count, int by_time)
{
    for (int64_t i = 1; i < count; i++) {
        if (before_or_same(w, stream, rows[i - 1], rows[i], by_time)) continue;
        if (!reserve(&w->spare, &w->spare_room, count, sizeof *w->spare, 0)) return KERNEL_NO_MEMORY;
        merge_sort(w, stream, rows, w->spare, count, by_time);
        break;
    }
    return KERNEL_OK;
}

int work_walk(struct work *w, walk_function *walk, void *walker, const volatile int32_t *cancel, volatile int64_t *done)
{
    struct rows *events = &w->rows[EVENTS], *versions = &w->rows[VERSIONS], *given = &w->rows[GIVEN];
    struct lead_input in = {0};
    in.lead_words = (int32_t)w->lead_words;
    in.id_words = (int32_t)w->id_words;
    for (int64_t lead = 0; lead < w->leads; lead++) {
        const int64_t **event = events->sorted + events->start[lead];
        const int64_t **version = versions->sorted + versions->start[lead];
        in.events = events->start[lead + 1] - events->start[lead];
        in.versions = versions->start[lead + 1] - versions->start[lead];
        const int64_t **alert = given->sorted + given->start[lead];
        in.given = given->start[lead + 1] - given->start[lead];
        int result = set_in_order(w, EVENTS, event, in.events, 0);
        if (result == KERNEL_OK) result = set_in_order(w, VERSIONS, version, in.versions, 0);
        if (result == KERNEL_OK) result = set_in_order(w, GIVEN, alert, in.given, 0);
        if (result != KERNEL_OK) return result;
        if (w->id_words) {
            if (!reserve(&w->ids, &w->id_room, in.events, sizeof *w->ids, 0)) return KERNEL_NO_MEMORY;
            for (int64_t i = 0; i < in.events; i++) w->ids[i] = (const uint64_t *)event[i] - w->id_words;
            in.ids = w->ids;
        }
        in.event = event;
        in.version = version;
        in.alert = alert;
        in.lead = w->keys + lead * w->lead_words;
        in.index = lead;
        result = walk(walker, &in);
        if (result != KERNEL_OK) return result;
        *done += in.events;
        if (*cancel) return KERNEL_CANCELLED;
    }
    return KERNEL_OK;
}

/* ---- the leads */

int64_t work_lead_bytes(const struct work *w)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < w->leads; i++)
        bytes += words_length(w->store->leads, w->keys + i * w->lead_words, w->lead_words);
    return bytes;
}

/* The texts of the leads by index, as Arrow has them. */
void work_leads(const struct work *w, int32_t *offsets, uint8_t *bytes)
{
    int32_t at = 0;
    for (int64_t i = 0; i < w->leads; i++) {
        const uint64_t *key = w->keys + i * w->lead_words;
        offsets[i] = at;
        words_decode(w->store->leads, key, w->lead_words, bytes + at);
        at += (int32_t)words_length(w->store->leads, key, w->lead_words);
    }
    offsets[w->leads] = at;
}

int64_t work_error(const struct work *w) { return w->error; }

/* A walk that only counts: leads, events, profile rows, and a sum over the times. */
int count_lead(void *walker, const struct lead_input *in)
{
    int64_t *sums = walker;
    sums[0]++;
    sums[1] += in->events;
    sums[2] += in->versions;
    for (int64_t i = 0; i < in->events; i++) sums[3] += in->event[i][0] & 0xFF;
    return KERNEL_OK;
}

void fill_places(int64_t *places, int64_t from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) places[i] = from + i;
}
