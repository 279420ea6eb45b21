import assert from "node:assert/strict"
import { test } from "node:test"
import { webLinks } from "@sourceprint/protocol/text/web-links.js"
import fc from "fast-check"

const links = (text: string): (string | undefined)[] =>
  webLinks(text).flatMap(({ href }) => (href === undefined ? [] : [href]))

test("addresses are found in sentences of several scripts, without the sentence's punctuation", () => {
  assert.deepEqual(links("see https://a.example/b?c=d#e."), ["https://a.example/b?c=d#e"])
  assert.deepEqual(links("(https://a.example/x_(y)) and HTTP://B.example!"), [
    "https://a.example/x_(y)",
    "HTTP://B.example",
  ])
  assert.deepEqual(links("انظر https://a.example/ص؟ ثم"), ["https://a.example/ص"])
  assert.deepEqual(links("看https://a.example/中文。好"), ["https://a.example/中文"])
  assert.deepEqual(links("看 https://a.example/中文。"), ["https://a.example/中文"])
})

test("nothing but http and https is ever an address", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,<script>",
    "xhttps://a.example",
    "https://",
    "https://user@evil.example/",
    "https://bank.example:pw@evil.example/",
    "file:///etc/passwd",
    "https://[not-v6]/",
  ]) {
    assert.deepEqual(links(text), [], text)
  }
})

test("an override character ends an address, and markup never gets into one", () => {
  assert.deepEqual(links("https://a.example/\u202egpj.exe"), ["https://a.example/"])
  assert.deepEqual(links('https://a.example/"onmouseover="x'), ["https://a.example/"])
  assert.deepEqual(links("https://a.example/<script>"), ["https://a.example/"])
})

test("the parts joined are the text, and every address is one", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(" ", ").", "https://", "http://(", "javascript:"),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("")
      const parts = webLinks(text)
      assert.equal(parts.map((part) => part.text).join(""), text)
      for (const { text: shown, href } of parts) {
        if (href !== undefined) assert.ok(href === shown && /^https?:$/.test(new URL(href).protocol))
      }
    }),
  )
})
