import assert from "node:assert/strict"
import { EventEmitter } from "node:events"
import type { Socket } from "node:net"
import { test } from "node:test"
import { ServerMetrics } from "@sourceprint/serve/server/metrics.js"
import { SocketLimits, socketsWithin } from "@sourceprint/serve/server/socket-limits.js"

let ports = 1000
/** What the limits read of a socket. */
function socketFrom(remoteAddress: string): Socket & { readonly gone: boolean } {
  const emitter = new EventEmitter()
  const socket = Object.assign(emitter, {
    remoteAddress,
    remotePort: ports++,
    localPort: 1,
    gone: false,
    destroy() {
      socket.gone = true
      emitter.emit("close")
    },
  })
  return socket as unknown as Socket & { readonly gone: boolean }
}

const limitsOf = (sockets: number, perAddress: number) => new SocketLimits({ sockets, perAddress }, new ServerMetrics())

test("the stranger that was there longest makes room; who has signed in stays", () => {
  const limits = limitsOf(8, 100)
  const [known, ...strangers] = Array.from({ length: 6 }, (_, i) => socketFrom(`192.0.2.${i}`))
  for (const socket of [known, ...strangers]) assert.equal(limits.accept(socket, true), true)
  limits.keep(known)
  for (let n = 0; n < 50; n++) assert.equal(limits.accept(socketFrom("198.51.100.1"), true), true)
  assert.equal(known.gone, false)
  assert.deepEqual(
    strangers.map(({ gone }) => gone),
    [true, true, true, true, true],
  )
})

test("who has signed in may fill all there is, and nobody else gets in then", () => {
  const limits = limitsOf(4, 100)
  for (let n = 0; n < 4; n++) {
    const socket = socketFrom("192.0.2.1")
    assert.equal(limits.accept(socket, true), true)
    limits.keep(socket)
  }
  const late = socketFrom("192.0.2.2")
  assert.equal(limits.accept(late, true), false)
  assert.equal(late.gone, true)
})

test("an address holds so many at most, a proxy's address is not counted, and what is closed is given back", () => {
  const limits = limitsOf(100, 2)
  const [one, two, three] = [socketFrom("192.0.2.1"), socketFrom("192.0.2.1"), socketFrom("192.0.2.1")]
  assert.deepEqual(
    [one, two, three].map((socket) => limits.accept(socket, true)),
    [true, true, false],
  )
  one.destroy()
  assert.equal(limits.accept(socketFrom("192.0.2.1"), true), true)
  assert.equal(limits.accept(socketFrom("192.0.2.1"), false), true)
})

const skip = process.platform === "linux" ? false : "only Linux tells how many descriptors there are"
test("the process's own descriptors bound what is configured", { skip }, () => {
  assert.equal(socketsWithin(20), 20)
  assert.ok(socketsWithin(2 ** 40) < 2 ** 40)
})
