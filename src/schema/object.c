/* The tables of kinds and fields, expanded from objects.def. */
#include "schema/object.h"

/* A kind without fields still has a table. */
#define OBJECT(Type, KIND, slug, word) static const Field fields_of_##Type[] = {
#define TEXT(Type, field) {#field, FIELD_TEXT, offsetof(Type, field)},
#define TEXTS(Type, field) {#field, FIELD_TEXTS, offsetof(Type, field)},
#define FLAG(Type, field) {#field, FIELD_FLAG, offsetof(Type, field)},
#define NUMBER(Type, field) {#field, FIELD_NUMBER, offsetof(Type, field)},
#define LETTER(Type, field) {#field, FIELD_LETTER, offsetof(Type, field)},
#define END(Type)                                                                                  \
    {                                                                                              \
        NULL, FIELD_TEXT, 0                                                                        \
    }                                                                                              \
    }                                                                                              \
    ;
#include "schema/objects.def"

static const KindTraits traits[] = {
#define OBJECT(Type, KIND, slug, word)                                                             \
    [KIND_##                                                                                       \
        KIND] = {#slug, word, sizeof(Type), fields_of_##Type, G_N_ELEMENTS(fields_of_##Type) - 1},
#include "schema/objects.def"
};

const KindTraits *kind_traits(ObjectKind kind)
{
    g_assert(kind < KIND_COUNT);
    return &traits[kind];
}

gboolean object_is_inner(const Object *object)
{
    return object->kind == KIND_COLUMN ||
           (object->kind == KIND_CONSTRAINT && object->parent->kind == KIND_DOMAIN);
}

const char *object_word(const Object *object)
{
    if (object->kind == KIND_TABLE && ((const Table *)object)->type == 'f')
        return "FOREIGN TABLE";
    if (object->kind == KIND_VIEW && ((const View *)object)->is_materialized)
        return "MATERIALIZED VIEW";
    if (object->kind == KIND_FUNCTION && ((const Function *)object)->type == 'p')
        return "PROCEDURE";
    return traits[object->kind].word;
}
