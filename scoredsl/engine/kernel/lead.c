/* A lead: what of its log exists (LANGUAGE section 3), the walk of each score, and its rows of results. */
#include "walk.h"

static int grow_events(walker *w, int64_t n) {
    if (n <= w->event_room) return 1;
    int64_t room = w->event_room ? w->event_room : 64;
    while (room < n) room *= 2;
    void *events = realloc(w->events, (size_t)room * sizeof *w->events);
    if (events == NULL) return 0;
    w->events = events;
    void *ids = realloc(w->ids, (size_t)room * sizeof *w->ids);
    if (ids == NULL) return 0;
    w->ids = ids;
    w->event_room = room;
    return 1;
}

const int64_t *version_at(walker *w, int64_t instant) {
    if (w->version_count == 0) return NULL;
    int64_t low = 0, high = w->version_count; /* the newest with a time <= instant stands before `low` */
    if (w->last_version > 0 && w->versions[w->last_version - 1][0] <= instant) low = w->last_version;
    if (low == high || w->versions[low][0] > instant) high = low;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (w->versions[middle][0] <= instant) low = middle + 1;
        else high = middle;
    }
    w->last_version = low;
    return low == 0 ? NULL : w->versions[low - 1];
}

int64_t next_version_time(walker *w, int64_t now) {
    version_at(w, now);
    return w->last_version < w->version_count ? w->versions[w->last_version][0] : NEVER;
}

static int same_words(const uint64_t *a, const uint64_t *b, int64_t n) {
    for (int64_t k = 0; k < n; k++)
        if (a[k] != b[k]) return 0;
    return 1;
}

/* Whether an event's id is new among those that were kept; events without an id are always. */
static int new_id(walker *w, int64_t kept) {
    const uint64_t *id = w->ids[kept];
    uint64_t h = 0, all = ~UINT64_C(0);
    for (int64_t k = 0; k < w->id_words; k++) {
        h = mix64(h ^ id[k]) + 1;
        all &= id[k];
    }
    if (all == ~UINT64_C(0)) return 1; /* no id */
    int64_t mask = w->id_slot_count - 1;
    for (uint64_t slot = h & (uint64_t)mask;; slot = (slot + 1) & (uint64_t)mask) {
        int64_t other = w->id_slots[slot];
        if (other == 0) {
            w->id_slots[slot] = kept + 1;
            return 1;
        }
        if (same_words(w->ids[other - 1], id, w->id_words)) return 0;
    }
}

static int prepare_ids(walker *w, int64_t n) {
    int64_t count = 16;
    while (count < n * 2) count *= 2;
    if (count > w->id_slot_count) {
        free(w->id_slots);
        w->id_slots = malloc((size_t)count * sizeof *w->id_slots);
        if (w->id_slots == NULL) {
            w->id_slot_count = 0;
            return 0;
        }
    } else if (w->id_slot_count > 4096 && count * 8 < w->id_slot_count) {
        free(w->id_slots);
        w->id_slots = malloc((size_t)count * sizeof *w->id_slots);
        if (w->id_slots == NULL) {
            w->id_slot_count = 0;
            return 0;
        }
    } else {
        count = w->id_slot_count;
    }
    w->id_slot_count = count;
    memset(w->id_slots, 0, (size_t)count * sizeof *w->id_slots);
    return 1;
}

/* The events that exist: not ignored, of one id the first, up to T. */
static int take_events(walker *w, const struct lead_input *in) {
    const plan *p = w->p;
    int with_ids = in->ids != NULL && w->id_words > 0;
    if (!grow_events(w, in->events)) return 0;
    if (with_ids && !prepare_ids(w, in->events)) return 0;
    int64_t n = 0;
    for (int64_t i = 0; i < in->events && in->event[i][0] <= w->until; i++) {
        const int64_t *event = in->event[i];
        int ignored = 0;
        for (int64_t k = 0; k < p->ignore_count && !ignored; k++) {
            context c = {.p = p, .event = event, .version = version_at(w, event[0]), .clock = event[0]};
            ignored = takes(&c, &p->patterns[p->ignores[k]]);
        }
        if (ignored) {
            w->ignored++;
            continue;
        }
        w->events[n] = event;
        if (with_ids) {
            w->ids[n] = in->ids[i];
            if (!new_id(w, n)) {
                w->duplicates++;
                continue;
            }
        }
        n++;
    }
    w->n = n;
    return 1;
}

static int64_t cell_of(walker *w, const grid *g) {
    int64_t cell = 0;
    for (int64_t k = 0; k < g->axis_count; k++) {
        const axis *a = &g->axes[k];
        int64_t value = w->scores[a->score].value, band = 0;
        while (band < a->band_count - 1 && value < a->numbers[band]) band++;
        cell = cell * a->band_count + band;
    }
    return cell;
}

static int by_time(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    if (x[1] != y[1]) return x[1] < y[1] ? -1 : 1;
    return (x[2] > y[2]) - (x[2] < y[2]);
}

EXPORT int walk_lead(void *opaque, const struct lead_input *in) {
    walker *w = opaque;
    const plan *p = w->p;
    w->id_words = in->id_words;
    w->versions = in->version;
    w->version_count = in->versions;
    w->last_version = 0;
    if (!take_events(w, in)) return KERNEL_NO_MEMORY;
    while (w->version_count > 0 && w->versions[w->version_count - 1][0] > w->until) w->version_count--;
    if (w->n == 0 && w->version_count == 0) return 0;
    w->last_version = 0;
    w->lead_number = in->index;
    w->from_always = w->version_count > 0 && w->versions[0][0] == MISSING;
    w->beginning = w->n > 0 ? w->events[0][0] : NEVER;
    if (w->version_count > 0) {
        int64_t time = w->from_always ? 0 : w->versions[0][0];
        if (time < w->beginning) w->beginning = time;
    }
    if (w->until < w->beginning) w->beginning = w->until;
    w->from_always = w->from_always && w->beginning == 0;

    context c = {.p = p, .events = w->events, .version = version_at(w, w->until), .clock = w->until,
                 .facts = p->global_facts, .states = w->global_facts, .scores = w->values,
                 .last_event = w->n > 0 ? w->events[w->n - 1][0] : MISSING};
    for (int64_t f = 0; f < p->global_fact_count; f++) {
        fact_clear(&w->global_facts[f]);
        const pattern *x = &p->patterns[p->global_facts[f].pattern];
        for (int64_t i = 0; i < w->n; i++) {
            if (!has_bit(w->events[i] + 1, x->bit)) continue;
            context about = {.p = p, .event = w->events[i], .version = NULL, .clock = w->events[i][0]};
            if (x->code != NONE) about.version = version_at(w, about.clock);
            if (takes(&about, x)) fact_push(p, &p->global_facts[f], &w->global_facts[f], w->events[i], i);
        }
    }
    for (int64_t k = 0; k < p->exclude_count; k++) {
        if (holds(&c, p->excludes[k])) {
            w->excluded++;
            return 0;
        }
    }
    w->leads++;
    w->overflow = 0;
    int64_t before = queue_size(&w->rows);
    for (int64_t s = 0; s < p->score_count; s++) {
        w->last_version = 0;
        walk_score(w, p->order[s]);
        if (scoredsl_out_of_memory) return KERNEL_NO_MEMORY;
        if (w->overflow) return WALK_TOO_LARGE;
    }
    if (w->mode != MODE_SCORES) { /* the changes of a lead by time, then by the score's place */
        int64_t made = (queue_size(&w->rows) - before) / HISTORY_WORDS;
        if (p->score_count > 1 && made > 1)
            qsort(w->rows.a + w->rows.head + before, (size_t)made, HISTORY_WORDS * sizeof(int64_t), by_time);
        if (w->only_new && !keep_new_alerts(w, in, before)) return KERNEL_NO_MEMORY;
        if (w->mode != MODE_BOTH) return 0;
    }
    for (int64_t s = 0; s < p->score_count; s++) w->values[s] = w->scores[s].value;
    int64_t width = 1 + 2 * p->score_count + p->grid_count + p->label_count;
    queue *finals = w->mode == MODE_BOTH ? &w->finals : &w->rows;
    if (!queue_reserve(finals, width)) return KERNEL_NO_MEMORY;
    int64_t *row = finals->a + finals->n;
    *row++ = w->lead_number;
    for (int64_t s = 0; s < p->score_count; s++) *row++ = w->scores[s].value;
    for (int64_t s = 0; s < p->score_count; s++) *row++ = w->scores[s].tier;
    for (int64_t g = 0; g < p->grid_count; g++) *row++ = cell_of(w, &p->grids[g]);
    for (int64_t l = 0; l < p->label_count; l++) *row++ = holds(&c, p->labels[l]);
    finals->n += width;
    return 0;
}

/* ---- a walker */

EXPORT void *walker_new(void *shared_plan, int64_t until, int64_t mode, int64_t loud, int64_t counted) {
    plan *p = shared_plan;
    walker *w = calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    p->users++;
    w->p = p;
    w->until = until;
    w->mode = mode;
    w->loud = loud;
    w->counted = counted < p->score_count ? counted : p->score_count;
    int64_t most = 1, rules = 1;
    int ok = 1;
#define ROOM(field, count) ok &= ((field) = calloc((size_t)(count) + 1, sizeof *(field))) != NULL
    ROOM(w->scores, p->score_count);
    ROOM(w->values, p->score_count);
    ROOM(w->previous, p->score_count);
    ROOM(w->divisions, p->score_count);
    ROOM(w->global_facts, p->global_fact_count);
    w->found_room = 64;
    ROOM(w->found, w->found_room);
    for (int64_t i = 0; ok && i < p->score_count; i++) {
        const score_plan *s = &p->scores[i];
        score_state *z = &w->scores[i];
        ROOM(z->ons, s->on_count);
        ROOM(z->worth, s->on_count);
        ROOM(z->kept, s->on_count);
        ROOM(z->used, s->on_count);
        ROOM(z->is_changed, s->on_count);
        ROOM(z->changed, s->on_count);
        ROOM(z->grouped, s->group_count);
        if (ok) memset(z->used, 1, (size_t)s->on_count); /* so that the first lead clears them all */
        ROOM(z->whens, s->when_count);
        ROOM(z->missing, s->when_count);
        ROOM(z->facts, s->fact_count);
        ROOM(z->queues, s->queue_count);
        ROOM(z->bounds, 1 + 2 * s->group_count);
        ROOM(z->groups, s->group_count);
        ROOM(z->in_tier, s->tier_count);
        for (int64_t k = 0; ok && k < s->on_count; k++) {
            ROOM(z->ons[k].matched, s->ons[k].step_count);
            ROOM(z->ons[k].limits, s->ons[k].limit_count);
        }
        if (s->on_count > most) most = s->on_count;
        if (s->rule_count > rules) rules = s->rule_count;
    }
    w->most_rules = rules;
    ROOM(w->touched, most);
    ROOM(w->lost, rules * (p->score_count + 1));
    ROOM(w->missing, rules * (p->score_count + 1));
    ROOM(w->without_value, rules * (p->score_count + 1));
    ROOM(w->counts, rules * w->counted);
    for (int64_t k = 0; ok && k < rules * w->counted; k++) w->counts[k].last = MISSING;
#undef ROOM
    if (!ok) {
        walker_free(w);
        return NULL;
    }
    return w;
}

EXPORT void walker_free(void *opaque) {
    walker *w = opaque;
    if (w == NULL) return;
    plan *p = w->p;
    for (int64_t i = 0; w->scores && i < p->score_count; i++) {
        const score_plan *s = &p->scores[i];
        score_state *z = &w->scores[i];
        for (int64_t k = 0; z->ons && k < s->on_count; k++) {
            on_state *o = &z->ons[k];
            map_free(&o->keys);
            for (int64_t j = 0; j < o->key_room; j++) {
                queue_free(&o->key[j].unused);
                free(o->key[j].slots);
            }
            free(o->key);
            queue_free(&o->pending);
            free(o->matched);
            for (int64_t j = 0; o->limits && j < s->ons[k].limit_count; j++) {
                limit_state *l = &o->limits[j];
                queue_free(&l->times);
                queue_free(&l->counts);
                map_free(&l->keys);
                for (int64_t m = 0; m < l->by_key_count; m++) queue_free(&l->by_key[m]);
                free(l->by_key);
            }
            free(o->limits);
            free(o->awards);
            map_free(&o->caps);
            free(o->cap_sums);
            map_free(&o->same);
            queue_free(&o->same_first);
        }
        for (int64_t k = 0; z->facts && k < s->fact_count; k++) fact_free(&z->facts[k]);
        for (int64_t k = 0; z->queues && k < s->queue_count; k++) queue_free(&z->queues[k]);
        free(z->ons);
        free(z->worth);
        free(z->kept);
        free(z->used);
        free(z->is_changed);
        free(z->changed);
        free(z->grouped);
        free(z->whens);
        free(z->missing);
        free(z->facts);
        free(z->queues);
        free(z->bounds);
        free(z->groups);
        free(z->in_tier);
        queue_free(&z->course);
        queue_free(&z->happened);
    }
    for (int64_t k = 0; w->global_facts && k < p->global_fact_count; k++) fact_free(&w->global_facts[k]);
    free(w->scores);
    free(w->values);
    free(w->previous);
    free(w->divisions);
    free(w->global_facts);
    free(w->found);
    free(w->touched);
    free(w->lost);
    free(w->missing);
    free(w->without_value);
    free(w->counts);
    free(w->id_slots);
    free(w->events);
    free(w->ids);
    queue_free(&w->codes);
    queue_free(&w->rows);
    queue_free(&w->finals);
    queue_free(&w->noted);
    queue_free(&w->causes);
    queue_free(&w->cause_starts);
    map_free(&w->cause_keys);
    free(w);
    plan_free(p);
}

/* What a walker has made: words and how many. Rows are taken out with walker_clear_rows, partition by partition. */
EXPORT const int64_t *walker_rows(void *w, int64_t *count) {
    *count = ((walker *)w)->rows.n;
    return ((walker *)w)->rows.a;
}

EXPORT const int64_t *walker_finals(void *w, int64_t *count) {
    *count = ((walker *)w)->finals.n;
    return ((walker *)w)->finals.a;
}

EXPORT void walker_clear_rows(void *opaque) {
    walker *w = opaque;
    queue_clear(&w->rows);
    queue_clear(&w->finals);
    queue_clear(&w->noted);
}

EXPORT void walker_only_new(void *w) { ((walker *)w)->only_new = 1; }

EXPORT const int64_t *walker_noted(void *w, int64_t *count) {
    *count = ((walker *)w)->noted.n;
    return ((walker *)w)->noted.a;
}

EXPORT int64_t walker_withdrawn(const void *w) { return ((const walker *)w)->withdrawn; }

EXPORT const int64_t *walker_causes(void *w, int64_t *count) {
    *count = ((walker *)w)->causes.n;
    return ((walker *)w)->causes.a;
}

EXPORT const int64_t *walker_cause_starts(void *w, int64_t *count) {
    *count = ((walker *)w)->cause_starts.n;
    return ((walker *)w)->cause_starts.a;
}

/* Tallies: ignored, duplicates, excluded, leads, most_rules; then lost, missing, without value (score * most_rules +
   rule) and divisions (by score). */
EXPORT int64_t walker_tally(void *opaque, int64_t *out, int64_t room) {
    walker *w = opaque;
    int64_t each = w->most_rules * w->p->score_count, n = 5 + 3 * each + w->p->score_count;
    if (out == NULL || room < n) return n;
    const int64_t head[5] = {w->ignored, w->duplicates, w->excluded, w->leads, w->most_rules};
    memcpy(out, head, sizeof head);
    memcpy(out + 5, w->lost, (size_t)each * sizeof *out);
    memcpy(out + 5 + each, w->missing, (size_t)each * sizeof *out);
    memcpy(out + 5 + 2 * each, w->without_value, (size_t)each * sizeof *out);
    memcpy(out + 5 + 3 * each, w->divisions, (size_t)w->p->score_count * sizeof *out);
    return n;
}

/* What the rules of the scores that are counted did, by score * most_rules + rule, each in 7 words: fired, leads, last,
   the points given and those worth now (each its high word, then its low one). */
EXPORT int64_t walker_counts(void *opaque, int64_t *out, int64_t room) {
    walker *w = opaque;
    int64_t n = 7 * w->most_rules * w->counted;
    if (out == NULL || room < n) return n;
    for (int64_t k = 0; k < w->most_rules * w->counted; k++) {
        const rule_count *c = &w->counts[k];
        int64_t *row = out + 7 * k;
        row[0] = c->fired;
        row[1] = c->leads;
        row[2] = c->last;
        row[3] = (int64_t)(c->points >> 64);
        row[4] = (int64_t)c->points;
        row[5] = (int64_t)(c->live >> 64);
        row[6] = (int64_t)c->live;
    }
    return n;
}
