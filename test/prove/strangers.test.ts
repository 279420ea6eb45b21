import assert from "node:assert/strict"
import { test } from "node:test"
import { faultOf, judge } from "../../bench/prove/strangers/stranger-case.js"
import { letters } from "../../bench/prove/strangers.js"
import { withoutData } from "../support/shared-data.js"

/** `npm run prove -- strangers` in a minute: how a case is judged, and the first case of each letter. */

const must = { exitCode: 1, say: [/the clock/], notSay: [/register/] }

test("a case is at fault where exit code, words or a stack trace are not as they must be", () => {
  assert.equal(faultOf({ must }, { exitCode: 1, said: "set the clock" }), "")
  assert.match(faultOf({ must }, { exitCode: 0, said: "set the clock" }), /must exit with 1/)
  assert.match(faultOf({ must }, { exitCode: 1, said: "no" }), /must say \/the clock\//)
  assert.match(faultOf({ must }, { exitCode: 1, said: "the clock; register" }), /must not say \/register\//)
  const stack = "the clock\n    at Object.<anonymous> (/a/b.js:12:7)"
  assert.match(faultOf({ must }, { exitCode: 1, said: stack }), /must not say/)
})

test("a case is one line: input, complaint, exit code and what is said", async () => {
  const finding = await judge("X1", {
    input: "a late clock",
    complaint: "someone/something#7",
    attempt: async (folder) => ({ exitCode: 1, said: `${folder}/first\nset the clock\nlast\n` }),
    must,
  })
  assert.deepEqual(finding, { text: 'X1 a late clock (someone/something#7): exit 1, "set the clock"', kept: true })
  const broken = await judge("X2", { input: "broken", attempt: () => Promise.reject(new Error("no fork")), must })
  assert.deepEqual(broken, { text: "X2 broken: could not be tried: no fork", kept: false })
})

test("a case without its images fails instead of being passed over", async () => {
  const attempt = async () => ({ exitCode: 1, said: "set the clock" })
  const finding = await judge("X3", { input: "an image", needs: "no-such-folder", attempt, must })
  assert.match(finding.text, /no-such-folder is not there/)
  assert.equal(finding.kept, false)
})

test("a case whose other party is not installed is named, and not tried", async () => {
  const attempt = () => Promise.reject(new Error("tried"))
  const finding = await judge("X4", { input: "a peer", skip: "not installed", attempt, must })
  assert.deepEqual(finding, { text: "X4 a peer: SKIPPED, not installed", kept: true })
})

test("no two cases are the same", () => {
  const inputs = letters.flatMap(({ cases }) => cases.map((one) => one.input))
  assert.equal(new Set(inputs).size, inputs.length)
})

for (const { letter, cases } of letters) {
  const [first] = cases
  if (first === undefined) continue
  const skip = first.needs === undefined ? false : withoutData(first.needs)
  test(`${letter}1: ${first.input}`, { skip }, async () => {
    const { text, kept } = await judge(`${letter}1`, first)
    assert.ok(kept, text)
  })
}
