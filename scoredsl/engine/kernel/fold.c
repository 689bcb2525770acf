/* The one pass over a log whose scores do not depend on order: by lead, sums are added and bits are joined.

   Leads are compared byte by byte; the hash only finds the place. A lead of up to 16 bytes stands in its entry, a longer one
   in a heap. Entries are found in steps of a block of rows, so that memory is asked for before it is needed. */
#include "kernel.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 256 /* 64: 0.63 s for 20 million rows, 256: 0.55 s, 1024: 0.59 s */
#define HELD 16
#define LINE 64
#define AHEAD 16
#define MOST INT64_C(0x80000000)

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

struct fold {
    int64_t sums, words;   /* how many of each */
    int64_t packed;        /* if not 0: so many low bits of the first column are the first word, the rest is the first sum */
    int64_t width;         /* 64-bit words of an entry: hash, length, text (2), sums, bits; whole lines of the cache */
    int64_t count, room;
    int64_t *entries;
    void *allocated;       /* what `entries` stands in */
    uint64_t *slots;       /* high half of the hash and the entry's number + 1; 0 is empty */
    uint64_t mask;
    uint8_t *heap;
    int64_t heap_used, heap_room;
    int64_t rows;
    uint64_t *largest;     /* the largest absolute value that was added to each sum */
};

/* A column of values: whole numbers of 4 or 8 bytes, and a bit each for those that are there (NULL: all are). */
struct fold_column {
    const uint8_t *values;
    const uint8_t *validity;
    int64_t offset, bytes;
};

/* What a rule adds to a column for an event in [start, stop): `live` if it is later than `since`, else `dead`. */
struct fold_rule {
    int64_t start, stop, since, live, dead, column;
};

/* The rules by the number of an event's name: rules[first[i]] up to rules[first[i + 1]]. */
struct fold_rules {
    const struct fold_rule *rules;
    const int64_t *first;
    int64_t until; /* later events are passed over */
};

EXPORT struct fold *fold_new(int64_t sums, int64_t words, int64_t packed);
EXPORT void fold_free(struct fold *f);
EXPORT int fold_add(struct fold *f, int64_t rows, const int32_t *offsets, const uint8_t *data, int64_t size,
                    const struct fold_column *columns);
EXPORT int fold_events(struct fold *f, int64_t rows, const int32_t *offsets, const uint8_t *data, int64_t size,
                       const int32_t *codes, const int32_t *names, const int64_t *times, const struct fold_rules *rules);
EXPORT int fold_merge(struct fold *f, const struct fold *other);
EXPORT int64_t fold_bytes(const struct fold *f);
EXPORT int64_t fold_leads(const struct fold *f);
EXPORT int64_t fold_text_bytes(const struct fold *f);
EXPORT int fold_exact(const struct fold *f, const int64_t *units);
EXPORT int fold_result(const struct fold *f, int64_t *offsets, uint8_t *data, int64_t *const *columns);

static uint64_t mixed(uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
    hash = (hash ^ (hash >> 32) ^ b) * UINT64_C(0x94D049BB133111EB);
    return hash ^ (hash >> 29);
}

/* Up to 8 bytes, padded with zeros. */
static inline uint64_t word_of(const uint8_t *bytes, const uint8_t *end, int64_t length)
{
    uint64_t word = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (end - bytes >= 8) {
        memcpy(&word, bytes, 8);
        return length >= 8 ? word : word & ~(UINT64_MAX << (8 * length));
    }
#endif
    (void)end;
    memcpy(&word, bytes, (size_t)(length < 8 ? length : 8));
    return word;
}

/* Room for entries, beginning at a line of the cache. */
static int64_t *entry_room(int64_t words, void **allocated)
{
    *allocated = large_alloc((size_t)words * 8 + LINE);
    if (!*allocated) return NULL;
    return (int64_t *)(((uintptr_t)*allocated + LINE - 1) / LINE * LINE);
}

struct fold *fold_new(int64_t sums, int64_t words, int64_t packed)
{
    struct fold *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->sums = sums;
    f->words = words;
    f->packed = packed;
    f->width = (4 + sums + words + 7) / 8 * 8;
    f->room = 1 << 12;
    f->mask = 2 * (uint64_t)f->room - 1;
    f->entries = entry_room(f->room * f->width, &f->allocated);
    f->slots = calloc((size_t)f->mask + 1, 8);
    f->largest = calloc((size_t)sums + 1, 8);
    if (!f->entries || !f->slots || !f->largest) {
        fold_free(f);
        return NULL;
    }
    return f;
}

void fold_free(struct fold *f)
{
    if (!f) return;
    free(f->allocated);
    free(f->slots);
    free(f->heap);
    free(f->largest);
    free(f);
}

/* Slots, all empty. */
static uint64_t *slot_room(int64_t count)
{
    uint64_t *slots = large_alloc((size_t)count * 8);
    if (slots) memset(slots, 0, (size_t)count * 8);
    return slots;
}

static int grow(struct fold *f)
{
    int64_t room = 2 * f->room;
    if (room > MOST) return KERNEL_NO_MEMORY;
    void *allocated;
    int64_t *entries = entry_room(room * f->width, &allocated);
    if (!entries) return KERNEL_NO_MEMORY;
    memcpy(entries, f->entries, (size_t)(f->count * f->width) * 8);
    free(f->allocated);
    f->allocated = allocated;
    f->entries = entries;
    uint64_t mask = 2 * (uint64_t)room - 1;
    uint64_t *slots = slot_room((int64_t)mask + 1);
    if (!slots) return KERNEL_NO_MEMORY;
    free(f->slots);
    f->slots = slots;
    f->mask = mask;
    f->room = room;
    for (int64_t i = 0; i < f->count; i++) {
        uint64_t hash = (uint64_t)entries[i * f->width];
        uint64_t at = hash & mask;
        while (slots[at]) at = (at + 1) & mask;
        slots[at] = (hash & ~UINT64_C(0xFFFFFFFF)) | (uint64_t)(i + 1);
    }
    return KERNEL_OK;
}

static int keep_text(struct fold *f, int64_t *entry, const uint8_t *text, int64_t length)
{
    if (f->heap_used + length > f->heap_room) {
        int64_t room = 2 * f->heap_room + length + 4096;
        uint8_t *heap = realloc(f->heap, (size_t)room);
        if (!heap) return KERNEL_NO_MEMORY;
        f->heap = heap;
        f->heap_room = room;
    }
    memcpy(f->heap + f->heap_used, text, (size_t)length);
    entry[2] = f->heap_used;
    entry[3] = 0;
    f->heap_used += length;
    return KERNEL_OK;
}

static inline const uint8_t *text_of(const struct fold *f, const int64_t *entry)
{
    return entry[1] <= HELD ? (const uint8_t *)(entry + 2) : f->heap + entry[2];
}

static inline int64_t number_of(uint64_t slot) { return (int64_t)(slot & 0xFFFFFFFF) - 1; }

/* The entry of a lead, made where there is none; NULL: no memory. `a`, `b`: the first 16 bytes. */
static int64_t *entry_of(struct fold *f, uint64_t hash, const uint8_t *text, int64_t length, uint64_t a, uint64_t b)
{
    uint64_t at = hash & f->mask;
    for (uint64_t slot; (slot = f->slots[at]); at = (at + 1) & f->mask) {
        if ((slot ^ hash) >> 32) continue;
        int64_t *entry = f->entries + number_of(slot) * f->width;
        if (entry[1] != length) continue;
        if (length <= HELD ? (uint64_t)entry[2] == a && (uint64_t)entry[3] == b
                           : !memcmp(f->heap + entry[2], text, (size_t)length))
            return entry;
    }
    int64_t *entry = f->entries + f->count * f->width;
    entry[0] = (int64_t)hash;
    entry[1] = length;
    entry[2] = (int64_t)a;
    entry[3] = (int64_t)b;
    if (length > HELD && keep_text(f, entry, text, length)) return NULL;
    memset(entry + 4, 0, (size_t)(f->sums + f->words) * 8);
    f->slots[at] = (hash & ~UINT64_C(0xFFFFFFFF)) | (uint64_t)(++f->count);
    return entry;
}

static inline int64_t value_of(const struct fold_column *c, int64_t row)
{
    row += c->offset;
    if (c->validity && !(c->validity[row >> 3] >> (row & 7) & 1)) return 0;
    if (c->bytes == 4) {
        int32_t value;
        memcpy(&value, c->values + 4 * row, 4);
        return value;
    }
    int64_t value;
    memcpy(&value, c->values + 8 * row, 8);
    return value;
}

static inline int64_t largest_of(uint64_t *largest, int64_t value)
{
    uint64_t absolute = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (absolute > *largest) *largest = absolute;
    return value;
}

/* Up to BLOCK leads, with their hashes and first 16 bytes, and the entries that are found for them. */
struct block {
    int64_t rows;
    const uint8_t *text[BLOCK];
    int64_t length[BLOCK];
    uint64_t hash[BLOCK], a[BLOCK], b[BLOCK];
    int64_t *entry[BLOCK];
};

/* The leads are texts that end before `end`. */
static void hash_leads(const struct fold *f, struct block *k, const uint8_t *end)
{
    for (int64_t i = 0; i < k->rows; i++) {
        const uint8_t *text = k->text[i];
        int64_t length = k->length[i];
        k->a[i] = length > 0 ? word_of(text, end, length) : 0;
        k->b[i] = length > 8 ? word_of(text + 8, end, length - 8) : 0;
        uint64_t h = mixed(k->a[i], k->b[i]);
        for (int64_t at = 16; at < length; at += 8) h = mixed(h, word_of(text + at, end, length - at));
        k->hash[i] = mixed(h, (uint64_t)length);
        PREFETCH(&f->slots[k->hash[i] & f->mask]);
    }
}

/* Finds or makes the entries of hashed leads; there must be room, so that no entry moves. */
static int find_entries(struct fold *f, struct block *k)
{
    for (int64_t i = 0; i < k->rows; i++) {
        uint64_t slot = f->slots[k->hash[i] & f->mask];
        k->entry[i] = slot ? f->entries + number_of(slot) * f->width : NULL;
        if (slot)
            for (int64_t w = 0; w < f->width && w < 32; w += 8) PREFETCH(k->entry[i] + w);
    }
    for (int64_t i = 0; i < k->rows; i++) {
        int64_t length = k->length[i];
        const int64_t *held = k->entry[i];
        if (held && length <= HELD && held[1] == length && (uint64_t)held[2] == k->a[i] && (uint64_t)held[3] == k->b[i])
            continue;
        k->entry[i] = entry_of(f, k->hash[i], k->text[i], length, k->a[i], k->b[i]);
        if (!k->entry[i]) return KERNEL_NO_MEMORY;
    }
    return KERNEL_OK;
}

static int make_room(struct fold *f, int64_t more)
{
    return f->count + more > f->room ? grow(f) : KERNEL_OK;
}

/* Adds the values of a block to its entries; its first row is row `base` of the columns. */
static void add(struct fold *f, const struct block *k, const struct fold_column *c, int64_t base)
{
    int64_t n = k->rows;
    if (f->packed) {
        uint64_t low = (UINT64_C(1) << f->packed) - 1, largest = f->largest[0];
        for (int64_t i = 0; i < n; i++) {
            int64_t both = value_of(c, base + i), *entry = k->entry[i];
            entry[4] = (int64_t)((uint64_t)entry[4] + (uint64_t)largest_of(&largest, both >> f->packed));
            entry[4 + f->sums] |= (int64_t)((uint64_t)both & low);
        }
        f->largest[0] = largest;
        c++;
    }
    for (int64_t s = f->packed ? 1 : 0; s < f->sums; s++, c++) {
        uint64_t largest = f->largest[s];
        for (int64_t i = 0; i < n; i++) {
            int64_t *sum = k->entry[i] + 4 + s;
            *sum = (int64_t)((uint64_t)*sum + (uint64_t)largest_of(&largest, value_of(c, base + i)));
        }
        f->largest[s] = largest;
    }
    for (int64_t w = f->packed ? 1 : 0; w < f->words; w++, c++)
        for (int64_t i = 0; i < n; i++) k->entry[i][4 + f->sums + w] |= value_of(c, base + i);
    f->rows += n;
}

/* Takes rows: their leads as Arrow has texts (offsets begin at the first row), then the sums, then the bits. */
int fold_add(struct fold *f, int64_t rows, const int32_t *offsets, const uint8_t *data, int64_t size,
             const struct fold_column *columns)
{
    struct block k;
    for (int64_t base = 0; base < rows; base += BLOCK) {
        k.rows = rows - base < BLOCK ? rows - base : BLOCK;
        for (int64_t i = 0; i < k.rows; i++) {
            k.text[i] = data + offsets[base + i];
            k.length[i] = offsets[base + i + 1] - offsets[base + i];
        }
        if (make_room(f, k.rows)) return KERNEL_NO_MEMORY;
        hash_leads(f, &k, data + size);
        if (find_entries(f, &k)) return KERNEL_NO_MEMORY;
        add(f, &k, columns, base);
    }
    return KERNEL_OK;
}

/* Takes events: their leads, the codes of their names (names[code] is the number in `rules`), their times. */
int fold_events(struct fold *f, int64_t rows, const int32_t *offsets, const uint8_t *data, int64_t size,
                const int32_t *codes, const int32_t *names, const int64_t *times, const struct fold_rules *rules)
{
    struct block k;
    int64_t count = f->sums + f->words - (f->packed ? 1 : 0);
    int64_t *values = malloc((size_t)(count ? count : 1) * BLOCK * 8);
    struct fold_column *columns = malloc((size_t)(count ? count : 1) * sizeof *columns);
    int done = values && columns ? KERNEL_OK : KERNEL_NO_MEMORY;
    for (int64_t c = 0; !done && c < count; c++)
        columns[c] = (struct fold_column){(const uint8_t *)(values + c * BLOCK), NULL, 0, 8};
    for (int64_t row = 0; !done && row < rows;) {
        k.rows = 0;
        memset(values, 0, (size_t)count * BLOCK * 8);
        for (; row < rows && k.rows < BLOCK; row++) {
            int64_t time = times[row], i = k.rows;
            if (time > rules->until) continue;
            k.text[i] = data + offsets[row];
            k.length[i] = offsets[row + 1] - offsets[row];
            const int64_t *first = rules->first + names[codes[row]];
            for (const struct fold_rule *r = rules->rules + first[0], *end = rules->rules + first[1]; r < end; r++) {
                /* without branches: whether an event still lives cannot be foreseen */
                int64_t lives = -(int64_t)(time > r->since), within = -(int64_t)((time >= r->start) & (time < r->stop));
                values[r->column * BLOCK + i] += within & ((lives & r->live) | (~lives & r->dead));
            }
            k.rows++;
        }
        done = make_room(f, k.rows);
        if (!done) hash_leads(f, &k, data + size);
        if (!done) done = find_entries(f, &k);
        if (!done) add(f, &k, columns, 0);
    }
    free(values);
    free(columns);
    return done;
}

/* Adds all that another took, in the same columns. */
int fold_merge(struct fold *f, const struct fold *other)
{
    struct block k;
    int64_t rows = f->rows + other->rows;
    for (int64_t base = 0; base < other->count; base += BLOCK) {
        const int64_t *entry = other->entries + base * other->width;
        k.rows = other->count - base < BLOCK ? other->count - base : BLOCK;
        if (make_room(f, k.rows)) return KERNEL_NO_MEMORY;
        for (int64_t i = 0; i < k.rows; i++) {
            const int64_t *from = entry + i * other->width;
            k.hash[i] = (uint64_t)from[0];
            k.length[i] = from[1];
            k.a[i] = (uint64_t)from[2];
            k.b[i] = (uint64_t)from[3];
            k.text[i] = text_of(other, from);
            PREFETCH(&f->slots[k.hash[i] & f->mask]);
        }
        if (find_entries(f, &k)) return KERNEL_NO_MEMORY;
        for (int64_t i = 0; i < k.rows; i++) {
            const int64_t *from = entry + i * other->width + 4;
            int64_t *to = k.entry[i] + 4;
            for (int64_t s = 0; s < f->sums; s++) to[s] = (int64_t)((uint64_t)to[s] + (uint64_t)from[s]);
            for (int64_t w = f->sums; w < f->sums + f->words; w++) to[w] |= from[w];
        }
    }
    for (int64_t s = 0; s < f->sums; s++)
        if (other->largest[s] > f->largest[s]) f->largest[s] = other->largest[s];
    f->rows = rows;
    return KERNEL_OK;
}

/* The memory that is taken. */
int64_t fold_bytes(const struct fold *f) { return f->room * f->width * 8 + ((int64_t)f->mask + 1) * 8 + f->heap_room; }

int64_t fold_leads(const struct fold *f) { return f->count; }

int64_t fold_text_bytes(const struct fold *f)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < f->count; i++) bytes += f->entries[i * f->width + 1];
    return bytes;
}

/* Whether all sums, in their units, can be added up within 62 bits. */
int fold_exact(const struct fold *f, const int64_t *units)
{
    uint64_t left = UINT64_C(1) << 62, rows = f->rows > 0 ? (uint64_t)f->rows : 1;
    for (int64_t s = 0; s < f->sums; s++) {
        uint64_t unit = (uint64_t)units[s];
        if (f->largest[s] > left / rows / unit) return 0;
        left -= f->largest[s] * rows * unit;
    }
    return 1;
}

/* ---- results in the order of leads */

/* The first 16 bytes of a lead as numbers that stand in its order, and its entry. */
struct key {
    uint64_t a, b;
    int64_t *entry;
};

static uint64_t ordered(const uint8_t *bytes, int64_t length)
{
    uint64_t word = 0;
    for (int64_t i = 0; i < 8; i++) word = word << 8 | (i < length ? bytes[i] : 0);
    return word;
}

/* Whether lead x stands behind lead y. */
static int behind(const struct fold *f, const int64_t *x, const int64_t *y)
{
    int64_t shorter = x[1] < y[1] ? x[1] : y[1];
    int found = memcmp(text_of(f, x), text_of(f, y), (size_t)shorter);
    return found ? found > 0 : x[1] > y[1];
}

/* Moves keys to `to` in the order of one byte; keys that share it keep their order. */
static void order_by_byte(const struct key *from, struct key *to, int64_t count, int byte)
{
    int64_t place[256] = {0};
    for (int64_t i = 0; i < count; i++) place[(byte < 8 ? from[i].a >> (56 - 8 * byte) : from[i].b >> (120 - 8 * byte)) & 255]++;
    for (int64_t digit = 0, at = 0; digit < 256; digit++) {
        int64_t here = place[digit];
        place[digit] = at;
        at += here;
    }
    for (int64_t i = 0; i < count; i++)
        to[place[(byte < 8 ? from[i].a >> (56 - 8 * byte) : from[i].b >> (120 - 8 * byte)) & 255]++] = from[i];
}

/* Leads whose first 16 bytes are the same, by all their bytes; `spare` has room for as many. */
static void order_whole(const struct fold *f, struct key *keys, struct key *spare, int64_t count)
{
    if (count < 2) return;
    int64_t half = count / 2, left = 0, right = half, at = 0;
    order_whole(f, keys, spare, half);
    order_whole(f, keys + half, spare, count - half);
    memcpy(spare, keys, (size_t)count * sizeof *keys);
    while (left < half && right < count)
        keys[at++] = behind(f, spare[left].entry, spare[right].entry) ? spare[right++] : spare[left++];
    while (left < half) keys[at++] = spare[left++];
    while (right < count) keys[at++] = spare[right++];
}

/* The entries in the order of their leads, compared byte by byte; NULL: no memory. */
static struct key *ordered_leads(const struct fold *f)
{
    size_t size = (size_t)(f->count ? f->count : 1) * sizeof(struct key);
    struct key *keys = malloc(size), *spare = malloc(size);
    if (!keys || !spare) {
        free(keys);
        free(spare);
        return NULL;
    }
    uint64_t a = 0, b = 0; /* bits in which the keys differ */
    for (int64_t i = 0; i < f->count; i++) {
        int64_t *entry = f->entries + i * f->width;
        const uint8_t *text = text_of(f, entry);
        keys[i] = (struct key){ordered(text, entry[1]), ordered(text + 8, entry[1] - 8), entry};
        a |= keys[i].a ^ keys[0].a;
        b |= keys[i].b ^ keys[0].b;
    }
    for (int byte = 15; byte >= 0; byte--) {
        if (!((byte < 8 ? a >> (56 - 8 * byte) : b >> (120 - 8 * byte)) & 255)) continue;
        order_by_byte(keys, spare, f->count, byte);
        struct key *other = keys;
        keys = spare;
        spare = other;
    }
    for (int64_t i = 0, end; i < f->count; i = end) {
        for (end = i + 1; end < f->count && keys[end].a == keys[i].a && keys[end].b == keys[i].b; end++) {}
        order_whole(f, keys + i, spare, end - i);
    }
    free(spare);
    return keys;
}

/* Writes all leads in their order, as Arrow has texts with offsets of 8 bytes, and their sums and bits. */
int fold_result(const struct fold *f, int64_t *offsets, uint8_t *data, int64_t *const *columns)
{
    struct key *keys = ordered_leads(f);
    if (!keys) return KERNEL_NO_MEMORY;
    int64_t at = 0;
    for (int64_t i = 0; i < f->count; i++) {
        if (i + AHEAD < f->count) PREFETCH(keys[i + AHEAD].entry);
        const int64_t *entry = keys[i].entry;
        int64_t length = entry[1];
        offsets[i] = at;
        memcpy(data + at, text_of(f, entry), (size_t)length);
        at += length;
        for (int64_t c = 0; c < f->sums + f->words; c++) columns[c][i] = entry[4 + c];
    }
    offsets[f->count] = at;
    free(keys);
    return KERNEL_OK;
}
