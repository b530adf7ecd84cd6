/* A database, a folder of revision files, and a session on it: what every engine test needs. */
#pragma once

#include "engine/migrate.h"
#include "testdb.h"

typedef struct {
    char *url;
    char *folder; /* of revision files */
    Graph *graph; /* read by fixture_load */
    Secret *secret;
    EngineSettings settings;
    Variables *variables; /* of the settings; empty */
    Cancel *cancel;
    Session *session;
    Conn *witness; /* another connection, to look and to disturb */
    GString *told; /* the kinds of events, one letter each: see fixture.c */
    EventSink events;
    /* Called at every event before it is noted; may disturb. */
    void (*disturb)(gpointer fixture, const EngineEvent *event);
    gpointer disturb_data;
} Fixture;

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);

/* Writes one revision file; header lines beyond the usual may be given ("-- Transaction: none\n").
 * `down` NULL = no section. */
void fixture_revision(Fixture *fixture, const char *id, const char *revises, const char *header,
                      const char *up, const char *down);
/* Three tables t1 t2 t3 in revisions aaaa1111 bbbb2222 cccc3333. */
void fixture_three(Fixture *fixture);
void fixture_load(Fixture *fixture);
/* Opens the session again, for example after changing fixture->settings. */
void fixture_reopen(Fixture *fixture);
gboolean fixture_upgrade(Fixture *fixture, const char *target, MigrateResult *result,
                         GError **error);
gboolean fixture_downgrade(Fixture *fixture, const char *target, MigrateResult *result,
                           GError **error);
/* Checks that every ledger row's hash is that of its content and follows the row before. */
void fixture_assert_ledger(Fixture *fixture, int rows);
