import assert from "node:assert/strict"
import { test } from "node:test"
import { startKiosk } from "@sourceprint/serve/client/kiosk.js"

test("the page follows a sign-in live, and answers nobody else's page", async () => {
  const seen: string[] = []
  const kiosk = await startKiosk(
    {
      purpose: "sign-in",
      prove: (person, tell) => {
        seen.push(person.name)
        tell({ step: "touch", remaining: 3 })
        tell({ step: "captured", image: Uint8Array.of(1, 2, 3) })
        return Promise.resolve({ outcome: "passed" })
      },
      wordsOf: (step) => `at ${step.step}`,
    },
    0,
  )
  try {
    const page = await fetch(kiosk.url)
    assert.match(await page.text(), /<h1>Sign in<\/h1>/)
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/)
    const events = await fetch(`${kiosk.url}events`)
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.ok(reader)
    const post = (body: string, headers: Record<string, string>) =>
      fetch(`${kiosk.url}begin`, { method: "POST", body, headers })
    const json = { "content-type": "application/json" }
    const good = JSON.stringify({ name: "Ada", password: "x" })
    assert.equal((await post(good, { ...json, origin: "https://evil.example" })).status, 403)
    assert.equal((await post(good, { "content-type": "text/plain" })).status, 404)
    assert.equal((await post(JSON.stringify({ name: "\u0000", password: "x" }), json)).status, 400)
    assert.equal((await post("x".repeat(5000), json)).status, 400)
    assert.deepEqual(seen, [])
    assert.equal((await post(good, json)).status, 202)
    let text = ""
    while (!text.includes("result")) text += (await reader.read()).value ?? ""
    assert.match(text, /"step":"touch","words":"at touch"/)
    assert.match(text, /data:image\/bmp;base64,AQID/)
    assert.match(text, /"ok":true,"words":"welcome"/)
    assert.deepEqual(seen, ["Ada"])
    await reader.cancel()
  } finally {
    await kiosk.stop()
  }
})
