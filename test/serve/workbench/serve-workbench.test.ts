import assert from "node:assert/strict"
import { request } from "node:http"
import { test } from "node:test"
import { KEY_HEADER } from "@sourceprint/core/workbench/workbench-data.js"
import { type ServedWorkbench, serveWorkbench } from "@sourceprint/serve/workbench/serve-workbench.js"
import type { WorkbenchSources } from "@sourceprint/serve/workbench/workbench-sources.js"

/** A project in which nothing is, and what was asked of it. */
function emptyProject(): { sources: WorkbenchSources; asked: string[] } {
  const asked: string[] = []
  const sources = new Proxy({ reportsFolder: "no-such-folder" } as WorkbenchSources, {
    get: (own, name: string) => Reflect.get(own, name) ?? (() => Promise.resolve(asked.push(name))),
    ownKeys: () => ["runs", "start", "stop"],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  })
  return { sources, asked }
}

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const send = ({ origin }: ServedWorkbench, { method = "POST", path = "/api/runs", headers = {}, body = "{}" }: Sent) =>
  new Promise<{ status: number; text: string; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
    const sent = request(origin + path, { method, headers }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part) => (text += part))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }))
    })
    sent.on("error", reject).end(method === "GET" ? "" : body)
  })

test("only the page that holds the key, at the workbench's own address, is answered", async () => {
  const { sources, asked } = emptyProject()
  const served = await serveWorkbench(sources)
  const json = { "content-type": "application/json" }
  const good = { ...json, [KEY_HEADER]: served.key }
  try {
    assert.match(served.url, /^http:\/\/127\.0\.0\.1:\d+\/#key=[\w-]{32}$/)
    assert.equal((await send(served, { headers: good })).status, 200)
    assert.deepEqual(asked.splice(0), ["runs"])
    const own = served.origin
    const port = own.split(":").at(-1)
    assert.equal((await send(served, { headers: { ...good, origin: own } })).status, 200)
    asked.splice(0)
    const start = { path: "/api/start", body: '{"experiment":{}}' }
    const refused: [string, Sent][] = [
      ["no key", { ...start, headers: json }],
      ["another key", { ...start, headers: { ...json, [KEY_HEADER]: "x".repeat(served.key.length) } }],
      ["a longer key", { ...start, headers: { ...json, [KEY_HEADER]: `${served.key}x` } }],
      ["the key in the address", { ...start, path: `/api/start?key=${served.key}`, headers: json }],
      ["a page of another site", { ...start, headers: { ...good, origin: "https://example.org" } }],
      ["a page of another port", { ...start, headers: { ...good, origin: "http://127.0.0.1:1" } }],
      ["a file", { ...start, headers: { ...good, origin: "null" } }],
      ["a name that leads here", { ...start, headers: { ...good, host: `rebound.example:${port}` } }],
      ["another port's name", { ...start, headers: { ...good, host: "127.0.0.1:1" } }],
      ["the stream without a key", { method: "GET", path: "/api/follow/run" }],
      ["an image without a key", { method: "GET", path: "/api/image/data/1/100" }],
      ["the page under another name", { method: "GET", path: "/", headers: { host: `rebound.example:${port}` } }],
    ]
    for (const [what, sent] of refused) assert.equal((await send(served, sent)).status, 403, what)
    assert.deepEqual(asked, [], "nothing was done")
    const form = { ...start, headers: { [KEY_HEADER]: served.key, "content-type": "text/plain" } }
    assert.equal((await send(served, form)).status, 400, "a body that is no JSON")
  } finally {
    await served.close()
  }
})

test("calls that do not exist, or ask for what has another shape, are refused with the reason", async () => {
  const { sources, asked } = emptyProject()
  const served = await serveWorkbench(sources)
  const headers = { "content-type": "application/json", [KEY_HEADER]: served.key }
  try {
    for (const [path, body] of [
      ["/api/constructor", "{}"],
      ["/api/stop", "{}"],
      ["/api/stop", '{"run":""}'],
      ["/api/stop", '{"run":"a","and":"more"}'],
      ["/api/runs", "no JSON"],
    ]) {
      const { status, text } = await send(served, { path, body, headers })
      assert.equal(status, 400, path)
      assert.ok(JSON.parse(text).message.length > 5, text)
    }
    assert.deepEqual(asked, [])
    const page = await send(served, { method: "GET", path: "/run/some-run" })
    assert.equal(page.status, 200)
    assert.match(page.text, /<div id="app">/)
    assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/)
  } finally {
    await served.close()
  }
})
