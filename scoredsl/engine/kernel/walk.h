/* The walk: one lead after the other, each once through its events in canonical order (LANGUAGE sections 4 to 6). */
#ifndef SCOREDSL_WALK_H
#define SCOREDSL_WALK_H

#include <stdint.h>

#include "containers.h"
#include "kernel.h"
#include "lead.h"
#include "plan.h"

#define NEVER INT64_MAX

typedef __int128 wide;

/* ---- facts and conditions (evaluate.c) */

typedef struct {
    queue items;  /* what is in the window: its time, and what the fact needs of it */
    pair_map keys;
    queue counts; /* by entry of `keys` */
    wide sum;
    int64_t count, distinct, extreme, last_match, last_time, picked;
} fact_state;

typedef struct {
    const plan *p;
    const int64_t *const *events;
    const int64_t *event;   /* what the condition is about, NULL for a lead */
    const int64_t *version; /* the profile at `clock`, NULL where there is none */
    int64_t clock;
    const fact *facts;
    fact_state *states;
    int64_t last_event; /* the newest event that is seen, MISSING for none */
    int64_t before;     /* `score` after `if` */
    const int64_t *scores;
    int formula, divided;
} context;

typedef struct {
    int known;
    double number;
} result;

result number_of(context *c, int64_t node);
int holds(context *c, int64_t node);
int to_millionths(double number, int64_t *points); /* 0 where it is not finite, or larger than a whole number can be */
int points_of(result r, int64_t *points);          /* 0 where missing or beyond 10^9 */
double millionths_to_double(wide points);
int takes(context *c, const pattern *x); /* whether c->event is one of EVENTS [where C], `apart` aside */
void fact_clear(fact_state *s);
void fact_free(fact_state *s);
void fact_push(const plan *p, const fact *f, fact_state *s, const int64_t *event, int64_t number);
void fact_advance(const fact *f, fact_state *s, int64_t instant);
int64_t fact_window_end(const fact *f, const fact_state *s);
static inline const int64_t *channels_of(const plan *p, const int64_t *event) { return event + 1 + p->words; }
static inline const int64_t *profile_channels_of(const plan *p, const int64_t *version) {
    return version + 2 + p->profile_words;
}
static inline int has_bit(const int64_t *words, int64_t bit) { return (int)((uint64_t)words[bit >> 6] >> (bit & 63)) & 1; }

/* ---- the calendar (calendar.c) */

int64_t local_day(const plan *p, int64_t instant);  /* days since 1970-01-01 */
int64_t midnight_of(const plan *p, int64_t day);    /* microseconds */
int64_t day_change(const plan *p, int64_t day, int64_t now);
int64_t period_of(int64_t day, int64_t period);

/* ---- the walk (walk.c, lead.c) */

typedef struct {
    queue unused;
    int64_t *slots, *last_match;
    int64_t killed;
} key_state;

typedef struct {
    int64_t count;
    queue times, counts;
    pair_map keys;
    queue *by_key;
    int64_t by_key_count;
} limit_state;

typedef struct {
    int64_t instant, day, points, worth, cap_entry, next, event;
    int32_t by_event, alive;
} award;

typedef struct {
    /* trigger */
    pair_map keys;
    key_state *key;
    int64_t key_count, key_room;
    queue pending; /* absences: due, event, key, number */
    int64_t pushed, due, matched_event;
    int64_t *matched;
    /* limits */
    limit_state *limits;
    /* awards */
    wide sum, capped;
    award *awards;
    int64_t head, n, room, base, alive, expires, day, next_day;
    pair_map caps;
    wide *cap_sums;
    int64_t cap_room;
    pair_map same;
    queue same_first;
    int64_t awarded_at, expired_at;
} on_state;

typedef struct {
    int64_t value, branch;
} when_state;

typedef struct {
    int64_t minimum, maximum; /* which bound holds, NONE for none */
    wide given, taken;
} bounds_state;

typedef struct {
    on_state *ons;
    /* by on-rule, side by side because every change looks at them: */
    wide *worth, *kept; /* what the rule is worth now, after its cap, and when the state was last kept */
    uint8_t *used, *is_changed;
    int64_t *changed, changed_count; /* the rules whose worth changed since then */
    wide ungrouped, *grouped;        /* the sums of `worth`, outside and by group */
    when_state *whens;
    fact_state *facts;
    queue *queues; /* expires, rule, points */
    bounds_state *bounds; /* the score's, then the groups' */
    wide *groups;
    uint8_t *in_tier;
    queue course; /* instant, value */
    queue happened; /* at this instant, to a plain score: rule, points */
    int64_t value, tier;
    int *missing; /* by when-rule: its points could not be computed */
} score_state;

typedef struct {
    int64_t rule, event, by_event;
} occurrence;

/* What a rule did, over all leads: how often it fired, for how many leads (`here`: for the one that is walked), what it
   gave, what it is worth at T, and when it last fired. For a `when` rule a lead counts for whom it holds at T. */
typedef struct {
    int64_t fired, leads, last, here;
    wide points, live;
} rule_count;

struct walker {
    plan *p;
    int64_t id_words, until, mode; /* mode: MODE_SCORES, MODE_HISTORY, MODE_ALERTS, MODE_BOTH */
    int64_t loud; /* the changes of the first so many scores are reported; the others are scored at T alone */
    int64_t counted; /* what the rules of the first so many scores do is counted */
    score_state *scores;
    fact_state *global_facts;
    const int64_t **events;
    const uint64_t **ids;
    int64_t event_room, n;
    const int64_t *const *versions;
    int64_t version_count, last_version;
    int64_t beginning, from_always, lead_number;
    occurrence *found;
    int64_t found_count, found_room;
    int64_t *touched;
    int64_t touched_count;
    int64_t *id_slots;
    int64_t id_slot_count;
    int64_t *values, *previous;
    queue codes; /* of one cause */
    int divided, overflow;
    /* results */
    queue rows; /* scores: lead, values, tiers, cells, labels; history: lead, time, score, value, change, tier, from, cause */
    queue finals; /* MODE_BOTH: the scores, while `rows` has the changes */
    queue causes, cause_starts;
    pair_map cause_keys;
    int64_t only_new; /* alerts: those alone that no earlier run gave */
    queue noted; /* alerts that are given now, or withdrawn: lead, time, score, tier before, tier */
    int64_t ignored, duplicates, excluded, leads, withdrawn;
    int64_t *lost, *missing, *without_value; /* by score * most_rules + rule */
    int64_t *divisions;
    int64_t most_rules;
    rule_count *counts; /* by score * most_rules + rule, for the scores that are counted */
};
typedef struct walker walker;

#define HISTORY_WORDS 8
#define GIVEN_WORDS 4

/* MODE_BOTH: scores at T, and the changes of tier on the way there, without their causes. */
enum { MODE_SCORES, MODE_HISTORY, MODE_ALERTS, MODE_BOTH };

/* Whether the changes of a score are reported, so that all of its course is walked. */
static inline int is_loud(const walker *w, int64_t number) { return w->mode != MODE_SCORES && number < w->loud; }

/* A value that does not fit 64 bits: the reference must be asked. */
enum { WALK_TOO_LARGE = 1 };

/* What Python calls; walkers and plans are opaque there. walk_lead is the walk_function of a walker. */
EXPORT int walk_lead(void *walker, const struct lead_input *in);
EXPORT void *walker_new(void *plan, int64_t until, int64_t mode, int64_t loud, int64_t counted);
EXPORT void walker_free(void *walker);
EXPORT const int64_t *walker_rows(void *walker, int64_t *count);
EXPORT const int64_t *walker_finals(void *walker, int64_t *count);
EXPORT void walker_clear_rows(void *walker);
EXPORT void walker_only_new(void *walker);
EXPORT const int64_t *walker_noted(void *walker, int64_t *count);
EXPORT int64_t walker_withdrawn(const void *walker);
EXPORT const int64_t *walker_causes(void *walker, int64_t *count);
EXPORT const int64_t *walker_cause_starts(void *walker, int64_t *count);
EXPORT int64_t walker_tally(void *walker, int64_t *out, int64_t room);
EXPORT int64_t walker_counts(void *walker, int64_t *out, int64_t room);

/* Walks a score of a lead up to `until`; leaves its value, tier and course in the walker. */
void walk_score(walker *w, int64_t number);
void walk_plain(walker *w, int64_t number); /* of a score for which is_plain_score holds; plain.c */
/* Leaves out the alerts from the word `before` of the rows on that earlier runs gave. 0: memory is out. */
int keep_new_alerts(walker *w, const struct lead_input *in, int64_t before);
const int64_t *version_at(walker *w, int64_t instant);
int64_t next_version_time(walker *w, int64_t now);

#endif
