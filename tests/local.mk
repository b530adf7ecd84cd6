# Unit tests and fuzz targets have fragments of their own; tests/*.bats need no entry.
include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/oracle/local.mk

check_PROGRAMS += tests/lib/notify-socket
tests_lib_notify_socket_SOURCES = tests/lib/notify-socket.c
tests_lib_notify_socket_CPPFLAGS = $(AM_CPPFLAGS)
# The benchmarks' long wire, for tests that count round trips.
check_PROGRAMS += tests/lib/far-wire
tests_lib_far_wire_SOURCES = bench/wire.c
tests_lib_far_wire_CPPFLAGS = $(AM_CPPFLAGS)

check_PROGRAMS += tests/lib/wire-proxy
tests_lib_wire_proxy_SOURCES = tests/lib/wire-proxy.c
tests_lib_wire_proxy_CPPFLAGS = $(BASE_CPPFLAGS)
tests_lib_wire_proxy_LDADD = $(GLIB_LIBS)

# Beside the oracles of the same folder: tests/urls.bats.
check_PROGRAMS += tests/lib/dsn-read tests/lib/dotenv-read
tests_lib_dsn_read_SOURCES = tests/lib/dsn-read.c
tests_lib_dsn_read_CPPFLAGS = $(DB_CPPFLAGS)
tests_lib_dsn_read_LDADD = $(DB_LIBS)
tests_lib_dotenv_read_SOURCES = tests/lib/dotenv-read.c
tests_lib_dotenv_read_CPPFLAGS = $(CONF_CPPFLAGS)
tests_lib_dotenv_read_LDADD = $(CONF_LIBS)

# What tests/diff.t asks.
check_PROGRAMS += tests/schema/diff-tool
tests_schema_diff_tool_SOURCES = tests/schema/diff-tool.c
tests_schema_diff_tool_CPPFLAGS = $(VIEW_CPPFLAGS)
tests_schema_diff_tool_LDADD = $(VIEW_LIBS)
