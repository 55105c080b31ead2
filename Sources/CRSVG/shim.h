#ifndef STANDING_CRSVG_H
#define STANDING_CRSVG_H

#include <cairo.h>
#include <librsvg/rsvg.h>

// `g_object_unref` takes a void pointer through a macro that casts; Swift imports the function under a macro's name.
static inline void standing_rsvg_free(RsvgHandle *handle) { g_object_unref(handle); }

// No base file: the picture may refer to nothing outside itself. A data stream would need GInputStream's casts.
static inline RsvgHandle *standing_rsvg_open(const unsigned char *bytes, unsigned long count) {
    return rsvg_handle_new_from_data(bytes, count, NULL);
}

// The viewport is passed by address of a struct, and the error by address of a pointer that is then freed here.
static inline int standing_rsvg_draw(RsvgHandle *handle, cairo_t *cairo, double width, double height) {
    RsvgRectangle viewport = {0, 0, width, height};
    return rsvg_handle_render_document(handle, cairo, &viewport, NULL);
}

#endif
