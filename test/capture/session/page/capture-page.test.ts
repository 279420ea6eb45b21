import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { test } from "node:test"
import { ActionQueue } from "@sourceprint/capture/session/action-queue.js"
import { serveCapturePage } from "@sourceprint/capture/session/page/serve-capture-page.js"
import { parseSessionPlan, stepsOf } from "@sourceprint/capture/session/plan.js"
import type { OperatorAction, SessionEvent } from "@sourceprint/capture/session.js"
import { openChromium, withoutChromium } from "../../../support/chromium.js"
import { PATIENCE_MS, until } from "../../../support/patience.js"
import { patternTouches } from "../../../support/pattern-touches.js"

const plan = parseSessionPlan(
  {
    name: "pilot",
    dataset: "pilot",
    scanners: [{ id: "unit-01", port: "tcp://127.0.0.1:1" }],
    subjects: ["p01"],
    fingers: ["right-index"],
    impressions: 3,
  },
  "test",
)
const [step] = stepsOf(plan)
const progress = { done: 1, skipped: 0, total: 3, remainingMs: 20_000 }
const place: SessionEvent = { kind: "place", step, impressions: 3, refused: 0, progress }
const { image } = patternTouches.impression({
  finger: "p01/right-index",
  unit: "u",
  session: 0,
  impression: 0,
})
const quality = { coverage: 0.6, contrast: 50, sharpness: 0.6, saturation: 0, movement: 0.3, similarity: 0 }

test("nothing is answered without the key, from elsewhere or to malformed actions", async () => {
  const actions = new ActionQueue()
  const page = await serveCapturePage(plan, actions, 0)
  const url = new URL(page.url)
  assert.equal((await fetch(url.origin)).status, 403)
  assert.equal((await fetch(`${url.origin}/action?key=wrong`, { method: "POST" })).status, 403)
  const post = (body: string) =>
    fetch(`${url.origin}/action${url.search}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    })
  assert.equal((await post(`{"do":"format"}`)).status, 400)
  assert.equal((await post(`{"do":`)).status, 400)
  assert.equal(actions.take(), undefined)
  assert.equal((await post(`{"do":"note","text":" wet "}`)).status, 204)
  assert.deepEqual(actions.take(), { do: "note", text: "wet" })
  const html = await fetch(page.url)
  assert.match(html.headers.get("content-security-policy") ?? "", /default-src 'none'/)
  await page.close()
})

test("in a browser: prompts, image, keys, no accessibility violation", {
  skip: withoutChromium,
}, async () => {
  const actions = new ActionQueue()
  const served = await serveCapturePage(plan, actions, 0)
  served.operatorPort.show(place) // before the page opens: it must be told
  const browser = await openChromium()
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    const errors: string[] = []
    page.on("pageerror", (error) => errors.push(error.message))
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()))
    await page.goto(served.url)
    await page.getByText("Place the right index").waitFor()
    await page.getByText("1 of 3, about 20 s left").waitFor()
    const shown = () => page.getByRole("button").allInnerTexts()
    assert.deepEqual(await shown(), ["sskip", "uundo the last", "nnote", "qquit"], "only what applies now")
    served.operatorPort.show({ kind: "image", step, image, quality })
    await page.getByRole("img", { name: "Touch of the right index of p01" }).waitFor()
    assert.equal(await page.locator("#image").evaluate((node) => (node as HTMLImageElement).naturalWidth), 256)
    served.operatorPort.show({ kind: "refused", step, reasons: ["blurred <b>: hold still"], decide: true })
    await page.getByText("blurred <b>: hold still").first().waitFor()
    assert.deepEqual((await shown()).slice(4), ["aagain", "kkeep all the same"])
    for (const key of ["k", "u", "s"]) await page.keyboard.press(key)
    await page.keyboard.press("n")
    await page.keyboard.type("dry fingers")
    await page.keyboard.press("Enter")
    await page.keyboard.press("y") // nobody asked for consent: the key is idle
    const got: OperatorAction[] = []
    await until(() => {
      const action = actions.take()
      if (action !== undefined) got.push(action)
      return got.length === 4
    }, "four actions")
    assert.deepEqual(got, [{ do: "keep" }, { do: "undo" }, { do: "skip" }, { do: "note", text: "dry fingers" }])
    const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js")
    const axe = await browser.newContext({ bypassCSP: true })
    const checked = await axe.newPage()
    checked.setDefaultTimeout(PATIENCE_MS)
    await checked.goto(served.url)
    await checked.getByText("Another touch").waitFor()
    await checked.addScriptTag({ content: await readFile(axePath, "utf8") })
    const violations = await checked.evaluate(`axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.help))`)
    assert.deepEqual(violations, [])
    assert.deepEqual(errors, [])
  } finally {
    await browser.close()
    await served.close()
  }
})
