check_PROGRAMS += \
	tests/unit/schema/test_acl \
	tests/unit/schema/test_catalog \
	tests/unit/schema/test_diff \
	tests/unit/schema/test_filter \
	tests/unit/schema/test_textdiff
tests_unit_schema_test_acl_CPPFLAGS = $(SCHEMA_CPPFLAGS)
tests_unit_schema_test_acl_LDADD = $(SCHEMA_LIBS)
tests_unit_schema_test_catalog_SOURCES = \
	tests/unit/schema/test_catalog.c tests/unit/schema/rows.c tests/unit/schema/rows.h
tests_unit_schema_test_catalog_CPPFLAGS = $(SCHEMA_CPPFLAGS)
tests_unit_schema_test_catalog_LDADD = $(SCHEMA_LIBS)
tests_unit_schema_test_filter_CPPFLAGS = $(SCHEMA_CPPFLAGS)
tests_unit_schema_test_filter_LDADD = $(SCHEMA_LIBS)
tests_unit_schema_test_textdiff_CPPFLAGS = $(SCHEMA_CPPFLAGS)
tests_unit_schema_test_textdiff_LDADD = $(SCHEMA_LIBS)
tests_unit_schema_test_diff_SOURCES = \
	tests/unit/schema/test_diff.c tests/unit/schema/rows.c tests/unit/schema/rows.h
tests_unit_schema_test_diff_CPPFLAGS = $(SCHEMA_CPPFLAGS)
tests_unit_schema_test_diff_LDADD = $(SCHEMA_LIBS)
