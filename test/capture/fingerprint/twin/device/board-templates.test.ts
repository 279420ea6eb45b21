import assert from "node:assert/strict"
import { test } from "node:test"
import { Confirmation } from "@sourceprint/capture/fingerprint/r307/constants.js"
import type { BoardMatcher } from "@sourceprint/capture/fingerprint/twin/device/board-matcher.js"
import { BoardTemplates } from "@sourceprint/capture/fingerprint/twin/device/board-templates.js"

/** Templates of one byte; their likeness is 100 less their distance. */
const byDistance: BoardMatcher = {
  extract: (levels) => (levels[0] === 0 ? undefined : levels.slice(0, 1)),
  compare: (a, b) => Math.max(0, 100 - Math.abs(a[0] - b[0])),
  threshold: (level) => 50 + 10 * level,
  combiningThreshold: 70,
}
const LEVEL = 3 // 80

/** A library of 300 with these templates at these pages. */
function library(stored: Readonly<Record<number, number>> = {}): BoardTemplates {
  const templates = new BoardTemplates(byDistance, 300)
  for (const [page, value] of Object.entries(stored)) {
    templates.fill(1, Uint8Array.of(value))
    assert.deepEqual(templates.store(1, Number(page)), [Confirmation.ok])
  }
  templates.powerCycle()
  return templates
}
const code = ([first]: readonly [number, Uint8Array?]): number => first

test("the best is found within the pages asked for; of equals the first page", () => {
  const templates = library({ 3: 40, 7: 50, 9: 50, 200: 52 })
  const found = (startPage: number, pages: number) => templates.search(LEVEL, 1, startPage, pages)
  assert.equal(code(found(0, 300)), Confirmation.notFound) // no probe
  templates.fill(1, Uint8Array.of(51))
  assert.deepEqual(found(0, 100), [Confirmation.ok, Uint8Array.of(0, 7, 0, 99)])
  assert.deepEqual(found(8, 100), [Confirmation.ok, Uint8Array.of(0, 9, 0, 99)])
  assert.deepEqual(found(10, 191), [Confirmation.ok, Uint8Array.of(0, 200, 0, 99)])
  assert.equal(code(found(10, 190)), Confirmation.notFound)
  assert.equal(code(found(0, 0)), Confirmation.notFound)
  assert.equal(code(found(4, 0xffff)), Confirmation.ok)
})

test("the level decides: a template at the threshold matches, one below does not", () => {
  const templates = library()
  templates.fill(1, Uint8Array.of(100))
  for (const [other, level, expected] of [
    [120, 3, Confirmation.ok],
    [121, 3, Confirmation.noMatch],
    [121, 2, Confirmation.ok],
    [100, 5, Confirmation.ok],
  ] as const) {
    templates.fill(2, Uint8Array.of(other))
    assert.equal(code(templates.match(level)), expected, `${other} at ${level}`)
    assert.equal(templates.matched, expected === Confirmation.ok)
  }
})

test("two touches are combined at a threshold of its own, whatever the level", () => {
  const templates = library()
  for (const [other, expected] of [
    [130, Confirmation.ok],
    [131, Confirmation.combineFail],
  ] as const) {
    templates.fill(1, Uint8Array.of(100))
    templates.fill(2, Uint8Array.of(other))
    assert.equal(code(templates.combine()), expected, `${other}`)
  }
})

test("buffers are lost without power, the library is not", () => {
  const templates = library({ 0: 5 })
  templates.fill(1, Uint8Array.of(9))
  templates.powerCycle()
  assert.equal(templates.buffer(1), undefined)
  assert.equal(code(templates.match(1)), Confirmation.noMatch)
  assert.equal(code(templates.combine()), Confirmation.combineFail)
  assert.equal(code(templates.store(1, 1)), Confirmation.templateRead)
  assert.equal(code(templates.load(2, 0)), Confirmation.ok)
  assert.deepEqual(templates.buffer(2), Uint8Array.of(5))
})

test("pages outside the library are refused, and nothing of it changes", () => {
  const templates = library({ 299: 1 })
  templates.fill(1, Uint8Array.of(2))
  assert.equal(code(templates.store(1, 300)), Confirmation.badPage)
  assert.equal(code(templates.load(1, 300)), Confirmation.badPage)
  assert.equal(code(templates.load(1, 298)), Confirmation.templateRead)
  assert.equal(code(templates.delete(299, 2)), Confirmation.deleteFail)
  assert.equal(templates.count, 1)
  assert.equal(code(templates.delete(299, 1)), Confirmation.ok)
  assert.equal(templates.count, 0)
})

test("the index has one bit a template, by page of 256", () => {
  const templates = library({ 0: 1, 9: 1, 255: 1, 256: 1 })
  const pages = (indexPage: number): number[] =>
    [...templates.indexTable(indexPage)].flatMap((byte, i) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => 8 * i + bit),
    )
  assert.deepEqual([pages(0), pages(1), pages(2)], [[0, 9, 255], [0], []])
  templates.clear()
  assert.deepEqual(pages(0), [])
})
