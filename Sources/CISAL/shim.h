#include <isa-l/igzip_lib.h>
#include <string.h>

/* `struct inflate_state` holds arrays that are too large to be seen as tuples, so it is seen as so many bytes. */
static const size_t standing_inflate_size = sizeof(struct inflate_state);
static const size_t standing_inflate_alignment = _Alignof(struct inflate_state);

/* Makes of `stream`, bytes of any content, a stream at the beginning of a gzip member. */
static inline void standing_inflate_begin(void *stream) {
    struct inflate_state *state = stream;
    isal_inflate_init(state);
    state->crc_flag = ISAL_GZIP;
}

struct standing_inflate_step {
    uint32_t consumed, produced;
    /* What `isal_inflate` returned. */
    int status;
    /* Whether the member ended and its checksum and length are right. */
    int has_ended;
};

static inline struct standing_inflate_step standing_inflate_step(
    void *stream, const uint8_t *input, uint32_t available, uint8_t *output, uint32_t room) {
    struct inflate_state *state = stream;
    state->next_in = (uint8_t *)input;
    state->avail_in = available;
    state->next_out = output;
    state->avail_out = room;
    int status = isal_inflate(state);
    return (struct standing_inflate_step){
        .consumed = available - state->avail_in,
        .produced = room - state->avail_out,
        .status = status,
        .has_ended = status == ISAL_DECOMP_OK && state->block_state == ISAL_BLOCK_FINISH,
    };
}
