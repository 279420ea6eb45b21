import assert from "node:assert/strict"
import { test } from "node:test"
import { AppError } from "@sourceprint/core/errors.js"
import { mayPass } from "@sourceprint/protocol/application/passing-failure.js"

test("the network and a busy server may pass; a refusal, another identity and a fault of our own do not", () => {
  for (const code of ["client/unreachable", "protocol/closed", "application/busy", "application/refused/rate"]) {
    assert.equal(mayPass(new AppError(code, "…")), true, code)
  }
  for (const code of ["application/refused/channel", "application/refused/client", "protocol/identity"]) {
    assert.equal(mayPass(new AppError(code, "…")), false, code)
  }
  assert.equal(mayPass(new TypeError("…")), false)
})
