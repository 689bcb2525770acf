/* The plan as the walk reads it: made from the words that encode.py writes (same order, same names). */
#ifndef SCOREDSL_PLAN_H
#define SCOREDSL_PLAN_H

#include "kernel.h"

#define NONE (-1)
#define MISSING INT64_MIN
#define DAY INT64_C(86400000000)
#define MILLION INT64_C(1000000)

enum value_kind {
    V_CONST, V_EVENT, V_PROFILE, V_SCORE, V_FACT, V_PICKED, V_DAYS_SINCE, V_DAYS_UNTIL,
    V_NEGATIVE, V_ADD, V_SUBTRACT, V_MULTIPLY, V_DIVIDE, V_MIN, V_MAX, V_ROUND
};

enum condition_kind {
    C_ALWAYS, C_NOT, C_AND, C_OR, C_EVENT_BIT, C_PROFILE_BIT, C_PICKED_BIT, C_NUMBERS, C_NAMES, C_WINDOW, C_HAS,
    C_INACTIVE, C_KNOWN
};

enum operator { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE };

enum raw_kind { RAW_EVENT, RAW_PROFILE, RAW_PICKED };

enum fact_kind { F_COUNT, F_SUM, F_AVERAGE, F_LOWEST, F_HIGHEST, F_DISTINCT, F_DAYS_SINCE_LAST, F_LATEST, F_FIRST, F_HAS };

enum trigger_kind { T_OCCURS, T_COUNT, T_CHAIN, T_ABSENCE, T_INACTIVITY };

enum cap_kind { CAP_NONE, CAP_PLAIN, CAP_KEY, CAP_PERIOD };

enum period { P_NONE, P_DAY, P_WEEK, P_MONTH, P_YEAR };

enum decay_kind { D_NONE, D_ZERO, D_HALF, D_PERCENT };

enum ticker_kind { K_FACT_WINDOW, K_FACT_DAYS, K_FACT_CROSS, K_FIELD_DAYS, K_FIELD_CROSS, K_FIELD_WINDOW, K_PICKED_WINDOW, K_INACTIVE };

typedef struct {
    int64_t kind, a, b, n; /* operands: children (a, b) or a list at children[a .. a + n) */
    double number;
} value_node;

/* A name as data has it: where it stands, and its channels (NONE where the plan needs none). */
typedef struct {
    int64_t kind, fact, number, instant, key;
} raw_ref;

typedef struct {
    int64_t kind, a, b, n, op;
    raw_ref left, right;
} condition_node;

typedef struct {
    int64_t bit;  /* must be set; */
    int64_t code; /* then this condition must hold (NONE: it does) */
    int64_t apart;
} pattern;

typedef struct {
    int64_t kind, pattern, last, channel; /* channel: number, key, or (latest, first) the bit "known" */
} fact;

typedef struct {
    int64_t kind, fact, channel, number, duration, next; /* number: the days that are crossed; next: 1 for `in next` */
    int64_t crossings[4], crossings_count;
} ticker;

typedef struct {
    int64_t count, key, period, every; /* key: channel, NONE without, -2 where it is always missing */
} limit;

typedef struct {
    int64_t number, when; /* when: condition or NONE */
    int64_t maximum;
} bound;

typedef struct {
    int64_t trigger, step_count, same, within, count; /* trigger */
    int64_t *steps;
    int64_t duration, every, after;
    int64_t start, stop, state; /* MISSING: no `from`/`until`; NONE: no `if` */
    int64_t is_reset, set_to, has_set_to;
    int64_t sign, amount, constant, is_constant; /* amount: value node; constant: signed millionths */
    int64_t but_not, but_not_number; /* 0, -1 below, 1 above */
    int64_t limit_count;
    limit *limits;
    int64_t cap, cap_number, cap_key, cap_period;
    int64_t expiry, unless_repeated;
    int64_t decay, decay_days, factor_count;
    double *factors;
    int64_t *worths; /* by step of the decay, what an award of the constant points is worth; NULL where none are constant */
    double percent;
    int64_t ends_on, ends_same;
    int64_t needs_before, tracked, expiry_queue;
    int64_t rule, group; /* its number among all rules of the score; NONE or its group */
} on_rule;

typedef struct {
    int64_t branch_count, up_to; /* up_to: NONE or millionths */
    int64_t *conditions, *amounts, *signs;
    int64_t rule, group;
} when_rule;

typedef struct {
    int64_t is_when, number, group; /* number: among the score's on-rules or when-rules */
} rule_ref;

typedef struct {
    int64_t number, above, until_below, has_until_below, for_good;
} tier;

typedef struct {
    int64_t rule_count, on_count, when_count, group_count, bound_count, tier_count, fact_count, ticker_count;
    int64_t tier_first; /* the number of its highest tier among those of all scores */
    int64_t queue_count, start, formula, component_count, remembers, has_resets, has_conditional_bounds;
    int64_t is_plain, is_component; /* walked by plain.c; a formula is made of it */
    rule_ref *rules;
    on_rule *ons;
    when_rule *whens;
    int64_t *group_bound_count;
    bound **group_bounds;
    bound *bounds;
    tier *tiers; /* highest first */
    fact *facts;
    ticker *tickers;
    int64_t *queue_durations;
    int64_t *components;
    int64_t absence_count, inactivity_count, tracked_count; /* of the on-rules: which need a look at other times */
    int64_t *absences, *inactivities, *tracked;
    /* which rules listen to an event bit: for bit b, listeners[listener_start[b] .. listener_start[b + 1]) = rule * 64 + step */
    int64_t *listener_start, *listeners;
    uint64_t *listened; /* mask words of bits with listeners or facts */
} score_plan;

typedef struct {
    int64_t score, band_count;
    int64_t *numbers; /* from the highest; the last band has none */
} axis;

typedef struct {
    int64_t axis_count;
    axis *axes;
} grid;

typedef struct {
    int64_t users; /* its owner and its walkers: the last one frees it, in whatever order Python lets go of them */
    int64_t words, event_numbers, event_instants, event_keys;                      /* an event's record */
    int64_t profile_words, profile_numbers, profile_instants, profile_keys;        /* a profile row's record */
    int64_t value_count, child_count, condition_count, pattern_count, bit_count;
    value_node *values;
    int64_t *children;
    condition_node *conditions;
    pattern *patterns;
    int64_t score_count, grid_count, label_count, exclude_count, ignore_count;
    int64_t *order; /* of the walk: a formula comes after its scores */
    score_plan *scores;
    grid *grids;
    int64_t *labels, *excludes, *ignores; /* conditions; ignores: patterns */
    int64_t global_fact_count;
    fact *global_facts; /* of labels and excludes: they know no reset */
    int64_t transition_count;
    int64_t *transitions, *offsets; /* offsets[i] holds from transitions[i] (seconds) on */
} plan;

/* NULL where the words are no plan of this version, or memory is out. */
EXPORT plan *plan_of(const int64_t *words, int64_t count);
EXPORT void plan_free(plan *p);

int is_plain_score(const plan *p, const score_plan *s); /* plain.c */
int64_t *worths_of(const on_rule *x);                     /* walk.c */

#endif
