#include "standing_json.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <type_traits>

using namespace simdjson;

static_assert(std::is_trivially_copyable<dom::element>::value && sizeof(dom::element) == sizeof(standing_json),
              "an element is a pointer and an index");

struct standing_json_parser {
    dom::parser parser;
    size_t depth;
};

namespace {

/// What a parser holds for one line is several times the line; beyond this it is given back after use.
constexpr size_t usual_capacity = 1 << 20;

dom::element element(standing_json value) {
    dom::element element;
    std::memcpy(static_cast<void *>(&element), &value, sizeof value);
    return element;
}

standing_json plain(dom::element element) {
    standing_json value;
    std::memcpy(&value, &element, sizeof value);
    return value;
}

standing_json_result result(error_code error) {
    switch (error) {
    case SUCCESS: return STANDING_JSON_READ;
    case DEPTH_ERROR: return STANDING_JSON_TOO_DEEP;
    case NUMBER_ERROR: return STANDING_JSON_BAD_NUMBER;
    case UTF8_ERROR: return STANDING_JSON_BAD_UTF8;
    case STRING_ERROR: return STANDING_JSON_BAD_STRING;
    default: return STANDING_JSON_MALFORMED;
    }
}

} // namespace

const size_t standing_json_padding = SIMDJSON_PADDING;

standing_json_parser *standing_json_open(size_t depth) {
    auto *parser = new (std::nothrow) standing_json_parser{dom::parser(), depth};
    if (parser != nullptr && parser->parser.allocate(usual_capacity, depth) != SUCCESS) {
        delete parser;
        return nullptr;
    }
    return parser;
}

void standing_json_close(standing_json_parser *parser) { delete parser; }

standing_json_result standing_json_parse(
    standing_json_parser *parser, const uint8_t *bytes, size_t length, bool in_place, standing_json *root) {
    auto &own = parser->parser;
    if (own.capacity() > usual_capacity && length <= usual_capacity) {
        own = dom::parser();
        if (own.allocate(usual_capacity, parser->depth) != SUCCESS) return STANDING_JSON_MALFORMED;
    } else if (own.capacity() < length && own.allocate(length, parser->depth) != SUCCESS) {
        return STANDING_JSON_MALFORMED;
    }
    dom::element parsed;
    const auto error = own.parse(bytes, length, !in_place).get(parsed);
    if (error == SUCCESS) *root = plain(parsed);
    return result(error);
}

standing_json_kind standing_json_kind_of(standing_json value) {
    switch (element(value).type()) {
    case dom::element_type::OBJECT: return STANDING_JSON_OBJECT;
    case dom::element_type::ARRAY: return STANDING_JSON_ARRAY;
    case dom::element_type::STRING: return STANDING_JSON_TEXT;
    case dom::element_type::INT64:
    case dom::element_type::UINT64: return STANDING_JSON_INTEGER;
    case dom::element_type::DOUBLE: return STANDING_JSON_NUMBER;
    case dom::element_type::BOOL: return STANDING_JSON_BOOL;
    default: return STANDING_JSON_NULL;
    }
}

int standing_json_member(standing_json object, const char *name, size_t length, standing_json *value) {
    dom::object members;
    if (element(object).get(members) != SUCCESS) return 0;
    int found = 0;
    for (auto member = members.begin(); member != members.end(); ++member) {
        if (member.key_length() != length) continue;
        if (std::memcmp(member.key_c_str(), name, length) != 0) continue;
        if (found == 1) return 2;
        *value = plain(member.value());
        found = 1;
    }
    return found;
}

const uint8_t *standing_json_text(standing_json text, size_t *length) {
    std::string_view view;
    if (element(text).get(view) != SUCCESS) {
        *length = 0;
        return nullptr;
    }
    *length = view.size();
    return reinterpret_cast<const uint8_t *>(view.data());
}

bool standing_json_integer(standing_json number, int64_t *value) { return element(number).get(*value) == SUCCESS; }

bool standing_json_bool(standing_json value) {
    bool is_true = false;
    return element(value).get(is_true) == SUCCESS && is_true;
}
