/* From rows of the store to blocks of a state. */
#include <stdlib.h>

#include "group.h"
#include "spill.h"

#define MOST_FEW 65536

struct keeper {
    struct work *work;
    const struct store *store;
    int64_t stream;
    /* what is still to be taken of the partition */
    const struct chain *chain;
    const struct block *next;
    int64_t spilled;
    /* the rows that are taken, in the newest layout of the store */
    uint64_t *rows;
    int64_t count, room;
    uint64_t *raw; /* a block of an older layout */
    int64_t raw_bytes;
    /* what is made of them */
    uint8_t *bytes;
    int64_t size, bytes_room;
    uint64_t *column, *few;
    uint32_t *slots;
    uint16_t *places;
    int64_t column_room, place_room;
    int64_t *texts; /* twice the number of a long text, and 1 for an id's */
    int64_t text_count, text_room;
    int64_t error;
};

EXPORT struct keeper *keeper_new(void);
EXPORT void keeper_free(struct keeper *k);
EXPORT void keeper_begin(struct keeper *k, const struct store *s, int64_t stream, int64_t partition);
EXPORT int keeper_take_kept(struct keeper *k, const struct kept_block *b);
EXPORT int64_t keeper_take_fresh(struct keeper *k);
EXPORT int keeper_take_given(struct keeper *k, const struct work *w, const int64_t *given, int64_t words);
EXPORT int64_t keeper_rows(const struct keeper *k);
EXPORT int keeper_make(struct keeper *k);
EXPORT const uint8_t *keeper_bytes(const struct keeper *k, int64_t *size);
EXPORT const int64_t *keeper_texts(const struct keeper *k, int64_t *count);
EXPORT int64_t keeper_error(const struct keeper *k);

struct keeper *keeper_new(void)
{
    struct keeper *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->work = work_new();
    k->few = malloc(MOST_FEW * sizeof *k->few);
    k->slots = malloc(2 * MOST_FEW * sizeof *k->slots);
    if (k->work && k->few && k->slots) return k;
    keeper_free(k);
    return NULL;
}

void keeper_free(struct keeper *k)
{
    if (!k) return;
    work_free(k->work);
    free(k->rows);
    free(k->raw);
    free(k->bytes);
    free(k->column);
    free(k->few);
    free(k->slots);
    free(k->places);
    free(k->texts);
    free(k);
}

/* ---- rows come in */

void keeper_begin(struct keeper *k, const struct store *s, int64_t stream, int64_t partition)
{
    k->store = s;
    k->stream = stream;
    k->chain = &s->chains[stream][partition];
    k->next = k->chain->first;
    k->spilled = 0;
    k->count = 0;
}

static int64_t row_words(const struct keeper *k)
{
    return store_row_words(k->store, k->stream, k->store->layout_count - 1);
}

/* Where so many rows go; NULL where memory is out. */
static uint64_t *room_for(struct keeper *k, int64_t rows)
{
    int64_t words = row_words(k);
    if (!reserve(&k->rows, &k->room, (k->count + rows) * words, sizeof *k->rows, 1)) return NULL;
    return k->rows + k->count * words;
}

int keeper_take_kept(struct keeper *k, const struct kept_block *b)
{
    uint64_t *to = room_for(k, b->rows);
    if (!to) return KERNEL_NO_MEMORY;
    int result = kept_read(k->store, b, to);
    if (result == KERNEL_OK) k->count += b->rows;
    return result;
}

/* Takes the next rows that came in; gives 1, or 0 where there are no more, or an error. */
int64_t keeper_take_fresh(struct keeper *k)
{
    const struct store *s = k->store;
    int64_t newest = s->layout_count - 1, layout, rows;
    const uint64_t *from;
    if (k->spilled < k->chain->spilled_count) {
        const struct spilled *b = &k->chain->spilled[k->spilled++];
        int64_t bytes = b->rows * store_row_words(s, k->stream, b->layout) * 8;
        if (!reserve(&k->raw, &k->raw_bytes, bytes, 1, 0)) return KERNEL_NO_MEMORY;
        k->error = spill_read(s->file, k->raw, bytes, b->at);
        if (k->error) return KERNEL_FILE;
        layout = b->layout;
        rows = b->rows;
        from = k->raw;
    } else if (k->next) {
        layout = k->next->layout;
        rows = k->next->rows;
        from = k->next->words;
        k->next = k->next->next;
    } else {
        return 0;
    }
    uint64_t *to = room_for(k, rows);
    if (!to) return KERNEL_NO_MEMORY;
    if (layout == newest)
        memcpy(to, from, (size_t)(rows * row_words(k)) * sizeof *to);
    else
        widen_rows(s, k->stream, layout, from, to, rows);
    k->count += rows;
    return 1;
}

/* Takes rows that the walk has made of the leads of `w`: the lead's index, then the columns. */
int keeper_take_given(struct keeper *k, const struct work *w, const int64_t *given, int64_t words)
{
    int64_t columns = k->store->fixed[k->stream], rows = words / (1 + columns);
    uint64_t *to = room_for(k, rows);
    if (!to) return KERNEL_NO_MEMORY;
    for (int64_t i = 0; i < rows; i++, given += 1 + columns) {
        memcpy(to, w->keys + given[0] * w->lead_words, (size_t)w->lead_words * sizeof *to);
        memcpy(to + w->lead_words, given + 1, (size_t)columns * sizeof *to);
        to += w->lead_words + columns;
    }
    k->count += rows;
    return KERNEL_OK;
}

int64_t keeper_rows(const struct keeper *k) { return k->count; }

/* ---- columns */

static int put(struct keeper *k, const void *bytes, int64_t count)
{
    if (!reserve(&k->bytes, &k->bytes_room, k->size + count, 1, 1)) return 0;
    memcpy(k->bytes + k->size, bytes, (size_t)count);
    k->size += count;
    return 1;
}

static int put_word(struct keeper *k, uint64_t word) { return put(k, &word, sizeof word); }

static int put_byte(struct keeper *k, uint64_t byte)
{
    uint8_t one = (uint8_t)byte;
    return put(k, &one, 1);
}

/* Puts the byte of all words that stands at `shift`. */
static int put_plane(struct keeper *k, const uint64_t *words, int64_t count, int shift)
{
    if (!reserve(&k->bytes, &k->bytes_room, k->size + count, 1, 1)) return 0;
    for (int64_t i = 0; i < count; i++) k->bytes[k->size + i] = (uint8_t)(words[i] >> shift);
    k->size += count;
    return 1;
}

/* How many different words there are, in `few`, and in `places` which one each is; 0 if these are more than `most`. */
static int64_t find_few(struct keeper *k, const uint64_t *words, int64_t count, int64_t most)
{
    if (most < 1) return 0;
    if (most > MOST_FEW) most = MOST_FEW;
    uint64_t mask = 255;
    while (mask < 2 * (uint64_t)most - 1) mask = 2 * mask + 1;
    memset(k->slots, 0, (size_t)(mask + 1) * sizeof *k->slots);
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t at = words[i] * UINT64_C(0x9E3779B97F4A7C15);
        at ^= at >> 32;
        uint32_t slot;
        while ((slot = k->slots[at & mask]) && k->few[slot - 1] != words[i]) at++;
        if (!slot) {
            /* Where most of the first words differ, most of the others do. */
            if (found == most || (i < 4096 && found > 3072)) return 0;
            k->few[found] = words[i];
            k->slots[at & mask] = slot = (uint32_t)++found;
        }
        k->places[i] = (uint16_t)(slot - 1);
    }
    return found;
}

static int put_few(struct keeper *k, int64_t found, int64_t count)
{
    if (!put_byte(k, KEPT_FEW) || !put_word(k, (uint64_t)found) || !put(k, k->few, 8 * found)) return 0;
    for (int shift = 0; shift <= (found > 256 ? 8 : 0); shift += 8) {
        if (!reserve(&k->bytes, &k->bytes_room, k->size + count, 1, 1)) return 0;
        for (int64_t i = 0; i < count; i++) k->bytes[k->size + i] = (uint8_t)(k->places[i] >> shift);
        k->size += count;
    }
    return 1;
}

/* The largest of a few divisors that divides all: times are often whole seconds or milliseconds. */
static uint64_t divisor(const uint64_t *words, int64_t count, uint64_t least)
{
    uint64_t rest = 0;
    for (int64_t i = 0; i < count && !rest; i++) rest = (words[i] - least) % 1000000;
    if (!rest) return 1000000;
    rest = 0;
    for (int64_t i = 0; i < count && !rest; i++) rest = (words[i] - least) % 1000;
    return rest ? 1 : 1000;
}

/* Puts a column in the way that takes the least room; its words are lost. */
static int put_column(struct keeper *k, uint64_t *words, int64_t count, int is_time)
{
    uint64_t least = words[0], same = 1;
    for (int64_t i = 1; i < count; i++) {
        same &= words[i] == words[0];
        if (words[i] < least) least = words[i];
    }
    if (same) return put_byte(k, KEPT_SAME) && put_word(k, words[0]);
    uint64_t by = is_time ? divisor(words, count, least) : 1, used = 0, mask = 0;
    int planes = 0;
    for (int64_t i = 0; i < count; i++) used |= (words[i] - least) / by;
    for (int i = 0; i < 8; i++) {
        if (!(used >> (8 * i) & 0xFF)) continue;
        mask |= UINT64_C(1) << i;
        planes++;
    }
    if (planes > 1 && !is_time) {
        int64_t few = find_few(k, words, count, (planes - 1) * count / 8);
        if (few > 256 && 8 * few >= (planes - 2) * count) few = 0;
        if (few) return put_few(k, few, count);
    }
    if (!put_byte(k, KEPT_PLANES) || !put_word(k, least) || !put_word(k, by) || !put_byte(k, mask)) return 0;
    for (int64_t i = 0; i < count; i++) words[i] = (words[i] - least) / by;
    for (int i = 0; i < 8; i++)
        if (mask >> i & 1 && !put_plane(k, words, count, 8 * i)) return 0;
    return 1;
}

/* ---- a block */

/* Remembers which text a word names, if it names one. */
static int name_text(struct keeper *k, uint64_t last, int64_t which)
{
    if (last == NO_TEXT || !is_long(last)) return 1;
    if (!reserve(&k->texts, &k->text_room, k->text_count + 1, sizeof *k->texts, 1)) return 0;
    k->texts[k->text_count++] = (int64_t)(last >> 8) * 2 + which;
    return 1;
}

/* Puts the column that stands `at` words from the time of each row. */
static int put_rows(struct keeper *k, const struct rows *r, int64_t at)
{
    for (int64_t i = 0; i < r->count; i++) k->column[i] = (uint64_t)r->sorted[i][at];
    return put_column(k, k->column, r->count, 0);
}

static int put_times(struct keeper *k, const struct rows *r, int64_t leads)
{
    int64_t earliest = r->sorted[0][0];
    for (int64_t i = 1; i < r->count; i++)
        if (r->sorted[i][0] < earliest) earliest = r->sorted[i][0];
    for (int64_t lead = 0; lead < leads; lead++) {
        uint64_t before = (uint64_t)earliest;
        for (int64_t i = r->start[lead]; i < r->start[lead + 1]; i++) {
            k->column[i] = (uint64_t)r->sorted[i][0] - before;
            before = (uint64_t)r->sorted[i][0];
        }
    }
    return put_word(k, (uint64_t)earliest) && put_column(k, k->column, r->count, 1);
}

static int put_block(struct keeper *k)
{
    const struct work *w = k->work;
    const struct rows *r = &w->rows[k->stream];
    int64_t lead = w->lead_words, id = k->stream == EVENTS ? w->id_words : 0, columns = k->store->fixed[k->stream];
    const int64_t head[KEPT_HEAD] = {r->count, w->leads, lead, id, columns};
    if (!put(k, head, sizeof head)) return 0;
    for (int64_t n = 0; n < lead; n++) {
        for (int64_t i = 0; i < w->leads; i++) k->column[i] = w->keys[i * lead + n];
        if (!put_column(k, k->column, w->leads, 0)) return 0;
    }
    for (int64_t i = 0; i < w->leads; i++)
        if (!name_text(k, w->keys[i * lead + lead - 1], KEPT_LEADS)) return 0;
    for (int64_t i = 0; i < w->leads; i++) k->column[i] = (uint64_t)(r->start[i + 1] - r->start[i]);
    if (!put_column(k, k->column, w->leads, 0)) return 0;
    for (int64_t n = 0; n < id; n++)
        if (!put_rows(k, r, n - id)) return 0;
    for (int64_t i = 0; i < r->count && id; i++)
        if (!name_text(k, (uint64_t)r->sorted[i][-1], KEPT_IDS)) return 0;
    if (!put_times(k, r, w->leads)) return 0;
    for (int64_t n = 1; n < columns; n++)
        if (!put_rows(k, r, n)) return 0;
    return 1;
}

/* Makes a block of the rows that were taken, and is ready for more. */
int keeper_make(struct keeper *k)
{
    struct work *w = k->work;
    k->size = 0;
    k->text_count = 0;
    if (!reserve(&k->column, &k->column_room, k->count, sizeof *k->column, 0)) return KERNEL_NO_MEMORY;
    if (!reserve(&k->places, &k->place_room, k->count, sizeof *k->places, 0)) return KERNEL_NO_MEMORY;
    int result = work_group_rows(w, k->store, k->stream, k->rows, k->count);
    struct rows *r = &w->rows[k->stream];
    for (int64_t lead = 0; lead < w->leads && result == KERNEL_OK; lead++)
        result = set_in_order(w, k->stream, r->sorted + r->start[lead], r->start[lead + 1] - r->start[lead], 1);
    if (result == KERNEL_OK && !put_block(k)) result = KERNEL_NO_MEMORY;
    k->count = 0;
    return result;
}

const uint8_t *keeper_bytes(const struct keeper *k, int64_t *size)
{
    *size = k->size;
    return k->bytes;
}

/* The long texts that the block names, some perhaps more than once: twice its number, and 1 for an id's. */
const int64_t *keeper_texts(const struct keeper *k, int64_t *count)
{
    *count = k->text_count;
    return k->texts;
}

int64_t keeper_error(const struct keeper *k) { return k->error; }
