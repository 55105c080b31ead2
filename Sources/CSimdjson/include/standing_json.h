// simdjson (libsimdjson-dev) as C: a parser, and values that are valid until its next parse.
//
// The DOM and not the on-demand reader, because a record that is no JSON anywhere is put aside whole: the DOM checks every
// byte, its UTF-8 included, and is still several times faster than inflating the same text.
#ifndef STANDING_JSON_H
#define STANDING_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct standing_json_parser standing_json_parser;

/// A place in what a parser read last.
typedef struct {
    const void *document;
    size_t index;
} standing_json;

/// What came of a parse.
enum standing_json_result {
    STANDING_JSON_READ = 0,
    STANDING_JSON_MALFORMED,
    STANDING_JSON_TOO_DEEP,
    STANDING_JSON_BAD_NUMBER,
    STANDING_JSON_BAD_UTF8,
    STANDING_JSON_BAD_STRING,
};

/// What a value is.
enum standing_json_kind {
    STANDING_JSON_NULL,
    STANDING_JSON_BOOL,
    STANDING_JSON_INTEGER,
    STANDING_JSON_NUMBER,
    STANDING_JSON_TEXT,
    STANDING_JSON_ARRAY,
    STANDING_JSON_OBJECT,
};

/// How many bytes after a text must be readable when it is parsed in place.
extern const size_t standing_json_padding;

/// A parser of texts nested at most `depth` deep; NULL without memory. Free it with `standing_json_close`.
standing_json_parser *standing_json_open(size_t depth);
void standing_json_close(standing_json_parser *parser);

/// Parses `length` bytes; `in_place` when the padding can be read after them, else they are copied first.
enum standing_json_result standing_json_parse(
    standing_json_parser *parser, const uint8_t *bytes, size_t length, bool in_place, standing_json *root);

enum standing_json_kind standing_json_kind_of(standing_json value);

/// How often an object has the member, 0, 1 or 2 for more, and its first value.
int standing_json_member(standing_json object, const char *name, size_t length, standing_json *value);

/// The bytes of a text, which are UTF-8.
const uint8_t *standing_json_text(standing_json text, size_t *length);

/// An integer's value; false for a number that is none or does not fit.
bool standing_json_integer(standing_json number, int64_t *value);

bool standing_json_bool(standing_json value);

#ifdef __cplusplus
}
#endif
#endif
