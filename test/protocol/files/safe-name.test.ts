import assert from "node:assert/strict"
import { test } from "node:test"
import { numberedName, safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import fc from "fast-check"

test("names from peers become one harmless path part", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["photo.jpg", "photo.jpg"],
    ["Zürich 東京 صورة.png", "Zürich 東京 صورة.png"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Windows\\system.ini", "system.ini"],
    ["/", "file"],
    ["..", "file"],
    ["", "file"],
    [".bashrc", "bashrc"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["com1.tar.gz", "_com1.tar.gz"],
    ["console.log", "console.log"],
    ["invoice\u202egnp.exe", "invoice_gnp.exe"],
    ["a\u0000b\n\u001b[31m.txt", "a_b__[31m.txt"],
    ["trailing. . ", "trailing"],
    ['a<b>c:"d|e?f*.txt', "a_b_c__d_e_f_.txt"],
    ["zero\u200bwidth", "zero_width"],
    ["invoice.pdf\u2800\u2800\u2800.exe", "invoice.pdf___.exe"],
    ["photo.jpg\u3164.scr", "photo.jpg_.scr"],
  ]
  for (const [name, safe] of cases) assert.equal(safeFileName(name), safe)
})

test("whatever the name, the result is one part, short, and safe once more", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      const safe = safeFileName(name)
      assert.match(safe, /^[^/\\:*?"<>|\p{C}]+$/u)
      assert.ok(Buffer.byteLength(safe) <= 201 && safe !== "." && safe !== "..")
      assert.ok(!/[. ]$/.test(safe))
      assert.equal(safeFileName(safe), safe)
    }),
    { numRuns: 500 },
  )
})

test("a long name keeps its ending, a second one gets a number", () => {
  const long = safeFileName(`${"ü".repeat(300)}.tar`)
  assert.ok(long.endsWith("ü.tar") && Buffer.byteLength(long) <= 200)
  assert.equal(numberedName("a.b.txt", 2), "a.b (2).txt")
  assert.equal(numberedName("README", 3), "README (3)")
  assert.equal(numberedName("x.y", 1), "x.y")
})
