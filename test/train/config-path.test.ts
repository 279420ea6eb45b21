import assert from "node:assert/strict"
import { test } from "node:test"
import { hasCode } from "@sourceprint/core/errors.js"
import { formatPath, resolvedPath, withValueAt } from "@sourceprint/train/config-path.js"

const root = { training: { epochs: 3 }, models: [{ id: "a" }, { id: "b", label: "big", settings: { x: 1 } }] }

test("keys, indexes and labels lead to the place; the original stays", () => {
  const expected = { ...root, models: [{ id: "a" }, { id: "b", label: "big", settings: { x: 2 } }] }
  for (const path of ["models[1].settings.x", "models.1.settings.x", "models.big.settings.x"]) {
    assert.deepEqual(withValueAt(root, path, 2), expected)
    assert.equal(formatPath(resolvedPath(root, path)), "models[1].settings.x")
  }
  assert.equal(root.models[1].settings?.x, 1)
})

test("missing keys are made", () => {
  assert.deepEqual(withValueAt({}, "view.region.sidePx", 96), { view: { region: { sidePx: 96 } } })
})

test("a path that cannot be is refused", () => {
  for (const path of ["", "a..b", "models.none.x", "models.7", "training.epochs.x", "__proto__.x"]) {
    assert.throws(
      () => withValueAt(root, path, 1),
      (e) => hasCode(e, "config/path"),
      path,
    )
  }
})
