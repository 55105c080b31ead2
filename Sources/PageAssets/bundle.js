// The checks of a proof bundle, under the names and in the order of `standing verify`.

const LONGEST_LIFE = 90 * 86_400;
const SKEW = 300;

/** A check that could not be made, and why: it neither holds nor fails. */
class Skipped {
  constructor(reason) {
    this.reason = reason;
  }
}

function format(state) {
  const bundle = fromJSON(state.text, "the bundle");
  const text = canonical(bundle);
  demand(state.text === text || state.text === `${text}\n`, "the bundle is not in its one text");
  const members = ["format", "credential", "jwks", "vkey", "disclosures", ...("status" in bundle ? ["status"] : [])];
  demand(
    hasExactly(bundle, ...members) && bundle.format === "standing-bundle/1" && Array.isArray(bundle.disclosures),
    "it is no bundle of a version known here");
  for (const fact of bundle.disclosures) {
    demand(hasExactly(fact, "commitment", "disclosure", "proof"), "a fact of the bundle is malformed");
  }
  state.bundle = bundle;
  return `${bundle.format}, in its one text`;
}

async function thumbprint(jwk) {
  return toBase64URL(await sha256(utf8.encode(canonical({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))));
}

/** The key set's keys by their id, each an ES256 key under its own thumbprint. */
async function keysOf(set) {
  const keys = new Map();
  for (const jwk of set?.keys ?? []) {
    if (jwk.kty !== "EC" || jwk.crv !== "P-256") continue;
    demand(jwk.kid === await thumbprint(jwk), "a key’s id is not its thumbprint");
    keys.set(jwk.kid, jwk);
  }
  return keys;
}

/** The header and the payload of a token, once the key it names among `keys` verifies it. */
async function openToken(token, type, keys) {
  const parts = token.split(".");
  demand(parts.length === 3, "it is no signed token");
  const header = fromJSON(fromBase64URL(parts[0], "the header"), "the header");
  demand(header.alg === "ES256" && header.typ === type, `it is not signed as ${type} with ES256`);
  const jwk = keys.get(header.kid);
  demand(jwk, "it names a key that is not there");
  const key = await crypto.subtle.importKey(
    "jwk", { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const holds = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" }, key, fromBase64URL(parts[2], "the signature"),
    utf8.encode(`${parts[0]}.${parts[1]}`));
  demand(holds, "it does not verify under the key it names");
  return { kid: header.kid, payload: fromJSON(fromBase64URL(parts[1], "the payload"), "the payload") };
}

async function signature(state) {
  state.keys = await keysOf(state.bundle.jwks);
  const { kid, payload } = await openToken(state.bundle.credential, "vc+jwt", state.keys);
  demand(state.bundle.jwks.keys[0].kid === kid, "the first key of the bundle is not the one that signed");
  demand(
    hasExactly(state.bundle.jwks, "keys") && state.bundle.jwks.keys.length === state.keys.size && state.keys.size <= 2,
    "the key set holds what nobody needs");
  for (const jwk of state.keys.values()) {
    demand(
      hasExactly(jwk, "alg", "crv", "kid", "kty", "use", "x", "y") && jwk.alg === "ES256" && jwk.use === "sig",
      "a key is not as keys are published");
  }
  state.thumbprint = kid;
  state.claims = payload;
  return `signed by key ${kid}`;
}

async function claims(state) {
  const subject = state.claims.credentialSubject;
  const ledger = subject?.ledger;
  demand(
    typeof state.claims.iss === "string" && Number.isSafeInteger(state.claims.iat)
      && Number.isSafeInteger(state.claims.exp) && Array.isArray(subject?.evidence) && Array.isArray(subject.facets)
      && Number.isSafeInteger(ledger?.size) && Array.isArray(ledger.witnesses),
    "a member of a profile is missing");
  state.subject = subject;
  state.listed = new Set(subject.evidence);
  state.head = { size: ledger.size, root: fromBase64(ledger.root, "the root") };
  return "a developer’s profile";
}

async function issuerKey(state) {
  const known = await keysOf(fromJSON(await state.get("/.well-known/jwks.json"), "the issuer’s key set"));
  for (const kid of state.keys.keys()) demand(known.has(kid), `the issuer does not publish the key ${kid}`);
  state.published = known;
  return "one of the keys this site publishes; compare it with what you know of the issuer";
}

function validity(state) {
  const { iat, exp, validFrom, validUntil } = state.claims;
  demand(
    Date.parse(validFrom) === iat * 1000 && Date.parse(validUntil) === exp * 1000, "the two ways of saying its times differ");
  demand(iat < exp && exp - iat <= LONGEST_LIFE, "no credential is valid for that long");
  const now = state.now / 1000;
  demand(iat <= now + SKEW, `it is not valid before ${validFrom}`);
  demand(now < exp, `it expired at ${validUntil}`);
  return `until ${validUntil}`;
}

function subject(state) {
  const issuer = state.claims.issuer?.id ?? state.claims.issuer;
  demand(state.claims.iss === issuer, "iss and issuer differ");
  demand(state.claims.sub === state.subject.id, "sub and credentialSubject differ");
  demand(state.subject.handle === state.handle, "it is another person’s profile");
  return state.claims.sub;
}

async function model(state) {
  const { id, version, digest } = state.subject.model;
  const published = fromJSON(await state.get(`/v1/models/${id}-${version}`), "the model");
  const own = toHex(await sha256(utf8.encode(canonical(published.weights))));
  demand(own === digest, "the weights are not those of the published model");
  return `${id} ${version}, weights ${digest}`;
}

async function logKey(state) {
  const ledger = state.subject.ledger;
  demand(state.bundle.vkey === ledger.vkey, "the credential names another log key");
  state.log = await readKey(ledger.vkey, LOG);
  demand(state.log.name === ledger.origin, "the key is not the log’s by name");
  state.witnesses = await Promise.all(ledger.witnesses.map((text) => readKey(text, WITNESS)));
  return `of ${ledger.origin}`;
}

async function disclosures(state) {
  const seen = new Set();
  for (const fact of state.bundle.disclosures) {
    const digest = toBase64URL(await sha256(utf8.encode(fact.disclosure)));
    demand(digest === fact.commitment, `${fact.commitment} commits to something else`);
    demand(state.listed.has(digest), `the credential does not list ${digest}`);
    demand(!seen.has(digest), `${digest} is there twice`);
    seen.add(digest);
  }
  return `${seen.size} of ${state.listed.size} facts shown`;
}

function entries(state) {
  state.facts = new Map();
  for (const fact of state.bundle.disclosures) {
    const elements = fromJSON(fromBase64URL(fact.disclosure, "a disclosure"), "a disclosure");
    demand(Array.isArray(elements) && elements.length === 2, `${fact.commitment} is not a salted fact`);
    demand(elements[1]?.v === 1 && typeof elements[1].type === "string", `${fact.commitment} is not evidence`);
    state.facts.set(fact.commitment, elements[1]);
  }
  return unlessEmpty(state, "each fact is evidence of schema 1");
}

async function checkpoint(state) {
  state.heads = new Map();
  const witnesses = new Set();
  for (const { proof } of state.bundle.disclosures) {
    const note = noteOf(proof);
    if (!state.heads.has(note)) state.heads.set(note, await checkedCheckpoint(state, note, witnesses));
  }
  return unlessEmpty(state, `signed by ${state.log.name}, seen by ${witnesses.size} witnesses`);
}

/** The head a note states, once every line under it verifies. */
async function checkedCheckpoint(state, text, witnesses) {
  const note = readNote(text);
  const head = readCheckpoint(note);
  demand(head.origin === state.log.name, "it is a checkpoint of another log");
  let byLog = false;
  for (const line of note.lines) {
    const key = [state.log, ...state.witnesses].find((key) => key.name === line.name && same(key.id, line.id));
    demand(key, `a line by ${line.name}, whom the credential does not name`);
    let holds;
    try {
      holds = await isSigned(note.text, line, key);
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Unsupported("this browser cannot check Ed25519 signatures; `standing verify` can");
    }
    demand(holds, `the signature of ${line.name} under the checkpoint does not verify`);
    if (key.kind === LOG) byLog = true;
    else witnesses.add(key.name);
  }
  demand(byLog, "the log has not signed the checkpoint");
  return head;
}

/** What this browser lacks; the check is skipped and says so. */
class Unsupported extends Error {}

async function consistency(state) {
  const heads = new Map();
  for (const head of state.heads.values()) {
    demand(head.size >= state.head.size, "a checkpoint is older than the credential’s");
    const known = heads.get(head.size);
    demand(!known || same(known.root, head.root), `two roots for ${head.size} entries: readers are shown different trees`);
    heads.set(head.size, head);
  }
  let newest = state.head;
  for (const head of [...heads.values()].sort((one, other) => one.size - other.size)) {
    const path = head.size === newest.size ? []
      : await consistencyPath(state, newest.size, head.size);
    demand(await continues(newest, head, path), `the tree of ${head.size} entries does not continue that of ${newest.size}`);
    newest = head;
  }
  return unlessEmpty(state, `the tree of ${newest.size} entries continues the credential’s, of ${state.head.size}`);
}

async function consistencyPath(state, from, to) {
  const answer = fromJSON(await state.get(`/v1/ledger/proof/consistency?from=${from}&to=${to}`), "the proof");
  demand(Array.isArray(answer.hashes), "the log gave no consistency proof");
  return answer.hashes.map((text) => fromBase64(text, "a hash of the consistency proof"));
}

async function inclusion(state) {
  for (const { commitment, proof } of state.bundle.disclosures) {
    const { index, path } = readPath(proof);
    const head = readCheckpoint(readNote(noteOf(proof)));
    const leaf = await leafHash(`{"c":"${commitment}","k":"evidence","v":1}`);
    demand(
      await includes(leaf, index, head.size, path, head.root), `${commitment} is not shown to be in the ledger`);
  }
  return unlessEmpty(state, "each entry is in the ledger");
}

function unlessEmpty(state, detail) {
  return state.bundle.disclosures.length === 0 ? new Skipped("no fact is shown") : detail;
}
