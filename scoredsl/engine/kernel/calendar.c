/* Local days, their midnights, and calendar periods (LANGUAGE section 2). */
#include "walk.h"

/* 0001-01-01 and 9999-12-31: what is before or after counts as that day. */
#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY INT64_C(2932896)

static int64_t floor_div(int64_t a, int64_t b) {
    int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

/* The stretch of a constant offset that holds at a second: the last transition at or before it. */
static int64_t stretch(const plan *p, int64_t second) {
    int64_t low = 0, high = p->transition_count;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (p->transitions[middle] <= second) low = middle;
        else high = middle;
    }
    return low;
}

int64_t local_day(const plan *p, int64_t instant) {
    int64_t second = floor_div(instant, MILLION);
    int64_t offset = p->transition_count == 1 ? p->offsets[0] : p->offsets[stretch(p, second)];
    int64_t day = floor_div(second + offset, 86400);
    return day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day;
}

int64_t midnight_of(const plan *p, int64_t day) {
    int64_t local = day * 86400;
    if (p->transition_count == 1) return (local - p->offsets[0]) * MILLION;
    /* of a midnight that comes twice the first; of one that does not exist: with the offset before the change */
    int64_t i = stretch(p, local - 2 * 86400);
    for (; i < p->transition_count; i++) {
        int64_t second = local - p->offsets[i];
        if (i + 1 == p->transition_count || second < p->transitions[i + 1]) return second * MILLION;
        if (local - p->offsets[i + 1] < p->transitions[i + 1]) return second * MILLION;
    }
    return (local - p->offsets[p->transition_count - 1]) * MILLION;
}

int64_t period_of(int64_t day, int64_t period) {
    if (period == P_DAY) return day;
    if (period == P_WEEK) return floor_div(day + 3, 7); /* 1970-01-01 was a Thursday, weeks begin on Monday */
    /* the civil date of a day (Howard Hinnant, chrono-compatible low-level date algorithms) */
    int64_t z = day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    return period == P_MONTH ? year * 12 + month : year;
}

/* The next instant after `now` at which the local date changes, if `day` is the next one that matters: its midnight,
   or clocks that are set back over a midnight, so that the day before comes again; then `day` begins a second time. */
int64_t day_change(const plan *p, int64_t day, int64_t now) {
    int64_t next = midnight_of(p, day);
    if (p->transition_count == 1) return next > now ? next : midnight_of(p, day + 1);
    int64_t i = stretch(p, floor_div(now, MILLION));
    if (next <= now) {
        next = (day * 86400 - p->offsets[i]) * MILLION;
        if (next <= now) next = midnight_of(p, day + 1);
    }
    if (i + 1 < p->transition_count) {
        int64_t second = p->transitions[i + 1], before = floor_div(second - 1 + p->offsets[i], 86400);
        if (second * MILLION < next && floor_div(second + p->offsets[i + 1], 86400) < before) next = second * MILLION;
    }
    return next;
}
