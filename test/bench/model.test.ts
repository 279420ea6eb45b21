import assert from "node:assert/strict"
import { test } from "node:test"
import { check, scenarios, withoutSpin } from "../../bench/prove/model.js"

test("the model of the protocol holds, and falls where a part is left out", { skip: withoutSpin() }, async () => {
  const { whole, partLeftOut } = scenarios
  for (const scenario of [whole[0], whole[7], partLeftOut[2], partLeftOut[5]]) {
    assert.equal((await check(scenario)).attack, scenario.attack, scenario.words.join(" "))
  }
})
