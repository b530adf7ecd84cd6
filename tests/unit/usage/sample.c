/* What a client could have sent. */
#include "sample.h"

#include <string.h>

#include "usage/uuid.h"

const char sample_table[] =
    "CREATE TYPE action_type AS ENUM ('upload', 'download', 'convert', 'delete');"
    "CREATE TABLE usage_logs (id uuid PRIMARY KEY, action_type action_type NOT NULL,"
    " endpoint text NOT NULL, ip_address inet, created_at timestamptz NOT NULL,"
    " success boolean NOT NULL, error_message text, processing_time_ms double precision,"
    " file_name text, file_size bigint CHECK (file_size >= 0), file_type text)";

static void set_text(UsageRecord *record, UsageField field, const char *text)
{
    record->values[field].text.bytes = text;
    record->values[field].text.length = strlen(text);
    record->set |= 1U << field;
}

UsageRecord *sample_record(const char *action_type, const char *endpoint)
{
    const gint64 wall = G_GINT64_CONSTANT(1763820131123456); /* 2025-11-22T14:02:11.123456Z */
    UsageRecord record = {.set = 1U << USAGE_ID | 1U << USAGE_IP_ADDRESS | 1U << USAGE_SUCCESS |
                                 1U << USAGE_PROCESSING_TIME_MS | 1U << USAGE_FILE_SIZE |
                                 1U << USAGE_CREATED_AT};

    uuid_make(wall, record.values[USAGE_ID].uuid);
    usage_address_parse("203.0.113.7", &record.values[USAGE_IP_ADDRESS].address);
    record.values[USAGE_SUCCESS].boolean = TRUE;
    record.values[USAGE_PROCESSING_TIME_MS].number = 42.5;
    record.values[USAGE_FILE_SIZE].integer = G_MAXINT64;
    record.values[USAGE_CREATED_AT].integer = wall;
    set_text(&record, USAGE_ACTION_TYPE, action_type);
    set_text(&record, USAGE_ENDPOINT, endpoint);
    set_text(&record, USAGE_FILE_NAME, "caf\u00e9 {\"\\,}.pdf");
    set_text(&record, USAGE_FILE_TYPE, "");
    return usage_record_copy(&record);
}

UsageRecord *sample_own(guint8 number)
{
    UsageRecord *record = sample_record("upload", "/own");

    uuid_parse("9e107d9d-372b-4b82-8bd8-000000000000", record->values[USAGE_ID].uuid);
    record->values[USAGE_ID].uuid[USAGE_ID_SIZE - 1] = number;
    record->has_own_id = TRUE;
    return record;
}
