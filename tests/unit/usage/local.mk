check_PROGRAMS += \
	tests/unit/usage/test_log \
	tests/unit/usage/test_record \
	tests/unit/usage/test_search \
	tests/unit/usage/test_select

usage_test_libs = tests/lib/testdb.c tests/lib/testdb.h \
	tests/unit/usage/sample.c tests/unit/usage/sample.h

tests_unit_usage_test_log_SOURCES = tests/unit/usage/test_log.c $(usage_test_libs)
tests_unit_usage_test_log_CPPFLAGS = $(USAGE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_usage_test_log_LDADD = $(USAGE_LIBS)
tests_unit_usage_test_record_CPPFLAGS = $(USAGE_CPPFLAGS)
tests_unit_usage_test_record_LDADD = $(USAGE_LIBS)
tests_unit_usage_test_search_CPPFLAGS = $(USAGE_CPPFLAGS)
tests_unit_usage_test_search_LDADD = $(USAGE_LIBS)
tests_unit_usage_test_select_SOURCES = tests/unit/usage/test_select.c \
	tests/lib/testdb.c tests/lib/testdb.h
tests_unit_usage_test_select_CPPFLAGS = $(USAGE_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_usage_test_select_LDADD = $(USAGE_LIBS)
