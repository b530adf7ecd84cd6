# What tests/oracle/run asks about pgsluice's graphs, in one process.
check_PROGRAMS += tests/oracle/answer
tests_oracle_answer_SOURCES = tests/oracle/answer.c
tests_oracle_answer_CPPFLAGS = $(CLI_CPPFLAGS)
tests_oracle_answer_LDADD = $(CLI_LIBS)
