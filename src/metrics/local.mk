noinst_LIBRARIES += src/metrics/libmetrics.a
src_metrics_libmetrics_a_SOURCES = \
	src/metrics/metrics.c src/metrics/metrics.h src/metrics/metrics.def \
	src/metrics/process.c src/metrics/process.h
src_metrics_libmetrics_a_CPPFLAGS = $(METRICS_CPPFLAGS)
