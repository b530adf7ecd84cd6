# One GTest program a noun, tests/unit/<room>/test_<noun>.c. It links its own room and what that room
# may see, so a wrong arrow fails to link. A room's fragment:
#
#   check_PROGRAMS += tests/unit/base/test_units
#   tests_unit_base_test_units_CPPFLAGS = $(BASE_CPPFLAGS)
#   tests_unit_base_test_units_LDADD = $(BASE_LIBS)
#
# (the source is the program's name with .c). The rooms come in the order of the design.
include tests/unit/base/local.mk
include tests/unit/conf/local.mk
include tests/unit/db/local.mk
include tests/unit/sql/local.mk
include tests/unit/revision/local.mk
include tests/unit/schema/local.mk
include tests/unit/engine/local.mk
include tests/unit/usage/local.mk
include tests/unit/view/local.mk
include tests/unit/http/local.mk
include tests/unit/metrics/local.mk
include tests/unit/api/local.mk
include tests/unit/adopt/local.mk
include tests/unit/setup/local.mk
include tests/unit/client/local.mk
include tests/unit/daemon/local.mk
include tests/unit/cli/local.mk
