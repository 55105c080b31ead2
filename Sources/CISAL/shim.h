#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

/* `struct inflate_state` holds arrays that are too large to be seen as tuples, so it is seen as no more than its address. */
typedef struct standing_inflate *standing_inflate_t;

/* A stream at the beginning of a gzip member, or null when there is no memory. */
static inline standing_inflate_t standing_inflate_open(void) {
    struct inflate_state *state = malloc(sizeof *state);
    if (state) {
        isal_inflate_init(state);
        state->crc_flag = ISAL_GZIP;
    }
    return (standing_inflate_t)state;
}

static inline void standing_inflate_restart(standing_inflate_t stream) {
    struct inflate_state *state = (struct inflate_state *)stream;
    isal_inflate_reset(state);
    state->crc_flag = ISAL_GZIP;
}

static inline void standing_inflate_close(standing_inflate_t stream) { free(stream); }

struct standing_inflate_step {
    uint32_t consumed, produced;
    /* What `isal_inflate` returned. */
    int status;
    /* Whether the member ended and its checksum and length are right. */
    int has_ended;
};

static inline struct standing_inflate_step standing_inflate_step(
    standing_inflate_t stream, const uint8_t *input, uint32_t available, uint8_t *output, uint32_t room) {
    struct inflate_state *state = (struct inflate_state *)stream;
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
