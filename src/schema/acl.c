/* Reading aclitems, and the difference of two lists of them. */
#include "schema/acl.h"

#include <string.h>

#include "schema/name.h"

static const struct {
    char letter;
    const char *name;
} privileges[] = {
    {'r', "SELECT"},    {'a', "INSERT"},     {'w', "UPDATE"},       {'d', "DELETE"},
    {'D', "TRUNCATE"},  {'x', "REFERENCES"}, {'t', "TRIGGER"},      {'m', "MAINTAIN"},
    {'X', "EXECUTE"},   {'U', "USAGE"},      {'C', "CREATE"},       {'c', "CONNECT"},
    {'T', "TEMPORARY"}, {'s', "SET"},        {'A', "ALTER SYSTEM"},
};
enum { PRIVILEGES = G_N_ELEMENTS(privileges) };

enum { GRANT_DEPTH_MAX = 8 }; /* so many grants that rest on another are put in order */

typedef enum { HAS_NOT, HAS, HAS_TO_GRANT } Holding;

typedef struct {
    char *grantee; /* "": PUBLIC */
    char *grantor;
    Holding wanted[PRIVILEGES];
    Holding given[PRIVILEGES];
    guint depth; /* 0: by the owner; 1: by somebody who has it from the owner... */
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->grantee);
    g_free(entry->grantor);
    g_free(entry);
}

/* A role's name up to `end`, quoted or not; *text then is behind that. */
static char *read_role(const char **text, char end)
{
    GString *role = g_string_new(NULL);
    gboolean is_quoted = FALSE;
    const char *at = *text;

    for (; *at && (is_quoted || *at != end); at++) {
        if (*at != '"')
            g_string_append_c(role, *at);
        else if (is_quoted && at[1] == '"')
            g_string_append_c(role, *at++);
        else
            is_quoted = !is_quoted;
    }
    *text = *at ? at + 1 : at;
    return g_string_free(role, FALSE);
}

static Entry *find_entry(GPtrArray *entries, const char *grantee, const char *grantor)
{
    Entry *entry;

    for (guint i = 0; i < entries->len; i++) {
        entry = entries->pdata[i];
        if (strcmp(entry->grantee, grantee) == 0 && strcmp(entry->grantor, grantor) == 0)
            return entry;
    }
    entry = g_new0(Entry, 1);
    entry->grantee = g_strdup(grantee);
    entry->grantor = g_strdup(grantor);
    g_ptr_array_add(entries, entry);
    return entry;
}

static void read_letters(const char *letters, gsize length, Holding holdings[PRIVILEGES])
{
    for (gsize i = 0; i < length; i++)
        for (guint p = 0; p < PRIVILEGES; p++)
            if (privileges[p].letter == letters[i])
                holdings[p] = letters[i + 1] == '*' ? HAS_TO_GRANT : HAS;
}

/* One side of a change. */
typedef struct {
    const char *owner;   /* who owns the object in the end; NULL: not known */
    const char *former;  /* whose grants and privileges are the owner's by then; NULL: nobody's */
    gboolean is_default; /* given to, and by, whoever owned the object then */
    gboolean is_wanted;
} Reading;

static const char *heir(const Reading *reading, const char *role)
{
    return reading->owner && g_strcmp0(role, reading->former) == 0 ? reading->owner : role;
}

/* "grantee=arw*d/grantor". What is given by default was given by whoever owned the object then: who
 * owns it now has taken that over. */
static void read_item(GPtrArray *entries, const char *item, const Reading *reading)
{
    g_autofree char *grantee = read_role(&item, '=');
    const char *letters = item;
    gsize length = strcspn(letters, "/");
    const char *rest = letters[length] ? letters + length + 1 : letters + length;
    g_autofree char *grantor = read_role(&rest, '\0');
    gboolean is_owners = reading->is_default && reading->owner;
    gboolean is_own = is_owners && strcmp(grantee, grantor) == 0;
    Entry *entry = find_entry(entries, is_own ? reading->owner : heir(reading, grantee),
                              is_owners ? reading->owner : heir(reading, grantor));

    read_letters(letters, length, reading->is_wanted ? entry->wanted : entry->given);
}

static void read_items(GPtrArray *entries, char *const *items, const Reading *reading)
{
    for (; items && *items; items++)
        read_item(entries, *items, reading);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *left = *(const Entry *const *)a;
    const Entry *right = *(const Entry *const *)b;
    int order = strcmp(left->grantor, right->grantor);

    if (left->depth != right->depth)
        return left->depth < right->depth ? -1 : 1;
    return order ? order : strcmp(left->grantee, right->grantee);
}

static guint depth_of(const GPtrArray *entries, const Entry *entry)
{
    guint depth = 0;

    for (guint i = 0; i < entries->len; i++) {
        const Entry *other = entries->pdata[i];

        if (other != entry && strcmp(other->grantee, entry->grantor) == 0)
            depth = MAX(depth, other->depth);
    }
    return depth + 1;
}

/* Whoever may grant comes before those that got it from there. */
static void sort_entries(GPtrArray *entries, const char *owner)
{
    for (guint round = 0; round < GRANT_DEPTH_MAX; round++)
        for (guint i = 0; i < entries->len; i++) {
            Entry *entry = entries->pdata[i];
            gboolean is_owners = g_strcmp0(entry->grantor, owner) == 0;

            entry->depth = is_owners ? 0 : MIN(depth_of(entries, entry), GRANT_DEPTH_MAX);
        }
    g_ptr_array_sort(entries, compare_entries);
}

typedef enum { CHANGE_REVOKE, CHANGE_REVOKE_OPTION, CHANGE_GRANT, CHANGE_GRANT_OPTION } Change;

static gboolean is_changed(const Entry *entry, guint privilege, Change change)
{
    Holding wanted = entry->wanted[privilege];
    Holding given = entry->given[privilege];

    switch (change) {
    case CHANGE_REVOKE:
        return given != HAS_NOT && wanted == HAS_NOT;
    case CHANGE_REVOKE_OPTION:
        return given == HAS_TO_GRANT && wanted == HAS;
    case CHANGE_GRANT:
        return wanted == HAS && given == HAS_NOT;
    default:
        return wanted == HAS_TO_GRANT && given != HAS_TO_GRANT;
    }
}

/* "SELECT (a), UPDATE (a)"; NULL when there are none. */
static char *list_privileges(const Entry *entry, Change change, const char *column)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < PRIVILEGES; i++) {
        if (!is_changed(entry, i, change))
            continue;
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", privileges[i].name);
        if (column) {
            g_string_append(list, " (");
            name_append(list, column);
            g_string_append_c(list, ')');
        }
    }
    return list->len ? g_string_free(g_steal_pointer(&list), FALSE) : NULL;
}

static void append_change(GPtrArray *statements, const AclTarget *target, const Entry *entry,
                          Change change)
{
    g_autofree char *list = list_privileges(entry, change, target->column);
    g_autofree char *grantee = *entry->grantee ? name_quote(entry->grantee) : g_strdup("PUBLIC");
    g_autofree char *grantor = name_quote(entry->grantor);
    gboolean is_grant = change == CHANGE_GRANT || change == CHANGE_GRANT_OPTION;
    gboolean is_others = target->owner && strcmp(entry->grantor, target->owner) != 0;

    if (!list)
        return;
    if (is_others)
        g_ptr_array_add(statements, g_strdup_printf("SET SESSION AUTHORIZATION %s", grantor));
    g_ptr_array_add(statements,
                    g_strdup_printf("%s%s %s%s ON %s %s %s%s", target->prefix,
                                    is_grant ? "GRANT" : "REVOKE",
                                    change == CHANGE_REVOKE_OPTION ? "GRANT OPTION FOR " : "", list,
                                    target->on, is_grant ? "TO" : "FROM", grantee,
                                    change == CHANGE_GRANT_OPTION ? " WITH GRANT OPTION" : ""));
    if (is_others)
        g_ptr_array_add(statements, g_strdup("RESET SESSION AUTHORIZATION"));
}

static void append_revokes(GPtrArray *statements, const AclTarget *target, const GPtrArray *entries,
                           guint depth)
{
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = entries->pdata[i];

        if (entry->depth != depth)
            continue;
        append_change(statements, target, entry, CHANGE_REVOKE);
        append_change(statements, target, entry, CHANGE_REVOKE_OPTION);
    }
}

static void append_entries(GPtrArray *statements, const AclTarget *target, GPtrArray *entries)
{
    sort_entries(entries, target->owner);
    for (guint depth = GRANT_DEPTH_MAX + 1; depth > 0; depth--)
        append_revokes(statements, target, entries, depth - 1);
    for (guint i = 0; i < entries->len; i++) {
        append_change(statements, target, entries->pdata[i], CHANGE_GRANT);
        append_change(statements, target, entries->pdata[i], CHANGE_GRANT_OPTION);
    }
}

void acl_append(GPtrArray *statements, const AclTarget *target, char *const *acl,
                char *const *baseline)
{
    const AclChange change = {NULL, baseline, NULL, acl, baseline};

    if (acl)
        acl_append_change(statements, target, &change);
}

void acl_append_change(GPtrArray *statements, const AclTarget *target, const AclChange *change)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    char *const *baseline = change->new_baseline ? change->new_baseline : change->old_baseline;
    gboolean was_default = !change->old;
    gboolean is_default = !change->new;
    const Reading old = {target->owner, was_default ? NULL : change->old_owner, was_default, FALSE};
    const Reading new = {target->owner, NULL, is_default, TRUE};

    read_items(entries, was_default ? baseline : change->old, &old);
    read_items(entries, is_default ? baseline : change->new, &new);
    append_entries(statements, target, entries);
}
