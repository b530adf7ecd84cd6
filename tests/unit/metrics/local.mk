check_PROGRAMS += tests/unit/metrics/test_metrics
tests_unit_metrics_test_metrics_CPPFLAGS = $(METRICS_CPPFLAGS)
tests_unit_metrics_test_metrics_LDADD = $(METRICS_LIBS)
