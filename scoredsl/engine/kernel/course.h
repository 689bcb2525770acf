/* The course of a score: its value in bounds, its tier, and what is written of a change, with its cause. */
#ifndef SCOREDSL_COURSE_H
#define SCOREDSL_COURSE_H

#include "walk.h"

/* Causes are codes that causes.py turns into words: rule * 16 + word, or one of these. */
enum { WORD_RESET, WORD_AWARDED, WORD_TRUE, WORD_FALSE, WORD_CHANGED, WORD_EXPIRED, WORD_DECAYED };
#define CODE_START (-1)
#define CODE_BOUND(slot, maximum, bound) (-2 - (((slot) * 2 + (maximum)) * 65536 + (bound)))
#define CODE_SCORE(number) ((INT64_C(1) << 40) + (number))

/* A conditional bound that began or ceased to hold, and gave or took another amount than before. */
void bound_cause(walker *w, int64_t slot, const bound *bounds, const bounds_state *was, const bounds_state *now);
/* A bound that gives or takes something when the course begins. */
void first_bound_cause(walker *w, int64_t slot, const bounds_state *now);
/* Writes the row of a change; its causes are in w->codes. */
void write_change(walker *w, int64_t score, int64_t instant, int64_t value, int64_t tier);

/* Whether a change of a score to this value and tier is a row of the results. */
static inline int is_reported(const walker *w, const score_state *z, int64_t value, int64_t tier) {
    if (!is_loud(w, z - w->scores)) return 0;
    return tier != z->tier || (w->mode == MODE_HISTORY && value != z->value);
}

/* The bounds that hold (the highest minimum, the lowest maximum; the maximum wins), and the total within them. */
static inline bounds_state bounded(context *c, const bound *bounds, int64_t count, wide *total) {
    bounds_state b = {NONE, NONE, 0, 0};
    if (count == 0) return b;
    for (int64_t k = 0; k < count; k++) {
        if (bounds[k].when != NONE && !holds(c, bounds[k].when)) continue;
        if (!bounds[k].maximum && (b.minimum == NONE || bounds[k].number > bounds[b.minimum].number)) b.minimum = k;
        if (bounds[k].maximum && (b.maximum == NONE || bounds[k].number < bounds[b.maximum].number)) b.maximum = k;
    }
    wide value = *total;
    if (b.minimum != NONE && value < bounds[b.minimum].number) value = bounds[b.minimum].number;
    b.given = value - *total;
    wide raised = value;
    if (b.maximum != NONE && value > bounds[b.maximum].number) value = bounds[b.maximum].number;
    b.taken = value - raised;
    *total = value;
    return b;
}

static inline int64_t narrowed(walker *w, wide value) {
    if (value > INT64_MAX || value < -(wide)INT64_MAX) {
        w->overflow = 1;
        return value > 0 ? INT64_MAX : -INT64_MAX;
    }
    return (int64_t)value;
}

/* The tier of a value; keeps which of the tiers with a memory the lead is in. */
static inline int64_t tier_of(const score_plan *s, score_state *z, int64_t value) {
    int64_t now = NONE;
    for (int64_t k = s->tier_count - 1; k >= 0; k--) {
        const tier *t = &s->tiers[k];
        int reached = t->above ? value > t->number : value >= t->number;
        if (t->has_until_below || t->for_good) {
            if (reached) z->in_tier[k] = 1;
            else if (t->has_until_below && value < t->until_below) z->in_tier[k] = 0;
            reached = z->in_tier[k];
        }
        if (reached) now = k;
    }
    return now;
}

#endif
