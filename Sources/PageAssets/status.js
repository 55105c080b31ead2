// Whether a credential was taken back: by the list in its bundle, and by the two lists that its issuer publishes today.

const WORDS = ["valid", "revoked", "suspended"];

async function status(state) {
  const place = state.claims.status?.status_list;
  const entries = [state.claims.credentialStatus ?? []].flat();
  if (!place && entries.length === 0) return new Skipped("this credential names no status list; it ends by itself");
  const times = [];
  if (place && state.bundle.status) times.push(await inTokenList(state, place));
  for (const entry of entries) times.push(await inBitstring(state, entry));
  if (times.length === 0) return new Skipped("the bundle holds no status list");
  return `not taken back, by ${times.length} lists, the oldest of ${moment(Math.min(...times))}`;
}

/** Holds the place to the bundle's list (IETF Token Status List: the lowest bits first); gives when that was signed. */
async function inTokenList(state, { uri, idx }) {
  const { payload } = await openToken(state.bundle.status, "statuslist+jwt", state.keys);
  demand(payload.sub === uri, "it is another status list than the credential names");
  const { bits, lst } = payload.status_list;
  const bytes = await unpacked(fromBase64URL(lst, "the status list"), "deflate");
  const value = (byteAt(bytes, idx * bits) >> idx * bits % 8) & ((1 << bits) - 1);
  demand(value === 0, `the credential is ${WORDS[value] ?? `of the unknown status ${value}`}`);
  return signedAt(state, payload);
}

/** Asks the issuer for the list an entry names (W3C Bitstring Status List: the highest bit first); gives when it was signed. */
async function inBitstring(state, { type, statusPurpose, statusListIndex, statusListCredential }) {
  demand(type === "BitstringStatusListEntry" && /^(0|[1-9][0-9]{0,8})$/.test(statusListIndex), "a status entry is malformed");
  const address = new URL(statusListCredential);
  demand(address.href.startsWith(`${state.claims.iss}/`), "its status list is elsewhere than its issuer, who alone is asked");
  const text = await state.get(address.pathname);
  const { payload } = await openToken(text, "vc+jwt", state.published ?? state.keys);
  const list = payload.credentialSubject;
  demand(
    payload.id === statusListCredential && list?.type === "BitstringStatusList" && list.statusPurpose === statusPurpose,
    "it is another status list than the credential names");
  demand(list.encodedList.startsWith("u"), "the status list is not in base64url");
  const bytes = await unpacked(fromBase64URL(list.encodedList.slice(1), "the status list"), "gzip");
  const index = Number(statusListIndex);
  demand((byteAt(bytes, index) & 0x80 >> index % 8) === 0, `the credential is in the issuer’s list for ${statusPurpose}`);
  return signedAt(state, payload);
}

function byteAt(bytes, bit) {
  demand(bit >= 0 && bit / 8 < bytes.length, "the credential has no place in the status list");
  return bytes[Math.floor(bit / 8)];
}

/** What is packed in `bytes`; of more than a list can need, nothing. */
async function unpacked(bytes, form) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(form)).getReader();
  let whole = new Uint8Array();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    whole = joined(whole, part.value);
    demand(whole.length <= 1 << 20, "the status list is too large");
  }
  return whole;
}

/** When a list was signed, in seconds, if it may be relied on now. */
function signedAt(state, { iat, exp }) {
  demand(iat <= state.now / 1000 + SKEW, "the status list is from the future");
  demand(state.now / 1000 < exp, "the status list is out of date");
  return iat;
}

function moment(seconds) {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
}
