import { AppError, hasCode } from "@sourceprint/core/errors.js"
import type { FileLink } from "./file-ports.js"
import {
  decodeFileState,
  decodeFileUsage,
  encodeFileRequest,
  type FileRefusal,
  type FileRequest,
  type FileState,
  type FileUsage,
} from "./file-wire.js"

export const refusedAs = (error: unknown, refusal: FileRefusal): boolean =>
  hasCode(error, `application/refused/${refusal}`)

/** How often a chunk that the server cannot take just now is offered again is the link's business; these only
 *  translate. */
const ask = (link: FileLink, request: FileRequest, signal?: AbortSignal): Promise<Uint8Array> =>
  link.request(encodeFileRequest(request), signal)

/** @throws AppError "protocol/malformed" when the answer is not a state */
export async function requestState(
  link: FileLink,
  request: Extract<FileRequest, { kind: "begin" | "state" | "finish" }>,
  signal?: AbortSignal,
): Promise<FileState> {
  const state = decodeFileState(await ask(link, request, signal))
  if (state === undefined) throw malformed()
  return state
}

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
export async function fileUsage(link: FileLink): Promise<FileUsage> {
  const usage = decodeFileUsage(await ask(link, { kind: "usage" }))
  if (usage === undefined) throw malformed()
  return usage
}

const malformed = (): AppError =>
  new AppError("protocol/malformed", "the server's answer is not one that the protocol allows here")
