noinst_LIBRARIES += src/conf/libconf.a
src_conf_libconf_a_SOURCES = \
	src/conf/conf.c src/conf/conf.h \
	src/conf/conf_keys.def \
	src/conf/dotenv.c src/conf/dotenv.h \
	src/conf/environment.c src/conf/environment.h \
	src/conf/file.c src/conf/file.h \
	src/conf/grants.c src/conf/grants.h \
	src/conf/keys.c src/conf/keys.h \
	src/conf/scalar.c src/conf/scalar.h \
	src/conf/sections.c src/conf/sections.h \
	src/conf/value.c src/conf/value.h
src_conf_libconf_a_CPPFLAGS = $(CONF_CPPFLAGS)
