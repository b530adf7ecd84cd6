check_PROGRAMS += tests/unit/cli/test_escape
tests_unit_cli_test_escape_CPPFLAGS = $(CLI_CPPFLAGS)
tests_unit_cli_test_escape_LDADD = $(CLI_LIBS)

check_PROGRAMS += tests/unit/cli/test_format
tests_unit_cli_test_format_SOURCES = tests/unit/cli/test_format.c \
	tests/unit/cli/fixture.c tests/unit/cli/fixture.h
tests_unit_cli_test_format_CPPFLAGS = $(CLI_CPPFLAGS)
tests_unit_cli_test_format_LDADD = $(CLI_LIBS)

check_PROGRAMS += tests/unit/cli/test_options
tests_unit_cli_test_options_CPPFLAGS = $(CLI_CPPFLAGS)
tests_unit_cli_test_options_LDADD = $(CLI_LIBS)

check_PROGRAMS += tests/unit/cli/test_progress
tests_unit_cli_test_progress_CPPFLAGS = $(CLI_CPPFLAGS)
tests_unit_cli_test_progress_LDADD = $(CLI_LIBS)
