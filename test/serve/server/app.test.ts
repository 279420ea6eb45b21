import assert from "node:assert/strict"
import { once } from "node:events"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { get, type IncomingHttpHeaders, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { createApp } from "@sourceprint/serve/server/app.js"
import { type TestServer, testServer } from "../../support/auth-server.js"

let folder: string
let server: TestServer
let fault: string | undefined
const stops: (() => void)[] = []
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "app-"))
  await mkdir(join(folder, "assets"))
  await writeFile(join(folder, "index.html"), "<!doctype html><title>pages</title>")
  await writeFile(join(folder, "assets", "main-abc.js"), "export {}")
  await writeFile(join(folder, "assets", "large-abc.js"), "export const one = 1\n".repeat(1000))
  await writeFile(join(folder, "secret.txt"), "not a page")
  server = await testServer()
})
after(async () => {
  for (const stop of stops) stop()
  await server.stop()
  await rm(folder, { recursive: true })
})

function listen(tls: boolean, pagesFolder = folder): Promise<string> {
  const { metrics } = server.deps
  const facts = { enrolment: "open", factors: ["password"], demo: false } as const
  const app = createApp({ health: { fault: () => Promise.resolve(fault) }, metrics, facts, tls, pagesFolder })
  return new Promise((resolve) => {
    const http = app.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
    })
    stops.push(() => http.close())
  })
}

/** The body as it was sent. */
async function sentAs(url: string, encoding: string): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  const request = get(url, { headers: { "accept-encoding": encoding } })
  const [response] = (await once(request, "response")) as [IncomingMessage]
  let text = ""
  for await (const part of response.setEncoding("latin1")) text += part
  return { headers: response.headers, text }
}

test("pages are sent at their paths, files with a hash for ever, nothing else", async () => {
  const origin = await listen(false)
  for (const path of ["/", "/sign-up", "/sign-in", "/chat", "/chat/some-room", "/account", "/account?x=1"]) {
    const response = await fetch(origin + path)
    assert.equal(response.status, 200, path)
    assert.match(await response.text(), /<title>pages/)
    assert.equal(response.headers.get("cache-control"), "no-store", path)
  }
  const asset = await fetch(`${origin}/assets/main-abc.js`)
  assert.match(asset.headers.get("content-type") ?? "", /javascript/)
  assert.match(asset.headers.get("cache-control") ?? "", /max-age=31536000, immutable/)
  for (const path of [
    "/secret.txt",
    "/index.html",
    "/signup",
    "/assets/none.js",
    "/assets/",
    "/assets/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/sign-up%00",
  ]) {
    const { status } = await fetch(origin + path)
    assert.ok(status === 404 || status === 400 || status === 403, `${path} answers ${status}`)
  }
  assert.equal((await fetch(`${origin}/sign-in`, { method: "POST" })).status, 404)
  // Who looks for a page gets one that says so; a script or a program gets a line.
  const [asked, told] = [{ headers: { accept: "text/html,*/*;q=0.8" } }, await fetch(`${origin}/signup`)]
  const page = await fetch(`${origin}/signup`, asked)
  assert.deepEqual([page.status, page.headers.get("content-type")], [404, "text/html; charset=utf-8"])
  assert.match(told.headers.get("content-type") ?? "", /text\/plain/)
  const missing = await fetch(`${origin}/assets/none.js`, asked)
  assert.match(missing.headers.get("content-type") ?? "", /text\/plain/)
})

test("what is large enough is sent compressed, as the browser can take it", async () => {
  const origin = await listen(false)
  for (const encoding of ["br", "gzip", "identity"]) {
    const { headers, text } = await sentAs(`${origin}/assets/large-abc.js`, encoding)
    assert.equal(headers["content-encoding"] ?? "identity", encoding)
    assert.equal(headers.vary, "Accept-Encoding")
    assert.match(headers["cache-control"] ?? "", /immutable/)
    assert.equal(text.length < 2000, encoding !== "identity")
  }
})

test("every answer carries the strict headers, errors too; transport security only over TLS", async () => {
  const plain = await listen(false)
  const secure = await listen(true)
  for (const path of ["/", "/assets/main-abc.js", "/v1/facts", "/none", "/%ff"]) {
    const { headers } = await fetch(plain + path)
    const policy = headers.get("content-security-policy") ?? ""
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /'unsafe-eval'|'unsafe-inline'|\*|https?:/)
    assert.equal(headers.get("x-content-type-options"), "nosniff")
    assert.equal(headers.get("referrer-policy"), "no-referrer")
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin")
    assert.match(headers.get("permissions-policy") ?? "", /camera=\(self\), .*microphone=\(\)/)
    assert.equal(headers.get("set-cookie"), null)
    assert.equal(headers.get("strict-transport-security"), null)
    assert.match((await fetch(secure + path)).headers.get("strict-transport-security") ?? "", /max-age/)
  }
})

test("without built pages it says what to do", async () => {
  const origin = await listen(false, join(folder, "absent"))
  const response = await fetch(`${origin}/sign-in`)
  assert.equal(response.status, 503)
  assert.match(await response.text(), /npm run build/)
})

test("health says what does not work", async () => {
  const origin = await listen(false)
  const health = async () => {
    const response = await fetch(`${origin}/healthz`)
    return [response.status, await response.json()]
  }
  assert.deepEqual(await health(), [200, { status: "ok" }])
  fault = "store"
  try {
    assert.deepEqual(await health(), [503, { status: "store" }])
  } finally {
    fault = undefined
  }
})
