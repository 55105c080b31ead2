#include <string.h>
#include <zlib.h>

/* `inflateInit2` is a macro that passes the size of `z_stream`. 15 + 16: a 32 KB window and a gzip header, no other. */
static inline int standing_inflate_init(z_streamp stream) { return inflateInit2(stream, 15 + 16); }
