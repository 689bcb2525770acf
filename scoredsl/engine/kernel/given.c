/* Of a lead's alerts those that no earlier run gave, and which of those given are none any more.

   What earlier runs gave stands in the order of time. An alert that was taken back stands there a second time, one that was
   given again a third time: it counts as given where it stands an odd number of times. */
#include "walk.h"

enum { TIME = 1, SCORE = 2, TIER = 5, TIER_BEFORE = 6 }; /* the words of a row */

static int same(const int64_t *row, const int64_t *alert) {
    return row[TIME] == alert[0] && row[SCORE] == alert[1] && row[TIER_BEFORE] == alert[2] && row[TIER] == alert[3];
}

static int equal(const int64_t *a, const int64_t *b) {
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static int was_given(const struct lead_input *in, const int64_t *row) {
    int64_t low = 0, high = in->given, times = 0;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (in->alert[middle][0] < row[TIME]) low = middle + 1;
        else high = middle;
    }
    for (; low < in->given && in->alert[low][0] == row[TIME]; low++) times += same(row, in->alert[low]);
    return times % 2;
}

/* Whether the alert at `place` counts as given, asked once for each alert: at the last place where it stands. */
static int still_given(const struct lead_input *in, int64_t place) {
    const int64_t *alert = in->alert[place];
    int64_t times = 1;
    for (int64_t i = place + 1; i < in->given && in->alert[i][0] == alert[0]; i++)
        if (equal(in->alert[i], alert)) return 0;
    for (int64_t i = place; i > 0 && in->alert[i - 1][0] == alert[0]; i--) times += equal(in->alert[i - 1], alert);
    return times % 2;
}

static int is_there(const int64_t *rows, int64_t count, const int64_t *alert) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (rows[middle * HISTORY_WORDS + TIME] < alert[0]) low = middle + 1;
        else high = middle;
    }
    for (; low < count && rows[low * HISTORY_WORDS + TIME] == alert[0]; low++)
        if (same(rows + low * HISTORY_WORDS, alert)) return 1;
    return 0;
}

static int note(walker *w, int64_t time, int64_t score, int64_t before, int64_t tier) {
    if (!queue_reserve(&w->noted, 1 + GIVEN_WORDS)) return 0;
    const int64_t words[1 + GIVEN_WORDS] = {w->lead_number, time, score, before, tier};
    memcpy(w->noted.a + w->noted.n, words, sizeof words);
    w->noted.n += 1 + GIVEN_WORDS;
    return 1;
}

int keep_new_alerts(walker *w, const struct lead_input *in, int64_t before) {
    int64_t *rows = w->rows.a + w->rows.head + before, count = (queue_size(&w->rows) - before) / HISTORY_WORDS, kept = 0;
    for (int64_t i = 0; i < in->given; i++) {
        const int64_t *alert = in->alert[i];
        if (!still_given(in, i) || is_there(rows, count, alert)) continue;
        w->withdrawn++;
        if (!note(w, alert[0], alert[1], alert[2], alert[3])) return 0;
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t *row = rows + i * HISTORY_WORDS;
        if (was_given(in, row)) continue;
        if (!note(w, row[TIME], row[SCORE], row[TIER_BEFORE], row[TIER])) return 0;
        if (kept != i) memcpy(rows + kept * HISTORY_WORDS, row, HISTORY_WORDS * sizeof *row);
        kept++;
    }
    w->rows.n -= (count - kept) * HISTORY_WORDS;
    return 1;
}
