/* Texts as words: the dictionary of those that do not fit, and the way back. */
#include "texts.h"

#include <stdlib.h>

static int dictionary_grow(struct dictionary *d)
{
    int64_t count = d->slot_count ? 2 * d->slot_count : 64;
    int64_t *slots = calloc((size_t)count, sizeof *slots);
    if (!slots) return 0;
    for (int64_t i = 0; i < d->count; i++) {
        uint64_t at = d->texts[i].hash;
        while (slots[at & (uint64_t)(count - 1)]) at++;
        slots[at & (uint64_t)(count - 1)] = i + 1;
    }
    free(d->slots);
    d->slots = slots;
    d->slot_count = count;
    return 1;
}

int64_t dictionary_number(struct dictionary *d, struct text t, uint64_t hash)
{
    if (2 * (d->count + 1) > d->slot_count && !dictionary_grow(d)) return -1;
    uint64_t mask = (uint64_t)(d->slot_count - 1), at = hash;
    for (int64_t slot; (slot = d->slots[at & mask]); at++) {
        const struct long_text *found = &d->texts[slot - 1];
        if (found->hash == hash && found->length == t.length &&
            memcmp(d->bytes + found->start, t.bytes, (size_t)t.length) == 0)
            return slot - 1;
    }
    if (d->count == d->room) {
        int64_t room = d->room ? 2 * d->room : 64;
        struct long_text *texts = realloc(d->texts, (size_t)room * sizeof *texts);
        if (!texts) return -1;
        d->texts = texts;
        d->room = room;
    }
    if (d->used + t.length > d->size) {
        int64_t size = 2 * (d->used + t.length) + 4096;
        uint8_t *bytes = realloc(d->bytes, (size_t)size);
        if (!bytes) return -1;
        d->bytes = bytes;
        d->size = size;
    }
    memcpy(d->bytes + d->used, t.bytes, (size_t)t.length);
    d->texts[d->count] = (struct long_text){d->used, t.length, hash};
    d->used += t.length;
    d->slots[at & mask] = ++d->count;
    return d->count - 1;
}

uint64_t text_encode_long(struct dictionary *d, uint64_t *to, int64_t words, struct text t)
{
    uint64_t hash = hash_text(t);
    int64_t number = dictionary_number(d, t, hash);
    if (number < 0) return 0;
    for (int64_t i = 0; i < words - 1; i++) to[i] = word_at(t.bytes + 8 * i, t.end, 8);
    to[words - 1] = (uint64_t)number << 8 | LONG_TEXT;
    return hash ? hash : 1;
}

static int text_compare(struct text a, struct text b)
{
    int order = memcmp(a.bytes, b.bytes, (size_t)(a.length < b.length ? a.length : b.length));
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static void sort_numbers(const struct dictionary *d, int64_t *numbers, int64_t *spare, int64_t count)
{
    if (count < 2) return;
    int64_t half = count / 2;
    sort_numbers(d, numbers, spare, half);
    sort_numbers(d, numbers + half, spare, count - half);
    memcpy(spare, numbers, (size_t)half * sizeof *spare);
    int64_t left = 0, right = half, to = 0;
    while (left < half && right < count)
        if (text_compare(dictionary_text(d, spare[left]), dictionary_text(d, numbers[right])) <= 0)
            numbers[to++] = spare[left++];
        else
            numbers[to++] = numbers[right++];
    while (left < half) numbers[to++] = spare[left++];
}

int dictionary_seal(struct dictionary *d, int64_t words)
{
    free(d->rank);
    free(d->tail);
    d->rank = NULL;
    d->tail = NULL;
    if (!d->count) return KERNEL_OK;
    size_t count = (size_t)d->count;
    int64_t *numbers = malloc(2 * count * sizeof *numbers);
    d->rank = malloc(count * sizeof *d->rank);
    d->tail = malloc(count * sizeof *d->tail);
    if (!numbers || !d->rank || !d->tail) {
        free(numbers);
        return KERNEL_NO_MEMORY;
    }
    for (int64_t i = 0; i < d->count; i++) numbers[i] = i;
    sort_numbers(d, numbers, numbers + count, d->count);
    for (int64_t i = 0; i < d->count; i++) d->rank[numbers[i]] = i;
    free(numbers);
    for (int64_t i = 0; i < d->count; i++) {
        /* Shorter than the words only where the words have grown since: then no record names it any more. */
        struct text t = dictionary_text(d, i);
        int64_t at = 8 * (words - 1), left = t.length - at;
        d->tail[i] = (left > 0 ? word_at(t.bytes + at, t.end, left) : 0) | LONG_TEXT;
    }
    return KERNEL_OK;
}

void dictionary_free(struct dictionary *d)
{
    free(d->texts);
    free(d->bytes);
    free(d->slots);
    free(d->rank);
    free(d->tail);
    memset(d, 0, sizeof *d);
}

int64_t dictionary_memory(const struct dictionary *d)
{
    return d->size + d->room * (int64_t)sizeof *d->texts + d->slot_count * (int64_t)sizeof *d->slots;
}

void words_decode(const struct dictionary *d, const uint64_t *from, int64_t words, uint8_t *bytes)
{
    uint64_t last = from[words - 1];
    if (is_long(last)) {
        struct text t = dictionary_text(d, (int64_t)(last >> 8));
        memcpy(bytes, t.bytes, (size_t)t.length);
        return;
    }
    int64_t length = (int64_t)(last & 0xFF);
    for (int64_t i = 0; 8 * i < length; i++)
        bytes_of_word(from[i], bytes + 8 * i, length - 8 * i < 8 ? length - 8 * i : 8);
}

void words_widen(const struct dictionary *d, const uint64_t *from, int64_t words, uint64_t *to, int64_t more)
{
    uint64_t last = from[words - 1];
    if (last == NO_TEXT) {
        for (int64_t i = 0; i < more; i++) to[i] = NO_TEXT;
    } else if (is_long(last)) {
        int64_t number = (int64_t)(last >> 8);
        struct text t = dictionary_text(d, number);
        int fits = t.length < 8 * more;
        for (int64_t i = 0; i < more; i++)
            to[i] = 8 * i < t.length ? word_at(t.bytes + 8 * i, t.end, t.length - 8 * i) : 0;
        if (fits)
            to[more - 1] |= (uint64_t)t.length;
        else
            to[more - 1] = (uint64_t)number << 8 | LONG_TEXT;
    } else if (words == more) {
        memcpy(to, from, (size_t)words * sizeof *to);
    } else {
        for (int64_t i = 0; i < words; i++) to[i] = from[i];
        for (int64_t i = words; i < more; i++) to[i] = 0;
        to[words - 1] &= ~(uint64_t)0xFF;
        to[more - 1] |= last & 0xFF;
    }
}
