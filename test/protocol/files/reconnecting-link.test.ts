import assert from "node:assert/strict"
import { test } from "node:test"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { type OpenLink, ReconnectingLink } from "@sourceprint/protocol/files/reconnecting-link.js"

const fault = (code: string): AppError => new AppError(code, "no")
const asked = Uint8Array.of(1)

/** Connections that answer by a script: a code to fail with, or "ok". Time moves only by the waits. */
function scripted(connections: readonly (readonly string[] | string)[]) {
  const seen = { opened: 0, closed: 0, waits: [] as number[], nowMs: 0 }
  const open = (): Promise<OpenLink> => {
    const script = connections[Math.min(seen.opened++, connections.length - 1)]
    if (typeof script === "string") return Promise.reject(fault(script))
    let at = 0
    return Promise.resolve({
      request() {
        const next = script[Math.min(at++, script.length - 1)]
        return next === "ok" ? Promise.resolve(Uint8Array.of(2)) : Promise.reject(fault(next))
      },
      close: () => void seen.closed++,
    })
  }
  const link = new ReconnectingLink(open, {
    giveUpAfterMs: 60_000,
    monotonicMs: () => seen.nowMs,
    sleep(ms) {
      seen.waits.push(ms)
      seen.nowMs += ms
      return Promise.resolve()
    },
  })
  return { link, seen }
}

test("one connection serves many requests; a lost one is replaced and the request repeated", async () => {
  const { link, seen } = scripted([
    ["ok", "ok", "application/closed"],
    "client/unreachable",
    ["application/timeout"],
    ["ok"],
  ])
  for (let i = 0; i < 3; i++) assert.deepEqual(await link.request(asked), Uint8Array.of(2))
  assert.deepEqual(seen.waits, [250, 500, 1000])
  assert.deepEqual([seen.opened, seen.closed], [4, 2])
  link.close()
  await Promise.resolve()
  await Promise.resolve()
  assert.equal(seen.closed, 3)
  await assert.rejects(link.request(asked), (e) => hasCode(e, "files/stopped"))
  assert.equal(seen.opened, 4)
})

test("requests of one moment share the connection that is being opened", async () => {
  const { link, seen } = scripted([["ok"]])
  await Promise.all([link.request(asked), link.request(asked), link.request(asked)])
  assert.equal(seen.opened, 1)
})

test("a busy server is asked again on the same connection", async () => {
  const { link, seen } = scripted([["application/busy", "application/busy", "ok"]])
  await link.request(asked)
  assert.deepEqual([seen.opened, seen.waits.length], [1, 2])
})

test("a server that is too busy for a connection is connected to again", async () => {
  const { link, seen } = scripted(["application/busy", ["ok"]])
  await link.request(asked)
  assert.deepEqual([seen.opened, seen.waits.length], [2, 1])
})

test("a refusal is the caller's, and the connection stays", async () => {
  const { link, seen } = scripted([["application/refused/quota", "ok"]])
  await assert.rejects(link.request(asked), (e) => hasCode(e, "application/refused/quota"))
  await link.request(asked)
  assert.equal(seen.opened, 1)
})

test("what no waiting cures is thrown at once, and the next request tries afresh", async () => {
  const { link, seen } = scripted(["protocol/identity", ["ok"]])
  await assert.rejects(link.request(asked), (e) => hasCode(e, "protocol/identity"))
  await link.request(asked)
  assert.deepEqual([seen.opened, seen.waits.length], [2, 0])
})

test("a server that stays away is given up", async () => {
  const { link, seen } = scripted(["client/unreachable"])
  await assert.rejects(link.request(asked), (e) => hasCode(e, "files/unreachable"))
  assert.ok(seen.nowMs > 60_000 && seen.nowMs < 70_000, `${seen.nowMs}`)
  assert.equal(Math.max(...seen.waits), 8000)
})

test("a stop ends a request that waits for an answer, and one that waits to try again", async () => {
  const silent = new ReconnectingLink(() =>
    Promise.resolve({ request: () => new Promise<Uint8Array>(() => {}), close: () => {} }),
  )
  const stop = new AbortController()
  const request = silent.request(asked, stop.signal)
  setImmediate(() => stop.abort())
  await assert.rejects(request, (e) => hasCode(e, "files/stopped"))
  await assert.rejects(silent.request(asked, stop.signal), (e) => hasCode(e, "files/stopped"))
  const waiting = new ReconnectingLink(() => Promise.reject(fault("client/unreachable")), {
    sleep: () => new Promise(() => {}),
  })
  const halt = new AbortController()
  const tried = waiting.request(asked, halt.signal)
  setImmediate(() => halt.abort())
  await assert.rejects(tried, (e) => hasCode(e, "files/stopped"))
})
