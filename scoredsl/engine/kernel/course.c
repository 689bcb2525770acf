/* What is written of a change of a score, and its causes. */
#include "course.h"

/* The number of the cause that w->codes are; each is kept once. */
static int64_t intern_cause(walker *w, int64_t score) {
    uint64_t h = mix64((uint64_t)score + 1), g = mix64((uint64_t)score + 77);
    for (int64_t k = 0; k < w->codes.n; k++) {
        h = mix64(h ^ (uint64_t)w->codes.a[k]) + (uint64_t)k;
        g = mix64(g + 0x9e3779b97f4a7c15ULL * (uint64_t)w->codes.a[k]);
    }
    int64_t known = w->cause_keys.n, entry = map_entry(&w->cause_keys, (int64_t)h, (int64_t)g);
    if (entry == known) {
        queue_push(&w->cause_starts, w->causes.n);
        queue_push(&w->causes, score);
        for (int64_t k = 0; k < w->codes.n; k++) queue_push(&w->causes, w->codes.a[k]);
    }
    return entry;
}

static int conditional(const bound *bounds, int64_t a, int64_t b) {
    return (a != NONE && bounds[a].when != NONE) || (b != NONE && bounds[b].when != NONE);
}

void bound_cause(walker *w, int64_t slot, const bound *bounds, const bounds_state *was, const bounds_state *now) {
    if (was->minimum != now->minimum && conditional(bounds, was->minimum, now->minimum) && was->given != now->given)
        queue_push(&w->codes, CODE_BOUND(slot, 0, now->minimum != NONE ? now->minimum : was->minimum));
    if (was->maximum != now->maximum && conditional(bounds, was->maximum, now->maximum) && was->taken != now->taken)
        queue_push(&w->codes, CODE_BOUND(slot, 1, now->maximum != NONE ? now->maximum : was->maximum));
}

void first_bound_cause(walker *w, int64_t slot, const bounds_state *now) {
    if (now->minimum != NONE && now->given != 0) queue_push(&w->codes, CODE_BOUND(slot, 0, now->minimum));
    if (now->maximum != NONE && now->taken != 0) queue_push(&w->codes, CODE_BOUND(slot, 1, now->maximum));
}

void write_change(walker *w, int64_t score, int64_t instant, int64_t value, int64_t tier) {
    const score_plan *s = &w->p->scores[score];
    const score_state *z = &w->scores[score];
    int64_t cause = w->mode == MODE_BOTH ? NONE : intern_cause(w, score);
    queue *q = &w->rows;
    if (!queue_reserve(q, HISTORY_WORDS)) return;
    int64_t *row = q->a + q->n;
    row[0] = w->lead_number;
    row[1] = w->from_always && instant == w->beginning ? MISSING : instant;
    row[2] = score;
    row[3] = value;
    row[4] = narrowed(w, (wide)value - z->value);
    row[5] = tier == NONE ? NONE : s->tier_first + tier;
    row[6] = z->tier == NONE ? NONE : s->tier_first + z->tier;
    row[7] = cause;
    q->n += HISTORY_WORDS;
}
