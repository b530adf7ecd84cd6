check_PROGRAMS += tests/unit/daemon/test_echo
tests_unit_daemon_test_echo_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_echo_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_gate
tests_unit_daemon_test_gate_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_gate_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_ground
tests_unit_daemon_test_ground_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_ground_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_mailbox
tests_unit_daemon_test_mailbox_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_mailbox_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_narrate
tests_unit_daemon_test_narrate_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_narrate_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_pulse
tests_unit_daemon_test_pulse_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_pulse_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_required
tests_unit_daemon_test_required_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_required_LDADD = $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/daemon/test_verdict
tests_unit_daemon_test_verdict_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_verdict_LDADD = $(DAEMON_LIBS)
