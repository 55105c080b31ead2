// The ledger's formats: hashes of the tree (RFC 9162), signed notes, checkpoints and proofs (C2SP).

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const LOG = 1;
const WITNESS = 4;

function leafHash(text) {
  return sha256(joined(LEAF, utf8.encode(text)));
}

function nodeHash(left, right) {
  return sha256(joined(NODE, left, right));
}

const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

/** Whether `path` leads from `leaf` at `index` to `root` over `size` leaves (RFC 9162, section 2.1.3.2). */
async function includes(leaf, index, size, path, root) {
  let [at, last, hash] = [index, size - 1, leaf];
  if (index >= size) return false;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(hash, root);
}

/** Whether `path` shows that the tree of `older` is the beginning of that of `newer` (RFC 9162, section 2.1.4.2). */
async function continues(older, newer, path) {
  if (older.size === newer.size) return path.length === 0 && same(older.root, newer.root);
  if (older.size === 0) return path.length === 0;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  const hashes = at === 0 ? [older.root, ...path] : [...path];
  if (hashes.length === 0) return false;
  let before = hashes.shift();
  let after = before;
  for (const hash of hashes) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      before = await nodeHash(hash, before);
      after = await nodeHash(hash, after);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      after = await nodeHash(after, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(before, older.root) && same(after, newer.root);
}

/** A signer's public key, `name+id+base64`. */
async function readKey(text, kind) {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  demand(parts, "the log's key is malformed");
  const bytes = fromBase64(parts[3], "the key");
  demand(bytes.length === 33 && bytes[0] === kind, "the key is of another kind");
  const id = (await sha256(joined(utf8.encode(`${parts[1]}\n`), bytes))).slice(0, 4);
  demand(toHex(id) === parts[2], "the key's id is not its own");
  return { name: parts[1], id, kind, bytes: bytes.slice(1) };
}

/** A text and the lines of those who signed it. */
function readNote(text) {
  const gap = text.lastIndexOf("\n\n");
  demand(gap >= 0 && text.endsWith("\n"), "the checkpoint is no signed note");
  const lines = text.slice(gap + 2, -1).split("\n").map((line) => {
    const parts = /^\u2014 ([^+\s]+) (\S+)$/.exec(line);
    demand(parts, "a line under the checkpoint is no signature");
    const bytes = fromBase64(parts[2], "a signature");
    demand(bytes.length > 4, "a signature is too short");
    return { name: parts[1], id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  return { text: text.slice(0, gap + 1), lines };
}

/** What a checkpoint says: whose tree, how many entries, which root. */
function readCheckpoint(note) {
  const parts = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n$/.exec(note.text);
  demand(parts, "it is no checkpoint");
  const root = fromBase64(parts[3], "the root");
  demand(root.length === 32, "the root is no hash");
  return { origin: parts[1], size: Number(parts[2]), root };
}

/** The checkpoint an inclusion proof leads to: what stands under its first empty line. */
function noteOf(proof) {
  const gap = proof.indexOf("\n\n");
  demand(gap >= 0, "there is no checkpoint under the proof");
  return proof.slice(gap + 2);
}

/** The place of the entry and the hashes on the way to the root. */
function readPath(proof) {
  const parts = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9][0-9]{0,15})\n((?:[^\n]+\n)*)$/
    .exec(proof.slice(0, proof.indexOf("\n\n") + 1));
  demand(parts, "it is no tlog-proof");
  const path = parts[2].split("\n").slice(0, -1).map((line) => fromBase64(line, "a hash of the path"));
  demand(path.length <= 63 && path.every((hash) => hash.length === 32), "the path is not made of hashes");
  return { index: Number(parts[1]), path };
}

/** The two numbers of a line by a witness: when it signed, and its signature. */
function readCosignature(bytes) {
  demand(bytes.length === 72, "a cosignature is not of its size");
  return { time: new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0), signature: bytes.slice(8) };
}

/** Whether `line` is a signature of the note's text by `key`. */
async function isSigned(text, line, key) {
  const imported = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  if (key.kind === LOG) return crypto.subtle.verify({ name: "Ed25519" }, imported, line.bytes, utf8.encode(text));
  const { time, signature } = readCosignature(line.bytes);
  return crypto.subtle.verify(
    { name: "Ed25519" }, imported, signature, utf8.encode(`cosignature/v1\ntime ${time}\n${text}`));
}
