check_PROGRAMS += tests/unit/sql/test_split
tests_unit_sql_test_split_CPPFLAGS = $(SQL_CPPFLAGS)
tests_unit_sql_test_split_LDADD = $(SQL_LIBS)
