# One libFuzzer target per parser of outside text, tests/fuzz/fuzz-<room>-<noun>.c, with its corpus
# in tests/fuzz/corpus/<room>-<noun>/:
#
#   fuzz_programs += tests/fuzz/fuzz-revision-file
#   tests_fuzz_fuzz_revision_file_SOURCES = tests/fuzz/fuzz-revision-file.c $(fuzz_main)
#   tests_fuzz_fuzz_revision_file_CPPFLAGS = $(REVISION_CPPFLAGS)
#   tests_fuzz_fuzz_revision_file_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
#   tests_fuzz_fuzz_revision_file_LDADD = $(REVISION_LIBS)
#
# A normal build links replay.c, which runs the corpus as a test. A build configured with
# `CC=clang --enable-fuzzing` links libFuzzer, which adds what it finds to the first folder named:
#
#   tests/fuzz/fuzz-revision-file /tmp/found ../tests/fuzz/corpus/revision-file
fuzz_programs =

if FUZZING
fuzz_main =
noinst_PROGRAMS = $(fuzz_programs)
else
fuzz_main = tests/fuzz/replay.c
check_PROGRAMS += $(fuzz_programs)
endif
EXTRA_DIST += tests/fuzz/replay.c

fuzz_programs += tests/fuzz/fuzz-http-router
tests_fuzz_fuzz_http_router_SOURCES = tests/fuzz/fuzz-http-router.c $(fuzz_main)
tests_fuzz_fuzz_http_router_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_fuzz_fuzz_http_router_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_http_router_LDADD = $(HTTP_LIBS)

fuzz_programs += tests/fuzz/fuzz-conf-dotenv
tests_fuzz_fuzz_conf_dotenv_SOURCES = tests/fuzz/fuzz-conf-dotenv.c $(fuzz_main)
tests_fuzz_fuzz_conf_dotenv_CPPFLAGS = $(CONF_CPPFLAGS)
tests_fuzz_fuzz_conf_dotenv_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_conf_dotenv_LDADD = $(CONF_LIBS)

fuzz_programs += tests/fuzz/fuzz-db-dsn
tests_fuzz_fuzz_db_dsn_SOURCES = tests/fuzz/fuzz-db-dsn.c $(fuzz_main)
tests_fuzz_fuzz_db_dsn_CPPFLAGS = $(DB_CPPFLAGS)
tests_fuzz_fuzz_db_dsn_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_db_dsn_LDADD = $(DB_LIBS)

fuzz_programs += tests/fuzz/fuzz-sql-split
tests_fuzz_fuzz_sql_split_SOURCES = tests/fuzz/fuzz-sql-split.c $(fuzz_main)
tests_fuzz_fuzz_sql_split_CPPFLAGS = $(SQL_CPPFLAGS)
tests_fuzz_fuzz_sql_split_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sql_split_LDADD = $(SQL_LIBS)

fuzz_programs += tests/fuzz/fuzz-sql-variables
tests_fuzz_fuzz_sql_variables_SOURCES = tests/fuzz/fuzz-sql-variables.c $(fuzz_main)
tests_fuzz_fuzz_sql_variables_CPPFLAGS = $(SQL_CPPFLAGS)
tests_fuzz_fuzz_sql_variables_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sql_variables_LDADD = $(SQL_LIBS)

fuzz_programs += tests/fuzz/fuzz-revision-file
tests_fuzz_fuzz_revision_file_SOURCES = tests/fuzz/fuzz-revision-file.c $(fuzz_main)
tests_fuzz_fuzz_revision_file_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_fuzz_fuzz_revision_file_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_revision_file_LDADD = $(REVISION_LIBS)

fuzz_programs += tests/fuzz/fuzz-revision-spec
tests_fuzz_fuzz_revision_spec_SOURCES = tests/fuzz/fuzz-revision-spec.c $(fuzz_main)
tests_fuzz_fuzz_revision_spec_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_fuzz_fuzz_revision_spec_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_revision_spec_LDADD = $(REVISION_LIBS)

fuzz_programs += tests/fuzz/fuzz-revision-template
tests_fuzz_fuzz_revision_template_SOURCES = tests/fuzz/fuzz-revision-template.c $(fuzz_main)
tests_fuzz_fuzz_revision_template_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_fuzz_fuzz_revision_template_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_revision_template_LDADD = $(REVISION_LIBS)

fuzz_programs += tests/fuzz/fuzz-adopt-records
tests_fuzz_fuzz_adopt_records_SOURCES = tests/fuzz/fuzz-adopt-records.c $(fuzz_main)
tests_fuzz_fuzz_adopt_records_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_fuzz_fuzz_adopt_records_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_adopt_records_LDADD = $(ADOPT_LIBS)

fuzz_programs += tests/fuzz/fuzz-view-order
tests_fuzz_fuzz_view_order_SOURCES = tests/fuzz/fuzz-view-order.c $(fuzz_main)
tests_fuzz_fuzz_view_order_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_fuzz_fuzz_view_order_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_view_order_LDADD = $(VIEW_LIBS)

fuzz_programs += tests/fuzz/fuzz-view-usage
tests_fuzz_fuzz_view_usage_SOURCES = tests/fuzz/fuzz-view-usage.c $(fuzz_main)
tests_fuzz_fuzz_view_usage_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_fuzz_fuzz_view_usage_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_view_usage_LDADD = $(VIEW_LIBS)

fuzz_programs += tests/fuzz/fuzz-client-documents
tests_fuzz_fuzz_client_documents_SOURCES = tests/fuzz/fuzz-client-documents.c $(fuzz_main)
tests_fuzz_fuzz_client_documents_CPPFLAGS = $(CLIENT_CPPFLAGS)
tests_fuzz_fuzz_client_documents_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_client_documents_LDADD = $(CLIENT_LIBS)

fuzz_programs += tests/fuzz/fuzz-http-auth
tests_fuzz_fuzz_http_auth_SOURCES = tests/fuzz/fuzz-http-auth.c $(fuzz_main)
tests_fuzz_fuzz_http_auth_CPPFLAGS = $(HTTP_CPPFLAGS)
tests_fuzz_fuzz_http_auth_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_http_auth_LDADD = $(HTTP_LIBS)

fuzz_programs += tests/fuzz/fuzz-conf-grants
tests_fuzz_fuzz_conf_grants_SOURCES = tests/fuzz/fuzz-conf-grants.c $(fuzz_main)
tests_fuzz_fuzz_conf_grants_CPPFLAGS = $(CONF_CPPFLAGS)
tests_fuzz_fuzz_conf_grants_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_conf_grants_LDADD = $(CONF_LIBS)

fuzz_programs += tests/fuzz/fuzz-usage-search
tests_fuzz_fuzz_usage_search_SOURCES = tests/fuzz/fuzz-usage-search.c $(fuzz_main)
tests_fuzz_fuzz_usage_search_CPPFLAGS = $(USAGE_CPPFLAGS)
tests_fuzz_fuzz_usage_search_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_usage_search_LDADD = $(USAGE_LIBS)
