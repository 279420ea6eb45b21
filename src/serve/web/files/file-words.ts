import { AppError } from "@sourceprint/core/errors.js"

/** "12.4 MB"; decimal units, as file managers of most systems count. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ["kB", "MB", "GB"]
  let value = bytes / 1000
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

const refusals: Readonly<Record<string, string>> = {
  room: "You are not a member of this conversation any more.",
  size: "The file is larger than this server takes.",
  quota: "You hold as many files on the server as you may. Delete some, or wait until they expire.",
  full: "The server has no space for files now. Try again later.",
  unknown: "The server has no such file any more.",
}

const words: Readonly<Record<string, string>> = {
  "files/changed": "The file was changed, moved or deleted meanwhile. Choose it again.",
  "files/size": "Files of up to 2 GB can be sent. Split it, or compress it first.",
  "files/altered": "What arrived is not what was sent. It was thrown away; ask for the file again.",
  "files/gone":
    "The server does not give this file: it has expired, was deleted, or you are no longer in the conversation.",
  "files/unreachable": "The server does not answer. Go on when the connection is back.",
  "files/browser-space": "This browser has no space for the file. Free some of the disk, or use another browser.",
  "client/session": "Your session has ended. Sign in again, then continue.",
  "files/sink": "The browser cannot keep the file. Close other tabs of this page and try again.",
  "protocol/identity": "The server shows another identity than the one this browser remembers. Nothing was sent.",
  "protocol/malformed": "The server does not speak as agreed. Load the page again.",
}

/** What went wrong with a transfer and what to do, for the person. */
export function fileFailureWords(error: unknown): string {
  const code = error instanceof AppError ? error.code : ""
  const refusal = /^application\/refused\/(.+)$/.exec(code)?.[1]
  return (refusal === undefined ? words[code] : refusals[refusal]) ?? "It did not work. Try again."
}
