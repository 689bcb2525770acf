/* One score of one lead, instant by instant (LANGUAGE section 5): triggers, resets, awards, lifetimes, the course. */
#include "course.h"

#include <math.h>

/* What is at hand while a score is walked. */
typedef struct {
    walker *w;
    const plan *p;
    const score_plan *s;
    score_state *z;
    int64_t number;
    int track;        /* every change is visited: a history, or tiers that remember */
    int exact_before; /* the value before an instant is asked for somewhere */
    int64_t i;        /* the first event that is not yet seen */
    int64_t first;    /* the first event of the segment */
    int64_t last_event;
    int64_t counted; /* events below were counted for `with same` */
    int64_t before_at, before;
    int dirty, fresh; /* fresh: no state has been kept yet (the course begins) */
    int64_t start; /* what `start at` or `set to` gives */
    const on_rule *reset;
    int64_t reset_number;
} run;

static on_state *state_of(run *r, int64_t rule) { return &r->z->ons[rule]; }

static context lead_context(run *r, int64_t instant) {
    return (context){.p = r->p, .events = r->w->events, .event = NULL, .version = version_at(r->w, instant),
                     .clock = instant, .facts = r->s->facts, .states = r->z->facts, .last_event = r->last_event,
                     .before = 0, .scores = r->w->values, .formula = 0, .divided = 0};
}

static context event_context(run *r, const int64_t *event) {
    return (context){.p = r->p, .events = r->w->events, .event = event, .version = version_at(r->w, event[0]),
                     .clock = event[0], .facts = NULL, .states = NULL, .last_event = MISSING,
                     .before = 0, .scores = r->w->values, .formula = 0, .divided = 0};
}

/* What of a pattern is left where an event has its bit. */
static int code_holds(run *r, const int64_t *event, const pattern *x) {
    if (x->code == NONE) return 1;
    context c = event_context(r, event);
    return holds(&c, x->code);
}

/* ---- what an award is worth */

static int64_t faded(int64_t points, double factor) {
    int64_t worth;
    return to_millionths((double)points / 1000000.0 * factor, &worth) ? worth : 0;
}

int64_t *worths_of(const on_rule *x) {
    if (x->decay == D_NONE || !x->is_constant || x->factor_count == 0) return NULL;
    int64_t *worths = malloc((size_t)x->factor_count * sizeof *worths);
    for (int64_t i = 0; worths != NULL && i < x->factor_count; i++) worths[i] = faded(x->constant, x->factors[i]);
    return worths;
}

static int64_t decayed(const on_rule *x, int64_t points, int64_t age) {
    if (x->decay == D_NONE) return points;
    int64_t step = x->decay == D_PERCENT ? (age < 0 ? -1 : age / x->decay_days) : age;
    if (step >= 0 && step < x->factor_count)
        return x->worths != NULL && points == x->constant ? x->worths[step] : faded(points, x->factors[step]);
    if (x->decay == D_ZERO) return faded(points, fmax(0.0, 1 - (double)age / (double)x->decay_days));
    if (x->decay == D_HALF) return faded(points, pow(0.5, (double)age / (double)x->decay_days));
    return faded(points, pow(1 - x->percent / 100, (double)step));
}

/* The first day after `day` at which an award of `from` may be worth something else; NEVER where it stays as it is. */
static int64_t next_worth_day(const on_rule *x, const award *a, int64_t day) {
    if (a->worth == 0) return NEVER;
    if (x->decay == D_PERCENT) {
        int64_t age = day - a->day;
        return a->day + (age < 0 ? 0 : age / x->decay_days + 1) * x->decay_days;
    }
    return day + 1;
}

static wide clamp(wide x, int64_t number) { return x > number ? number : x < -(wide)number ? -(wide)number : x; }

/* Points more for a rule: its worth after the cap, and the sums that it is in, follow. `entry`: of its cap, or NONE. */
static void add_points(run *r, int64_t rule, int64_t entry, wide more) {
    const on_rule *x = &r->s->ons[rule];
    score_state *z = r->z;
    on_state *o = &z->ons[rule];
    o->sum += more;
    wide worth = o->sum;
    if (x->cap == CAP_PLAIN) {
        worth = clamp(worth, x->cap_number);
    } else if (entry != NONE) {
        wide before = o->cap_sums[entry];
        o->cap_sums[entry] = before + more;
        o->capped += clamp(before + more, x->cap_number) - clamp(before, x->cap_number);
        worth = o->capped;
    }
    wide change = worth - z->worth[rule];
    z->worth[rule] = worth;
    if (x->group == NONE) z->ungrouped += change;
    else z->grouped[x->group] += change;
    if (!z->is_changed[rule]) {
        z->is_changed[rule] = 1;
        z->changed[z->changed_count++] = rule;
    }
    r->dirty = 1;
}

static award *award_at(on_state *s, int64_t absolute) { return &s->awards[absolute - s->base]; }

static void kill_award(run *r, int64_t rule, award *a, int64_t instant) {
    on_state *o = state_of(r, rule);
    if (!a->alive) return;
    a->alive = 0;
    o->alive--;
    o->expired_at = instant;
    add_points(r, rule, a->cap_entry, -(wide)a->worth);
}

static void drop_dead(on_state *s) {
    while (s->head < s->n && !s->awards[s->head].alive) s->head++;
    if (s->head == s->n && s->n > 0) {
        s->base += s->n;
        s->head = s->n = 0;
    }
}

/* Takes what has expired at or before an instant. */
static void expire_tracked(run *r, int64_t rule, int64_t instant) {
    const on_rule *x = &r->s->ons[rule];
    on_state *s = state_of(r, rule);
    if (x->expiry == NONE || s->alive == 0) return;
    if (x->unless_repeated) {
        if (instant < s->expires) return;
        for (int64_t k = s->head; k < s->n; k++) kill_award(r, rule, &s->awards[k], s->expires);
    } else {
        for (int64_t k = s->head; k < s->n; k++) {
            award *a = &s->awards[k];
            if (a->instant + x->expiry > instant) break;
            kill_award(r, rule, a, a->instant + x->expiry);
        }
    }
    drop_dead(s);
}

/* Brings the worths of a rule that decays to the day of an instant. */
static void refresh(run *r, int64_t rule, int64_t day) {
    const on_rule *x = &r->s->ons[rule];
    on_state *s = state_of(r, rule);
    if (s->day == day) return;
    s->day = day;
    s->next_day = NEVER;
    for (int64_t k = s->head; k < s->n; k++) {
        award *a = &s->awards[k];
        if (!a->alive) continue;
        int64_t worth = decayed(x, a->points, day - a->day);
        if (worth != a->worth) {
            add_points(r, rule, a->cap_entry, (wide)worth - a->worth);
            a->worth = worth;
        }
        int64_t next = next_worth_day(x, a, day);
        if (next < s->next_day) s->next_day = next;
    }
}

/* Everything as it stands at an instant: expiries, decay. (Windows of facts advance when they are read.) */
static void advance(run *r, int64_t instant) {
    const score_plan *s = r->s;
    for (int64_t q = 0; q < s->queue_count; q++) {
        queue *all = &r->z->queues[q];
        while (all->head < all->n && all->a[all->head] <= instant) {
            int64_t rule = all->a[all->head + 1];
            state_of(r, rule)->expired_at = all->a[all->head];
            add_points(r, rule, NONE, -(wide)all->a[all->head + 2]);
            all->head += 3;
        }
    }
    int64_t day = MISSING;
    for (int64_t i = 0; i < s->tracked_count; i++) {
        int64_t k = s->tracked[i];
        const on_rule *x = &s->ons[k];
        on_state *o = &r->z->ons[k];
        if (o->head == o->n) continue;
        expire_tracked(r, k, instant);
        if (x->decay != D_NONE && o->alive) {
            if (day == MISSING) day = local_day(r->p, instant);
            refresh(r, k, day);
        }
    }
}

/* Keeps what a rule is worth; where it is not what it was, that is a cause. */
static void keep_on(run *r, int64_t number, int64_t instant) {
    score_state *z = r->z;
    const on_state *o = &z->ons[number];
    int64_t rule = r->s->ons[number].rule;
    wide was = r->reset != NULL || r->fresh ? 0 : z->kept[number];
    z->is_changed[number] = 0;
    z->kept[number] = z->worth[number];
    if (r->reset != NULL && r->reset_number == number) {
        queue_push(&r->w->codes, rule * 16 + WORD_RESET);
        return;
    }
    if (z->worth[number] == was) return;
    int word = o->awarded_at == instant ? WORD_AWARDED : o->expired_at == instant ? WORD_EXPIRED : WORD_DECAYED;
    queue_push(&r->w->codes, rule * 16 + word);
}

static void keep_ons(run *r, int64_t instant) {
    score_state *z = r->z;
    if (r->reset != NULL || r->fresh) {
        for (int64_t k = 0; k < r->s->on_count; k++) keep_on(r, k, instant);
    } else {
        for (int64_t k = 0; k < z->changed_count; k++) keep_on(r, z->changed[k], instant);
    }
    z->changed_count = 0;
}

static void when_cause(run *r, int64_t rule, int64_t number, wide value, int64_t branch) {
    const when_state *z = &r->z->whens[number];
    int held = !r->fresh && z->branch != NONE;
    if (value == (r->fresh ? 0 : z->value)) return;
    int word = branch != NONE && !held ? WORD_TRUE : branch == NONE && held ? WORD_FALSE : WORD_CHANGED;
    queue_push(&r->w->codes, rule * 16 + word);
}

/* ---- the value (section 6) */

static wide when_value(context *c, const when_rule *x, int64_t *branch, int *computed) {
    *computed = 1;
    for (*branch = 0; *branch < x->branch_count; (*branch)++) {
        int64_t k = *branch, points;
        if (x->conditions[k] != NONE && !holds(c, x->conditions[k])) continue;
        if (!points_of(number_of(c, x->amounts[k]), &points)) {
            *computed = 0;
            return 0;
        }
        points *= x->signs[k];
        return x->up_to == NONE ? points : clamp(points, x->up_to);
    }
    *branch = NONE;
    return 0;
}

/* The reported value at an instant. With `keep`, what it is made of is compared with the state before (the causes are
   written to w->codes) and becomes the state. */
static int64_t value_at(run *r, int64_t instant, int keep) {
    const score_plan *s = r->s;
    score_state *z = r->z;
    context c = lead_context(r, instant);
    wide total = 0;
    if (keep) queue_clear(&r->w->codes);
    if (s->formula != NONE) {
        c.formula = 1;
        result x = number_of(&c, s->formula);
        int64_t points;
        if (to_millionths(x.number, &points)) {
            const int64_t most = INT64_C(9000000000000) * MILLION;
            total = points > most ? most : points < -most ? -most : points;
        } else {
            total = x.number > 0 ? INT64_C(9000000000000) * MILLION : x.number < 0 ? -INT64_C(9000000000000) * MILLION : 0;
        }
        if (c.divided) r->w->divided = 1;
        c.formula = 0;
    } else {
        if (keep) keep_ons(r, instant);
        total = z->ungrouped;
        for (int64_t g = 0; g < s->group_count; g++) z->groups[g] = z->grouped[g];
        for (int64_t k = 0; k < s->when_count; k++) {
            int64_t branch;
            int computed;
            const when_rule *x = &s->whens[k];
            wide value = when_value(&c, x, &branch, &computed);
            if (keep) {
                when_cause(r, x->rule, k, value, branch);
                z->whens[k].branch = branch;
                z->whens[k].value = narrowed(r->w, value);
                z->missing[k] = !computed;
            }
            if (x->group == NONE) total += value;
            else z->groups[x->group] += value;
        }
        for (int64_t g = 0; g < s->group_count; g++) {
            wide value = z->groups[g];
            bounds_state b = bounded(&c, s->group_bounds[g], s->group_bound_count[g], &value);
            total += value;
            if (keep) z->bounds[1 + s->group_count + g] = b; /* its causes come after the score's own, below */
        }
        total += r->start;
    }
    bounds_state b = bounded(&c, s->bounds, s->bound_count, &total);
    if (keep) {
        const bounds_state nothing = {NONE, NONE, 0, 0};
        if (s->formula != NONE) {
            for (int64_t k = 0; k < s->component_count; k++) { /* in file order */
                int64_t each = s->components[k];
                if (r->w->values[each] != r->w->previous[each]) queue_push(&r->w->codes, CODE_SCORE(each));
            }
        }
        bound_cause(r->w, 0, s->bounds, r->fresh ? &nothing : &z->bounds[0], &b);
        for (int64_t g = 0; g < s->group_count; g++)
            bound_cause(r->w, 1 + g, s->group_bounds[g], r->fresh ? &nothing : &z->bounds[1 + g],
                        &z->bounds[1 + s->group_count + g]);
        if (r->fresh && s->formula == NONE && r->w->codes.n == 0) {
            if (s->start != 0) {
                queue_push(&r->w->codes, CODE_START);
            } else {
                first_bound_cause(r->w, 0, &b);
                for (int64_t g = 0; g < s->group_count; g++)
                    first_bound_cause(r->w, 1 + g, &z->bounds[1 + s->group_count + g]);
            }
        }
        z->bounds[0] = b;
        for (int64_t g = 0; g < s->group_count; g++) z->bounds[1 + g] = z->bounds[1 + s->group_count + g];
        r->fresh = 0;
    }
    return narrowed(r->w, total);
}

static int64_t score_before(run *r, int64_t instant) {
    if (r->before_at != instant) {
        advance(r, instant);
        r->before = value_at(r, instant, 0);
        r->before_at = instant;
    }
    return r->before;
}

/* ---- what rules do, counted */

static void count_firing(run *r, const on_rule *x, int64_t instant, int64_t points) {
    if (r->number >= r->w->counted) return;
    rule_count *c = &r->w->counts[r->number * r->w->most_rules + x->rule];
    c->fired++;
    c->here++;
    c->points += points;
    if (instant > c->last) c->last = instant;
}

/* At the end of a lead: which rules fired for it, and what they are worth at T. */
static void count_lead(run *r) {
    rule_count *counts = &r->w->counts[r->number * r->w->most_rules];
    for (int64_t k = 0; k < r->s->on_count; k++) {
        rule_count *c = &counts[r->s->ons[k].rule];
        c->leads += c->here > 0;
        c->here = 0;
        c->live += r->z->worth[k];
    }
    context lead = lead_context(r, r->w->until);
    for (int64_t k = 0; k < r->s->when_count; k++) {
        int64_t branch;
        int computed;
        wide value = when_value(&lead, &r->s->whens[k], &branch, &computed);
        if (branch == NONE || !computed) continue;
        rule_count *c = &counts[r->s->whens[k].rule];
        c->fired++;
        c->leads++;
        c->points += value;
        c->live += value;
    }
}

/* ---- from an occurrence to an award */

static int64_t key_of(run *r, int64_t channel, int64_t event) {
    if (channel < 0 || event == NONE) return 0;
    const plan *p = r->p;
    return channels_of(p, r->w->events[event])[p->event_numbers + p->event_instants + channel];
}

static int passes(run *r, const limit *l, limit_state *z, int64_t event, int64_t instant, int record) {
    if (l->key == NONE && l->period == P_NONE) {
        if (l->every == NONE) {
            if (record) z->count++;
            return z->count < l->count;
        }
        if (record) {
            queue_push(&z->times, instant);
            if (queue_size(&z->times) > l->count) z->times.head++;
            return 1;
        }
        int64_t n = queue_size(&z->times);
        return n < l->count || z->times.a[z->times.n - l->count] <= instant - l->every;
    }
    int64_t key = l->key == NONE ? 0 : key_of(r, l->key, event);
    int64_t period = l->period == P_NONE ? 0 : period_of(local_day(r->p, instant), l->period);
    if (!record) {
        int64_t entry = map_find(&z->keys, key, period);
        if (entry < 0) return 1;
        if (l->every == NONE) return z->counts.a[entry] < l->count;
        const queue *times = &z->by_key[entry];
        return queue_size(times) < l->count || times->a[times->n - l->count] <= instant - l->every;
    }
    int64_t known = z->keys.n, entry = map_entry(&z->keys, key, period);
    if (entry < 0) return 0;
    if (entry == known) queue_push(&z->counts, 0);
    if (scoredsl_out_of_memory) return 0;
    z->counts.a[entry]++;
    if (l->every != NONE) {
        if (entry >= z->by_key_count) {
            int64_t room = z->by_key_count ? z->by_key_count * 2 : 8;
            queue *all = realloc(z->by_key, (size_t)room * sizeof *all);
            if (all == NULL) {
                scoredsl_out_of_memory = 1;
                return 0;
            }
            memset(all + z->by_key_count, 0, (size_t)(room - z->by_key_count) * sizeof *all);
            z->by_key = all;
            z->by_key_count = room;
        }
        if (entry == known) queue_clear(&z->by_key[entry]);
        queue_push(&z->by_key[entry], instant);
        if (queue_size(&z->by_key[entry]) > l->count) z->by_key[entry].head++;
    }
    return 1;
}

static void add_tracked(run *r, int64_t rule, int64_t instant, int64_t event, int by_event,
                        int64_t points) {
    const on_rule *x = &r->s->ons[rule];
    on_state *o = state_of(r, rule);
    if (o->n == o->room) {
        if (o->head > o->n / 2) {
            memmove(o->awards, o->awards + o->head, (size_t)(o->n - o->head) * sizeof *o->awards);
            o->base += o->head;
            o->n -= o->head;
            o->head = 0;
        } else {
            int64_t room = o->room ? o->room * 2 : 8;
            award *all = realloc(o->awards, (size_t)room * sizeof *all);
            if (all == NULL) {
                scoredsl_out_of_memory = 1;
                return;
            }
            o->awards = all;
            o->room = room;
        }
    }
    int exact = r->track || r->exact_before;
    award *a = &o->awards[o->n];
    *a = (award){.instant = instant, .points = points, .worth = points, .cap_entry = NONE, .next = NONE, .event = event,
                 .by_event = by_event, .alive = 1};
    if (x->decay != D_NONE) {
        a->day = local_day(r->p, instant);
        if (exact) refresh(r, rule, a->day);
        else o->day = local_day(r->p, r->w->until); /* nothing is asked before: all are worth what they are at the end */
        a->worth = decayed(x, points, o->day - a->day);
        int64_t next = next_worth_day(x, a, o->day);
        if (next < o->next_day) o->next_day = next;
    }
    if (x->cap == CAP_KEY || x->cap == CAP_PERIOD) {
        int64_t key = x->cap == CAP_KEY ? key_of(r, x->cap_key, event)
                                        : period_of(local_day(r->p, instant), x->cap_period);
        int64_t known = o->caps.n;
        a->cap_entry = map_entry(&o->caps, key, 0);
        if (a->cap_entry < 0) return;
        if (a->cap_entry == known) {
            if (known >= o->cap_room) {
                int64_t room = o->cap_room ? o->cap_room * 2 : 8;
                wide *sums = realloc(o->cap_sums, (size_t)room * sizeof *sums);
                if (sums == NULL) {
                    scoredsl_out_of_memory = 1;
                    return;
                }
                o->cap_sums = sums;
                o->cap_room = room;
            }
            o->cap_sums[known] = 0;
        }
    }
    o->alive++;
    add_points(r, rule, a->cap_entry, a->worth);
    if (x->ends_on != NONE && x->ends_same != NONE) {
        int64_t key = key_of(r, x->ends_same, event);
        if (key != 0) {
            int64_t known = o->same.n, entry = map_entry(&o->same, key, 0);
            if (entry < 0) return;
            if (entry == known) queue_push(&o->same_first, NONE);
            if (scoredsl_out_of_memory) return;
            a->next = o->same_first.a[entry];
            o->same_first.a[entry] = o->base + o->n;
        }
    }
    o->n++;
}

static int admitted(run *r, const on_rule *x, const occurrence *q, int64_t instant) {
    const int64_t *event = q->event == NONE ? NULL : r->w->events[q->event];
    int64_t dated = event != NULL && !q->by_event ? event[0] : instant;
    if ((x->start != MISSING && dated < x->start) || (x->stop != MISSING && dated >= x->stop)) return 0;
    if (x->state == NONE) return 1;
    context c = lead_context(r, instant);
    c.before = x->needs_before ? score_before(r, instant) : 0;
    return holds(&c, x->state);
}

static void take(run *r, const occurrence *q, int64_t instant) {
    const on_rule *x = &r->s->ons[q->rule];
    on_state *o = &r->z->ons[q->rule];
    r->z->used[q->rule] = 1;
    if (!admitted(r, x, q, instant)) return;
    int64_t points = x->constant;
    if (!x->is_constant) {
        const int64_t *event = q->event == NONE ? NULL : r->w->events[q->event];
        context c = event == NULL ? lead_context(r, instant) : event_context(r, event);
        if (!points_of(number_of(&c, x->amount), &points)) {
            r->w->lost[r->number * r->w->most_rules + q->rule]++;
            return;
        }
        points *= x->sign;
    }
    if (x->but_not != 0 && points * x->sign >= 0) {
        int64_t score = score_before(r, instant);
        wide room = x->but_not < 0 ? (wide)score - x->but_not_number : (wide)x->but_not_number - score;
        int64_t amount = points * x->sign;
        if (room < amount) amount = room < 0 ? 0 : (int64_t)room;
        if (amount == 0) return;
        points = amount * x->sign;
    }
    if (x->unless_repeated) {
        expire_tracked(r, q->rule, instant);
        if (o->alive) o->expires = instant + x->expiry;
    }
    for (int64_t k = 0; k < x->limit_count; k++)
        if (!passes(r, &x->limits[k], &o->limits[k], q->event, instant, 0)) return;
    for (int64_t k = 0; k < x->limit_count; k++) passes(r, &x->limits[k], &o->limits[k], q->event, instant, 1);
    o->awarded_at = instant;
    r->dirty = 1;
    count_firing(r, x, instant, points);
    int exact = r->track || r->exact_before;
    if (!exact && x->expiry != NONE && !x->unless_repeated && instant + x->expiry <= r->w->until) return; /* gone by T */
    if (x->tracked) {
        if (x->unless_repeated) o->expires = instant + x->expiry;
        add_tracked(r, q->rule, instant, q->event, (int)q->by_event, points);
        return;
    }
    add_points(r, q->rule, NONE, points);
    if (x->expiry != NONE && exact) {
        queue *all = &r->z->queues[x->expiry_queue];
        queue_push(all, instant + x->expiry);
        queue_push(all, q->rule);
        queue_push(all, points);
    }
}

/* ---- triggers */

static void found(run *r, int64_t rule, int64_t event, int by_event) {
    walker *w = r->w;
    if (w->found_count == w->found_room) {
        int64_t room = w->found_room * 2;
        occurrence *all = realloc(w->found, (size_t)room * sizeof *all);
        if (all == NULL) {
            scoredsl_out_of_memory = 1;
            return;
        }
        w->found = all;
        w->found_room = room;
    }
    w->found[w->found_count++] = (occurrence){rule, event, by_event};
}

static void clear_key(const on_rule *x, key_state *k) {
    queue_clear(&k->unused);
    for (int64_t i = 0; i < x->step_count; i++) k->slots[i] = k->last_match[i] = MISSING;
    k->killed = 0;
}

static key_state *key_number(const on_rule *x, on_state *o, int64_t number) {
    while (number >= o->key_count) {
        if (o->key_count == o->key_room) {
            int64_t room = o->key_room ? o->key_room * 2 : 1;
            key_state *all = realloc(o->key, (size_t)room * sizeof *all);
            if (all == NULL) {
                scoredsl_out_of_memory = 1;
                return NULL;
            }
            memset(all + o->key_room, 0, (size_t)(room - o->key_room) * sizeof *all);
            o->key = all;
            o->key_room = room;
        }
        key_state *k = &o->key[o->key_count];
        if (k->slots == NULL) {
            k->slots = malloc((size_t)x->step_count * 2 * sizeof(int64_t));
            if (k->slots == NULL) {
                scoredsl_out_of_memory = 1;
                return NULL;
            }
            k->last_match = k->slots + x->step_count;
        }
        clear_key(x, k);
        o->key_count++;
    }
    return &o->key[number];
}

/* Whether a matching event counts beside `D apart`. */
static int kept(const plan *p, const on_rule *x, key_state *k, int64_t step, int64_t time) {
    int64_t apart = p->patterns[x->steps[step]].apart, before = k->last_match[step];
    k->last_match[step] = time;
    return apart == NONE || before == MISSING || before <= time - apart;
}

static void chain_step(run *r, int64_t rule, const on_rule *x, on_state *o, key_state *k, int64_t event, int64_t time) {
    int64_t last = x->step_count - 1;
    for (int64_t i = 0; i <= last; i++)
        if (o->matched[i]) o->matched[i] = kept(r->p, x, k, i, time);
    for (int64_t i = last; i >= 0; i--) {
        if (!o->matched[i]) continue;
        if (i == 0) {
            k->slots[0] = time;
            return;
        }
        int64_t opening = k->slots[i - 1];
        if (opening == MISSING || opening <= time - x->within) continue;
        k->slots[i - 1] = MISSING;
        if (i == last) found(r, rule, event, 1);
        else k->slots[i] = opening;
        return;
    }
}

/* An event that one or more steps of a rule's trigger take. */
static void trigger(run *r, int64_t rule, int64_t event) {
    const on_rule *x = &r->s->ons[rule];
    on_state *o = &r->z->ons[rule];
    int64_t time = r->w->events[event][0], number = 0;
    r->z->used[rule] = 1;
    if (x->same != NONE) {
        int64_t key = key_of(r, x->same, event);
        if (key == 0) {
            if (event >= r->counted) r->w->without_value[r->number * r->w->most_rules + rule]++;
            return;
        }
        number = map_entry(&o->keys, key, 0);
        if (number < 0) return;
    }
    key_state *k = key_number(x, o, number);
    if (k == NULL) return;
    switch (x->trigger) {
        case T_OCCURS:
            if (kept(r->p, x, k, 0, time)) found(r, rule, event, 1);
            break;
        case T_COUNT:
            if (!kept(r->p, x, k, 0, time)) break;
            queue_push(&k->unused, time);
            if (x->within != NONE)
                while (k->unused.a[k->unused.head] <= time - x->within) k->unused.head++;
            if (queue_size(&k->unused) >= x->count) {
                queue_clear(&k->unused);
                found(r, rule, event, 1);
            }
            break;
        case T_CHAIN: chain_step(r, rule, x, o, k, event, time); break;
        case T_ABSENCE: {
            int opens = o->matched[0] && kept(r->p, x, k, 0, time);
            if (o->matched[1] && kept(r->p, x, k, 1, time)) k->killed = o->pushed;
            if (opens) {
                queue_push(&o->pending, time + x->within);
                queue_push(&o->pending, event);
                queue_push(&o->pending, number);
                queue_push(&o->pending, ++o->pushed);
            }
            break;
        }
        default: /* inactivity */
            if (kept(r->p, x, k, 0, time)) o->due = time + x->after + x->duration;
    }
}

static void event_triggers(run *r, int64_t event) {
    walker *w = r->w;
    const score_plan *s = r->s;
    const int64_t *record = w->events[event];
    w->touched_count = 0;
    for (int64_t word = 0; word < r->p->words; word++) {
        uint64_t bits = (uint64_t)record[1 + word] & s->listened[word];
        while (bits) {
            int64_t bit = word * 64 + __builtin_ctzll(bits);
            bits &= bits - 1;
            for (int64_t k = s->listener_start[bit]; k < s->listener_start[bit + 1]; k++) {
                if (s->listeners[k] & 3) continue; /* facts and endings come later */
                int64_t rule = s->listeners[k] >> 14, step = (s->listeners[k] >> 2) & 4095;
                const on_rule *x = &s->ons[rule];
                const pattern *q = &r->p->patterns[x->steps[step]];
                if (!code_holds(r, record, q)) continue;
                if (x->trigger == T_OCCURS && q->apart == NONE) {
                    found(r, rule, event, 1);
                    continue;
                }
                on_state *o = &r->z->ons[rule];
                if (o->matched_event != event) {
                    o->matched_event = event;
                    for (int64_t i = 0; i < x->step_count; i++) o->matched[i] = 0;
                    w->touched[w->touched_count++] = rule;
                }
                o->matched[step] = 1;
            }
        }
    }
    for (int64_t k = 0; k < w->touched_count; k++) {
        trigger(r, w->touched[k], event);
        r->z->ons[w->touched[k]].matched_event = NONE;
    }
}

/* Absences that are due: before the events of their instant, which come too late. */
static void due_absences(run *r, int64_t instant) {
    for (int64_t i = 0; i < r->s->absence_count; i++) {
        int64_t k = r->s->absences[i];
        on_state *o = &r->z->ons[k];
        queue *q = &o->pending;
        while (queue_size(q) && q->a[q->head] <= instant) {
            const int64_t *a = q->a + q->head;
            q->head += 4;
            if (a[3] > o->key[a[2]].killed) found(r, k, a[1], 0);
        }
    }
}

static void due_inactivity(run *r, int64_t instant) {
    for (int64_t i = 0; i < r->s->inactivity_count; i++) {
        int64_t k = r->s->inactivities[i];
        const on_rule *x = &r->s->ons[k];
        on_state *o = &r->z->ons[k];
        if (o->due != instant) continue;
        found(r, k, NONE, 0);
        o->due = x->every ? instant + x->duration : NEVER;
    }
}

/* ---- segments */

static void begin_segment(run *r) {
    const score_plan *s = r->s;
    score_state *z = r->z;
    for (int64_t k = 0; k < s->on_count; k++) {
        if (!z->used[k]) continue; /* it is as it was */
        const on_rule *x = &s->ons[k];
        on_state *o = &z->ons[k];
        z->used[k] = 0;
        z->worth[k] = 0;
        if (x->same != NONE) map_clear(&o->keys);
        o->key_count = 0;
        if (x->trigger != T_OCCURS || r->p->patterns[x->steps[0]].apart != NONE) {
            if (x->trigger == T_ABSENCE) queue_clear(&o->pending);
            if (x->same == NONE) key_number(x, o, 0);
        }
        o->pushed = 0;
        o->due = NEVER;
        o->matched_event = NONE;
        for (int64_t i = 0; i < x->limit_count; i++) {
            limit_state *l = &o->limits[i];
            l->count = 0;
            queue_clear(&l->times);
            queue_clear(&l->counts);
            map_clear(&l->keys);
        }
        o->sum = o->capped = 0;
        o->awarded_at = o->expired_at = MISSING;
        if (x->tracked) {
            o->base = o->head = o->n = o->alive = 0;
            o->expires = o->day = MISSING;
            o->next_day = NEVER;
            map_clear(&o->caps);
            map_clear(&o->same);
            queue_clear(&o->same_first);
        }
    }
    z->ungrouped = 0;
    for (int64_t g = 0; g < s->group_count; g++) z->grouped[g] = 0;
    for (int64_t k = 0; k < s->queue_count; k++) queue_clear(&z->queues[k]);
    for (int64_t k = 0; k < s->fact_count; k++) fact_clear(&z->facts[k]);
    r->last_event = MISSING;
}

typedef struct {
    int64_t at, rule; /* the place of its event, or NEVER; the rule */
} order;

/* The first reset of an instant that comes after `after`; 0 where there is none. */
static int first_reset(run *r, int64_t instant, order *after, int after_set, occurrence *which) {
    walker *w = r->w;
    for (;;) {
        int64_t best = NONE;
        order chosen = {NEVER, NEVER};
        for (int64_t k = 0; k < w->found_count; k++) {
            const occurrence *q = &w->found[k];
            if (!r->s->ons[q->rule].is_reset) continue;
            order o = {q->by_event ? q->event : NEVER, q->rule};
            if (after_set && (o.at < after->at || (o.at == after->at && o.rule <= after->rule))) continue;
            if (best == NONE || o.at < chosen.at || (o.at == chosen.at && o.rule < chosen.rule)) {
                best = k;
                chosen = o;
            }
        }
        if (best == NONE) return 0;
        *after = chosen;
        after_set = 1;
        if (admitted(r, &r->s->ons[w->found[best].rule], &w->found[best], instant)) {
            *which = w->found[best];
            return 1;
        }
    }
}

/* ---- what the events of an instant do after the awards: endings and facts */

static void end_awards(run *r, int64_t rule, int64_t event) {
    const on_rule *x = &r->s->ons[rule];
    on_state *o = &r->z->ons[rule];
    int64_t time = r->w->events[event][0];
    if (x->ends_same == NONE) {
        for (int64_t k = o->head; k < o->n; k++) {
            award *a = &o->awards[k];
            if (a->instant < time || (a->by_event && a->event < event)) kill_award(r, rule, a, time);
        }
        drop_dead(o);
        return;
    }
    int64_t key = key_of(r, x->ends_same, event), entry = key == 0 ? -1 : map_find(&o->same, key, 0);
    if (entry < 0) return;
    int64_t each = o->same_first.a[entry], stay = NONE;
    while (each != NONE && each >= o->base) {
        award *a = award_at(o, each);
        int64_t next = a->next;
        if (a->alive) {
            if (a->instant < time || (a->by_event && a->event < event)) {
                kill_award(r, rule, a, time);
            } else {
                a->next = stay;
                stay = each;
            }
        }
        each = next;
    }
    o->same_first.a[entry] = stay;
    drop_dead(o);
}

static void after_event(run *r, int64_t event) {
    const score_plan *s = r->s;
    const int64_t *record = r->w->events[event];
    for (int64_t word = 0; word < r->p->words; word++) {
        uint64_t bits = (uint64_t)record[1 + word] & s->listened[word];
        while (bits) {
            int64_t bit = word * 64 + __builtin_ctzll(bits);
            bits &= bits - 1;
            for (int64_t k = s->listener_start[bit]; k < s->listener_start[bit + 1]; k++) {
                int64_t type = s->listeners[k] & 3, number = s->listeners[k] >> 14;
                if (type == 0) continue;
                int64_t pattern_number = type == 1 ? s->ons[number].ends_on : s->facts[number].pattern;
                const pattern *q = &r->p->patterns[pattern_number];
                if (!code_holds(r, record, q)) continue;
                if (type == 1) end_awards(r, number, event);
                else fact_push(r->p, &s->facts[number], &r->z->facts[number], record, event);
            }
        }
    }
    r->last_event = record[0];
}

/* ---- which instant is next */

static int64_t ticker_next(run *r, const ticker *t, int64_t now) {
    int64_t next = NEVER;
    context c = lead_context(r, now);
    int64_t at = MISSING;
    switch (t->kind) {
        case K_FACT_WINDOW: return fact_window_end(&r->s->facts[t->fact], &r->z->facts[t->fact]);
        case K_INACTIVE:
            if (r->last_event != MISSING && r->last_event + t->duration > now) next = r->last_event + t->duration;
            return next;
        case K_FACT_DAYS:
        case K_FACT_CROSS: {
            const fact *f = &r->s->facts[t->fact];
            at = r->z->facts[t->fact].last_time;
            if (at != MISSING && f->last != NONE && at <= now - f->last) at = MISSING;
            break;
        }
        case K_PICKED_WINDOW: {
            const fact *f = &r->s->facts[t->fact];
            fact_state *z = &r->z->facts[t->fact];
            fact_advance(f, z, now);
            int64_t event = f->kind == F_FIRST && f->last != NONE
                                ? (queue_size(&z->items) ? z->items.a[z->items.head + 1] : NONE)
                                : z->picked;
            if (event != NONE) at = channels_of(r->p, r->w->events[event])[r->p->event_numbers + t->channel];
            break;
        }
        default: /* fields */
            if (c.version != NULL) at = profile_channels_of(r->p, c.version)[r->p->profile_numbers + t->channel];
    }
    if (at == MISSING) return NEVER;
    switch (t->kind) {
        case K_FIELD_WINDOW:
        case K_PICKED_WINDOW: {
            int64_t one = t->next ? at - t->duration : at, two = t->next ? at : at + t->duration;
            return one > now ? one : two > now ? two : NEVER;
        }
        case K_FACT_DAYS:
        case K_FIELD_DAYS: {
            int64_t d = now - at, q = d / DAY;
            if (d % DAY != 0 && d < 0) q--;
            next = at + (q + 1) * DAY;
            if (t->kind == K_FIELD_DAYS && at + 1 > now && at + 1 < next) next = at + 1;
            return next;
        }
        default: /* crossings: whole days after (for `until`: before) it */
            if (t->kind == K_FIELD_CROSS && at + 1 > now) next = at + 1;
            for (int64_t k = 0; k < t->crossings_count; k++) {
                int64_t when = at + t->crossings[k] * DAY;
                if (when > now && when < next) next = when;
            }
            return next;
    }
}

static int64_t next_instant(run *r, int64_t now) {
    const score_plan *s = r->s;
    score_state *z = r->z;
    int64_t next = r->i < r->w->n ? r->w->events[r->i][0] : NEVER;
    for (int64_t i = 0; i < s->absence_count; i++) {
        on_state *o = &z->ons[s->absences[i]];
        queue *q = &o->pending;
        while (queue_size(q) && q->a[q->head + 3] <= o->key[q->a[q->head + 2]].killed) q->head += 4;
        if (queue_size(q) && q->a[q->head] < next) next = q->a[q->head];
    }
    for (int64_t i = 0; i < s->inactivity_count; i++) {
        int64_t due = z->ons[s->inactivities[i]].due;
        if (due < next) next = due;
    }
    if (!r->track) return next;
    for (int64_t i = 0; i < s->tracked_count; i++) {
        const on_rule *x = &s->ons[s->tracked[i]];
        on_state *o = &z->ons[s->tracked[i]];
        if (o->alive == 0) continue;
        if (x->expiry != NONE) {
            int64_t end = x->unless_repeated ? o->expires : NEVER;
            if (!x->unless_repeated) {
                int64_t i = o->head;
                while (i < o->n && !o->awards[i].alive) i++;
                if (i < o->n) end = o->awards[i].instant + x->expiry;
            }
            if (end < next) next = end;
        }
        if (x->decay != D_NONE && o->next_day != NEVER) {
            int64_t change = day_change(r->p, o->next_day, now);
            if (change < next) next = change;
        }
    }
    for (int64_t k = 0; k < s->queue_count; k++) {
        const queue *q = &z->queues[k];
        if (q->head < q->n && q->a[q->head] < next) next = q->a[q->head];
    }
    if (now != MISSING) {
        int64_t version = next_version_time(r->w, now);
        if (version < next) next = version;
        for (int64_t k = 0; k < s->ticker_count; k++) {
            int64_t time = ticker_next(r, &s->tickers[k], now);
            if (time > now && time < next) next = time;
        }
    }
    for (int64_t k = 0; k < s->component_count; k++) {
        queue *q = &r->w->scores[s->components[k]].course;
        if (q->head < q->n && q->a[q->head] < next) next = q->a[q->head];
    }
    return next;
}

/* ---- the course */

static void visit(run *r, int64_t instant, int first) {
    int64_t value = value_at(r, instant, 1);
    score_state *z = r->z;
    if (first || value != z->course.a[z->course.n - 1]) {
        queue_push(&z->course, instant);
        queue_push(&z->course, value);
    }
    int64_t tier_now = tier_of(r->s, z, value);
    if (is_reported(r->w, z, value, tier_now)) write_change(r->w, r->number, instant, value, tier_now);
    z->value = value;
    z->tier = tier_now;
}

/* For a formula: the values of its scores at an instant; w->previous keeps those of the instant before. */
static void read_components(run *r, int64_t instant, int first) {
    walker *w = r->w;
    for (int64_t k = 0; k < r->s->component_count; k++) {
        int64_t each = r->s->components[k];
        queue *q = &w->scores[each].course;
        w->previous[each] = first ? 0 : w->values[each];
        while (q->head < q->n && q->a[q->head] <= instant) {
            w->values[each] = q->a[q->head + 1];
            q->head += 2;
        }
    }
}

void walk_score(walker *w, int64_t number) {
    const score_plan *s = &w->p->scores[number];
    if (s->is_plain && number >= w->counted) {
        walk_plain(w, number);
        return;
    }
    score_state *z = &w->scores[number];
    run it = {.w = w, .p = w->p, .s = s, .z = z, .number = number, .counted = 0, .before_at = MISSING, .fresh = 1,
              .last_event = MISSING, .start = s->start};
    run *r = &it;
    r->track = is_loud(w, number) || s->remembers;
    for (int64_t k = 0; k < s->on_count; k++) r->exact_before |= s->ons[k].needs_before != 0;
    int always_dirty = s->when_count || s->has_conditional_bounds || s->ticker_count || s->component_count;
    for (int64_t g = 0; g < s->group_count; g++)
        for (int64_t k = 0; k < s->group_bound_count[g]; k++) always_dirty |= s->group_bounds[g][k].when != NONE;
    z->value = 0;
    z->tier = NONE;
    z->in_tier[0] = 0;
    for (int64_t k = 0; k < s->tier_count; k++) z->in_tier[k] = 0;
    for (int64_t k = 0; k < s->when_count; k++) {
        z->whens[k] = (when_state){0, NONE};
        z->missing[k] = 0;
    }
    queue_clear(&z->course);
    begin_segment(r);
    for (int64_t k = 0; k < s->component_count; k++) w->scores[s->components[k]].course.head = 0;
    if (s->formula != NONE && !r->track) {
        for (int64_t k = 0; k < s->component_count; k++) w->values[s->components[k]] = w->scores[s->components[k]].value;
    }
    int passive = !r->track && s->on_count == 0 && s->fact_count == 0 && s->ticker_count == 0;
    if (s->formula != NONE && !s->has_conditional_bounds) r->i = w->n; /* it sees its scores alone */
    int64_t now = MISSING;
    int first = 1;
    while (!passive) {
        int64_t instant = next_instant(r, now);
        if (first && r->track && w->beginning < instant) instant = w->beginning;
        if (instant > w->until) break;
        if (r->track) advance(r, instant);
        r->reset = NULL;
        int64_t end = r->i;
        while (end < w->n && w->events[end][0] == instant) end++;
        order after = {0, 0};
        int after_set = 0;
        w->found_count = 0;
        due_absences(r, instant);
        for (;;) {
            for (int64_t k = r->i; k < end; k++) event_triggers(r, k);
            due_inactivity(r, instant);
            if (end > r->counted) r->counted = end;
            if (w->found_count == 0) break;
            if (r->exact_before && r->before_at != instant) { /* before an award or a reset changes it */
                int asked = s->has_resets;
                for (int64_t k = 0; k < w->found_count && !asked; k++) asked = s->ons[w->found[k].rule].needs_before != 0;
                if (asked) score_before(r, instant);
            }
            occurrence which;
            if (s->has_resets && first_reset(r, instant, &after, after_set, &which)) {
                const on_rule *x = &s->ons[which.rule];
                after_set = 1;
                begin_segment(r);
                count_firing(r, x, instant, x->has_set_to ? x->set_to : 0);
                r->start = x->has_set_to ? x->set_to : s->start;
                r->reset = x;
                r->reset_number = which.rule;
                r->i = which.by_event ? which.event : end;
                r->dirty = 1;
                w->found_count = 0;
                continue;
            }
            for (int64_t k = 0; k < w->found_count; k++)
                if (!s->ons[w->found[k].rule].is_reset) take(r, &w->found[k], instant);
            break;
        }
        for (int64_t k = r->i; k < end; k++) after_event(r, k);
        r->i = end;
        if (r->track) {
            if (s->component_count) read_components(r, instant, first);
            if (first || always_dirty || r->dirty) {
                visit(r, instant, first);
                r->dirty = 0;
            }
        }
        first = 0;
        now = instant;
        if (scoredsl_out_of_memory || w->overflow) return;
    }
    if (!r->track) {
        advance(r, w->until);
        w->divided = 0;
        z->value = value_at(r, w->until, 1);
        z->tier = tier_of(s, z, z->value);
    } else {
        w->divided = 0;
        if (s->component_count) read_components(r, w->until, 0);
        value_at(r, w->until, 0);
    }
    if (number < w->counted) count_lead(r);
    if (w->mode == MODE_SCORES || w->mode == MODE_BOTH) {
        if (w->divided) w->divisions[number]++;
        for (int64_t k = 0; k < s->rule_count; k++)
            if (s->rules[k].is_when && z->missing[s->rules[k].number]) w->missing[number * w->most_rules + k]++;
    }
}
