/* The walk of a plain score: rules on single events with constant points, with or without a limit in number and an
   expiry, and fixed bounds. It is the same walk (LANGUAGE section 5), without all that such a score has no use for:
   points are added when an event comes and taken back when they expire, and the rest is the course. */
#include "course.h"

/* Whether a rule needs nothing but its event's bit, its count and its expiry. */
static int plain_rule(const plan *p, const on_rule *x) {
    if (x->trigger != T_OCCURS || x->step_count != 1 || x->same != NONE || x->is_reset || x->state != NONE) return 0;
    const pattern *q = &p->patterns[x->steps[0]];
    if (q->code != NONE || q->apart != NONE) return 0;
    if (x->limit_count > 1 || (x->limit_count && (x->limits[0].key != NONE || x->limits[0].period != P_NONE ||
                                                  x->limits[0].every != NONE)))
        return 0;
    return x->is_constant && x->but_not == 0 && x->cap == CAP_NONE && x->decay == D_NONE && x->ends_on == NONE &&
           !x->unless_repeated && !x->tracked && !x->needs_before && (x->expiry == NONE || x->expiry > 0);
}

static int fixed_bounds(const bound *bounds, int64_t count) {
    for (int64_t k = 0; k < count; k++)
        if (bounds[k].when != NONE) return 0;
    return 1;
}

int is_plain_score(const plan *p, const score_plan *s) {
    if (s->formula != NONE || s->component_count || s->when_count || s->fact_count || s->ticker_count) return 0;
    for (int64_t k = 0; k < s->on_count; k++)
        if (!plain_rule(p, &s->ons[k])) return 0;
    for (int64_t g = 0; g < s->group_count; g++)
        if (!fixed_bounds(s->group_bounds[g], s->group_bound_count[g])) return 0;
    return fixed_bounds(s->bounds, s->bound_count);
}

typedef struct {
    walker *w;
    const score_plan *s;
    score_state *z;
    wide sum; /* outside of groups; z->grouped has those of the groups */
} plain_run;

static inline void add(plain_run *r, const on_rule *x, int64_t points) {
    if (x->group == NONE) r->sum += points;
    else r->z->grouped[x->group] += points;
}

/* Whether an event awards its rule: in its dates, and within its limit, of which it then takes one. */
static inline int admits(plain_run *r, int64_t rule, const on_rule *x, int64_t time) {
    if ((x->start != MISSING && time < x->start) || (x->stop != MISSING && time >= x->stop)) return 0;
    if (x->limit_count) {
        int64_t *count = &r->z->ons[rule].limits[0].count;
        if (*count >= x->limits[0].count) return 0;
        if (*count == 0) r->z->changed[r->z->changed_count++] = rule;
        ++*count;
    }
    return 1;
}

static inline wide total_of(plain_run *r) {
    const score_plan *s = r->s;
    wide total = r->sum;
    for (int64_t g = 0; g < s->group_count; g++) {
        wide value = r->z->grouped[g];
        bounded(NULL, s->group_bounds[g], s->group_bound_count[g], &value);
        total += value;
    }
    total += s->start;
    bounded(NULL, s->bounds, s->bound_count, &total);
    return total;
}

/* For each rule that listens to an event. */
#define FOR_RULES(event, rule)                                                                     \
    for (int64_t word = 0; word < r->w->p->words; word++)                                          \
        for (uint64_t bits = (uint64_t)(event)[1 + word] & s->listened[word]; bits; bits &= bits - 1) \
            for (int64_t bit = word * 64 + __builtin_ctzll(bits), k = s->listener_start[bit], rule; \
                 k < s->listener_start[bit + 1] && (rule = s->listeners[k] >> 14, 1); k++)

/* The score at T alone: what expires by then is left out. */
static void sum_up(plain_run *r) {
    walker *w = r->w;
    const score_plan *s = r->s;
    for (int64_t i = 0; i < w->n; i++) {
        int64_t time = w->events[i][0];
        FOR_RULES(w->events[i], rule) {
            const on_rule *x = &s->ons[rule];
            if (admits(r, rule, x, time) && (x->expiry == NONE || time > w->until - x->expiry)) add(r, x, x->constant);
        }
    }
    r->z->value = narrowed(w, total_of(r));
    r->z->tier = tier_of(s, r->z, r->z->value);
}

/* ---- the course */

/* What happened at an instant: in z->happened by twos, the rule * 2 (+ 1 for an award) and the points. */
static inline void note(plain_run *r, int64_t rule, int awarded, int64_t points) {
    queue_push(&r->z->happened, rule * 2 + awarded);
    queue_push(&r->z->happened, points);
}

/* Takes what expires at an instant or before; gives when the next does. */
static int64_t expire(plain_run *r, int64_t instant) {
    int64_t next = NEVER;
    for (int64_t k = 0; k < r->s->queue_count; k++) {
        queue *q = &r->z->queues[k];
        for (; q->head < q->n && q->a[q->head] <= instant; q->head += 3) {
            int64_t rule = q->a[q->head + 1];
            add(r, &r->s->ons[rule], -q->a[q->head + 2]);
            note(r, rule, 0, -q->a[q->head + 2]);
        }
        if (q->head < q->n && q->a[q->head] < next) next = q->a[q->head];
    }
    return next;
}

/* The causes of what happened at an instant: each rule whose worth is not what it was, once. */
static void causes_of(plain_run *r, int first) {
    walker *w = r->w;
    const queue *q = &r->z->happened;
    queue_clear(&w->codes);
    for (int64_t i = 0; i < q->n; i += 2) {
        int64_t rule = q->a[i] >> 1, awarded = 0, earlier = 0;
        wide change = 0;
        for (int64_t k = 0; k < q->n; k += 2) {
            if (q->a[k] >> 1 != rule) continue;
            earlier |= k < i;
            awarded |= q->a[k] & 1;
            change += q->a[k + 1];
        }
        if (!earlier && change != 0)
            queue_push(&w->codes, r->s->ons[rule].rule * 16 + (awarded ? WORD_AWARDED : WORD_EXPIRED));
    }
    if (!first || w->codes.n) return;
    if (r->s->start != 0) {
        queue_push(&w->codes, CODE_START);
        return;
    }
    score_state *z = r->z;
    wide total = r->sum;
    for (int64_t g = 0; g < r->s->group_count; g++) {
        wide value = z->grouped[g];
        z->bounds[1 + g] = bounded(NULL, r->s->group_bounds[g], r->s->group_bound_count[g], &value);
        total += value;
    }
    z->bounds[0] = bounded(NULL, r->s->bounds, r->s->bound_count, &total);
    for (int64_t slot = 0; slot <= r->s->group_count; slot++) first_bound_cause(w, slot, &z->bounds[slot]);
}

static void follow(plain_run *r) {
    walker *w = r->w;
    const score_plan *s = r->s;
    score_state *z = r->z;
    int64_t i = 0, next_end = NEVER;
    for (int first = 1;; first = 0) {
        int64_t instant = i < w->n ? w->events[i][0] : NEVER;
        if (next_end < instant) instant = next_end;
        if (first && w->beginning < instant) instant = w->beginning;
        if (instant > w->until) return;
        queue_clear(&z->happened);
        if (next_end <= instant) next_end = expire(r, instant);
        for (; i < w->n && w->events[i][0] == instant; i++) {
            FOR_RULES(w->events[i], rule) {
                const on_rule *x = &s->ons[rule];
                if (!admits(r, rule, x, instant)) continue;
                add(r, x, x->constant);
                note(r, rule, 1, x->constant);
                if (x->expiry == NONE) continue;
                int64_t end = instant + x->expiry;
                queue *q = &z->queues[x->expiry_queue];
                queue_push(q, end);
                queue_push(q, rule);
                queue_push(q, x->constant);
                if (end < next_end) next_end = end;
            }
        }
        if (!first && z->happened.n == 0) continue;
        int64_t value = narrowed(w, total_of(r));
        if (s->is_component && (first || value != z->course.a[z->course.n - 1])) {
            queue_push(&z->course, instant);
            queue_push(&z->course, value);
        }
        int64_t tier_now = tier_of(s, z, value);
        if (is_reported(w, z, value, tier_now)) {
            causes_of(r, first);
            write_change(w, r->s - w->p->scores, instant, value, tier_now);
        }
        z->value = value;
        z->tier = tier_now;
        if (scoredsl_out_of_memory || w->overflow) return;
    }
}

void walk_plain(walker *w, int64_t number) {
    const score_plan *s = &w->p->scores[number];
    score_state *z = &w->scores[number];
    plain_run r = {.w = w, .s = s, .z = z, .sum = 0};
    z->value = 0;
    z->tier = NONE;
    for (int64_t k = 0; k < s->tier_count; k++) z->in_tier[k] = 0;
    for (int64_t g = 0; g < s->group_count; g++) z->grouped[g] = 0;
    for (int64_t k = 0; k < s->queue_count; k++) queue_clear(&z->queues[k]);
    queue_clear(&z->course);
    z->changed_count = 0;
    if (!is_loud(w, number) && !s->remembers) sum_up(&r);
    else follow(&r);
    for (int64_t k = 0; k < z->changed_count; k++) z->ons[z->changed[k]].limits[0].count = 0;
}
