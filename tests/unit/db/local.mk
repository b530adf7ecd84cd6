db_test_libs = tests/lib/testdb.c tests/lib/testdb.h

check_PROGRAMS += \
	tests/unit/db/test_cluster \
	tests/unit/db/test_conn \
	tests/unit/db/test_dsn \
	tests/unit/db/test_lock \
	tests/unit/db/test_memory \
	tests/unit/db/test_open \
	tests/unit/db/test_pipeline \
	tests/unit/db/test_pool \
	tests/unit/db/test_pooler \
	tests/unit/db/test_quote

tests_unit_db_test_cluster_CPPFLAGS = $(DB_CPPFLAGS)
tests_unit_db_test_cluster_LDADD = $(DB_LIBS)
tests_unit_db_test_dsn_CPPFLAGS = $(DB_CPPFLAGS)
tests_unit_db_test_dsn_LDADD = $(DB_LIBS)
tests_unit_db_test_pooler_CPPFLAGS = $(DB_CPPFLAGS)
tests_unit_db_test_pooler_LDADD = $(DB_LIBS)
tests_unit_db_test_quote_CPPFLAGS = $(DB_CPPFLAGS)
tests_unit_db_test_quote_LDADD = $(DB_LIBS)

tests_unit_db_test_conn_SOURCES = tests/unit/db/test_conn.c $(db_test_libs)
tests_unit_db_test_conn_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_conn_LDADD = $(DB_LIBS)
tests_unit_db_test_lock_SOURCES = tests/unit/db/test_lock.c $(db_test_libs)
tests_unit_db_test_lock_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_lock_LDADD = $(DB_LIBS)
tests_unit_db_test_memory_SOURCES = tests/unit/db/test_memory.c $(db_test_libs)
tests_unit_db_test_memory_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_memory_LDADD = $(DB_LIBS)
tests_unit_db_test_open_SOURCES = tests/unit/db/test_open.c $(db_test_libs)
tests_unit_db_test_open_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_open_LDADD = $(DB_LIBS)
tests_unit_db_test_pipeline_SOURCES = tests/unit/db/test_pipeline.c $(db_test_libs)
tests_unit_db_test_pipeline_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_pipeline_LDADD = $(DB_LIBS)
tests_unit_db_test_pool_SOURCES = tests/unit/db/test_pool.c $(db_test_libs)
tests_unit_db_test_pool_CPPFLAGS = $(DB_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_db_test_pool_LDADD = $(DB_LIBS)
