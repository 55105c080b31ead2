// "Verify this page": asks for the bundle, makes every check, and says what came of each.

/** The checks in order, what each means, and which must have held before. */
const STEPS = [
  ["format", format, "The file is a bundle", []],
  ["signature", signature, "The profile is signed", ["format"]],
  ["claims", claims, "What is signed is a profile", ["signature"]],
  ["issuer key", issuerKey, "The key is the issuer’s", ["claims"]],
  ["validity", validity, "It is valid today", ["claims"]],
  ["status", status, "It was not taken back", ["claims"]],
  ["subject", subject, "It is about this person", ["claims"]],
  ["model", model, "The weights are the published ones", ["claims"]],
  ["log key", logKey, "The ledger’s key is the one signed", ["claims"]],
  ["disclosures", disclosures, "Each fact is the one committed to", ["claims"]],
  ["entries", entries, "Each commitment is to a fact", ["disclosures"]],
  ["checkpoint", checkpoint, "The ledger’s head is signed", ["log key"]],
  ["consistency", consistency, "The ledger only grew", ["checkpoint"]],
  ["inclusion", inclusion, "Each fact is in the ledger", ["checkpoint"]],
  ["page", page, "This page shows what was signed", ["entries"]],
];

const OUTCOMES = { passed: ["✓", "holds"], failed: ["✕", "fails"], skipped: ["–", "not checked"] };

async function outcomeOf(check, state) {
  try {
    const said = await check(state);
    return said instanceof Skipped ? { outcome: "skipped", detail: said.reason } : { outcome: "passed", detail: said };
  } catch (error) {
    if (error instanceof Unsupported) return { outcome: "skipped", detail: error.message };
    if (error instanceof Unanswered) return { outcome: "skipped", detail: error.message };
    return { outcome: "failed", detail: error instanceof Refused ? error.message : `it cannot be read: ${error.message}` };
  }
}

/** The site gave no answer: nothing is known, so nothing failed. */
class Unanswered extends Error {}

async function get(path) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "omit", referrerPolicy: "no-referrer" });
  } catch {
    throw new Unanswered(`this site did not answer for ${path}`);
  }
  if (answer.status === 404) throw new Unanswered(`there is nothing at ${path}`);
  if (!answer.ok) throw new Unanswered(`this site answered ${answer.status} for ${path}`);
  return answer.text();
}

function made(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text ?? "";
  return element;
}

function show(list, name, meaning, { outcome, detail }) {
  const [sign, word] = OUTCOMES[outcome];
  const item = made("li", `step ${outcome}`);
  item.dataset.step = name;
  item.dataset.outcome = outcome;
  const mark = made("span", "sign", sign);
  mark.setAttribute("aria-hidden", "true");
  const words = made("div", "words");
  const title = made("p", "what", meaning);
  title.append(" ", made("span", "outcome", word));
  const said = made("p", "detail");
  said.append(made("code", "", name), ` ${detail}`);
  words.append(title, said);
  item.append(mark, words);
  list.append(item);
}

function conclusion(results) {
  const failed = STEPS.filter(([name]) => results.get(name) === "failed").map(([name]) => name);
  if (failed.length > 0) return ["failed", `Do not rely on this page: ${failed.join(", ")} ${failed.length > 1 ? "fail" : "fails"}.`];
  const skipped = STEPS.filter(([name]) => results.get(name) === "skipped").map(([name]) => name);
  if (skipped.length === 0) return ["passed", "Everything holds. What each step proves is said beside it."];
  return ["passed", `What could be checked holds. Not checked: ${skipped.join(", ")}.`];
}

async function verify(panel, list, status) {
  panel.dataset.state = "running";
  list.replaceChildren();
  status.textContent = "Checking…";
  const state = { handle: panel.dataset.handle, now: Date.now(), get };
  const results = new Map();
  try {
    if (!globalThis.crypto?.subtle) throw new Unanswered("browsers check signatures on https pages alone; open this page over https");
    state.text = await get(panel.dataset.bundle);
  } catch (error) {
    status.textContent = `Nothing was checked: ${error.message}.`;
    panel.dataset.state = "unchecked";
    return;
  }
  for (const [name, check, meaning, needs] of STEPS) {
    const missing = needs.find((need) => results.get(need) !== "passed");
    const result = missing ? { outcome: "skipped", detail: `${missing} did not hold` } : await outcomeOf(check, state);
    results.set(name, result.outcome);
    show(list, name, meaning, result);
  }
  if (["disclosures", "inclusion"].every((name) => results.get(name) === "passed")) markProved(state.facts);
  const [outcome, sentence] = conclusion(results);
  status.textContent = sentence;
  panel.dataset.state = outcome;
}

function begin() {
  const panel = document.getElementById("verification");
  if (panel) {
    const button = document.getElementById("verify-now");
    const list = document.getElementById("verification-steps");
    const status = document.getElementById("verification-status");
    panel.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      await verify(panel, list, status);
      button.disabled = false;
      button.textContent = "Verify again";
    });
  }
  for (const button of document.querySelectorAll("button[data-copies]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = "Copied";
    });
  }
}

begin();
