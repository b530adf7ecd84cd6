noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/backoff.c src/base/backoff.h \
	src/base/cancel.c src/base/cancel.h \
	src/base/clock.c src/base/clock.h \
	src/base/create.c src/base/create.h \
	src/base/descriptors.c src/base/descriptors.h \
	src/base/errkinds.def \
	src/base/error.c src/base/error.h \
	src/base/failpoint.c src/base/failpoint.h \
	src/base/filename.c src/base/filename.h \
	src/base/findings.c src/base/findings.h \
	src/base/log.c src/base/log.h \
	src/base/names.c src/base/names.h \
	src/base/nearest.c src/base/nearest.h \
	src/base/process.c src/base/process.h \
	src/base/quote.c src/base/quote.h \
	src/base/secret.c src/base/secret.h \
	src/base/slurp.c src/base/slurp.h \
	src/base/textarray.c src/base/textarray.h \
	src/base/units.c src/base/units.h \
	src/base/variables.c src/base/variables.h
src_base_libbase_a_CPPFLAGS = $(BASE_CPPFLAGS)
