/* Blocks of result rows as CSV, as lines of JSON, and as columns of Arrow. The text is, byte for byte, what
   engine/results.py writes with Python's csv and json. */
#include "results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MILLION 1000000
#define LONGEST_CELL 48 /* of a number or a time */
#define NOTHING INT64_MIN

EXPORT struct bytes *bytes_new(void);
EXPORT void bytes_free(struct bytes *b);
EXPORT int render_csv(struct bytes *out, const struct result_block *block, const struct result_column *columns,
                      int64_t count, const uint8_t *quoted);
EXPORT int render_json(struct bytes *out, const struct result_block *block, const struct result_column *columns,
                       int64_t count);
EXPORT int64_t column_lead_bytes(const struct result_block *block, int64_t from, int64_t to);
EXPORT void column_leads(const struct result_block *block, int64_t from, int64_t to, int32_t *offsets, uint8_t *bytes);
EXPORT int64_t column_values(const struct result_block *block, int64_t from, int64_t to,
                             const struct result_column *column, void *values, uint8_t *validity);
EXPORT int64_t point_text(int64_t points, int64_t json, uint8_t *to);
EXPORT int64_t instant_text(int64_t instant, uint8_t *to);

struct bytes *bytes_new(void) { return calloc(1, sizeof(struct bytes)); }

void bytes_free(struct bytes *b)
{
    if (b) free(b->at);
    free(b);
}

/* ---- numbers and times */

static uint8_t *whole(uint8_t *to, uint64_t number)
{
    uint8_t digits[20];
    int count = 0;
    do digits[count++] = (uint8_t)('0' + number % 10);
    while (number /= 10);
    while (count) *to++ = digits[--count];
    return to;
}

/* The digits behind the point of `part` millionths (not 0), without zeros at the end. */
static uint8_t *fraction(uint8_t *to, uint64_t part)
{
    for (uint64_t unit = MILLION / 10; part; unit /= 10) {
        *to++ = (uint8_t)('0' + part / unit);
        part %= unit;
    }
    return to;
}

static uint8_t *points_csv(uint8_t *to, int64_t points)
{
    uint64_t size = points < 0 ? -(uint64_t)points : (uint64_t)points;
    if (points < 0) *to++ = '-';
    to = whole(to, size / MILLION);
    if (size % MILLION) {
        *to++ = '.';
        to = fraction(to, size % MILLION);
    }
    return to;
}

/* Millionths as the nearest double, as a division of whole numbers gives it. */
static double points_double(int64_t points)
{
    uint64_t size = points < 0 ? -(uint64_t)points : (uint64_t)points;
    double number;
    if (size <= UINT64_C(1) << 53) {
        number = (double)size / MILLION;
    } else {
        /* The first 53 bits of the quotient, and what is left to round by. */
        uint64_t quotient = size / MILLION, rest = size % MILLION;
        int shift = 0;
        while (quotient < UINT64_C(1) << 52) {
            quotient = quotient * 2 + (rest * 2 >= MILLION);
            rest = rest * 2 % MILLION;
            shift++;
        }
        if (rest * 2 > MILLION || (rest * 2 == MILLION && quotient & 1)) quotient++;
        number = ldexp((double)quotient, -shift);
    }
    return points < 0 ? -number : number;
}

/* As Python's repr has that double. */
static uint8_t *points_json(uint8_t *to, int64_t points)
{
    uint64_t size = points < 0 ? -(uint64_t)points : (uint64_t)points;
    if (points < 0) *to++ = '-';
    if (size && size < 100) { /* below 0.0001 with an exponent */
        *to++ = (uint8_t)('0' + (size < 10 ? size : size / 10));
        if (size >= 10 && size % 10) {
            *to++ = '.';
            *to++ = (uint8_t)('0' + size % 10);
        }
        memcpy(to, size < 10 ? "e-06" : "e-05", 4);
        return to + 4;
    }
    if (size <= UINT64_C(1000000000000000)) { /* up to 15 digits are the shortest that make their double */
        to = whole(to, size / MILLION);
        *to++ = '.';
        if (size % MILLION) return fraction(to, size % MILLION);
        *to++ = '0';
        return to;
    }
    double number = fabs(points_double(points));
    char text[40];
    int digits = 15;
    for (; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, number);
        if (strtod(text, NULL) == number) break;
    }
    snprintf(text, sizeof text, "%.*e", digits - 1, number);
    int exponent = 0, count = 0;
    char plain[20];
    for (const char *c = text; *c; c++) {
        if (*c == 'e') {
            exponent = atoi(c + 1);
            break;
        }
        if (*c >= '0' && *c <= '9' && count < 18) plain[count++] = *c;
    }
    while (count > 1 && plain[count - 1] == '0') count--;
    for (int i = 0; i <= exponent; i++) *to++ = (uint8_t)(i < count ? plain[i] : '0');
    *to++ = '.';
    if (count <= exponent + 1) *to++ = '0';
    for (int i = exponent + 1; i < count; i++) *to++ = (uint8_t)plain[i];
    return to;
}

static uint8_t *digits_of(uint8_t *to, int64_t number, int count)
{
    for (int i = count - 1; i >= 0; i--, number /= 10) to[i] = (uint8_t)('0' + number % 10);
    return to + count;
}

/* ISO 8601 in UTC, with the fraction only where there is one. */
static uint8_t *instant(uint8_t *to, int64_t micros)
{
    const int64_t day_size = INT64_C(86400) * MILLION;
    int64_t days = micros / day_size, rest = micros % day_size;
    if (rest < 0) {
        rest += day_size;
        days--;
    }
    /* The civil calendar, years beginning in March. */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153, day = of_year - (153 * shifted + 2) / 5 + 1;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9, year = year_of_era + era * 400 + (month <= 2);
    int64_t second = rest / MILLION;
    to = digits_of(to, year, 4);
    *to++ = '-';
    to = digits_of(to, month, 2);
    *to++ = '-';
    to = digits_of(to, day, 2);
    *to++ = 'T';
    to = digits_of(to, second / 3600, 2);
    *to++ = ':';
    to = digits_of(to, second / 60 % 60, 2);
    *to++ = ':';
    to = digits_of(to, second % 60, 2);
    if (rest % MILLION) {
        *to++ = '.';
        to = fraction(to, (uint64_t)(rest % MILLION));
    }
    *to++ = 'Z';
    return to;
}

/* For tests. */
int64_t point_text(int64_t points, int64_t json, uint8_t *to)
{
    return (json ? points_json(to, points) : points_csv(to, points)) - to;
}

int64_t instant_text(int64_t micros, uint8_t *to) { return instant(to, micros) - to; }

/* ---- lines */

static int room(struct bytes *b, int64_t more)
{
    if (b->count + more <= b->room) return 1;
    int64_t size = b->room + b->room / 2 + more + 65536;
    uint8_t *grown = realloc(b->at, (size_t)size);
    if (!grown) return 0;
    b->at = grown;
    b->room = size;
    return 1;
}

/* How many bytes a row may take beside its texts. */
static int64_t row_size(const struct result_column *columns, int64_t count)
{
    int64_t size = 8;
    for (int64_t i = 0; i < count; i++) size += LONGEST_CELL + columns[i].name_length;
    return size;
}

static inline int64_t text_size(const struct result_column *c, int64_t code)
{
    return code >= 0 && code < c->text_count ? c->offsets[code + 1] - c->offsets[code] : 0;
}

int render_csv(struct bytes *out, const struct result_block *block, const struct result_column *columns, int64_t count,
               const uint8_t *quoted)
{
    int64_t fixed = row_size(columns, count);
    out->count = 0;
    for (int64_t i = 0; i < block->count; i++) {
        struct text lead = block->lead[i];
        const int64_t *row = block->row[i];
        if (!room(out, fixed + 2 * lead.length)) return KERNEL_NO_MEMORY;
        uint8_t *to = out->at + out->count;
        for (int64_t k = 0; k < count; k++) {
            const struct result_column *c = &columns[k];
            if (k) *to++ = ',';
            if (c->kind == COLUMN_LEAD) {
                int quotes = count == 1 && lead.length == 0;
                for (int64_t n = 0; n < lead.length; n++) quotes |= quoted[lead.bytes[n]];
                if (!quotes) {
                    if (lead.length) memcpy(to, lead.bytes, (size_t)lead.length);
                    to += lead.length;
                    continue;
                }
                *to++ = '"';
                for (int64_t n = 0; n < lead.length; n++) {
                    if (lead.bytes[n] == '"') *to++ = '"';
                    *to++ = lead.bytes[n];
                }
                *to++ = '"';
                continue;
            }
            int64_t value = row[c->word];
            if (c->kind == COLUMN_TEXT) {
                int64_t size = text_size(c, value);
                if (!size) continue;
                out->count = to - out->at;
                if (!room(out, size + fixed)) return KERNEL_NO_MEMORY;
                to = out->at + out->count;
                memcpy(to, c->bytes + c->offsets[value], (size_t)size);
                to += size;
            } else if (value == NOTHING) {
                continue;
            } else if (c->kind == COLUMN_POINTS) {
                to = points_csv(to, value);
            } else if (c->kind == COLUMN_TIME) {
                to = instant(to, value);
            } else if (value >= 0) {
                memcpy(to, value ? "true" : "false", 5);
                to += value ? 4 : 5;
            }
        }
        *to++ = '\n';
        out->count = to - out->at;
    }
    return KERNEL_OK;
}

static uint8_t *json_text(uint8_t *to, struct text t)
{
    static const char hex[] = "0123456789abcdef";
    *to++ = '"';
    for (int64_t n = 0; n < t.length; n++) {
        uint8_t c = t.bytes[n];
        if (c >= 0x20 && c != '"' && c != '\\') {
            *to++ = c;
            continue;
        }
        *to++ = '\\';
        switch (c) {
        case '"': *to++ = '"'; break;
        case '\\': *to++ = '\\'; break;
        case '\n': *to++ = 'n'; break;
        case '\r': *to++ = 'r'; break;
        case '\t': *to++ = 't'; break;
        case '\b': *to++ = 'b'; break;
        case '\f': *to++ = 'f'; break;
        default:
            memcpy(to, "u00", 3);
            to[3] = (uint8_t)hex[c >> 4];
            to[4] = (uint8_t)hex[c & 15];
            to += 5;
        }
    }
    *to++ = '"';
    return to;
}

int render_json(struct bytes *out, const struct result_block *block, const struct result_column *columns, int64_t count)
{
    int64_t fixed = row_size(columns, count);
    out->count = 0;
    for (int64_t i = 0; i < block->count; i++) {
        struct text lead = block->lead[i];
        const int64_t *row = block->row[i];
        if (!room(out, fixed + 6 * lead.length)) return KERNEL_NO_MEMORY;
        uint8_t *to = out->at + out->count;
        for (int64_t k = 0; k < count; k++) {
            const struct result_column *c = &columns[k];
            memcpy(to, c->name, (size_t)c->name_length);
            to += c->name_length;
            if (c->kind == COLUMN_LEAD) {
                to = json_text(to, lead);
                continue;
            }
            int64_t value = row[c->word];
            int nothing = value == NOTHING || (value < 0 && (c->kind == COLUMN_TEXT || c->kind == COLUMN_BOOLEAN));
            if (nothing) {
                memcpy(to, "null", 4);
                to += 4;
            } else if (c->kind == COLUMN_TEXT) {
                int64_t size = text_size(c, value);
                out->count = to - out->at;
                if (!room(out, size + fixed)) return KERNEL_NO_MEMORY;
                to = out->at + out->count;
                if (size) memcpy(to, c->bytes + c->offsets[value], (size_t)size);
                to += size;
            } else if (c->kind == COLUMN_POINTS) {
                to = points_json(to, value);
            } else if (c->kind == COLUMN_TIME) {
                *to++ = '"';
                to = instant(to, value);
                *to++ = '"';
            } else {
                memcpy(to, value ? "true" : "false", 5);
                to += value ? 4 : 5;
            }
        }
        *to++ = '}';
        *to++ = '\n';
        out->count = to - out->at;
    }
    return KERNEL_OK;
}

/* ---- columns of Arrow */

int64_t column_lead_bytes(const struct result_block *block, int64_t from, int64_t to)
{
    int64_t size = 0;
    for (int64_t i = from; i < to; i++) size += block->lead[i].length;
    return size;
}

void column_leads(const struct result_block *block, int64_t from, int64_t to, int32_t *offsets, uint8_t *bytes)
{
    int32_t at = 0;
    for (int64_t i = from; i < to; i++) {
        struct text t = block->lead[i];
        offsets[i - from] = at;
        if (t.length) memcpy(bytes + at, t.bytes, (size_t)t.length);
        at += (int32_t)t.length;
    }
    offsets[to - from] = at;
}

/* Doubles, codes of 4 bytes, bits, or microseconds, and which are there (bits); gives how many are not. The bytes of
   `validity`, and of `values` for booleans, are zero before. */
int64_t column_values(const struct result_block *block, int64_t from, int64_t to, const struct result_column *column,
                      void *values, uint8_t *validity)
{
    int64_t nothing = 0, kind = column->kind;
    for (int64_t i = from; i < to; i++) {
        int64_t value = block->row[i][column->word], k = i - from;
        int there = kind == COLUMN_TEXT || kind == COLUMN_BOOLEAN ? value >= 0 : value != NOTHING;
        if (there)
            validity[k >> 3] |= (uint8_t)(1 << (k & 7));
        else
            nothing++;
        if (kind == COLUMN_POINTS)
            ((double *)values)[k] = there ? points_double(value) : 0;
        else if (kind == COLUMN_TEXT)
            ((int32_t *)values)[k] = there ? (int32_t)value : 0;
        else if (kind == COLUMN_TIME)
            ((int64_t *)values)[k] = there ? value : 0;
        else if (there && value)
            ((uint8_t *)values)[k >> 3] |= (uint8_t)(1 << (k & 7));
    }
    return nothing;
}
