/* From blocks of a state to rows of the store. */
#include "kept.h"

#include <stdlib.h>

EXPORT int store_keep(struct store *s, int64_t stream, int64_t columns, int64_t lead_words, int64_t id_words);
EXPORT int64_t store_learn(struct store *s, int64_t which, const uint8_t *bytes, int64_t length);
EXPORT int64_t store_text(const struct store *s, int64_t which, int64_t number, const uint8_t **bytes);
EXPORT int64_t store_columns(const struct store *s, int64_t stream);
EXPORT int64_t store_row_bytes(const struct store *s, int64_t stream);
EXPORT int store_take(struct store *s, const struct store *from, const struct kept_block *b);

/* ---- what the store must know before the first row comes */

/* The rows that are kept have so many columns, and texts of so many words (no words of leads: there are none yet). */
int store_keep(struct store *s, int64_t stream, int64_t columns, int64_t lead_words, int64_t id_words)
{
    if (lead_words < 0 || lead_words > MOST_WORDS || id_words < 0 || id_words > MOST_WORDS) return KERNEL_WRONG;
    if (columns < 1 || (s->fixed[stream] >= 0 && s->fixed[stream] != columns)) return KERNEL_WRONG;
    struct layout wanted = s->layout_count ? s->layouts[s->layout_count - 1] : (struct layout){0, 0};
    if (lead_words > wanted.lead_words) wanted.lead_words = (int32_t)lead_words;
    if (id_words > wanted.id_words) wanted.id_words = (int32_t)id_words;
    s->fixed[stream] = columns;
    if (lead_words) store_set_layout(s, wanted);
    return KERNEL_OK;
}

/* Gives a long text of a lead or an id its number; KERNEL_NO_MEMORY where there is none. */
int64_t store_learn(struct store *s, int64_t which, const uint8_t *bytes, int64_t length)
{
    struct text t = {bytes, bytes + length, length};
    return dictionary_number(which == KEPT_LEADS ? s->leads : s->ids, t, hash_text(t));
}

/* The long text of a number: how many bytes, and where they stand. */
int64_t store_text(const struct store *s, int64_t which, int64_t number, const uint8_t **bytes)
{
    struct text t = dictionary_text(which == KEPT_LEADS ? s->leads : s->ids, number);
    *bytes = t.bytes;
    return t.length;
}

/* How many columns the rows of a stream have; -1 where none has come. */
int64_t store_columns(const struct store *s, int64_t stream) { return s->fixed[stream]; }

/* What a row takes when it is loaded; 0 where there are none. */
int64_t store_row_bytes(const struct store *s, int64_t stream)
{
    return s->layout_count && s->fixed[stream] >= 0 ? 8 * store_row_words(s, stream, s->layout_count - 1) : 0;
}

/* ---- columns */

struct input {
    const uint8_t *at, *end;
};

static int take(struct input *in, int64_t count, const uint8_t **bytes)
{
    if (in->end - in->at < count) return 0;
    *bytes = in->at;
    in->at += count;
    return 1;
}

static int take_words(struct input *in, uint64_t *to, int64_t count)
{
    const uint8_t *bytes;
    if (!take(in, 8 * count, &bytes)) return 0;
    memcpy(to, bytes, (size_t)(8 * count));
    return 1;
}

#define STEP 512

/* The words of a column; each `stride` words after the one before. */
static int read_planes(struct input *in, uint64_t *to, int64_t stride, int64_t count)
{
    uint64_t head[2];
    const uint8_t *mask, *plane[8];
    int shift[8], planes = 0;
    if (!take_words(in, head, 2) || !take(in, 1, &mask)) return 0;
    for (int i = 0; i < 8; i++) {
        if (!(*mask >> i & 1)) continue;
        shift[planes] = 8 * i;
        if (!take(in, count, &plane[planes++])) return 0;
    }
    for (int64_t from = 0; from < count; from += STEP) {
        uint64_t some[STEP] = {0};
        int64_t n = count - from < STEP ? count - from : STEP;
        for (int k = 0; k < planes; k++)
            for (int64_t i = 0; i < n; i++) some[i] |= (uint64_t)plane[k][from + i] << shift[k];
        for (int64_t i = 0; i < n; i++) to[(from + i) * stride] = some[i] * head[1] + head[0];
    }
    return 1;
}

static int read_few(struct input *in, uint64_t *to, int64_t stride, int64_t count)
{
    uint64_t many;
    const uint8_t *bytes, *low, *high = NULL;
    if (!take_words(in, &many, 1) || many < 1 || many > 65536) return 0;
    if (!take(in, 8 * (int64_t)many, &bytes) || !take(in, count, &low)) return 0;
    if (many > 256 && !take(in, count, &high)) return 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t place = low[i] | (high ? (uint64_t)high[i] << 8 : 0);
        if (place >= many) return 0;
        memcpy(to + i * stride, bytes + 8 * place, 8);
    }
    return 1;
}

static int read_column(struct input *in, uint64_t *to, int64_t stride, int64_t count)
{
    const uint8_t *kind;
    uint64_t word;
    if (!take(in, 1, &kind)) return 0;
    switch (*kind) {
    case KEPT_SAME:
        if (!take_words(in, &word, 1)) return 0;
        for (int64_t i = 0; i < count; i++) to[i * stride] = word;
        return 1;
    case KEPT_FEW: return read_few(in, to, stride, count);
    case KEPT_PLANES: return read_planes(in, to, stride, count);
    default: return 0;
    }
}

/* ---- texts */

/* Gives a text that does not fit the number that it has in this store. */
static int rename_text(const struct renaming *renamed, uint64_t *last)
{
    if (*last == NO_TEXT || !is_long(*last)) return 1;
    int64_t number = (int64_t)(*last >> 8), low = 0, high = renamed->count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (renamed->from[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == renamed->count || renamed->from[low] != number) return 0;
    *last = (uint64_t)renamed->to[low] << 8 | LONG_TEXT;
    return 1;
}

/* The words of `count` texts, read column by column, renamed. */
static int read_texts(struct input *in, const struct renaming *renamed, uint64_t *to, int64_t words, int64_t count)
{
    for (int64_t k = 0; k < words; k++)
        if (!read_column(in, to + k, words, count)) return 0;
    for (int64_t i = 0; i < count && words; i++)
        if (!rename_text(renamed, to + i * words + words - 1)) return 0;
    return 1;
}

/* ---- a block */

struct spare {
    uint64_t *leads, *runs, *ids;
};

static int read_rows(const struct store *s, const struct kept_block *b, struct input *in, const uint64_t *head,
                     struct spare *spare, uint64_t *to)
{
    const struct layout *now = &s->layouts[s->layout_count - 1];
    int64_t rows = (int64_t)head[0], runs = (int64_t)head[1], lead = (int64_t)head[2], id = (int64_t)head[3];
    int64_t words = store_row_words(s, b->stream, s->layout_count - 1);
    int64_t id_now = b->stream == EVENTS ? now->id_words : 0, skip = now->lead_words + id_now;
    if (!read_texts(in, &b->renamed[KEPT_LEADS], spare->leads, lead, runs)) return 0;
    if (!read_column(in, spare->runs, 1, runs)) return 0;
    if (!read_texts(in, &b->renamed[KEPT_IDS], spare->ids, id, rows)) return 0;
    int64_t at = 0;
    for (int64_t r = 0; r < runs; r++) {
        if (spare->runs[r] < 1 || spare->runs[r] > (uint64_t)(rows - at)) return 0;
        uint64_t *first = to + at * words;
        words_widen(s->leads, spare->leads + r * lead, lead, first, now->lead_words);
        int64_t end = at + (int64_t)spare->runs[r];
        while (++at < end)
            for (int64_t k = 0; k < now->lead_words; k++) to[at * words + k] = first[k];
    }
    if (at != rows) return 0;
    for (int64_t i = 0; i < rows && id_now; i++) {
        uint64_t *place = to + i * words + now->lead_words;
        if (id)
            words_widen(s->ids, spare->ids + i * id, id, place, id_now);
        else
            for (int64_t k = 0; k < id_now; k++) place[k] = NO_TEXT;
    }
    uint64_t earliest, time;
    if (!take_words(in, &earliest, 1)) return 0;
    for (int64_t k = 0; k < s->fixed[b->stream]; k++)
        if (!read_column(in, to + skip + k, words, rows)) return 0;
    at = 0;
    for (int64_t r = 0; r < runs; r++) {
        time = earliest;
        for (uint64_t i = 0; i < spare->runs[r]; i++, at++) to[at * words + skip] = time += to[at * words + skip];
    }
    return in->at == in->end;
}

int kept_read(const struct store *s, const struct kept_block *b, uint64_t *to)
{
    struct input in = {b->bytes, b->bytes + b->size};
    uint64_t head[KEPT_HEAD];
    if (s->layout_count < 1 || !take_words(&in, head, KEPT_HEAD)) return KERNEL_WRONG;
    const struct layout *now = &s->layouts[s->layout_count - 1];
    if (head[0] != (uint64_t)b->rows || head[1] < 1 || head[1] > head[0]) return KERNEL_WRONG;
    if (head[2] < 1 || head[2] > (uint64_t)now->lead_words) return KERNEL_WRONG;
    if (head[3] > (uint64_t)(b->stream == EVENTS ? now->id_words : 0)) return KERNEL_WRONG;
    if ((int64_t)head[4] != s->fixed[b->stream]) return KERNEL_WRONG;
    uint64_t *room = malloc((size_t)(head[1] * (head[2] + 1) + head[0] * head[3] + 1) * sizeof *room);
    if (!room) return KERNEL_NO_MEMORY;
    struct spare spare = {room, room + head[1] * head[2], room + head[1] * (head[2] + 1)};
    int good = read_rows(s, b, &in, head, &spare, to);
    free(room);
    return good ? KERNEL_OK : KERNEL_WRONG;
}

/* Puts the rows of a block into the partitions of a store that splits another one's partition. */
int store_take(struct store *s, const struct store *from, const struct kept_block *b)
{
    int64_t words = store_row_words(from, b->stream, from->layout_count - 1);
    uint64_t *rows = malloc((size_t)(b->rows * words + 1) * sizeof *rows);
    if (!rows) return KERNEL_NO_MEMORY;
    int result = kept_read(from, b, rows);
    if (result == KERNEL_OK) result = store_append_words(s, b->stream, from, from->layout_count - 1, rows, b->rows);
    free(rows);
    return result;
}
