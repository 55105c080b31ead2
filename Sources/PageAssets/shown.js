// Whether the page says what was signed: each marked number and each fact listed, as the reader sees them.

/** What the claims say at `path`, names of facets and rates standing for their places. */
function claimAt(subject, path) {
  return path.split("/").reduce((value, name) => {
    if (Array.isArray(value) && !/^[0-9]+$/.test(name)) return value.find((element) => element.name === name);
    return value?.[name];
  }, subject);
}

/** The text of an element as the value it shows. */
function valueOf(element) {
  const text = element.textContent.trim();
  return /^[0-9][0-9,]*$/.test(text) ? text.replaceAll(",", "") : text;
}

/** The numbers that differ from what was signed, each as a sentence. */
function differingNumbers(subject) {
  return [...document.querySelectorAll("[data-claim]")].flatMap((element) => {
    const { claim } = element.dataset;
    if (["ledger/size", "ledger/root"].includes(claim)) return [];  // see sameTree
    const signed = claimAt(subject, claim);
    return String(signed) === valueOf(element) ? [] : [`${claim} is ${valueOf(element)} here, signed as ${signed}`];
  });
}

/** The facts whose words differ from what is proved of them. */
function differingFacts(facts) {
  return [...document.querySelectorAll("[data-commitment]")].flatMap((row) => {
    const fact = facts.get(row.dataset.commitment);
    if (!fact) return [`the fact of ${row.querySelector("time").textContent} is not among those proved`];
    const link = row.querySelector("a[data-fact=object]");
    const agrees = row.querySelector("time").getAttribute("datetime") === fact.occurred_at
      && row.querySelector("[data-fact=project]").textContent === fact.project.name
      && row.dataset.kind === fact.type
      && (!link || link.getAttribute("href") === fact.object.url);
    return agrees ? [] : [`the fact of ${fact.occurred_at} reads otherwise here`];
  });
}

/** The ledger's head as the page names it. */
function shownHead() {
  const [size, root] = ["size", "root"].map((name) => document.querySelector(`[data-claim='ledger/${name}']`));
  return { size: Number(valueOf(size)), root: fromBase64(valueOf(root), "the root on this page") };
}

/**
 * Holds the head on the page to the signed one: the same, or one continues the other. A profile is signed anew at later
 * heads while nothing of it changes, and the page names the head at which it last did.
 */
async function sameTree(shown, signed, state) {
  const [older, newer] = shown.size <= signed.size ? [shown, signed] : [signed, shown];
  const path = older.size === newer.size ? [] : await consistencyPath(state, older.size, newer.size);
  demand(await continues(older, newer, path), "the ledger’s head on this page is not of the tree that was signed");
}

async function page(state) {
  const differing = [...differingNumbers(state.subject), ...differingFacts(state.facts)];
  const numbers = document.querySelectorAll("[data-claim]").length;
  const rows = document.querySelectorAll("[data-commitment]").length;
  const shown = shownHead();
  if (differing.length === 0) {
    await sameTree(shown, state.head, state);
    return `${numbers} numbers and ${rows} facts read as they were signed`;
  }
  demand(shown.size > state.head.size, `${differing.length} differ; ${differing[0]}`);
  return new Skipped(
    `the page was read later, at ${shown.size} entries, than the signed profile, at ${state.head.size}; since then `
      + `${differing.length} changed, such as: ${differing[0]}`);
}

/** Marks the facts that were proved, in words. */
function markProved(facts) {
  for (const row of document.querySelectorAll("[data-commitment]")) {
    if (!facts.has(row.dataset.commitment) || row.querySelector(".is-proved")) continue;
    const mark = document.createElement("span");
    mark.className = "is-proved";
    mark.textContent = "proved";
    row.querySelector(".where").append(" ", mark);
  }
}
