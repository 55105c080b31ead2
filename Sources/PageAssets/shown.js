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

function page(state) {
  const differing = [...differingNumbers(state.subject), ...differingFacts(state.facts)];
  const numbers = document.querySelectorAll("[data-claim]").length;
  const rows = document.querySelectorAll("[data-commitment]").length;
  if (differing.length === 0) return `${numbers} numbers and ${rows} facts read as they were signed`;
  const size = Number(valueOf(document.querySelector("[data-claim='ledger/size']")));
  demand(size > state.head.size, `${differing.length} differ; ${differing[0]}`);
  return new Skipped(
    `the page was read later, at ${size} entries, than the signed profile, at ${state.head.size}; since then `
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
