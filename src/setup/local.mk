noinst_LIBRARIES += src/setup/libsetup.a
src_setup_libsetup_a_SOURCES = \
	src/setup/folders.c \
	src/setup/setup.c src/setup/setup.h
src_setup_libsetup_a_CPPFLAGS = $(SETUP_CPPFLAGS)
