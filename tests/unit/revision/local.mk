check_PROGRAMS += \
	tests/unit/revision/test_file \
	tests/unit/revision/test_graph \
	tests/unit/revision/test_load \
	tests/unit/revision/test_range \
	tests/unit/revision/test_revision \
	tests/unit/revision/test_template
revision_table = tests/unit/revision/table.c tests/unit/revision/table.h
tests_unit_revision_test_file_SOURCES = tests/unit/revision/test_file.c $(revision_table)
tests_unit_revision_test_file_CPPFLAGS = $(REVISION_CPPFLAGS) -I$(top_srcdir)/tests/unit/revision
tests_unit_revision_test_file_LDADD = $(REVISION_LIBS)
tests_unit_revision_test_graph_SOURCES = tests/unit/revision/test_graph.c $(revision_table)
tests_unit_revision_test_graph_CPPFLAGS = $(REVISION_CPPFLAGS) -I$(top_srcdir)/tests/unit/revision
tests_unit_revision_test_graph_LDADD = $(REVISION_LIBS)
tests_unit_revision_test_load_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_unit_revision_test_load_LDADD = $(REVISION_LIBS)
tests_unit_revision_test_range_SOURCES = tests/unit/revision/test_range.c \
	tests/unit/cli/fixture.c tests/unit/cli/fixture.h
tests_unit_revision_test_range_CPPFLAGS = $(REVISION_CPPFLAGS) -I$(top_srcdir)/tests/unit/cli
tests_unit_revision_test_range_LDADD = $(REVISION_LIBS)
tests_unit_revision_test_revision_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_unit_revision_test_revision_LDADD = $(REVISION_LIBS)
tests_unit_revision_test_template_CPPFLAGS = $(REVISION_CPPFLAGS)
tests_unit_revision_test_template_LDADD = $(REVISION_LIBS)
