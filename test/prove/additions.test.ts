import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { additions, tryAddition } from "../../bench/prove/house/additions.js"
import { copyOfProject, type ProjectCopy } from "../../bench/prove/house/copy-of-project.js"

let copy: ProjectCopy
before(async () => {
  copy = await copyOfProject(["src"])
})
after(() => copy.remove())

for (const addition of additions) {
  test(`${addition.what} is noticed`, async () => {
    assert.match(await tryAddition(copy, addition), addition.says)
  })
}
