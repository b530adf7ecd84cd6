check_PROGRAMS += \
	tests/unit/adopt/test_child \
	tests/unit/adopt/test_arrival \
	tests/unit/adopt/test_interpreter \
	tests/unit/adopt/test_landing \
	tests/unit/adopt/test_position \
	tests/unit/adopt/test_records \
	tests/unit/adopt/test_version
tests_unit_adopt_test_child_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_child_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_arrival_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_arrival_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_interpreter_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_interpreter_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_landing_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_landing_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_position_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_position_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_records_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_records_LDADD = $(ADOPT_LIBS)
tests_unit_adopt_test_version_CPPFLAGS = $(ADOPT_CPPFLAGS)
tests_unit_adopt_test_version_LDADD = $(ADOPT_LIBS)
