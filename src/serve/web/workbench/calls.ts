import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import {
  type Answer,
  type Ask,
  type CallName,
  KEY_HEADER,
  type RunDetail,
} from "@sourceprint/core/workbench/workbench-data.js"
import { useEffect } from "preact/hooks"
import type { Polled } from "../ui/part.js"

const KEPT = "workbench-key"

/** Takes the key out of the address, so that it is in no bookmark, and keeps it for reloads and further tabs. */
export function takeKey(): void {
  const [, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? []
  if (key === undefined) return
  localStorage.setItem(KEPT, key)
  history.replaceState(null, "", location.pathname)
}

async function answered(path: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, {
    ...options,
    headers: { ...options.headers, [KEY_HEADER]: localStorage.getItem(KEPT) ?? "" },
  }).catch(() => {
    throw new Refusal("ui/gone", "the workbench does not answer; start sourceprint ui again")
  })
  if (response.ok) return response
  const { code, message } = (await response.json().catch(() => ({}))) as { code?: string; message?: string }
  throw new Refusal(code ?? "ui/fault", message ?? `the workbench answered ${response.status}`)
}

/** What the server refused, in its words. */
class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** Asks the server. @throws Error with its words where it refuses */
export async function call<Name extends CallName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>> {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(ask) }
  return (await answered(`/api/${name}`, options)).json()
}

/** An image of a dataset, its longer side at most `sidePx`. */
export const fetchImage = (dataset: string, index: number, sidePx: number): Promise<Blob> =>
  answered(`/api/image/${encodeURIComponent(dataset)}/${index}/${sidePx}`).then((response) => response.blob())

/** The answer to a call: asked when shown, every `everyMs`, and after `again`. */
export function useCall<Name extends CallName>(name: Name, ask: Ask<Name>, everyMs?: number): Polled<Answer<Name>> {
  const value = useSignal<Answer<Name> | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const asked = useSignal(0)
  useEffect(() => {
    let over = false
    const once = (): void => {
      call(name, ask).then(
        (answer) => {
          if (over) return
          value.value = answer
          failed.value = undefined
        },
        (error: unknown) => {
          if (!over) failed.value = messageOf(error)
        },
      )
    }
    once()
    const timer = everyMs === undefined ? undefined : setInterval(() => !document.hidden && once(), everyMs)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [name, JSON.stringify(ask), asked.value])
  return { value, failed, again: () => void asked.value++ }
}

const AGAIN_MS = 2000

/** A run as it is now and becomes, until the page is left. */
export function useRun(run: string): Polled<RunDetail> {
  const value = useSignal<RunDetail | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const listen = async (): Promise<void> => {
      const response = await answered(`/api/follow/${encodeURIComponent(run)}`, { signal })
      for await (const [kind, data] of serverEvents(response)) {
        if (kind === "fault") failed.value = (JSON.parse(data) as { message: string }).message
        else {
          value.value = JSON.parse(data) as RunDetail
          failed.value = undefined
        }
      }
      throw new Refusal("ui/gone", "the workbench does not answer; start sourceprint ui again")
    }
    const goOn = (): void => {
      listen().catch((error: unknown) => {
        if (signal.aborted) return
        failed.value = messageOf(error)
        setTimeout(() => !signal.aborted && goOn(), AGAIN_MS)
      })
    }
    value.value = undefined
    goOn()
    return () => leaving.abort()
  }, [run])
  return { value, failed, again: () => {} }
}

/** Kind and data of each event of a stream. */
async function* serverEvents(response: Response): AsyncGenerator<[kind: string, data: string]> {
  let text = ""
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true })
    const events = text.split("\n\n")
    text = events.pop() ?? ""
    for (const event of events) {
      const [, kind = "message"] = /^event: (.*)$/m.exec(event) ?? []
      const [, data = "null"] = /^data: (.*)$/m.exec(event) ?? []
      yield [kind, data]
    }
  }
}
