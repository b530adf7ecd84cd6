/* The header of a revision file: the comment lines above the first marker. Bytes in, a Revision
 * out, in one block of memory, because a start may read ten thousand of them. */
#include <string.h>

#include "base/nearest.h"
#include "revision/file.h"
#include "revision/lines.h"

enum { KEY_LENGTH_MAX = 24, KEY_WORDS_MAX = 3, TYPING_ERRORS_MAX = 2 };

typedef enum {
    KEY_REVISION_ID,
    KEY_REVISES,
    KEY_CREATE_DATE,
    KEY_BRANCH_LABELS,
    KEY_DEPENDS_ON,
    KEY_TRANSACTION,
    KEY_REVIEW,
    KEY_COUNT,
} HeaderKey;

static const char *const key_names[] = {
    "Revision ID", "Revises",     "Create Date", "Branch Labels",
    "Depends On",  "Transaction", "Review",      NULL,
};
static const guint8 key_lengths[] = {11, 7, 11, 13, 10, 11, 6};
G_STATIC_ASSERT(G_N_ELEMENTS(key_names) == KEY_COUNT + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(key_lengths) == KEY_COUNT);

typedef struct {
    PlaceText file;
    Slice message;
    const char *doc; /* the first line of the doc; NULL: none */
    const char *doc_end;
    Slice values[KEY_COUNT];
    guint32 seen; /* a bit a key */
} Header;

static gsize offset_of(const Header *header, const char *at)
{
    return (gsize)(at - header->file.bytes);
}

static gboolean has_key(const Header *header, HeaderKey key)
{
    return (header->seen & (1u << key)) != 0;
}

static HeaderKey known_key(const char *at, gsize length)
{
    for (guint key = 0; key < KEY_COUNT; key++) {
        if (key_lengths[key] != length)
            continue;
        if (memcmp(at, key_names[key], length) == 0 ||
            g_ascii_strncasecmp(at, key_names[key], length) == 0)
            return key;
    }
    return KEY_COUNT;
}

/* "Word Word" before a colon, as a key would look; `text` starts at the first word. */
static gboolean looks_like_key(Slice text, gsize length)
{
    guint words = 1;

    if (length == 0 || length > KEY_LENGTH_MAX || !g_ascii_isalpha(text.at[0]))
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (text.at[i] == ' ')
            words++;
        else if (!g_ascii_isalpha(text.at[i]) && text.at[i] != '-' && text.at[i] != '_')
            return FALSE;
    }
    return words <= KEY_WORDS_MAX;
}

/* "see: why" reads like a key, "https://example.com" does not. */
static gboolean has_blank_after_colon(Slice text)
{
    const char *after = (const char *)memchr(text.at, ':', text.length) + 1;

    return after == text.at + text.length || *after == ' ' || *after == '\t';
}

/* A line `Key: value` whose key is none of ours. Above the first known key it is prose, unless it
 * is so near to a key that it must be one. */
static gboolean check_unknown_key(const Header *header, Slice text, gsize length, GError **error)
{
    g_autofree char *word = NULL;
    const char *near;

    if (!looks_like_key(text, length))
        return TRUE;
    word = g_strndup(text.at, length);
    near = nearest_word(word, key_names, TYPING_ERRORS_MAX);
    if (!near && (!header->seen || !has_blank_after_colon(text)))
        return TRUE;
    place_error(error, &header->file, offset_of(header, text.at), "Unknown header key '%s'", word);
    if (!near)
        near = nearest_word(word, key_names, G_MAXUINT - 1);
    error_set_hint(error, "the nearest key is '%s'; prose belongs above the first key", near);
    return FALSE;
}

static gboolean set_key(Header *header, HeaderKey key, Slice text, GError **error)
{
    const char *after = (const char *)memchr(text.at, ':', text.length) + 1;
    Slice value = {after, (gsize)(text.at + text.length - after)};

    if (has_key(header, key)) {
        place_error(error, &header->file, offset_of(header, text.at),
                    "The header key '%s' is there twice", key_names[key]);
        error_set_hint(error, "keep one; several values are separated by commas");
        return FALSE;
    }
    header->seen |= 1u << key;
    header->values[key] = slice_trim(value);
    return TRUE;
}

static void add_prose(Header *header, Slice text)
{
    if (header->seen)
        return;
    if (!header->message.at) {
        header->message = text;
        return;
    }
    if (!header->doc)
        header->doc = text.at;
    header->doc_end = text.at + text.length;
}

/* The length of what stands before the colon, without the blanks between; 0 when there is no colon.
 */
static gsize key_length(Slice text)
{
    const char *colon = text.length ? memchr(text.at, ':', text.length) : NULL;

    return colon ? slice_trim((Slice){text.at, (gsize)(colon - text.at)}).length : 0;
}

gboolean header_line_is_prose(const char *text)
{
    Slice slice = {text, strlen(text)};
    gsize length = key_length(slice);
    g_autofree char *word = g_strndup(text, length);

    if (strcmp(word, "migrate") == 0 || known_key(text, length) != KEY_COUNT)
        return FALSE;
    return !looks_like_key(slice, length) || !nearest_word(word, key_names, TYPING_ERRORS_MAX);
}

/* `text` is a comment line without its dashes and outer blanks. */
static gboolean parse_comment(Header *header, Slice text, GError **error)
{
    gsize length = key_length(text);
    HeaderKey key = known_key(text.at, length);

    if (text.length == 0)
        return TRUE;
    if (key != KEY_COUNT)
        return set_key(header, key, text, error);
    if (!check_unknown_key(header, text, length, error))
        return FALSE;
    add_prose(header, text);
    return TRUE;
}

typedef enum { LINE_COMMENT, LINE_END, LINE_BAD } LineKind;

static LineKind parse_line(Header *header, Slice line, GError **error)
{
    Slice text = slice_trim(line);
    Marker marker;

    if (text.length == 0)
        return LINE_COMMENT;
    if (text.length < 2 || text.at[0] != '-' || text.at[1] != '-') {
        text_error_stray(&header->file, line, error);
        return LINE_BAD;
    }
    if (!marker_parse(&header->file, text, &marker, error))
        return LINE_BAD;
    if (marker != MARKER_NONE) {
        if (text.at == line.at)
            return LINE_END;
        text_error_stray(&header->file, line, error);
        return LINE_BAD;
    }
    text = slice_trim((Slice){text.at + 2, text.length - 2});
    return parse_comment(header, text, error) ? LINE_COMMENT : LINE_BAD;
}

typedef enum { SCAN_DONE, SCAN_CUT, SCAN_FAILED } Scan;

static Scan scan_lines(Header *header, gboolean is_whole_file, GError **error)
{
    const char *cursor = header->file.bytes;
    const char *end = cursor + header->file.length;
    Slice line;
    gboolean is_whole_line;

    while (slice_next_line(&cursor, end, &line, &is_whole_line)) {
        LineKind kind;

        if (!is_whole_line && !is_whole_file)
            return SCAN_CUT;
        kind = parse_line(header, line, error);
        if (kind == LINE_BAD)
            return SCAN_FAILED;
        if (kind == LINE_END)
            return SCAN_DONE;
    }
    if (!is_whole_file)
        return SCAN_CUT;
    text_error_no_up(&header->file, error);
    return SCAN_FAILED;
}

static Slice list_of(const Header *header, HeaderKey key)
{
    Slice list = header->values[key];

    return list.length > 0 ? list : (Slice){NULL, 0};
}

/* The next element of a comma-separated list; FALSE after the last. */
static gboolean next_element(Slice *list, Slice *element)
{
    const char *comma;

    if (!list->at)
        return FALSE;
    comma = memchr(list->at, ',', list->length);
    *element = slice_trim((Slice){list->at, comma ? (gsize)(comma - list->at) : list->length});
    *list =
        comma ? (Slice){comma + 1, list->length - (gsize)(comma + 1 - list->at)} : (Slice){NULL, 0};
    return TRUE;
}

static gboolean name_is_valid(const char *name, HeaderKey key, GError **error)
{
    return key == KEY_REVISION_ID || key == KEY_REVISES ? revision_id_is_valid(name, error)
                                                        : revision_label_is_valid(name, error);
}

static gboolean check_name(const Header *header, HeaderKey key, Slice element, const char *name,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (name_is_valid(name, key, &problem))
        return TRUE;
    place_error(error, &header->file, offset_of(header, element.at), "%s: %s", key_names[key],
                problem->message);
    if (error_hint(problem))
        error_set_hint(error, "%s", error_hint(problem));
    return FALSE;
}

static guint count_elements(Slice list)
{
    Slice element;
    guint count = 0;

    while (next_element(&list, &element))
        count++;
    return count;
}

/* The one block: the vectors' slots first, then the strings. */
typedef struct {
    char **slot;
    char *free;
} Block;

static char *put_string(Block *block, const char *at, gsize length)
{
    char *string = block->free;

    if (length > 0)
        memcpy(string, at, length);
    string[length] = '\0';
    block->free += length + 1;
    return string;
}

static char **put_list(Block *block, const Header *header, HeaderKey key, GError **error)
{
    char **vector = block->slot;
    Slice list = list_of(header, key);
    Slice element;

    while (next_element(&list, &element)) {
        char *name = put_string(block, element.at, element.length);

        if (!check_name(header, key, element, name, error))
            return NULL;
        *block->slot++ = name;
        *block->slot = NULL;
        for (char **other = vector; *other != name; other++) {
            if (strcmp(*other, name) != 0)
                continue;
            place_error(error, &header->file, offset_of(header, element.at), "%s names '%s' twice",
                        key_names[key], name);
            error_set_hint(error, "once is enough");
            return NULL;
        }
    }
    *block->slot++ = NULL;
    return vector;
}

static gsize doc_length(const Header *header)
{
    return header->doc ? (gsize)(header->doc_end - header->doc) : 0;
}

/* The comment lines of the doc without their dashes, line by line. */
static char *put_doc(Block *block, const Header *header)
{
    char *doc = block->free;
    const char *cursor = header->doc;
    Slice line;

    while (header->doc && slice_next_line(&cursor, header->doc_end, &line, NULL)) {
        line = slice_trim(line);
        if (line.length >= 2 && line.at != header->doc && memcmp(line.at, "--", 2) == 0)
            line = slice_trim((Slice){line.at + 2, line.length - 2});
        if (block->free != doc)
            *block->free++ = '\n';
        memcpy(block->free, line.at, line.length);
        block->free += line.length;
    }
    *block->free++ = '\0';
    return doc;
}

/* What stands for the message when the file has none: its name without id and ending. */
static Slice slug_of_path(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *underscore;
    gsize length;

    name = name ? name + 1 : path;
    underscore = strchr(name, '_');
    if (underscore && underscore[1])
        name = underscore + 1;
    length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".sql") == 0)
        length -= 4;
    return (Slice){name, length};
}

static char *put_message(Block *block, const Header *header)
{
    Slice slug;
    char *message;

    if (header->message.at)
        return put_string(block, header->message.at, header->message.length);
    slug = slug_of_path(header->file.path);
    message = put_string(block, slug.at, slug.length);
    for (char *at = message; *at; at++) {
        if (*at == '_')
            *at = ' ';
    }
    return g_strchomp(message);
}

static gboolean parse_transaction(const Header *header, TransactionMode *mode, GError **error)
{
    Slice value = header->values[KEY_TRANSACTION];

    *mode = TRANSACTION_AUTO;
    if (value.length == 0 || (value.length == 4 && g_ascii_strncasecmp(value.at, "auto", 4) == 0))
        return TRUE;
    if (value.length == 4 && g_ascii_strncasecmp(value.at, "none", 4) == 0) {
        *mode = TRANSACTION_NONE;
        return TRUE;
    }
    place_error(error, &header->file, offset_of(header, value.at),
                "Transaction: '%.*s' is not a transaction mode", (int)MIN(value.length, 40),
                value.at);
    error_set_hint(error, "it is 'auto' (one transaction wherever PostgreSQL can) or 'none'");
    return FALSE;
}

static gsize block_size(const Header *header, guint slots)
{
    gsize path_length = strlen(header->file.path);
    gsize size = sizeof(Revision) + slots * sizeof(char *) + path_length + doc_length(header);

    size += header->message.at ? header->message.length : path_length;
    for (guint key = 0; key < KEY_COUNT; key++)
        size += header->values[key].length + 1; /* a list's commas become its NULs */
    return size + 3;
}

static gboolean fill(Revision *revision, Block *block, const Header *header, GError **error)
{
    const Slice *values = header->values;

    if (!parse_transaction(header, &revision->transaction, error))
        return FALSE;
    revision->id = put_string(block, values[KEY_REVISION_ID].at, values[KEY_REVISION_ID].length);
    if (!check_name(header, KEY_REVISION_ID, values[KEY_REVISION_ID], revision->id, error))
        return FALSE;
    revision->down_revisions = put_list(block, header, KEY_REVISES, error);
    if (!revision->down_revisions)
        return FALSE;
    revision->depends_on = put_list(block, header, KEY_DEPENDS_ON, error);
    if (!revision->depends_on)
        return FALSE;
    revision->labels = put_list(block, header, KEY_BRANCH_LABELS, error);
    if (!revision->labels)
        return FALSE;
    revision->create_date =
        put_string(block, values[KEY_CREATE_DATE].at, values[KEY_CREATE_DATE].length);
    revision->review = put_string(block, values[KEY_REVIEW].at, values[KEY_REVIEW].length);
    revision->path = put_string(block, header->file.path, strlen(header->file.path));
    revision->message = put_message(block, header);
    revision->doc = put_doc(block, header);
    return TRUE;
}

static Revision *build(const Header *header, GError **error)
{
    guint slots = count_elements(list_of(header, KEY_REVISES)) +
                  count_elements(list_of(header, KEY_DEPENDS_ON)) +
                  count_elements(list_of(header, KEY_BRANCH_LABELS)) + 3;
    g_autoptr(Revision) revision = g_malloc(block_size(header, slots));
    Block block = {(char **)(revision + 1), (char *)((char **)(revision + 1) + slots)};

    if (!fill(revision, &block, header, error))
        return NULL;
    return g_steal_pointer(&revision);
}

static void error_no_id(const Header *header, GError **error)
{
    g_autofree char *id = revision_id_new();

    place_error(error, &header->file, 0, "The header has no 'Revision ID'");
    error_set_hint(error, "add a line such as '-- Revision ID: %s'", id);
}

Revision *revision_parse_header(const char *bytes, gsize length, const char *path,
                                gboolean *is_complete, GError **error)
{
    Header header = {.file = {path, bytes, length, 1}};
    Scan scan;

    text_skip_bom(&header.file);
    if (!text_check(&header.file, is_complete != NULL, error))
        return NULL;
    scan = scan_lines(&header, is_complete == NULL, error);
    if (is_complete)
        *is_complete = scan != SCAN_CUT;
    if (scan != SCAN_DONE)
        return NULL;
    if (!has_key(&header, KEY_REVISION_ID)) {
        error_no_id(&header, error);
        return NULL;
    }
    return build(&header, error);
}
