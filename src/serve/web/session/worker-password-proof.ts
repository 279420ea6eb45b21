import { AppError } from "@sourceprint/core/errors.js"
import type { PasswordProof } from "@sourceprint/protocol/password-proof.js"
import type { PasswordAnswer, PasswordRequest } from "./password-request.js"

type Result = PasswordAnswer["result"]
type Step = PasswordRequest extends infer Request ? (Request extends PasswordRequest ? Request : never) : never

let worker: Worker | undefined
let lastId = 0
const asked = new Map<number, { resolve(result: Result): void; reject(error: Error): void }>()

const failure = (why: string): AppError =>
  new AppError(
    "page/password-worker",
    `the password could not be prepared in this browser (${why}); close other tabs and try again`,
  )

function started(): Worker {
  if (worker !== undefined) return worker
  worker = new Worker(new URL("./password-worker.ts", import.meta.url), { type: "module", name: "password" })
  worker.addEventListener("message", ({ data }: MessageEvent<PasswordAnswer>) => {
    const waiting = asked.get(data.id)
    asked.delete(data.id)
    if (data.failed === undefined) waiting?.resolve(data.result)
    else waiting?.reject(failure(data.failed))
  })
  worker.addEventListener("error", (event) => {
    for (const waiting of asked.values()) waiting.reject(failure(event.message))
    asked.clear()
    worker = undefined
  })
  return worker
}

const ask = (request: Step): Promise<Result> =>
  new Promise((resolve, reject) => {
    asked.set(request.id, { resolve, reject })
    started().postMessage(request)
  })

const field = (result: Result, name: string): Uint8Array => {
  const bytes = result?.[name]
  if (bytes === undefined) throw new TypeError(`the password worker answered without ${name}`)
  return bytes
}

/** OPAQUE in a worker, so that the page stays responsive. Loads the worker (and its library) at the first password. */
export const workerPasswordProof: PasswordProof = {
  async startLogin(password) {
    const id = ++lastId
    return {
      ke1: field(await ask({ id, step: "startLogin", password }), "ke1"),
      async finish(message, name) {
        const result = await ask({ id, step: "finishLogin", message, name })
        return result && { ke3: field(result, "ke3"), sessionKey: field(result, "sessionKey") }
      },
    }
  },
  async startRegistration(password) {
    const id = ++lastId
    return {
      request: field(await ask({ id, step: "startRegistration", password }), "request"),
      async finish(message, name) {
        return (await ask({ id, step: "finishRegistration", message, name }))?.record
      },
    }
  },
}
