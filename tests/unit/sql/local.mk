check_PROGRAMS += \
	tests/unit/sql/test_expand \
	tests/unit/sql/test_split
sql_table = tests/unit/sql/table.c tests/unit/sql/table.h
tests_unit_sql_test_expand_SOURCES = tests/unit/sql/test_expand.c $(sql_table)
tests_unit_sql_test_expand_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_expand_LDADD = $(SQL_LIBS)
tests_unit_sql_test_split_SOURCES = tests/unit/sql/test_split.c $(sql_table)
tests_unit_sql_test_split_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_split_LDADD = $(SQL_LIBS)

check_PROGRAMS += tests/unit/sql/test_psql
tests_unit_sql_test_psql_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_psql_LDADD = $(SQL_LIBS)

check_PROGRAMS += tests/unit/sql/test_nature
tests_unit_sql_test_nature_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_nature_LDADD = $(SQL_LIBS)

check_PROGRAMS += tests/unit/sql/test_locks
tests_unit_sql_test_locks_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_locks_LDADD = $(SQL_LIBS)

check_PROGRAMS += tests/unit/sql/test_hints
tests_unit_sql_test_hints_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_hints_LDADD = $(SQL_LIBS)
