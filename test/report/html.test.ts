import assert from "node:assert/strict"
import { test } from "node:test"
import { html, scriptJson } from "@sourceprint/report/html.js"
import { renderText } from "@sourceprint/report/text.js"
import fc from "fast-check"

test("what is inserted is escaped, what is HTML already is not", () => {
  assert.equal(html`<p>${"<b> & \"'"}</p>`.text, "<p>&#60;b&#62; &#38; &#34;&#39;</p>")
  assert.equal(html`<p>${html`<b>x</b>`}${undefined}${false}${[1, 2]}</p>`.text, "<p><b>x</b>12</p>")
})

test("embedded JSON cannot end its script and reads back the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { text } = scriptJson({ value, trap: "</script><!--" })
      assert.ok(!text.includes("<"))
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify({ value, trap: "</script><!--" })))
    }),
    { seed: 11 },
  )
})

test("links lead nowhere outside", () => {
  assert.match(renderText([{ href: "runs/a.html", text: "a" }]).text, /^<a href=/)
  for (const href of ["https://example.org", "//example.org", "javascript:alert(1)", "data:text/html,x"]) {
    assert.equal(renderText([{ href, text: "a" }]).text, "a")
  }
  assert.equal(renderText(["a", { strong: "<b>" }, { code: "c" }]).text, "a<strong>&#60;b&#62;</strong><code>c</code>")
})
