#ifndef STANDING_COPENSSL_SHIM_H
#define STANDING_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// EVP_EC_gen is a macro over a variadic function, which Swift cannot call.
static inline EVP_PKEY *standing_p256_generate(void) { return EVP_EC_gen("P-256"); }

// EVP_RSA_gen is a macro over a variadic function, which Swift cannot call.
static inline EVP_PKEY *standing_rsa_generate(size_t bits) { return EVP_RSA_gen(bits); }

// The low-level hash functions are marked deprecated since 3.0, and are what EVP itself ends in. They are used because
// a Merkle tree hashes 65 bytes at a time: one EVP digest (context, fetch, dispatch) costs several times that hash.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static inline void standing_sha256_init(SHA256_CTX *context) { SHA256_Init(context); }

static inline void standing_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}

static inline void standing_sha256_final(SHA256_CTX *context, void *digest) {
    SHA256_Final((unsigned char *)digest, context);
}

static inline void standing_sha512_init(SHA512_CTX *context) { SHA512_Init(context); }

static inline void standing_sha512_update(SHA512_CTX *context, const void *bytes, size_t count) {
    SHA512_Update(context, bytes, count);
}

static inline void standing_sha512_final(SHA512_CTX *context, void *digest) {
    SHA512_Final((unsigned char *)digest, context);
}

#pragma GCC diagnostic pop

#endif
