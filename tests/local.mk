# Unit tests and fuzz targets have fragments of their own; tests/*.bats need no entry.
include tests/unit/local.mk
include tests/fuzz/local.mk

check_PROGRAMS += tests/lib/notify-socket
tests_lib_notify_socket_SOURCES = tests/lib/notify-socket.c
tests_lib_notify_socket_CPPFLAGS = $(AM_CPPFLAGS)
