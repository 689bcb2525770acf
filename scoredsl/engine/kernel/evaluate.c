/* Values, conditions and facts (LANGUAGE section 4), as reference/evaluate.py has them. */
#include <math.h>

#include "walk.h"

_Thread_local int scoredsl_out_of_memory = 0;

/* ---- numbers */

int to_millionths(double number, int64_t *points) {
    double scaled = fabs(number) * 1000000.0;
    if (!(scaled < 9.2e18)) return 0;
    int64_t whole = (int64_t)floor(scaled + 0.5);
    *points = number < 0 ? -whole : whole;
    return 1;
}

int points_of(result r, int64_t *points) {
    if (!r.known || !to_millionths(r.number, points)) return 0;
    return *points <= 1000000000 * MILLION && *points >= -1000000000 * MILLION;
}

/* points / 1,000,000, correctly rounded to a double whatever its size. */
double millionths_to_double(wide points) {
    const wide exact = (wide)1 << 53;
    if (points < exact && points > -exact) return (double)(int64_t)points / 1000000.0;
    int negative = points < 0;
    unsigned __int128 n = negative ? -(unsigned __int128)points : (unsigned __int128)points;
    int shift = 0;
    unsigned __int128 limit = (unsigned __int128)1000000 << 52;
    while (n < limit && shift < 60) { /* so that the quotient has at least 53 bits */
        n <<= 1;
        shift++;
    }
    int down = 0;
    unsigned __int128 quotient = n / 1000000, rest = n % 1000000;
    int sticky = rest != 0;
    while (quotient >> 54) { /* 53 bits and one more to round by */
        sticky |= (int)(quotient & 1);
        quotient >>= 1;
        down++;
    }
    if (quotient >> 53) {
        int half = (int)(quotient & 1);
        quotient >>= 1;
        down++;
        if (half && (sticky || (quotient & 1))) quotient++;
    } else if (2 * rest > 1000000 || (2 * rest == 1000000 && (quotient & 1))) {
        quotient++;
    }
    double x = ldexp((double)(uint64_t)quotient, down - shift);
    return negative ? -x : x;
}

static result known(double number) { return (result){1, number}; }

static const result missing = {0, 0.0};

static result of_double(double x) { return isfinite(x) ? known(x) : missing; }

static double as_double(int64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const int64_t *picked(context *c, int64_t fact) {
    fact_state *s = &c->states[fact];
    fact_advance(&c->facts[fact], s, c->clock);
    if (c->facts[fact].kind == F_FIRST) {
        if (c->facts[fact].last == NONE) return s->picked == NONE ? NULL : c->events[s->picked];
        return queue_size(&s->items) ? c->events[s->items.a[s->items.head + 1]] : NULL;
    }
    if (s->picked == NONE) return NULL;
    if (c->facts[fact].last != NONE && s->last_time <= c->clock - c->facts[fact].last) return NULL;
    return c->events[s->picked];
}

static int64_t floor_days(int64_t from, int64_t to) {
    int64_t d = to - from, q = d / DAY;
    return q - (d % DAY != 0 && d < 0);
}

static result fact_value(context *c, int64_t number) {
    const fact *f = &c->facts[number];
    fact_state *s = &c->states[number];
    fact_advance(f, s, c->clock);
    int64_t points;
    switch (f->kind) {
        case F_COUNT: return known(f->last == NONE ? (double)s->count : (double)queue_size(&s->items));
        case F_DISTINCT: return known((double)s->distinct);
        case F_DAYS_SINCE_LAST:
            if (s->last_time == MISSING || (f->last != NONE && s->last_time <= c->clock - f->last)) return missing;
            return known((double)floor_days(s->last_time, c->clock));
        case F_SUM: return s->count ? known(millionths_to_double(s->sum)) : missing;
        case F_AVERAGE:
            if (!s->count || !to_millionths(millionths_to_double(s->sum) / (double)s->count, &points)) return missing;
            return known(millionths_to_double(points));
        default: /* lowest, highest */
            if (f->last == NONE) return s->count ? known(millionths_to_double(s->extreme)) : missing;
            return queue_size(&s->items) ? known(millionths_to_double(s->items.a[s->items.head + 1])) : missing;
    }
}

static double round_half_away(double x) {
    double size = fabs(x), whole = floor(size);
    if (size - whole >= 0.5) whole += 1;
    return x < 0 ? -whole : whole;
}

static int64_t field_instant(context *c, int64_t channel) {
    if (c->version == NULL) return MISSING;
    return profile_channels_of(c->p, c->version)[c->p->profile_numbers + channel];
}

result number_of(context *c, int64_t node) {
    const value_node *v = &c->p->values[node];
    switch (v->kind) {
        case V_CONST: return known(v->number);
        case V_EVENT: return c->event == NULL ? missing : of_double(as_double(channels_of(c->p, c->event)[v->a]));
        case V_PROFILE:
            return c->version == NULL ? missing : of_double(as_double(profile_channels_of(c->p, c->version)[v->a]));
        case V_SCORE: return known(millionths_to_double(v->a == NONE ? c->before : c->scores[v->a]));
        case V_FACT: return fact_value(c, v->a);
        case V_PICKED: {
            const int64_t *event = picked(c, v->a);
            return event == NULL ? missing : of_double(as_double(channels_of(c->p, event)[v->b]));
        }
        case V_DAYS_SINCE: {
            int64_t at = field_instant(c, v->a);
            return at == MISSING ? missing : known((double)floor_days(at, c->clock));
        }
        case V_DAYS_UNTIL: {
            int64_t at = field_instant(c, v->a);
            return at == MISSING || c->clock > at ? missing : known((double)-floor_days(at, c->clock));
        }
        case V_NEGATIVE: {
            result x = number_of(c, v->a);
            return x.known ? known(-x.number) : x;
        }
        case V_MIN:
        case V_MAX: {
            result best = number_of(c, c->p->children[v->a]);
            int all = best.known;
            for (int64_t i = 1; i < v->n; i++) {
                result x = number_of(c, c->p->children[v->a + i]);
                all &= x.known;
                if (v->kind == V_MIN ? x.number < best.number : x.number > best.number) best = x;
            }
            return all ? best : missing;
        }
        case V_ROUND: {
            result x = number_of(c, v->a);
            return x.known ? known(round_half_away(x.number)) : x;
        }
        default: break;
    }
    result a = number_of(c, v->a), b = number_of(c, v->b);
    if (!a.known || !b.known) return missing;
    double x;
    switch (v->kind) {
        case V_ADD: x = a.number + b.number; break;
        case V_SUBTRACT: x = a.number - b.number; break;
        case V_MULTIPLY: x = a.number * b.number; break;
        default:
            if (b.number == 0) {
                if (!c->formula) return missing;
                c->divided = 1;
                return known(0.0);
            }
            x = a.number / b.number;
    }
    return c->formula ? known(x) : of_double(x);
}

/* ---- conditions */

static int compare(int64_t op, double a, double b) {
    switch (op) {
        case OP_EQ: return a == b;
        case OP_NE: return a != b;
        case OP_GT: return a > b;
        case OP_GE: return a >= b;
        case OP_LT: return a < b;
        default: return a <= b;
    }
}

static int compare_whole(int64_t op, int64_t a, int64_t b) {
    switch (op) {
        case OP_EQ: return a == b;
        case OP_NE: return a != b;
        case OP_GT: return a > b;
        case OP_GE: return a >= b;
        case OP_LT: return a < b;
        default: return a <= b;
    }
}

/* The channels of a name; NULL where the event or the profile is not there. */
static const int64_t *raw_channels(context *c, const raw_ref *x) {
    if (x->kind == RAW_PROFILE) return c->version == NULL ? NULL : profile_channels_of(c->p, c->version);
    const int64_t *event = x->kind == RAW_EVENT ? c->event : picked(c, x->fact);
    return event == NULL ? NULL : channels_of(c->p, event);
}

static int64_t raw_instant(context *c, const raw_ref *x) {
    const int64_t *channels = raw_channels(c, x);
    if (channels == NULL) return MISSING;
    return channels[(x->kind == RAW_PROFILE ? c->p->profile_numbers : c->p->event_numbers) + x->instant];
}

static int64_t raw_key(context *c, const raw_ref *x) {
    const int64_t *channels = raw_channels(c, x);
    if (channels == NULL) return 0;
    const plan *p = c->p;
    int64_t at = x->kind == RAW_PROFILE ? p->profile_numbers + p->profile_instants : p->event_numbers + p->event_instants;
    return channels[at + x->key];
}

/* Two names: as numbers if both are, else as timestamps if both are, else as text, which only knows = and !=. */
static int compare_names(context *c, const condition_node *n) {
    const int64_t *left = raw_channels(c, &n->left), *right = raw_channels(c, &n->right);
    if (left == NULL || right == NULL) return 0;
    double a = as_double(left[n->left.number]), b = as_double(right[n->right.number]);
    if (isfinite(a) && isfinite(b)) return compare(n->op, a, b);
    int64_t t = raw_instant(c, &n->left), u = raw_instant(c, &n->right);
    if (t != MISSING && u != MISSING) return compare_whole(n->op, t, u);
    int64_t k = raw_key(c, &n->left), l = raw_key(c, &n->right);
    if (k == 0 || l == 0 || (n->op != OP_EQ && n->op != OP_NE)) return 0;
    return (k == l) == (n->op == OP_EQ);
}

int holds(context *c, int64_t node) {
    const condition_node *n = &c->p->conditions[node];
    switch (n->kind) {
        case C_ALWAYS: return (int)n->a;
        case C_NOT: return !holds(c, n->a);
        case C_AND:
            for (int64_t i = 0; i < n->n; i++)
                if (!holds(c, c->p->children[n->a + i])) return 0;
            return 1;
        case C_OR:
            for (int64_t i = 0; i < n->n; i++)
                if (holds(c, c->p->children[n->a + i])) return 1;
            return 0;
        case C_EVENT_BIT: return c->event != NULL && has_bit(c->event + 1, n->a);
        case C_PROFILE_BIT: return c->version == NULL ? (int)n->b : has_bit(c->version + 2, n->a);
        case C_PICKED_BIT: {
            const int64_t *event = picked(c, n->n);
            return event == NULL ? (int)n->b : has_bit(event + 1, n->a);
        }
        case C_NUMBERS: {
            result a = number_of(c, n->a), b = number_of(c, n->b);
            return a.known && b.known && compare(n->op, a.number, b.number);
        }
        case C_NAMES: return compare_names(c, n);
        case C_WINDOW: {
            int64_t at = raw_instant(c, &n->left);
            if (at == MISSING) return 0;
            return n->a ? c->clock < at && at <= c->clock + n->b : c->clock - n->b < at && at <= c->clock;
        }
        case C_HAS: {
            const fact *f = &c->facts[n->a];
            int64_t last = c->states[n->a].last_time;
            int some = last != MISSING && (f->last == NONE || last > c->clock - f->last);
            return some == (int)n->b;
        }
        case C_INACTIVE: return c->last_event != MISSING && c->last_event <= c->clock - n->a;
        default: return number_of(c, n->a).known == (int)n->b; /* C_KNOWN */
    }
}

int takes(context *c, const pattern *x) {
    return has_bit(c->event + 1, x->bit) && (x->code == NONE || holds(c, x->code));
}

/* ---- facts: what is seen so far, and what is still in the window */

void fact_clear(fact_state *s) {
    queue_clear(&s->items);
    map_clear(&s->keys);
    queue_clear(&s->counts);
    s->sum = 0;
    s->count = s->distinct = s->extreme = 0;
    s->last_match = s->last_time = MISSING;
    s->picked = NONE;
}

void fact_free(fact_state *s) {
    queue_free(&s->items);
    map_free(&s->keys);
    queue_free(&s->counts);
}

static int event_points(const plan *p, const fact *f, const int64_t *event, int64_t *points) {
    return points_of(of_double(as_double(channels_of(p, event)[f->channel])), points);
}

/* A matching event, the next in canonical order; `number` is its place among the lead's events. */
void fact_push(const plan *p, const fact *f, fact_state *s, const int64_t *event, int64_t number) {
    int64_t time = event[0], apart = p->patterns[f->pattern].apart, before = s->last_match;
    s->last_match = time;
    if (apart != NONE && before != MISSING && before > time - apart) return;
    int64_t points;
    switch (f->kind) {
        case F_COUNT:
            s->count++;
            if (f->last != NONE) queue_push(&s->items, time);
            break;
        case F_SUM:
        case F_AVERAGE:
            if (!event_points(p, f, event, &points)) return;
            s->count++;
            s->sum += points;
            if (f->last != NONE) {
                queue_push(&s->items, time);
                queue_push(&s->items, points);
            }
            break;
        case F_LOWEST:
        case F_HIGHEST:
            if (!event_points(p, f, event, &points)) return;
            if (f->last == NONE) {
                if (!s->count || (f->kind == F_LOWEST ? points < s->extreme : points > s->extreme)) s->extreme = points;
            } else { /* what is not better than a newer one can never be the best again */
                queue *q = &s->items;
                while (queue_size(q) && (f->kind == F_LOWEST ? q->a[q->n - 1] >= points : q->a[q->n - 1] <= points)) q->n -= 2;
                queue_push(q, time);
                queue_push(q, points);
            }
            s->count++;
            break;
        case F_DISTINCT: {
            int64_t key = channels_of(p, event)[p->event_numbers + p->event_instants + f->channel];
            if (key == 0) return;
            int64_t known_keys = s->keys.n, entry = map_entry(&s->keys, key, 0);
            if (entry < 0) return;
            if (entry == known_keys) queue_push(&s->counts, 0);
            if (scoredsl_out_of_memory) return;
            if (s->counts.a[entry]++ == 0) s->distinct++;
            if (f->last != NONE) {
                queue_push(&s->items, time);
                queue_push(&s->items, entry);
            }
            break;
        }
        case F_LATEST:
            if (!has_bit(event + 1, f->channel)) return;
            s->picked = number;
            s->last_time = time;
            return;
        case F_FIRST:
            if (!has_bit(event + 1, f->channel)) return;
            if (f->last == NONE) {
                if (s->picked == NONE) s->picked = number;
            } else {
                queue_push(&s->items, time);
                queue_push(&s->items, number);
            }
            return;
        default: break; /* has, days since last: the time is all */
    }
    s->last_time = time;
}

/* Forgets what has left the window (instant - last, instant]. */
void fact_advance(const fact *f, fact_state *s, int64_t instant) {
    if (f->last == NONE) return;
    queue *q = &s->items;
    int64_t limit = instant - f->last;
    while (q->head < q->n && q->a[q->head] <= limit) {
        switch (f->kind) {
            case F_COUNT: q->head++; break;
            case F_SUM:
            case F_AVERAGE:
                s->sum -= q->a[q->head + 1];
                s->count--;
                q->head += 2;
                break;
            case F_DISTINCT:
                if (--s->counts.a[q->a[q->head + 1]] == 0) s->distinct--;
                q->head += 2;
                break;
            default: q->head += 2;
        }
    }
}

/* When the window next loses something; NEVER where it is empty or there is none. */
int64_t fact_window_end(const fact *f, const fact_state *s) {
    if (f->last == NONE) return NEVER;
    switch (f->kind) {
        case F_DAYS_SINCE_LAST:
        case F_HAS:
        case F_LATEST: return s->last_time == MISSING ? NEVER : s->last_time + f->last;
        default: return queue_size(&s->items) ? s->items.a[s->items.head] + f->last : NEVER;
    }
}
