import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { type AnswerTo, asked } from "../calls.js"
import type { FileLink } from "./file-ports.js"
import { type FileRefusal, type FileRequest, type FileState, type FileUsage, fileCalls } from "./file-wire.js"

export const refusedAs = (error: unknown, refusal: FileRefusal): boolean =>
  hasCode(error, `application/refused/${refusal}`)

/** How often a chunk that the server cannot take just now is offered again is the link's business; these only
 *  translate. @throws AppError "protocol/malformed" when the answer is not one to this request */
async function ask<R extends FileRequest>(
  link: FileLink,
  request: R,
  signal?: AbortSignal,
): Promise<AnswerTo<typeof fileCalls, R["kind"]>> {
  const answer = await asked(fileCalls, request, (body) => link.request(body, signal))
  if (answer !== undefined) return answer
  throw new AppError("protocol/malformed", "the server's answer is not one that the protocol allows here")
}

export const requestState = (
  link: FileLink,
  request: Extract<FileRequest, { kind: "begin" | "state" | "finish" }>,
  signal?: AbortSignal,
): Promise<FileState> => ask(link, request, signal)

export async function putChunk(
  link: FileLink,
  fileId: Uint8Array,
  index: number,
  sealed: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  await ask(link, { kind: "put", fileId, index, sealed }, signal)
}

export const getChunk = (
  link: FileLink,
  fileId: Uint8Array,
  index: number,
  signal?: AbortSignal,
): Promise<Uint8Array> => ask(link, { kind: "get", fileId, index }, signal)

/** Deletes the caller's file from the server, finished or not; one that is gone already is no fault. */
export async function cancelFile(link: FileLink, fileId: Uint8Array): Promise<void> {
  try {
    await ask(link, { kind: "cancel", fileId })
  } catch (error) {
    if (!refusedAs(error, "unknown")) throw error
  }
}

/** What the account holds on the server, and may hold. */
export const fileUsage = (link: FileLink): Promise<FileUsage> => ask(link, { kind: "usage" })
