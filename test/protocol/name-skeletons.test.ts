import assert from "node:assert/strict"
import { test } from "node:test"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { nameSkeletons } from "@sourceprint/protocol/name-skeletons.js"
import { faultOfFreeName, faultOfNewName } from "@sourceprint/protocol/new-name.js"

const alike = (a: string, b: string): boolean => nameSkeletons(a).some((one) => nameSkeletons(b).includes(one))

test("names that look alike share a skeleton, names that differ do not", () => {
  for (const [a, b] of [
    ["Ada", "\u0410da"], // Cyrillic A
    ["Ada", "A\u3164da"],
    ["Ada", "Ada\ufe0f"],
    ["Ada", "Ad\u0332a"],
    ["paypal", "\u0440\u0430\u0443\u0440\u0430l"],
    ["Al", "AI"], // a capital i
    ["Ivan", "lvan"],
    ["mary", "rnary"],
    ["Ada", "ADA"],
  ]) {
    assert.equal(alike(a, b), true, `${a} ${b}`)
  }
  for (const [a, b] of [
    ["Ada", "Eva"],
    ["Jos\u00e9", "Jose"],
    ["Bj\u00f6rn", "Bjorn"],
    ["Person 1", "Person 2"],
    ["\u0410\u043d\u043d\u0430", "Anna"],
    ["\u738b\u82b3", "\u738b\u65b9"],
  ]) {
    assert.equal(alike(a, b), false, `${a} ${b}`)
  }
})

test("a new name is in one script, or in scripts that a language mixes, and shows every character", () => {
  const fine = [
    "Ada Lovelace",
    "Jos\u00e9 \u00d1u\u00f1ez",
    "O'Neill-Smith",
    "Nguy\u1ec5n V\u0103n A",
    "\u0410\u043d\u043d\u0430 \u0418\u0432\u0430\u043d\u043e\u0432\u0430",
    "\u738b\u82b3",
    "\u5c71\u7530 \u30cf\u30ca\u3053 Hanako",
    "\uae40\ubbfc\uc900",
    "\u092a\u094d\u0930\u093f\u092f\u093e",
    "\u0645\u062d\u0645\u062f",
    "Person 17",
  ]
  for (const name of fine) assert.equal(faultOfNewName(canonicalName(name) ?? ""), undefined, name)
  assert.equal(faultOfNewName("A\u3164da"), "invisible")
  assert.equal(faultOfNewName("Ada\ufe0f"), "invisible")
  assert.equal(faultOfNewName("Ada\u2800"), "invisible")
  assert.equal(faultOfNewName("\u0410da"), "scripts")
  assert.equal(faultOfNewName("Ad\u0430\u03b1"), "scripts")
  assert.equal(faultOfNewName("\u0332Ada"), "marks")
  assert.equal(faultOfNewName("A\u0332\u0333\u0334da"), "marks")
})

test("free names have emoji, several languages and their joiners; what shows nothing and mixed words are told", () => {
  const fine = [
    "Garden \u{1f331}",
    "Team \u{1f469}\u200d\u{1f4bb} \u2764\ufe0f 1\ufe0f\u20e3",
    "Project \u0410\u043b\u044c\u0444\u0430",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", // Persian, with a non-joiner
    "\u0915\u094d\u200d\u0937", // Devanagari, with a joiner
    "A & B (2026)",
  ]
  for (const name of fine) assert.equal(faultOfFreeName(name), undefined, name)
  assert.equal(faultOfFreeName("Gar\u200dden"), "invisible")
  assert.equal(faultOfFreeName("Garden\u3164"), "invisible")
  assert.equal(faultOfFreeName("\u2800"), "invisible")
  assert.equal(faultOfFreeName("P\u0430yroll"), "scripts")
  assert.equal(faultOfFreeName("a\u0332\u0333\u0334"), "marks")
})
