/* Reads a plan from words. The order is that of encode.py; a count out of bounds makes the whole plan NULL. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define MOST 100000000

typedef struct {
    const int64_t *words;
    int64_t at, count;
    int bad;
} reader;

static int64_t word(reader *r) {
    if (r->at >= r->count) {
        r->bad = 1;
        return 0;
    }
    return r->words[r->at++];
}

static double real(reader *r) {
    int64_t bits = word(r);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void *room(reader *r, int64_t n, size_t size) {
    if (n < 0 || n > MOST) {
        r->bad = 1;
        n = 0;
    }
    void *p = calloc((size_t)n + 1, size);
    if (p == NULL) r->bad = 1;
    return p;
}

static int64_t size(reader *r) {
    int64_t n = word(r);
    if (n < 0 || n > r->count) {
        r->bad = 1;
        return 0;
    }
    return n;
}

static int64_t *list(reader *r, int64_t n) {
    int64_t *a = room(r, n, sizeof *a);
    for (int64_t i = 0; i < n && !r->bad; i++) a[i] = word(r);
    return a;
}

static raw_ref raw_of(reader *r) {
    raw_ref x;
    x.kind = word(r);
    x.fact = word(r);
    x.number = word(r);
    x.instant = word(r);
    x.key = word(r);
    return x;
}

static fact *facts_of(reader *r, int64_t n) {
    fact *all = room(r, n, sizeof *all);
    for (int64_t i = 0; i < n && !r->bad; i++) {
        all[i].kind = word(r);
        all[i].pattern = word(r);
        all[i].last = word(r);
        all[i].channel = word(r);
    }
    return all;
}

static bound *bounds_of(reader *r, int64_t n) {
    bound *all = room(r, n, sizeof *all);
    for (int64_t i = 0; i < n && !r->bad; i++) {
        all[i].maximum = word(r);
        all[i].number = word(r);
        all[i].when = word(r);
    }
    return all;
}

static void on_rule_of(reader *r, on_rule *x) {
    x->trigger = word(r);
    x->step_count = size(r);
    x->steps = list(r, x->step_count);
    x->same = word(r);
    x->within = word(r);
    x->count = word(r);
    x->duration = word(r);
    x->every = word(r);
    x->after = word(r);
    x->start = word(r);
    x->stop = word(r);
    x->state = word(r);
    x->is_reset = word(r);
    x->has_set_to = word(r);
    x->set_to = word(r);
    x->sign = word(r);
    x->amount = word(r);
    x->is_constant = word(r);
    x->constant = word(r);
    x->but_not = word(r);
    x->but_not_number = word(r);
    x->limit_count = size(r);
    x->limits = room(r, x->limit_count, sizeof *x->limits);
    for (int64_t i = 0; i < x->limit_count && !r->bad; i++) {
        x->limits[i].count = word(r);
        x->limits[i].key = word(r);
        x->limits[i].period = word(r);
        x->limits[i].every = word(r);
    }
    x->cap = word(r);
    x->cap_number = word(r);
    x->cap_key = word(r);
    x->cap_period = word(r);
    x->expiry = word(r);
    x->unless_repeated = word(r);
    x->decay = word(r);
    x->decay_days = word(r);
    x->percent = real(r);
    x->factor_count = size(r);
    x->factors = room(r, x->factor_count, sizeof *x->factors);
    for (int64_t i = 0; i < x->factor_count && !r->bad; i++) x->factors[i] = real(r);
    x->ends_on = word(r);
    x->ends_same = word(r);
    x->needs_before = word(r);
    x->tracked = word(r);
    x->expiry_queue = word(r);
}

static void score_of(reader *r, score_plan *s, int64_t words, int64_t bits) {
    s->start = word(r);
    s->formula = word(r);
    s->remembers = word(r);
    s->component_count = size(r);
    s->components = list(r, s->component_count);
    s->rule_count = size(r);
    s->rules = room(r, s->rule_count, sizeof *s->rules);
    for (int64_t i = 0; i < s->rule_count && !r->bad; i++) {
        s->rules[i].is_when = word(r);
        s->rules[i].number = word(r);
        s->rules[i].group = word(r);
    }
    s->on_count = size(r);
    s->ons = room(r, s->on_count, sizeof *s->ons);
    for (int64_t i = 0; i < s->on_count && !r->bad; i++) {
        on_rule_of(r, &s->ons[i]);
        s->has_resets |= s->ons[i].is_reset;
    }
    s->absences = room(r, s->on_count, sizeof *s->absences);
    s->inactivities = room(r, s->on_count, sizeof *s->inactivities);
    s->tracked = room(r, s->on_count, sizeof *s->tracked);
    for (int64_t i = 0; i < s->on_count && !r->bad; i++) {
        if (s->ons[i].trigger == T_ABSENCE) s->absences[s->absence_count++] = i;
        if (s->ons[i].trigger == T_INACTIVITY) s->inactivities[s->inactivity_count++] = i;
        if (s->ons[i].tracked) s->tracked[s->tracked_count++] = i;
    }
    s->when_count = size(r);
    s->whens = room(r, s->when_count, sizeof *s->whens);
    for (int64_t i = 0; i < s->when_count && !r->bad; i++) {
        when_rule *x = &s->whens[i];
        x->up_to = word(r);
        x->branch_count = size(r);
        x->conditions = list(r, x->branch_count);
        x->amounts = list(r, x->branch_count);
        x->signs = list(r, x->branch_count);
    }
    for (int64_t i = 0; i < s->rule_count && !r->bad; i++) {
        const rule_ref *ref = &s->rules[i];
        if (ref->number < 0 || ref->number >= (ref->is_when ? s->when_count : s->on_count)) {
            r->bad = 1;
        } else if (ref->is_when) {
            s->whens[ref->number].rule = i;
            s->whens[ref->number].group = ref->group;
        } else {
            s->ons[ref->number].rule = i;
            s->ons[ref->number].group = ref->group;
        }
    }
    s->bound_count = size(r);
    s->bounds = bounds_of(r, s->bound_count);
    s->group_count = size(r);
    s->group_bound_count = room(r, s->group_count, sizeof *s->group_bound_count);
    s->group_bounds = room(r, s->group_count, sizeof *s->group_bounds);
    for (int64_t i = 0; i < s->group_count && !r->bad; i++) {
        s->group_bound_count[i] = size(r);
        s->group_bounds[i] = bounds_of(r, s->group_bound_count[i]);
    }
    s->tier_count = size(r);
    s->tiers = room(r, s->tier_count, sizeof *s->tiers);
    for (int64_t i = 0; i < s->tier_count && !r->bad; i++) {
        s->tiers[i].number = word(r);
        s->tiers[i].above = word(r);
        s->tiers[i].has_until_below = word(r);
        s->tiers[i].until_below = word(r);
        s->tiers[i].for_good = word(r);
    }
    s->fact_count = size(r);
    s->facts = facts_of(r, s->fact_count);
    s->ticker_count = size(r);
    s->tickers = room(r, s->ticker_count, sizeof *s->tickers);
    for (int64_t i = 0; i < s->ticker_count && !r->bad; i++) {
        ticker *t = &s->tickers[i];
        t->kind = word(r);
        t->fact = word(r);
        t->channel = word(r);
        t->duration = word(r);
        t->next = word(r);
        t->crossings_count = word(r);
        if (t->crossings_count < 0 || t->crossings_count > 4) r->bad = 1;
        for (int64_t k = 0; k < t->crossings_count && !r->bad; k++) t->crossings[k] = word(r);
    }
    s->queue_count = size(r);
    s->queue_durations = list(r, s->queue_count);
    s->listener_start = list(r, bits + 1);
    s->listeners = list(r, r->bad ? 0 : s->listener_start[bits]);
    s->listened = (uint64_t *)list(r, words);
    for (int64_t i = 0; i < s->bound_count && !r->bad; i++) s->has_conditional_bounds |= s->bounds[i].when != NONE;
}

EXPORT plan *plan_of(const int64_t *words, int64_t count) {
    reader it = {words, 0, count, 0}, *r = &it;
    plan *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    p->users = 1;
    if (word(r) != VERSION) r->bad = 1;
    p->words = word(r);
    p->bit_count = size(r);
    p->event_numbers = word(r);
    p->event_instants = word(r);
    p->event_keys = word(r);
    p->profile_words = word(r);
    p->profile_numbers = word(r);
    p->profile_instants = word(r);
    p->profile_keys = word(r);
    p->transition_count = size(r);
    p->transitions = list(r, p->transition_count);
    p->offsets = list(r, p->transition_count);
    p->child_count = size(r);
    p->children = list(r, p->child_count);
    p->value_count = size(r);
    p->values = room(r, p->value_count, sizeof *p->values);
    for (int64_t i = 0; i < p->value_count && !r->bad; i++) {
        value_node *v = &p->values[i];
        v->kind = word(r);
        v->a = word(r);
        v->b = word(r);
        v->n = word(r);
        v->number = real(r);
    }
    p->condition_count = size(r);
    p->conditions = room(r, p->condition_count, sizeof *p->conditions);
    for (int64_t i = 0; i < p->condition_count && !r->bad; i++) {
        condition_node *c = &p->conditions[i];
        c->kind = word(r);
        c->a = word(r);
        c->b = word(r);
        c->n = word(r);
        c->op = word(r);
        c->left = raw_of(r);
        c->right = raw_of(r);
    }
    p->pattern_count = size(r);
    p->patterns = room(r, p->pattern_count, sizeof *p->patterns);
    for (int64_t i = 0; i < p->pattern_count && !r->bad; i++) {
        p->patterns[i].bit = word(r);
        p->patterns[i].code = word(r);
        p->patterns[i].apart = word(r);
    }
    p->ignore_count = size(r);
    p->ignores = list(r, p->ignore_count);
    p->exclude_count = size(r);
    p->excludes = list(r, p->exclude_count);
    p->label_count = size(r);
    p->labels = list(r, p->label_count);
    p->global_fact_count = size(r);
    p->global_facts = facts_of(r, p->global_fact_count);
    p->score_count = size(r);
    p->scores = room(r, p->score_count, sizeof *p->scores);
    p->order = list(r, p->score_count);
    for (int64_t i = 0; i < p->score_count && !r->bad; i++) r->bad |= p->order[i] < 0 || p->order[i] >= p->score_count;
    for (int64_t i = 0; i < p->score_count && !r->bad; i++) score_of(r, &p->scores[i], p->words, p->bit_count);
    for (int64_t i = 1; i < p->score_count && !r->bad; i++)
        p->scores[i].tier_first = p->scores[i - 1].tier_first + p->scores[i - 1].tier_count;
    for (int64_t i = 0; i < p->score_count && !r->bad; i++) {
        score_plan *score = &p->scores[i];
        for (int64_t k = 0; k < score->component_count; k++) {
            int64_t each = score->components[k];
            if (each < 0 || each >= p->score_count) r->bad = 1;
            else p->scores[each].is_component = 1;
        }
    }
    p->grid_count = size(r);
    p->grids = room(r, p->grid_count, sizeof *p->grids);
    for (int64_t i = 0; i < p->grid_count && !r->bad; i++) {
        grid *g = &p->grids[i];
        g->axis_count = size(r);
        g->axes = room(r, g->axis_count, sizeof *g->axes);
        for (int64_t k = 0; k < g->axis_count && !r->bad; k++) {
            g->axes[k].score = word(r);
            g->axes[k].band_count = size(r);
            g->axes[k].numbers = list(r, g->axes[k].band_count);
        }
    }
    if (word(r) != VERSION || r->at != count) r->bad = 1;
    if (r->bad) {
        plan_free(p);
        return NULL;
    }
    for (int64_t i = 0; i < p->score_count; i++) {
        score_plan *s = &p->scores[i];
        s->is_plain = is_plain_score(p, s);
        for (int64_t k = 0; k < s->on_count; k++) s->ons[k].worths = worths_of(&s->ons[k]);
    }
    return p;
}

EXPORT void plan_free(plan *p) {
    if (p == NULL || --p->users > 0) return;
    for (int64_t i = 0; p->scores && i < p->score_count; i++) {
        score_plan *s = &p->scores[i];
        for (int64_t k = 0; s->ons && k < s->on_count; k++) {
            free(s->ons[k].steps);
            free(s->ons[k].limits);
            free(s->ons[k].factors);
            free(s->ons[k].worths);
        }
        for (int64_t k = 0; s->whens && k < s->when_count; k++) {
            free(s->whens[k].conditions);
            free(s->whens[k].amounts);
            free(s->whens[k].signs);
        }
        for (int64_t k = 0; s->group_bounds && k < s->group_count; k++) free(s->group_bounds[k]);
        free(s->rules);
        free(s->ons);
        free(s->whens);
        free(s->components);
        free(s->absences);
        free(s->inactivities);
        free(s->tracked);
        free(s->group_bound_count);
        free(s->group_bounds);
        free(s->bounds);
        free(s->tiers);
        free(s->facts);
        free(s->tickers);
        free(s->queue_durations);
        free(s->listener_start);
        free(s->listeners);
        free(s->listened);
    }
    for (int64_t i = 0; p->grids && i < p->grid_count; i++) {
        for (int64_t k = 0; p->grids[i].axes && k < p->grids[i].axis_count; k++) free(p->grids[i].axes[k].numbers);
        free(p->grids[i].axes);
    }
    free(p->transitions);
    free(p->offsets);
    free(p->children);
    free(p->values);
    free(p->conditions);
    free(p->patterns);
    free(p->ignores);
    free(p->excludes);
    free(p->labels);
    free(p->global_facts);
    free(p->scores);
    free(p->order);
    free(p->grids);
    free(p);
}
