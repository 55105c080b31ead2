// Bytes and their texts, strictly: a text is taken only if it is the one text of its bytes.

const utf8 = new TextEncoder();

class Refused extends Error {}

/** Throws the reason a check gives when it does not hold. */
function demand(holds, reason) {
  if (!holds) throw new Refused(reason);
}

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function toBase64URL(bytes) {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromBase64(text, what) {
  demand(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, `${what} is not base64`);
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  demand(toBase64(bytes) === text, `${what} is not base64 in its one form`);
  return bytes;
}

function fromBase64URL(text, what) {
  demand(/^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1, `${what} is not base64url`);
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(
    atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (character) => character.charCodeAt(0));
  demand(toBase64URL(bytes) === text, `${what} is not base64url in its one form`);
  return bytes;
}

function fromJSON(bytes, what) {
  try {
    return JSON.parse(typeof bytes === "string" ? bytes : new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refused(`${what} is not JSON`);
  }
}

/** The one text of a value (RFC 8785); fractions have none here. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  demand(typeof value !== "number" || Number.isSafeInteger(value), "it holds a number that is not whole");
  return JSON.stringify(value);
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Whether `names` are all the members of `value`, which is an object. */
function hasExactly(value, ...names) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    && canonical(Object.keys(value).sort()) === canonical(names.sort());
}
