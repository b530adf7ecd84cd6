/* What the files of ddl share. */
#pragma once

#include "schema/ddl.h"

/* One more statement, without its semicolon; the array owns it. */
G_GNUC_PRINTF(2, 3) void ddl_add(GPtrArray *statements, const char *format, ...);
/* " WITH (a='1', b='2')" from "name=value"; nothing for NULL. */
void ddl_append_storage(GString *sql, char *const *options);
/* " OPTIONS (a '1', b '2')" */
void ddl_append_options(GString *sql, char *const *options);
/* 'it''s', without a blank in front. g_free. */
char *ddl_literal(const char *text);
/* COMMENT ON word reference IS ...; nothing without a comment, or without DDL_COMMENTS. */
void ddl_add_comment(GPtrArray *statements, const char *word, const Object *object, DdlFlags flags);
/* What GRANT and REVOKE say behind ON: "TABLE public.t"; NULL: it has no privileges of its own.
 * *prefix is what they have in front, or NULL. g_free both. */
char *ddl_grant_target(const Object *object, char **prefix);
/* NULL: its owner follows from another object, or cannot be set. */
const char *ddl_settable_owner(const Object *object);

/* From here on, a function of an object's name adds the statements that make such an object, in an
 * order that works, to `statements` (char *), which owns them. What is said of every kind alike
 * (owner, comment, grants) is for ddl_text to add, whose `flags` some of them need. */

/* Relations, and what is part of them. */
void ddl_table(GPtrArray *statements, const Table *table, DdlFlags flags);
void ddl_view(GPtrArray *statements, const View *view, DdlFlags flags);
void ddl_composite(GPtrArray *statements, const Composite *composite);
/* "a integer DEFAULT 1 NOT NULL" */
void ddl_append_column(GString *sql, const Column *column, DdlFlags flags);
/* " GENERATED ALWAYS AS IDENTITY (...)" */
void ddl_append_identity(GString *sql, const Column *column);
/* The sequence of an identity column; NULL: none is known. */
const Sequence *ddl_find_generator(const Column *column);
/* Of the letters in pg_attribute: "PLAIN", "pglz"; static. */
const char *ddl_storage_name(char letter);
const char *ddl_compression_name(char letter);
/* What ALTER TABLE says for when a trigger or rule fires: "ENABLE ALWAYS" of 'A'. */
const char *ddl_enabling(char state);
/* Of the columns: settings, comments, grants. */
void ddl_columns(GPtrArray *statements, const Object *object, DdlFlags flags);
void ddl_column_defaults(GPtrArray *statements, const Object *object);
void ddl_sequence(GPtrArray *statements, const Sequence *sequence);
/* " START WITH 5 ...": what differs from what such a sequence has by itself. */
void ddl_append_sequence(GString *sql, const Sequence *sequence);
void ddl_constraint(GPtrArray *statements, const Constraint *constraint);
void ddl_index(GPtrArray *statements, const Index *index);
void ddl_rule(GPtrArray *statements, const Rule *rule);
void ddl_trigger(GPtrArray *statements, const Trigger *trigger);
void ddl_policy(GPtrArray *statements, const Policy *policy);
void ddl_statistics(GPtrArray *statements, const Statistics *statistics);

/* Types, and what works on them. */
void ddl_enum(GPtrArray *statements, const Enum *type);
void ddl_domain(GPtrArray *statements, const Domain *domain, DdlFlags flags);
void ddl_range(GPtrArray *statements, const Range *range);
void ddl_collation(GPtrArray *statements, const Collation *collation);
void ddl_aggregate(GPtrArray *statements, const Aggregate *aggregate);
void ddl_operator(GPtrArray *statements, const Operator *operator);
void ddl_operator_family(GPtrArray *statements, const OperatorFamily *family);
void ddl_operator_class(GPtrArray *statements, const OperatorClass *operator_class);
void ddl_cast(GPtrArray *statements, const Cast *cast);

/* Text search, foreign servers, and what belongs to the whole database. */
void ddl_search_parser(GPtrArray *statements, const SearchParser *parser);
void ddl_search_template(GPtrArray *statements, const SearchTemplate *template);
void ddl_search_dictionary(GPtrArray *statements, const SearchDictionary *dictionary);
void ddl_search_configuration(GPtrArray *statements, const SearchConfiguration *configuration);
void ddl_wrapper(GPtrArray *statements, const Wrapper *wrapper);
void ddl_server(GPtrArray *statements, const Server *server);
void ddl_user_mapping(GPtrArray *statements, const UserMapping *mapping);
void ddl_publication(GPtrArray *statements, const Publication *publication);
void ddl_event_trigger(GPtrArray *statements, const EventTrigger *trigger);
