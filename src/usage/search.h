/* What somebody wants to see of the usage log: filters, a page, groups. Made from the query of a
 * request, which is not trusted. Pure. */
#pragma once

#include "usage/record.h"

typedef enum {
#define USAGE_PARAMETER(name, text, kind, where, takes) PARAMETER_##name,
#include "usage/parameters.def"
#undef USAGE_PARAMETER
    PARAMETER_COUNT
} Parameter;

typedef enum {
#define USAGE_GROUP(name, text, kind, sql) GROUP_##name,
#include "usage/groups.def"
#undef USAGE_GROUP
    GROUP_COUNT
} Group;

typedef struct {
    const char *name;
    UsageKind kind; /* TEXT, BOOLEAN or TIME */
    const char *sql;
} GroupInfo;
/* The row of groups.def; static. */
const GroupInfo *group_info(Group group);

/* A place in the order of a list, which is by created_at and id, the newest first. */
typedef struct {
    gint64 created_at; /* microseconds since 1970 */
    guint8 id[USAGE_ID_SIZE];
} UsagePosition;

typedef enum { SEARCH_LIST, SEARCH_STATS } SearchKind;

typedef struct {
    SearchKind kind;
    char *texts[PARAMETER_COUNT]; /* as they were given; NULL: not given */
    gboolean success;
    gboolean has_error;
    UsageAddress network; /* of IP */
    gint64 from;          /* microseconds since 1970; not before, and before the other */
    gint64 to;
    guint limit;
    UsagePosition after; /* of CURSOR: what comes behind this */
    Group groups[GROUP_COUNT];
    guint group_count;
} UsageSearch;

/* What is wrong with one parameter. */
typedef struct {
    char *parameter;
    char *detail;
    gboolean is_about_value; /* else about its name: there is no such one, or it comes twice */
} SearchFault;
GPtrArray *search_faults_new(void);

/* Without any condition: it finds all. */
UsageSearch *usage_search_new(SearchKind kind);
void usage_search_free(UsageSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageSearch, usage_search_free)

/* What a value is held against. */
typedef struct {
    const char *const *action_types; /* of the database, NULL-terminated */
    guint limit_max;                 /* of LIMIT; 0: none */
} SearchRules;

/* Takes one "name=value" of the query; valid UTF-8. Adds what is wrong with it to `faults`. */
void usage_search_take(UsageSearch *search, const char *name, const char *value,
                       const SearchRules *rules, GPtrArray *faults);
/* After the last: what is wrong with them together. */
void usage_search_finish(UsageSearch *search, GPtrArray *faults);

static inline gboolean usage_search_has(const UsageSearch *search, Parameter parameter)
{
    return search->texts[parameter] != NULL;
}

/* The cursor of what comes behind `last`, good for this search's filters only; g_free. It is told
 * from a mistyped one and from another search's, but it is no secret: it holds nothing but the
 * place. */
char *usage_search_cursor(const UsageSearch *search, const UsagePosition *last);
/* `path` with the same parameters and another cursor, percent-encoded; g_free. */
char *usage_search_next(const UsageSearch *search, const char *path, const char *cursor);
